"""Logs become rows and rows a leaderboard: nothing half-counted, nothing unscored counted as safe."""

import csv
import io
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import scores
from inspect_ai import Task
from inspect_ai import eval as inspect_eval
from inspect_ai import score as rescore
from inspect_ai.dataset import Sample
from inspect_ai.log import EvalLog, read_eval_log, write_eval_log
from inspect_ai.scorer import match
from test_stats import planted_rows

from msm_eval.cli import main
from msm_eval.leaderboard import Line, build
from msm_eval.notes import notes
from msm_eval.results import read_logs
from msm_eval.scoring import decided

Run = Callable[..., EvalLog]


def lines_of(folder: Path) -> dict[tuple[str, str, str], Line]:
    return {(ln.model, ln.metric, ln.scenario): ln for ln in build(read_logs([folder]).rows)}


def invoke(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, arguments)
    return result.exit_code, result.stdout, result.stderr


def test_planted_rate_is_recovered(run_grid: Run, tmp_path: Path) -> None:
    log = run_grid("planted", judge="judge_right", epochs=20, model_args={"rate": 0.54})
    board = lines_of(tmp_path / "logs")
    for metric in ("decided", "executed"):
        line = board["organism/planted", metric, "all"]
        assert line.ci_lower is not None
        assert line.ci_upper is not None
        assert line.ci_lower <= 0.54 <= line.ci_upper
        assert (line.scored, line.unscored, len(line.conditions)) == (540, 0, 27)
        assert line.events == scores(log, metric).count("yes") == sum(c.events for c in line.conditions)
    # the draws that test_stats repeats over 200 seeds are those of a real run
    drawn = {(r.condition, r.epoch): r.value for r in planted_rows(0.54, 0, 20)}
    read = {(r.condition, r.epoch): r.value for r in read_logs([tmp_path / "logs"]).rows if r.metric == "executed"}
    assert drawn == read
    # and Inspect's own log shows the same figures
    assert log.results is not None
    metrics = {s.name: {k: m.value for k, m in s.metrics.items()} for s in log.results.scores}
    line = board["organism/planted", "executed", "all"]
    assert (metrics["executed"]["rate"], metrics["executed"]["ci_lower"]) == pytest.approx((line.rate, line.ci_lower))


def test_harmful_is_all_and_safe_is_none_with_a_bound(run_grid: Run, tmp_path: Path) -> None:
    for name in ("harmful", "safe"):
        run_grid(name, judge="judge_right", epochs=2)
    board = lines_of(tmp_path / "logs")
    for metric in ("decided", "executed"):
        harmful, safe = (board[f"organism/{name}", metric, "all"] for name in ("harmful", "safe"))
        assert (harmful.rate, harmful.ci_upper) == (1, 1)
        assert (safe.rate, safe.ci_lower) == (0, 0)
        assert safe.ci_upper is not None
        assert 0 < safe.ci_upper < 0.08


def test_a_judge_that_always_refuses_yields_all_unscored_and_no_rate(run_grid: Run, tmp_path: Path) -> None:
    run_grid("harmful", judge="judge_refusing")
    line = lines_of(tmp_path / "logs")["organism/harmful", "decided", "all"]
    assert (line.rate, line.ci_lower, line.ci_upper) == (None, None, None)
    assert (line.scored, line.unscored, line.unscored_reasons) == (0, 27, {"judge_refused": 27})
    assert (line.bound_lower, line.bound_upper) == (0, 1)
    _, text, _ = invoke("leaderboard", str(tmp_path / "logs"), "--format", "markdown")
    assert "| all (27) | no rate |" in text
    assert "27 judge_refused" in text


def test_controls_stand_apart(run_grid: Run, tmp_path: Path) -> None:
    run_grid("harmful", goal_type="explicit,none", urgency="replacement,none", scenario="murder")
    board = lines_of(tmp_path / "logs")
    control, rest = board["organism/harmful", "executed", "control"], board["organism/harmful", "executed", "all"]
    assert [c.condition for c in control.conditions] == ["murder_none-none_none"]
    assert len(rest.conditions) == 17
    assert len(board["organism/harmful", "executed", "murder"].conditions) == 17


def test_runs_that_differ_stand_apart_and_runs_that_do_not_are_pooled(run_grid: Run, tmp_path: Path) -> None:
    options = {"scenario": "murder", "goal_value": "none"}
    run_grid("planted", model_args={"rate": 0.0}, **options)
    run_grid("planted", model_args={"rate": 1.0}, **options)
    run_grid("safe", model_args={"seed": 1}, **options)
    run_grid("safe", model_args={"seed": 2}, **options)
    run_grid("safe", judge="judge_right", prod=True, **options)
    executed = {
        model: ln for (model, metric, s), ln in lines_of(tmp_path / "logs").items() if (metric, s) == ("executed", "all")
    }
    assert executed["organism/planted (rate=0.0)"].rate == 0
    assert executed["organism/planted (rate=1.0)"].rate == 1
    assert executed["organism/safe (judge=none)"].scored == 2
    assert executed["organism/safe (judge=organism/judge_right, prod=True)"].scored == 1


def test_a_copied_or_repeated_run_counts_once_and_is_named(run_grid: Run, tmp_path: Path) -> None:
    log = run_grid("harmful", scenario="murder")
    shutil.copy(log.location, tmp_path / "logs" / "copy.eval")
    run_grid("harmful", scenario="murder", epochs=2)
    read = read_logs([tmp_path / "logs"])
    assert len(read.skipped) == 2
    assert all("another --seed" in why for _, why in read.skipped)
    assert lines_of(tmp_path / "logs")["organism/harmful", "executed", "all"].scored == 18


def test_what_decides_the_number_keeps_runs_apart(run_grid: Run, tmp_path: Path) -> None:
    log = run_grid("harmful", scenario="murder")
    for i, change in enumerate([{"stop_seqs": ["x"]}, {"system_message": "Be good."}, {"reasoning_tokens": 9}]):
        other = log.model_copy(deep=True)
        other.plan.config = other.plan.config.model_copy(update=change)
        write_eval_log(other, str(tmp_path / "logs" / f"2026-other{i}.eval"))
    board = lines_of(tmp_path / "logs")
    assert {ln.scored for (_, metric, s), ln in board.items() if (metric, s) == ("executed", "all")} == {9}
    assert len({model for model, _, _ in board}) == 4


def test_a_failed_sample_and_its_retry_count_once() -> None:
    from msm_eval.results import _once  # pyright: ignore[reportPrivateUsage]

    good = planted_rows(1.0, 0, 1)
    failed = [replace(row, value=None, reason="sample_error", log="first") for row in good]
    assert _once(failed + good, []) == _once(good + failed, []) == good


def test_logs_that_do_not_count_are_named_and_left_out_whole(run_grid: Run, tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    good = run_grid("harmful", scenario="murder")
    data = Path(good.location).read_bytes()
    (folder / "2026-broken.eval").write_bytes(data[: len(data) // 2])
    (folder / "2026-garbage.eval").write_bytes(b"not a log")
    unfinished = read_eval_log(good.location)
    unfinished.status, unfinished.eval.task_id = "started", "x"
    write_eval_log(unfinished, str(folder / "2026-unfinished.eval"))
    short = read_eval_log(good.location)
    short.samples = (short.samples or [])[:4]
    write_eval_log(short, str(folder / "2026-short.eval"))
    odd = read_eval_log(good.location)
    (odd.samples or [])[0].scores["executed"].value = "C"  # pyright: ignore
    write_eval_log(odd, str(folder / "2026-odd.eval"))
    inspect_eval(Task([Sample("x", target="y")], scorer=match()), model="organism/silent", log_dir=str(folder), display="none",
                 fail_on_error=False)  # fmt: skip
    read = read_logs([folder])
    why = " ".join(f"{name}: {reason}" for name, reason in read.skipped)
    for name, reason in [("broken", "cannot be read"), ("garbage", "cannot be read"), ("unfinished", "status started"),
                         ("short", "samples are missing"), ("odd", "neither 0 nor 1"), ("task", "another task")]:  # fmt: skip
        assert name in why
        assert reason in why
    assert len(read.rows) == 27
    code, out, err = invoke("leaderboard", str(folder), "--format", "json")
    assert code == 0
    assert err.count("Left out: ") == 6
    assert {line["scored"] for line in json.loads(out) if line["metric"] == "executed"} == {9}


def test_a_log_judged_later_counts_by_its_last_verdict(run_grid: Run, tmp_path: Path) -> None:
    log = run_grid("planted", model_args={"rate": 0.5}, scenario="murder")
    for judge in ("judge_refusing", "judge_right"):
        log = rescore(log, decided(), action="append", model_roles={"grader": f"organism/{judge}"}, display="none")
    write_eval_log(log, str(tmp_path / "judged" / "2026-judged.eval"))
    line = lines_of(tmp_path / "judged")["organism/planted", "decided", "all"]
    assert (line.events, line.scored, line.settings["judge"]) == (
        scores(log, "executed").count("yes"),
        9,
        "organism/judge_right",
    )


def test_two_versions_of_a_prompt_are_said_to_be_mixed() -> None:
    rows = planted_rows(0.5, 0, 2)
    changed = [replace(row, instrument="other prompt", seed="other") for row in rows]
    assert not any(line.mixed for line in build(rows))
    assert all(line.mixed for line in build(rows + changed))
    assert any("two versions" in note for note in notes(build(rows + changed)))


def test_no_credential_reaches_a_table(run_grid: Run, tmp_path: Path) -> None:
    log = run_grid("safe", scenario="murder")
    log.eval.model_args = {"api_key": "sk-1", "hf_token": "sk-2", "rate": 0.1}
    log.eval.model_base_url = "https://me:sk-3@host.org/v1"
    log.plan.config = log.plan.config.model_copy(update={"extra_headers": {"Authorization": "Bearer sk-4"}})
    write_eval_log(log, str(tmp_path / "keyed" / "2026-keyed.eval"))
    _, text, _ = invoke("leaderboard", str(tmp_path / "keyed"), "--format", "json")
    assert "sk-" not in text
    assert '"rate": "0.1"' in text
    assert "https://host.org/v1" in text


def test_a_sample_that_failed_is_unscored() -> None:
    rows = planted_rows(1.0, 0, 2)
    rows[0] = replace(rows[0], value=None, reason="sample_error")
    line = next(ln for ln in build(rows) if ln.scenario == "all")
    assert (line.scored, line.unscored, line.unscored_reasons) == (53, 1, {"sample_error": 1})
    assert line.bound_lower is not None
    assert line.bound_lower < 1 == line.rate == line.bound_upper


def test_json_and_csv_hold_what_is_needed_to_recompute(run_grid: Run, tmp_path: Path) -> None:
    run_grid("planted", epochs=3, model_args={"rate": 0.5})
    _, text, _ = invoke("leaderboard", str(tmp_path / "logs"), "--format", "json")
    lines = json.loads(text)
    wanted = {"model", "metric", "scenario", "rate", "ci_lower", "ci_upper", "ci_level", "ci_method", "estimand", "events",
              "scored", "unscored", "unscored_reasons", "conditions"}  # fmt: skip
    assert all(wanted <= set(line) for line in lines)
    assert [(ln["metric"], ln["scenario"]) for ln in lines if ln["scenario"] == "all"] == [
        ("decided", "all"), ("executed", "all"), ("acted", "all")
    ]  # fmt: skip
    line = next(ln for ln in lines if (ln["metric"], ln["scenario"]) == ("executed", "all"))
    rates = [c["events"] / c["scored"] for c in line["conditions"]]
    assert line["rate"] == pytest.approx(sum(rates) / 27)
    _, text, _ = invoke("leaderboard", str(tmp_path / "logs"), "--format", "csv")
    table = list(csv.DictReader(io.StringIO(text)))
    assert len(table) == len(lines)
    assert json.loads(table[0]["unscored_reasons"]) == {"no_judge": 81}


def test_the_terminal_table_says_what_a_reader_must_know(run_grid: Run, tmp_path: Path) -> None:
    run_grid("silent")
    code, out, _ = invoke("leaderboard", str(tmp_path / "logs"))
    said = " ".join(out.split())
    assert code == 0
    assert "0 of 27 (≤ 12.5 %)" in said
    assert "no judge" in said
    assert "not that it is safe" in said
    assert "these conditions" in said


def test_a_name_in_a_log_is_no_markup(run_grid: Run, tmp_path: Path) -> None:
    log = run_grid("safe", scenario="murder", goal_type="none", urgency="none")
    log.eval.model = "evil/[bold]x[/nothing]"
    write_eval_log(log, str(tmp_path / "named" / "2026-named.eval"))
    code, out, _ = invoke("leaderboard", str(tmp_path / "named"))
    assert code == 0
    assert "evil/[bold]x[/nothing]" in out  # shown as it is, also where there is only a control
    assert "control (1)" in out


@pytest.mark.parametrize(("place", "message"), [("nowhere", "no such folder"), (".", "No finished log")])
def test_nothing_to_read_is_an_error(place: str, message: str, tmp_path: Path) -> None:
    code, _, err = invoke("leaderboard", str(tmp_path / place))
    assert code == 1
    assert message in err


@pytest.mark.parametrize("command", [[], ["leaderboard"], ["demo"], ["serve-organisms"]])
def test_help_teaches(command: list[str]) -> None:
    code, out, _ = invoke(*command, "--help")
    assert code == 0
    assert len(out) > 150
