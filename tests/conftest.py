"""Running the real task offline, and the environment that keeps it offline."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from inspect_ai import eval as inspect_eval
from inspect_ai.log import EvalLog
from inspect_ai.model import get_model

TASK = "msm_eval/agentic_misalignment"

# No deadline: tests make no timing assertions. In CI the examples are the same in every run; elsewhere they are drawn anew.
settings.register_profile("msm_eval", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("msm_eval"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "msm_eval")


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    for name in ("INSPECT_EVAL_MODEL", "INSPECT_LOG_DIR", "INSPECT_EVAL_MODEL_ROLE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def run_grid(tmp_path: Path) -> Callable[..., EvalLog]:
    """Run the grid task: run_grid("harmful", judge="judge_right", epochs=2, scenario="murder", rate=…)."""

    def run(
        organism: str, *, judge: Any = None, epochs: int = 1, model_args: dict[str, Any] | None = None, **task_args: Any
    ) -> EvalLog:
        model = get_model(f"organism/{organism}", memoize=False, **(model_args or {}))
        grader = f"organism/{judge}" if isinstance(judge, str) else judge
        (log,) = inspect_eval(
            TASK, model=model, model_roles={"grader": grader} if grader else None, epochs=epochs, task_args=task_args,
            log_dir=str(tmp_path / "logs"), display="none", max_samples=50,
        )  # fmt: skip
        assert log.status == "success", log.error
        return log

    return run


def scores(log: EvalLog, metric: str) -> list[str]:
    """What every sample got: `yes`, `no` or the reason it is unscored."""
    found: list[str] = []
    for sample in log.samples or []:
        score = (sample.scores or {})[metric]
        found.append({1: "yes", 0: "no"}.get(score.value, score.reason or "?"))  # pyright: ignore
    return found
