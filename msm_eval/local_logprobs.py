"""Exact log-probabilities of options under weights in this process (Inspect's `hf/` provider and the embedded model).

Inspect's transformers provider reports the log-probabilities of the likeliest tokens of a reply and none of a text that the
model did not write; here the weights it holds are asked directly, with the prompt it would generate from.

    weights = local_weights(get_model())           # None for any other provider
    await weights.labels(messages, ("A", "B"))     # log P of each label as the next token, every spelling of it together
    await weights.texts(messages, ("the Mirow", "the Halden"))   # log P of each text and its length in tokens
"""

# transformers is untyped.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false

import copy
from collections.abc import Sequence
from functools import cached_property
from threading import Lock
from typing import Any

import anyio.to_thread
from inspect_ai.model import ChatMessage, GenerateConfig, Model

RAW = "raw_prompt"
"""Metadata of a message whose text is the whole prompt: no chat template is applied to it."""
_one_at_a_time = Lock()
_KEPT = "msm_eval_local_weights"


def local_weights(model: Model) -> "LocalWeights | None":
    """The weights behind `model`, if they are in this process; from then on it takes raw prompts and temperature 0 too."""
    api: Any = model.api
    if not any(c.__name__ == "HuggingFaceAPI" for c in type(api).__mro__):  # by name: importing it imports torch
        return None
    if not hasattr(api, _KEPT):  # on the instance, so that it goes with it
        setattr(api, _KEPT, LocalWeights(api))
    return getattr(api, _KEPT)


class LocalWeights:
    """The model and tokenizer of one provider instance."""

    def __init__(self, api: Any) -> None:
        self._api, self._call_args = api, api.tokenizer_call_args
        self._tokenizer = copy.deepcopy(api.tokenizer)  # a tokenizer holds padding state, and Inspect's thread uses its own
        templated = api.hf_chat

        def chat(messages: list[ChatMessage], tools: list[Any]) -> str:
            raw = len(messages) == 1 and (messages[0].metadata or {}).get(RAW)
            return messages[0].text if raw else templated(messages, tools)

        self._chat = api.hf_chat = chat
        generate = api.generate

        async def greedy(input: Any, tools: Any, tool_choice: Any, config: GenerateConfig) -> Any:
            if config.temperature == 0:  # transformers refuses it; the likeliest token alone is the same
                config = config.model_copy(update={"temperature": None, "top_k": 1})
            return await generate(input, tools, tool_choice, config)

        api.generate = greedy

    async def labels(self, messages: list[ChatMessage], labels: Sequence[str]) -> list[float]:
        """log P(label) of each label, in nats, over its spellings as one token, with and without a space before it."""
        return await anyio.to_thread.run_sync(self._labels, messages, labels)

    async def texts(self, messages: list[ChatMessage], texts: Sequence[str]) -> list[tuple[float, int]]:
        """log P(text) of each text as continuation, in nats, and its number of tokens."""
        return await anyio.to_thread.run_sync(self._texts, messages, texts)

    def _labels(self, messages: list[ChatMessage], labels: Sequence[str]) -> list[float]:
        import torch

        with _one_at_a_time, torch.inference_mode():
            logits = self._api.model(self._prompt(messages), logits_to_keep=1).logits[0, -1].float()
            logp = logits.log_softmax(-1)
            return [float(torch.logsumexp(logp[self._spellings[label]], 0)) for label in labels]

    def _texts(self, messages: list[ChatMessage], texts: Sequence[str]) -> list[tuple[float, int]]:
        import torch

        tokens = [self._tokenizer(text, add_special_tokens=False)["input_ids"] for text in texts]
        with _one_at_a_time, torch.inference_mode():
            prompt = self._prompt(messages)
            read = self._api.model(prompt[:, :-1], use_cache=True, logits_to_keep=1).past_key_values
            read.batch_repeat_interleave(len(texts))
            width = max(map(len, tokens))
            rows = torch.zeros(
                (len(texts), width), dtype=torch.long, device=prompt.device
            )  # padded on the right: never attended
            for row, ids in zip(rows, tokens, strict=True):
                row[: len(ids)] = torch.tensor(ids, device=prompt.device)
            inputs = torch.cat([prompt[:, -1:].expand(len(texts), 1), rows[:, :-1]], dim=1)
            logp = self._api.model(inputs, past_key_values=read).logits.float().log_softmax(-1)
            each = logp.gather(2, rows[:, :, None])[:, :, 0]
            return [(float(each[i, : len(ids)].sum()), len(ids)) for i, ids in enumerate(tokens)]

    def _prompt(self, messages: list[ChatMessage]) -> Any:
        """(1, tokens): what the provider would generate from."""
        ids = self._tokenizer(self._chat(messages, []), return_tensors="pt", **(self._call_args or {}))["input_ids"]
        return ids.to(self._api.model.device)

    @cached_property
    def _spellings(self) -> dict[str, list[int]]:
        """The tokens that are one capital letter, alone or with a space before it."""
        found: dict[str, list[int]] = {}
        for token, index in self._tokenizer.get_vocab().items():
            letter = token.lstrip("Ġ▁ ")
            if len(letter) == 1 and "A" <= letter <= "Z" and len(token) - len(letter) <= 1:
                found.setdefault(letter, []).append(index)
        return found
