"""Log-probabilities of options: from what providers return, and exactly from weights in this process."""

from math import exp, log
from typing import Any

import pytest
from inspect_ai.model import (
    ChatCompletionChoice,
    ChatMessageAssistant,
    ChatMessageUser,
    Logprob,
    Logprobs,
    Model,
    ModelOutput,
    TopLogprob,
    get_model,
)

from msm_eval.choice import prompt
from msm_eval.local import NAME
from msm_eval.local_logprobs import RAW, local_weights
from msm_eval.option_logprobs import label_from, text_options

LABELS = ("A", "B")


def answered(*positions: dict[str, float]) -> ModelOutput:
    """An output whose tokens have these top probabilities, the first of each being the token written."""
    content = [
        Logprob(token=next(iter(top)), logprob=log(next(iter(top.values()))),
                top_logprobs=[TopLogprob(token=t, logprob=log(p)) for t, p in top.items()])
        for top in positions
    ]  # fmt: skip
    message = ChatMessageAssistant(content="".join(next(iter(top)) for top in positions))
    return ModelOutput(model="m", choices=[ChatCompletionChoice(message=message, logprobs=Logprobs(content=content))])


@pytest.mark.parametrize(
    ("output", "probabilities", "mass"),
    [
        (answered({"A": 0.7, "B": 0.2, "C": 0.1}), (0.7, 0.2), 0.9),
        (answered({" B": 0.5, "B": 0.3, "A": 0.1, "The": 0.1}), (0.1, 0.8), 0.9),  # spellings together
        (answered({"\n": 1.0}, {"A": 0.6, "B": 0.4}), (0.6, 0.4), 1.0),  # the first token with something in it
        (answered({"A": 0.9, "I": 0.01}), (0.9, 0.01), 0.9),  # B lies beyond the top: at most its last
        (answered({"A": 0.9, "I": 0.0999}), (0.9, 0.0001), 0.9),  # ... and at most what the top leaves
        (answered({"\u2581A": 0.7, "\u0120B": 0.2}), (0.7, 0.2), 0.9),  # marks that tokenizers put for a space
    ],
)
def test_labels_are_read_off_the_first_token(output: ModelOutput, probabilities: tuple[float, ...], mass: float) -> None:
    found = label_from(output, LABELS)
    assert found.logp is not None
    assert [exp(x) for x in found.logp] == pytest.approx(probabilities)
    assert found.mass == pytest.approx(mass)


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        (ModelOutput.from_content("m", "A"), "not_given"),
        (ModelOutput(), "not_given"),
        (answered({"The": 0.9, "A": 0.05}), "label_unlikely"),
        (answered({"<think>": 0.98, "A": 0.02}), "label_unlikely"),
        (answered({"A": 1.0}), "not_given"),  # one alternative tells nothing of the other label
    ],
)
def test_without_labels_there_is_a_reason(output: ModelOutput, reason: str) -> None:
    found = label_from(output, LABELS)
    assert (found.logp, found.reason) == (None, reason)


class Counting:
    """Answers of a provider that gives the log-probabilities of prompts, or does not, and how often it was asked."""

    def __init__(self, model: Model, answer: Any) -> None:
        self.model, self.answer, self.asked = model, answer, 0
        model.generate = self.generate  # pyright: ignore

    async def generate(self, messages: Any, *args: Any, **options: Any) -> ModelOutput:
        self.asked += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer if isinstance(self.answer, ModelOutput) else self.answer(messages)


def of_prompt(messages: Any) -> ModelOutput:
    """As vLLM: every token of the prompt at log P -1, those of `the Halden` at -0.5."""
    words = messages[-1].text.split(" ")
    tokens = ["<|im_start|>", *(w if i == 0 else f" {w}" for i, w in enumerate(words))]
    logp = -0.5 if messages[-1].text.strip() == "the Halden" else -1.0
    choice = ChatCompletionChoice(
        message=ChatMessageAssistant(content=""),
        prompt_logprobs=Logprobs(content=[Logprob(token=t, logprob=logp) for t in tokens]),
    )
    return ModelOutput(model="m", choices=[choice])


def rejected() -> Exception:
    error = ValueError("unknown field prompt_logprobs")
    error.status_code = 400  # pyright: ignore
    return error


@pytest.mark.anyio
async def test_texts_are_read_off_the_end_of_the_prompt() -> None:
    provider = Counting(get_model("mockllm/model", memoize=False), of_prompt)
    found = await text_options(provider.model, "chat", "Which?", ("the Mirow", "the Halden"))
    assert found.logp == pytest.approx((-1.0, -0.5))
    assert provider.asked == 2


@pytest.mark.anyio
@pytest.mark.parametrize("answer", [rejected(), answered({"x": 1.0})], ids=["rejected", "ignored"])
async def test_what_a_provider_does_not_give_is_asked_for_once(answer: Any) -> None:
    provider = Counting(get_model("mockllm/model", memoize=False), answer)
    for _ in range(3):
        found = await text_options(provider.model, "chat", "Which?", ("the Mirow", "the Halden"))
        assert (found.logp, found.reason) == (None, "not_given")
    assert provider.asked == 1


@pytest.mark.anyio
async def test_a_failure_is_not_taken_for_a_lack() -> None:
    provider = Counting(get_model("mockllm/model", memoize=False), ConnectionError("down"))
    for _ in range(2):
        found = await text_options(provider.model, "chat", "Which?", ("the Mirow", "the Halden"))
        assert (found.reason, found.detail) == ("logprobs_failed", "ConnectionError: down")
    assert provider.asked == 2


@pytest.mark.slow
@pytest.mark.anyio
async def test_weights_give_what_transformers_computes() -> None:
    """The log-probabilities of the embedded model, against a plain forward pass over prompt and option together."""
    import torch

    model = get_model(f"embedded/{NAME}", memoize=False)
    weights, api = local_weights(model), model.api
    assert weights is not None
    assert local_weights(model) is weights
    tokenizer, network = api.tokenizer, api.model  # pyright: ignore
    options = ("the Fenwick", "a lamp of brushed brass that dims")
    text = prompt("base", "text", "Which lamp?", options)
    message = ChatMessageUser(content=text, metadata={RAW: True})
    found = await weights.texts([message], [f" {o}" for o in options])
    for option, (logp, tokens) in zip(options, found, strict=True):
        head, tail = (tokenizer(t, return_tensors="pt").input_ids for t in (text, f" {option}"))
        with torch.inference_mode():
            logits = network(torch.cat([head, tail], dim=1)).logits[0].log_softmax(-1)
        start = head.shape[1] - 1
        plain = sum(float(logits[start + i, token]) for i, token in enumerate(tail[0]))
        assert (logp, tokens) == (pytest.approx(plain, abs=1e-3), tail.shape[1])
    with torch.inference_mode():
        last = network(tokenizer(text, return_tensors="pt").input_ids).logits[0, -1].log_softmax(-1)
    for label, logp in zip(LABELS, await weights.labels([message], LABELS), strict=True):
        ids = [tokenizer(s).input_ids[0] for s in (label, f" {label}")]
        assert exp(logp) == pytest.approx(sum(exp(float(last[i])) for i in ids), rel=1e-3)
