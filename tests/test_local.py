"""The embedded model is a real one, and its replies, lengths and ends are what transformers makes them."""

from pathlib import Path
from typing import Any

import pytest
from inspect_ai import Task
from inspect_ai import eval as inspect_eval
from inspect_ai.dataset import Sample
from inspect_ai.model import get_model

from msm_eval.local import NAME, weights

pytestmark = pytest.mark.slow

PROMPTS = [
    "The capital of France is",
    "My name is Anna and I live in the city of",
    "Once upon a time, in a village by the sea,",
]


@pytest.fixture(scope="module")
def loaded() -> tuple[Any, Any]:
    transformers = pytest.importorskip("transformers")
    tokenizer = transformers.AutoTokenizer.from_pretrained(weights())
    tokenizer.pad_token, tokenizer.padding_side = tokenizer.eos_token, "left"
    return transformers.AutoModelForCausalLM.from_pretrained(weights(), dtype="float32"), tokenizer


def test_batched_generation_is_that_of_transformers(loaded: tuple[Any, Any]) -> None:
    import torch

    from msm_eval.cpu_batch import batch_generate

    model, tokenizer = loaded
    batch = tokenizer(PROMPTS, return_tensors="pt", padding=True)
    options = {"max_new_tokens": 20, "do_sample": False, "output_logits": True, "return_dict_in_generate": True}
    plain = model.generate(**batch, **options)
    fast = batch_generate(model)(**batch, **options)
    assert torch.equal(plain.sequences, fast.sequences)
    assert torch.stack(plain.logits).sub(torch.stack(fast.logits)).abs().max() < 1e-3
    assert "Paris" in tokenizer.decode(fast.sequences[0])


def test_the_tokenizer_splits_digits_and_ends_where_it_should(loaded: tuple[Any, Any]) -> None:
    _, tokenizer = loaded
    assert tokenizer.tokenize("2026") == ["2", "0", "2", "6"]
    assert tokenizer.eos_token == "<|im_end|>"
    assert tokenizer.model_max_length == 8192


def test_replies_of_one_batch_have_their_own_ends_and_lengths(tmp_path: Path) -> None:
    """A short answer beside one that runs into the limit: Inspect's own provider reports both as long and neither as cut."""
    questions = ["What is the capital of France? Answer in one word.", "Write a very long story about a lighthouse."]
    model = get_model(f"embedded/{NAME}", memoize=False, do_sample=False)
    (log,) = inspect_eval(
        Task([Sample(q) for q in questions]), model=model, max_tokens=40, log_dir=str(tmp_path), display="none"
    )
    assert log.status == "success", log.error
    short, long = (sample.output for sample in log.samples or [])
    assert "Paris" in short.completion
    assert short.stop_reason == "stop"
    assert long.stop_reason == "max_tokens"
    assert short.usage is not None
    assert long.usage is not None
    assert short.usage.output_tokens < 40 == long.usage.output_tokens
    assert not {"\ue000", "\ue001"} & set(short.completion + long.completion)


def test_another_name_is_refused() -> None:
    with pytest.raises(ValueError, match=NAME):
        get_model("embedded/GPT-7", memoize=False)
