"""Inspect logs → tidy rows, one per sample x epoch x score. A log counts whole or not at all.

    read = read_logs(["logs"])
    read.rows[0].value     # 1, 0 or None (unscored), with read.rows[0].reason
    read.skipped           # logs that were broken, unfinished or from another task, each with why

Only the summaries inside a log are read, so thousands of transcripts cost seconds. A sample that was carried from an
interrupted log into its successor has the same uuid in both and is counted once.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from math import isnan
from pathlib import Path
from typing import Any

from inspect_ai.log import (
    EvalLog,
    EvalSampleSummary,
    list_eval_logs,
    read_eval_log,
    read_eval_log_sample_summaries,
)

METRICS = ("decided", "executed", "acted")
TASKS = ("msm_eval/agentic_misalignment", "agentic_misalignment")
_GRID_OPTIONS = {"scenario", "goal_type", "goal_value", "urgency", "split"}


@dataclass(frozen=True)
class Row:
    """One score of one reply."""

    checkpoint: str
    """The model, and in brackets the settings in which runs of it differ."""
    model: str
    settings: tuple[tuple[str, str], ...]
    """What else decides the number: model arguments, sampling, prompt options, task version, judge."""
    condition: str
    cell: str
    scenario: str
    control: bool
    epoch: int
    metric: str
    value: int | None
    """1, 0, or None when unscored."""
    reason: str
    """Why it is unscored."""
    log: str
    sample: str


@dataclass
class Logs:
    """What was read, and what was not."""

    rows: list[Row] = field(default_factory=list[Row])
    skipped: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    """Name of a log, and why it does not count."""


class _Skip(Exception):
    """Why a log does not count."""


def read_logs(places: Iterable[str | Path]) -> Logs:
    """Every finished grid log under `places` (folders, searched through, or single log files).

    Raises:
        FileNotFoundError: a place does not exist.
    """
    logs = Logs()
    seen: set[tuple[str, str]] = set()
    for place in map(Path, places):
        if not place.exists():
            raise FileNotFoundError(f"{place}: no such folder or log file.")
        files = [place] if place.is_file() else sorted(Path(i.name.removeprefix("file://")) for i in list_eval_logs(str(place)))
        for file in files:
            try:
                rows = _read_log(file)
            except _Skip as skip:
                logs.skipped.append((file.name, str(skip)))
                continue
            logs.rows += [row for row in rows if (row.sample, row.metric) not in seen]
            seen |= {(row.sample, row.metric) for row in rows}
    logs.rows = _name_checkpoints(logs.rows)
    return logs


def _read_log(file: Path) -> list[Row]:
    try:
        log = read_eval_log(str(file), header_only=True)
        summaries = read_eval_log_sample_summaries(str(file))
    except Exception as error:  # a damaged archive raises whatever its damage suggests
        raise _Skip(f"cannot be read ({type(error).__name__})") from error
    if log.eval.task not in TASKS:
        raise _Skip(f"is of another task ({log.eval.task})")
    if log.status != "success":
        raise _Skip(f"is unfinished (status {log.status})")
    if log.invalidated:
        raise _Skip("was invalidated")
    if log.results is None or len(summaries) != log.results.total_samples:
        raise _Skip("is unfinished (samples are missing)")
    settings = _settings(log)
    return [row for summary in summaries for row in _sample_rows(log, summary, settings, file.name)]


def _sample_rows(log: EvalLog, summary: EvalSampleSummary, settings: tuple[tuple[str, str], ...], name: str) -> Iterable[Row]:
    facts = summary.metadata
    if "cell" not in facts:
        raise _Skip("is of another task (its samples name no cell)")
    for metric in METRICS:
        value, reason = _value(summary, metric)
        yield Row(
            checkpoint=log.eval.model, model=log.eval.model, settings=settings, condition=str(summary.id),
            cell=facts["cell"], scenario=facts["scenario"], control=bool(facts["control"]), epoch=summary.epoch,
            metric=metric, value=value, reason=reason, log=name,
            sample=summary.uuid or f"{name}/{summary.id}/{summary.epoch}",
        )  # fmt: skip


def _value(summary: EvalSampleSummary, metric: str) -> tuple[int | None, str]:
    score = (summary.scores or {}).get(metric)
    if score is None:
        return None, "sample_error" if summary.error else "not_scored"
    value = score.value
    if isinstance(value, float) and isnan(value):
        return None, score.reason or "unknown"
    if value not in (0, 1):
        raise _Skip(f"holds a {metric} of {value!r}, which is neither 0 nor 1")
    return int(value), ""  # pyright: ignore[reportArgumentType]


def _settings(log: EvalLog) -> tuple[tuple[str, str], ...]:
    config = log.plan.config.model_dump(exclude_none=True)
    grader: Any = (log.eval.model_roles or {}).get("grader")
    settings: dict[str, Any] = {
        **{k: v for k, v in log.eval.model_args.items() if k not in ("api_key", "base_url")},
        **{k: config[k] for k in ("temperature", "top_p", "max_tokens", "seed") if k in config},
        **{k: v for k, v in log.eval.task_args.items() if k not in _GRID_OPTIONS and v not in (None, False)},
        "task_version": log.eval.task_version,
        "judge": getattr(grader, "model", "none"),
    }
    return tuple(sorted((name, str(value)) for name, value in settings.items()))


def _name_checkpoints(rows: Sequence[Row]) -> list[Row]:
    """Runs of one model that differ in a setting are different checkpoints, and are named by it."""
    variants: dict[str, set[tuple[tuple[str, str], ...]]] = defaultdict(set)
    for row in rows:
        variants[row.model].add(row.settings)
    names: dict[tuple[str, tuple[tuple[str, str], ...]], str] = {}
    for model, every in variants.items():
        shared = set[tuple[str, str]].intersection(*map(set, every))
        for settings in every:
            own = ", ".join(f"{k}={v}" for k, v in settings if (k, v) not in shared)
            names[model, settings] = f"{model} ({own})" if own else model
    return [replace(row, checkpoint=names[row.model, row.settings]) for row in rows]
