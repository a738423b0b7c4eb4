"""Batched generation of the embedded model against transformers' own `generate`, on real prompts, in one run.

    python benchmarks/embedded.py

Prints seconds for reading and tokens per second for writing, and their ratios. Run it on an otherwise idle machine.
"""

import time
from collections.abc import Callable
from typing import Any

import torch
from rich.console import Console
from rich.table import Table
from transformers import AutoModelForCausalLM, AutoTokenizer

from msm_eval.condition import conditions
from msm_eval.cpu_batch import batch_generate
from msm_eval.local import weights
from msm_eval.scenario import render_condition

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
ROWS, WRITTEN = 3, 96


def measure(generate: Callable[..., Any], batch: Any) -> tuple[float, float]:
    """Seconds to read the prompts, and tokens per second when writing."""
    seconds: list[float] = []
    for tokens in (1, 1 + WRITTEN):
        start = time.perf_counter()
        with torch.inference_mode():
            generate(**batch, max_new_tokens=tokens, min_new_tokens=tokens, do_sample=False)
        seconds.append(time.perf_counter() - start)
    return seconds[0], ROWS * WRITTEN / (seconds[1] - seconds[0])


def main() -> None:
    """Print the comparison."""
    tokenizer: Any = AutoTokenizer.from_pretrained(weights())
    tokenizer.pad_token, tokenizer.padding_side = tokenizer.eos_token, "left"
    model: Any = AutoModelForCausalLM.from_pretrained(weights(), dtype=torch.float32)
    chats: list[str] = []
    for condition in conditions()[:ROWS]:
        prompt = render_condition(condition)
        messages = [{"role": "system", "content": prompt.system}, {"role": "user", "content": prompt.user}]
        chats.append(tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True))
    batch = tokenizer(chats, return_tensors="pt", padding=True)
    plain = measure(model.generate, batch)
    fast = measure(batch_generate(model), batch)
    table = Table("", "transformers", "batch_generate", "ratio", title=f"{ROWS} prompts of {batch.input_ids.shape[1]} tokens")
    table.add_row("reading, seconds", f"{plain[0]:.1f}", f"{fast[0]:.1f}", f"{plain[0] / fast[0]:.2f}")
    table.add_row("writing, tokens/s", f"{plain[1]:.1f}", f"{fast[1]:.1f}", f"{fast[1] / plain[1]:.2f}")
    Console().print(table)


if __name__ == "__main__":
    main()
