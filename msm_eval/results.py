"""Inspect logs → tidy rows, one per sample x epoch x score. A log counts whole or not at all.

    read = read_logs(["logs"])
    read.rows[0].value     # 1, 0 or None (unscored), with read.rows[0].reason
    read.skipped           # logs that were broken, unfinished or from another task, each with why

Only the summaries inside a log are read, so thousands of transcripts cost seconds. Where a log was judged again, the last
`decided` counts (Inspect calls an appended one `decided1`).
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
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
from inspect_ai.scorer import Score

from msm_eval.order import Shown
from msm_eval.suite import PREFERENCES, Suite, suite_of

_TRANSPORT = {
    "max_connections", "adaptive_connections", "max_retries", "timeout", "attempt_timeout", "cache", "batch", "seed",
    "extra_headers",  # which may also hold a credential
}  # fmt: skip
"""Generation options that decide how a reply is fetched, or which of its draws, and not which replies are likely."""
_HIDDEN = re.compile("key|token$|secret|password", re.IGNORECASE)
"""Model arguments that may hold a credential, and so never reach a table."""


@dataclass(frozen=True)
class Row:
    """One score of one reply."""

    checkpoint: str
    """The model, and in brackets the settings in which runs of it differ."""
    model: str
    settings: tuple[tuple[str, str], ...]
    """What else decides the number: model arguments, sampling, prompt options, task version, judge."""
    seed: str
    task: str
    set: str
    """What is probed: a value, a belief, a narrow domain; empty for the grid."""
    condition: str
    """The condition or item."""
    scenario: str
    """The scenario, or the group of items: a held-out domain, a kind of question, a part."""
    control: bool
    epoch: int
    metric: str
    value: float | None
    """On the scale of the suite; None when unscored."""
    reason: str
    """Why it is unscored."""
    instrument: str
    """The version of what measured it: the prompt's hash and, where a judge answered, the rubric's."""
    log: str
    position: int = 0
    """Where the aligned option of a choice was shown, from 0."""
    options: int = 0
    """How many options there were; 0 where there was no choice."""
    taken: str = ""
    """The label of the option taken."""
    logp: tuple[float, ...] = ()
    """The log-probabilities of the options as shown, where they are what is scored."""
    sample: str = ""
    """The sample's id: several may be one item, in its orders and phrasings."""

    @property
    def shown(self) -> Shown:
        """A choice, for averaging over its orders."""
        return Shown(self.condition, self.position, self.options, self.value, self.taken, self.logp)


@dataclass
class Logs:
    """What was read, and what was not."""

    rows: list[Row] = field(default_factory=list[Row])
    skipped: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    """Name of a log, and why it does not count."""


class _Skip(Exception):
    """Why a log does not count."""


def read_logs(places: Iterable[str | Path]) -> Logs:
    """Every finished log of a suite under `places` (folders, searched through, or single log files).

    Raises:
        FileNotFoundError: a place does not exist.
    """
    logs = Logs()
    found: list[tuple[str, list[Row]]] = []
    for place in map(Path, places):
        if not place.exists():
            raise FileNotFoundError(f"{place}: no such folder or log file.")
        files = [place] if place.is_file() else [Path(i.name.removeprefix("file://")) for i in list_eval_logs(str(place))]
        for file in sorted(files):
            try:
                found.append(_read_log(file))
            except _Skip as skip:
                logs.skipped.append((file.name, str(skip)))
    found.sort(key=lambda log: log[0])  # by the time of the run
    logs.rows = _name_checkpoints(_once([row for _, rows in found for row in rows], logs.skipped))
    return logs


def _read_log(file: Path) -> tuple[str, list[Row]]:
    """When a log was made, and its rows."""
    try:
        log = read_eval_log(str(file), header_only=True)
        summaries = read_eval_log_sample_summaries(str(file))
    except Exception as error:  # a damaged archive raises whatever its damage suggests
        raise _Skip(f"cannot be read ({type(error).__name__})") from error
    suite = suite_of(log.eval.task)
    if suite is None:
        raise _Skip(f"is of another task ({log.eval.task})")
    if log.status != "success":
        raise _Skip(f"is unfinished (status {log.status})")
    if log.invalidated:
        raise _Skip("was invalidated")
    if log.results is None or len(summaries) != log.results.total_samples:
        raise _Skip("is unfinished (samples are missing)")
    settings = _settings(log, suite, summaries)
    return log.eval.created, [row for summary in summaries for row in _sample_rows(log, suite, summary, settings, file.name)]


def _once(rows: Sequence[Row], skipped: list[tuple[str, str]]) -> list[Row]:
    """Each epoch of a condition once per checkpoint and seed: the latest, unless that failed to run.

    A run that is repeated with one seed may repeat its very draws, and a retried log holds those of the first again; counted
    twice, either would make the interval too narrow. Runs with different seeds are pooled.
    """
    kept: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        key = (row.model, row.settings, row.seed, row.task, row.condition, row.sample, row.epoch, row.metric)
        if key not in kept or row.reason not in ("sample_error", "not_scored"):
            kept[key] = row
    total, left = Counter(row.log for row in rows), Counter(row.log for row in kept.values())
    skipped += [
        (log, f"counts in {left[log]} of its {count} scores: a later log repeats the rest (another --seed makes new epochs)")
        for log, count in total.items()
        if left[log] < count
    ]
    return list(kept.values())


def _sample_rows(
    log: EvalLog, suite: Suite, summary: EvalSampleSummary, settings: tuple[tuple[str, str], ...], name: str
) -> Iterable[Row]:
    facts = summary.metadata
    if "prompt_sha256" not in facts:
        raise _Skip("is of another task (its samples name no prompt)")
    grid = suite.unit == "conditions"
    for metric in suite.metrics:
        score = _last(summary, metric)
        if score is None and not _asked(log, facts, metric):
            continue
        value, reason = _value(summary, suite, metric, score)
        rubric = str((score.metadata or {}).get("grader_sha256", "")) if score else ""
        yield Row(
            checkpoint=log.eval.model,
            model=log.eval.model,
            settings=settings,
            seed=f"{log.plan.config.seed} {log.eval.model_args.get('seed')}",
            task=suite.task,
            set="" if grid else facts["set"],
            condition=str(summary.id) if grid else facts["item"],
            scenario=facts["scenario" if grid else "group"],
            control=bool(facts.get("control", False)),
            epoch=summary.epoch,
            metric=metric,
            value=value,
            reason=reason,
            instrument=f"{facts['prompt_sha256'][:12]} {rubric[:12]}".strip(),
            log=name,
            position=facts.get("position", 0),
            options=facts.get("options", 0),
            taken=(score.answer or "") if score else "",
            logp=tuple((score.metadata or {}).get("logp") or ()) if score else (),
            sample=str(summary.id),
        )


def _asked(log: EvalLog, facts: Mapping[str, Any], metric: str) -> bool:
    """Whether a sample should have had this score: the log's scorers include it, and the sample is of its kind."""
    ran = {re.sub(r"\d+$", "", s.name) for s in (log.results.scores if log.results else [])}
    return (
        metric in ran
        and (metric not in PREFERENCES or "position" in facts)
        and (metric != "believed" or "position" not in facts)
    )


def _last(summary: EvalSampleSummary, metric: str) -> Score | None:
    """The score of that name that was appended last."""
    found = {name: score for name, score in (summary.scores or {}).items() if re.fullmatch(rf"{metric}\d*", name)}
    return found[max(found, key=lambda name: int(name.removeprefix(metric) or 0))] if found else None


def _value(summary: EvalSampleSummary, suite: Suite, metric: str, score: Score | None) -> tuple[float | None, str]:
    if score is None:
        return None, "sample_error" if summary.error else "not_scored"
    value = score.value
    if isinstance(value, float) and isnan(value):
        return None, score.reason or "unknown"
    if suite.unit == "conditions" and value not in (0, 1):
        raise _Skip(f"holds a {metric} of {value!r}, which is neither 0 nor 1")
    low, high = suite.scale
    if not isinstance(value, (int, float)) or not low <= value <= high:
        raise _Skip(f"holds a {metric} of {value!r}, which is no number from {low:g} to {high:g}")
    return value, ""


def _settings(log: EvalLog, suite: Suite, summaries: Sequence[EvalSampleSummary]) -> tuple[tuple[str, str], ...]:
    """What else decides the number. Seeds do not: runs that differ in nothing else are more epochs of one checkpoint."""
    config = log.plan.config.model_dump(exclude_none=True)
    scores = [score for s in summaries for metric in suite.metrics if (score := _last(s, metric))]
    judges = {str((score.metadata or {}).get("judge", "")) for score in scores}
    arguments = {**log.eval.model_args, **log.eval.task_args}
    shown = {k: v for k, v in arguments.items() if v is not None and v is not False and not _HIDDEN.search(k)}
    settings: dict[str, Any] = {
        **{k: v for k, v in shown.items() if k not in {*suite.picks, "seed"}},
        **{k: v for k, v in config.items() if k not in _TRANSPORT},
        "base_url": re.sub("//[^/@]*@", "//", log.eval.model_base_url or ""),
        "solver": " ".join(_solver(step.solver, step.params) for step in log.plan.steps),
        "task_version": log.eval.task_version,
        "judge": ", ".join(sorted(judges - {""})) or "none",
    }
    return tuple(sorted((name, str(value)) for name, value in settings.items()))


def _solver(name: str, params: Mapping[str, Any]) -> str:
    """A solver as a setting; what ours are given stands among the task's options already."""
    return name if name.startswith("msm_eval/") else f"{name}{dict(params) or ''}"


def _name_checkpoints(rows: Sequence[Row]) -> list[Row]:
    """Runs of one model in one task that differ in a setting are different checkpoints, and are named by it."""
    variants: dict[tuple[str, str], set[tuple[tuple[str, str], ...]]] = defaultdict(set)
    for row in rows:
        variants[row.task, row.model].add(row.settings)
    names: dict[tuple[str, str, tuple[tuple[str, str], ...]], str] = {}
    for (task, model), every in variants.items():
        shared = set[tuple[str, str]].intersection(*map(set, every))
        for settings in every:
            own = ", ".join(f"{k}={v}" for k, v in settings if (k, v) not in shared)
            names[task, model, settings] = f"{model} ({own})" if own else model
    return [replace(row, checkpoint=names[row.task, row.model, row.settings]) for row in rows]
