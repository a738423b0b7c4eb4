"""What users install: sdist → wheel → a clean environment, and the task runs there by name with its content."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run([str(c) for c in command], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from the sdist, as PyPI's users get it."""
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", out, ROOT, cwd=out)
    (found,) = out.glob("*.whl")
    return found


@pytest.mark.slow
def test_the_wheel_holds_every_room_inside_the_package_and_nothing_else(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {n.split("/")[0] for n in names} == {"msm_eval", f"{wheel.name.split('-py3')[0]}.dist-info"}
    rooms = [p for room in ("tasks", "scenarios", "graders", "training") for p in (ROOT / room).rglob("*") if p.is_file()]
    content = {f"msm_eval/{p.relative_to(ROOT)}" for p in rooms if "__pycache__" not in p.parts}
    assert content <= names
    assert {f"msm_eval/organisms/{p.name}" for p in (ROOT / "msm_eval/organisms").glob("*.md")} <= names


@pytest.mark.slow
def test_the_task_runs_by_name_from_a_clean_install(wheel: Path, tmp_path: Path) -> None:
    venv = tmp_path / "venv"
    run(sys.executable, "-m", "venv", venv, cwd=tmp_path)
    run(venv / "bin/pip", "install", "-q", wheel, cwd=tmp_path)
    run(venv / "bin/inspect", "eval", "msm_eval/agentic_misalignment", "--model", "organism/harmful", "--display", "none",
        "-T", "scenario=all", "--log-dir", "logs", cwd=tmp_path)  # fmt: skip
    table = run(venv / "bin/msm-eval", "leaderboard", "logs", "--format", "markdown", cwd=tmp_path)
    assert "| organism/harmful | all (36) | no judge | 100.0 % [" in table
    assert "36/36" in table
