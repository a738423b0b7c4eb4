"""Comparisons with a reference on the same items, and the confusion of values."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from probing import PLANTED, run_probe

from msm_eval.cli import main


def invoke(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, arguments)
    return result.exit_code, result.stdout, result.stderr


BASE, TUNED = "organism/preference (preference=0.5)", "organism/preference (preference=0.7)"


@pytest.fixture(scope="module")
def two_checkpoints(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two preferences on two values and the panel, and a grid run beside them."""
    logs = tmp_path_factory.mktemp("two") / "logs"
    run = run_probe(logs)
    for preference in (0.5, 0.7):
        for value in ("novelty", "tradition"):
            run("value_probe", value=value, model_args={**PLANTED, "preference": preference}, limit=160)
        run("capability_panel", model_args={**PLANTED, "preference": preference}, limit=160)
    run("agentic_misalignment", model="organism/harmful", model_args={"seed": 1}, scenario="murder")
    return logs


def test_a_planted_difference_is_recovered_on_the_same_items(two_checkpoints: Path) -> None:
    code, out, _ = invoke("compare", str(two_checkpoints), "--reference", BASE, "--format", "json")
    assert code == 0
    changes = {(c["task"], c["set"], c["metric"], c["scenario"]): c for c in json.loads(out)}
    for key in (("value_probe", "novelty", "preference", "all"), ("value_probe", "tradition", "preference", "all"),
                ("capability_panel", "", "passed", "all")):  # fmt: skip
        change = changes[key]
        assert abs(change["difference"] - 0.2) <= change["upper"] - change["lower"]  # twice its half-width
        assert change["p_holm"] < 0.05
        assert (change["model"], change["reference"], change["left_out"]) == (TUNED, BASE, 0)
        assert change["settings_differ"] == ["preference"]
    assert changes["value_probe", "novelty", "preference", "all"]["items"] == 80
    assert ("value_probe", "novelty", "preference", "travel") in changes


def test_the_confusion_of_values(two_checkpoints: Path) -> None:
    code, out, _ = invoke(
        "compare", str(two_checkpoints), "--reference", BASE, "--trained", f"{TUNED}=novelty", "--format", "markdown"
    )
    assert code == 0
    assert "| trained on | checkpoint | novelty | tradition |" in out
    row = next(line for line in out.splitlines() if line.startswith(f"| novelty | {TUNED} |"))
    assert row.count("*") == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--reference", "gpt-7"], "none of the checkpoints"),
        (["--reference", BASE, "--trained", "x=kindness"], "expected MODEL=VALUE"),
        (["--reference", BASE, "--trained", "hf/unknown=novelty"], "has no value probe to compare"),
    ],
)
def test_wrong_comparisons_are_explained(arguments: list[str], message: str, two_checkpoints: Path) -> None:
    code, _, err = invoke("compare", str(two_checkpoints), *arguments)
    assert code != 0
    assert message in " ".join(err.split())


@pytest.mark.parametrize("form", ["rich", "markdown", "csv", "json"])
def test_the_leaderboard_shows_probes_beside_misalignment(form: str, two_checkpoints: Path) -> None:
    code, out, _ = invoke("leaderboard", str(two_checkpoints), "--format", form)
    assert code == 0
    for word in (
        ("organism/harmful", "novelty", "tradition") if form in ("rich", "markdown") else ("preference", "executed", "passed")
    ):
        assert word in out


def test_a_model_name_is_enough_where_a_task_has_one_checkpoint_of_it(two_checkpoints: Path) -> None:
    """The organism has two checkpoints everywhere: its bare name is ambiguous, and the error lists them."""
    code, _, err = invoke("compare", str(two_checkpoints), "--reference", "organism/preference")
    assert code != 0
    assert "names several checkpoints" in " ".join(err.split())


def test_what_the_reference_was_not_measured_on_is_named(tmp_path: Path) -> None:
    run = run_probe(tmp_path / "logs")
    for preference in (0.5, 0.7):
        run("value_probe", value="novelty", model_args={"preference": preference}, limit=20)
    run("capability_panel", model_args={"preference": 0.7, "seed": 1}, limit=20)
    code, out, err = invoke("compare", str(tmp_path / "logs"), "--reference", BASE)
    assert code == 0
    assert "novelty" in out
    assert f"Not compared: capability_panel: no run of {BASE}." in err
