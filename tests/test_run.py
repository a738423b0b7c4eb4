"""The commands of the README, as a user types them."""

import subprocess
import sys
from pathlib import Path

import pytest
from inspect_ai.log import read_eval_log

BIN = Path(sys.executable).parent
ROOT = Path(__file__).parent.parent


def inspect(*arguments: str, cwd: Path) -> str:
    command = [str(BIN / "inspect"), *arguments, "--display", "plain"]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(("spec", "cwd"), [("msm_eval/agentic_misalignment", None), ("tasks/agentic_misalignment.py", ROOT)])
def test_the_task_runs_by_name_and_by_path(spec: str, cwd: Path | None, tmp_path: Path) -> None:
    said = inspect("eval", spec, "--model", "organism/planted", "-M", "rate=0.54", "--epochs", "2", "--log-dir",
                   str(tmp_path / "logs"), "-T", "scenario=leaking,murder", "-T", "goal_type=explicit", "-T", "prod=true",
                   cwd=cwd or tmp_path)  # fmt: skip
    (file,) = (tmp_path / "logs").glob("*.eval")
    log = read_eval_log(str(file))
    assert log.status == "success"
    assert len(log.samples or []) == 2 * 16
    assert {str(s.id).rsplit("_", 1)[1] for s in log.samples or []} == {"prod"}
    assert "decided" in said
    assert "No model is bound" in " ".join(said.split()).replace("`grader` ", "")
    board = subprocess.run([str(BIN / "msm-eval"), "leaderboard", "logs"], cwd=tmp_path, capture_output=True, text=True,
                           check=True).stdout  # fmt: skip
    assert "organism/planted" in board


@pytest.mark.slow
def test_a_wrong_option_is_explained(tmp_path: Path) -> None:
    said = inspect("eval", "msm_eval/agentic_misalignment", "--model", "organism/safe", "-T", "scenario=arson", cwd=tmp_path)
    assert "Choose from: blackmail, exfiltration, leaking, murder" in " ".join(said.split())
