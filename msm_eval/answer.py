"""The solver of the text scenarios: one reply, no tools, and a note whether it was cut off.

A provider that names its stop reason is believed. The transformers provider never does: there a reply counts as cut off
when its tokens reach the limit. As that provider counts the padding of a batch, a reply whose text has fewer bytes than
the limit has tokens cannot have reached it (a token is at least one byte), and is taken as finished.
"""

from typing import Unpack

from inspect_ai.event import ModelEvent
from inspect_ai.log import transcript
from inspect_ai.model import GenerateConfigArgs, ModelOutput, get_model
from inspect_ai.solver import Generate, Solver, TaskState, solver

from msm_eval.local_logprobs import local_weights


@solver
def answer_once() -> Solver:
    """Generate one reply and store whether it was cut off."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        return await answered(state, generate)

    return solve


async def answered(state: TaskState, generate: Generate, **config: Unpack[GenerateConfigArgs]) -> TaskState:
    """The state with one reply, and a note whether it was cut off."""
    local_weights(get_model())
    state = await generate(state, tool_calls="none", **config)
    calls = [event for event in transcript().events if isinstance(event, ModelEvent)]
    limit = calls[-1].config.max_tokens if calls else None
    state.store.set("cut_off", cut_off(state.output, limit))
    return state


def cut_off(output: ModelOutput, max_tokens: int | None) -> bool:
    """Whether a reply ended because it ran into a limit."""
    if output.empty:
        return False
    if output.stop_reason in ("max_tokens", "model_length"):
        return True
    if output.stop_reason != "unknown" or output.usage is None or max_tokens is None:
        return False
    written = len(output.message.text.encode())
    return output.usage.output_tokens >= max_tokens and written >= max_tokens


def was_cut_off(state: TaskState) -> bool:
    """The note of `answer_once`; for a log that has none, what the stop reason says."""
    return bool(state.store.get("cut_off", cut_off(state.output, None)))
