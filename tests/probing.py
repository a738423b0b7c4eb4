"""Running a probe offline and reading what the leaderboard makes of it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from inspect_ai import eval as inspect_eval
from inspect_ai.log import EvalLog
from inspect_ai.model import Model, ModelOutput, ModelUsage, get_model

from msm_eval.leaderboard import Line, build
from msm_eval.results import read_logs

Run = Callable[..., EvalLog]
PLANTED = {"preference": 0.7, "position_bias": 0.3}


def run_probe(logs: Path) -> Run:
    """A function that runs a task of ours into `logs`; without a model, on organism/preference."""

    def start(
        task: str, *, model: str | Model = "organism/preference", model_args: dict[str, Any] | None = None,
        judge: str | None = None, epochs: int = 1, limit: int | None = None, **task_args: Any,
    ) -> EvalLog:  # fmt: skip
        if isinstance(model, str):
            arguments: dict[str, Any] = model_args or (PLANTED if model.startswith("organism") else {})
            model = get_model(model, memoize=False, **arguments)
        (log,) = inspect_eval(
            f"msm_eval/{task}", model=model, task_args=task_args, epochs=epochs, limit=limit, display="none", max_samples=50,
            model_roles={"grader": f"organism/{judge}"} if judge else None, log_dir=str(logs), log_level="warning",
        )  # fmt: skip
        assert log.status == "success", log.error
        return log

    return start


def answering(reply: str, stop: str = "stop") -> Model:
    """A provider that says one thing and gives no log-probabilities."""
    output = ModelOutput.from_content("mock", reply, stop_reason=stop)  # pyright: ignore[reportArgumentType]
    output.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)
    return get_model("mockllm/model", memoize=False, custom_outputs=[output] * 1000)


def lines_of(logs: Path) -> dict[tuple[str, str, str], Line]:
    """The leaderboard of one checkpoint by set, metric and group."""
    return {(line.set, line.metric, line.scenario): line for line in build(read_logs([logs]).rows)}


def holds(line: Line, truth: float, widths: float = 1) -> bool:
    """Whether the interval of a line, made so many times as wide, holds the truth.

    At its own width it misses one truth in twenty (test_over_many_seeds_… counts them), so single runs ask for twice that.
    """
    assert line.rate is not None
    assert line.ci_lower is not None
    assert line.ci_upper is not None
    return line.rate - widths * (line.rate - line.ci_lower) <= truth <= line.rate + widths * (line.ci_upper - line.rate)
