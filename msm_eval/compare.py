"""Checkpoints against a named reference, on the same items: what did training change?

    lines = build(read_logs(["logs"]).rows)
    changes, left_out = compare(lines, "hf/base")
    changes[0].difference, changes[0].lower, changes[0].p_holm
    confusion(changes, {"hf/msm-america": "america"})     # trained on value X → moved on value Y

A difference is paired: the mean over the items that both checkpoints were scored on, in every order, of the checkpoint's item
value less the reference's. p values are Holm's, over all differences of one metric and one level (`all`, or the groups).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from msm_eval.errors import ConditionError
from msm_eval.item_stats import holm, paired_difference
from msm_eval.leaderboard import ALL, Line
from msm_eval.suite import SUITES

_SCALE = {suite.task: suite.scale[1] - suite.scale[0] for suite in SUITES}


@dataclass(frozen=True)
class Change:
    """The difference of one checkpoint from the reference."""

    model: str
    reference: str
    task: str
    set: str
    metric: str
    scenario: str
    """A group of items, or `all`."""
    difference: float
    lower: float
    upper: float
    p: float
    p_holm: float
    items: int
    """Items that both were scored on."""
    left_out: int
    """Items that only one of them was scored on, or neither."""
    settings_differ: tuple[str, ...]
    """Settings other than the model in which the two runs differ."""

    def record(self) -> dict[str, Any]:
        """The change as plain data."""
        return asdict(self)


def compare(lines: Sequence[Line], reference: str) -> tuple[list[Change], list[str]]:
    """The change of every checkpoint from the reference, wherever both were measured on items, and what was not compared.

    Args:
        lines: From `leaderboard.build`.
        reference: A checkpoint's name, or a model's where a task has one checkpoint of it.

    Raises:
        ConditionError: no checkpoint goes by the name of the reference, or several of one task do.
    """
    over_items = [line for line in lines if line.estimand != "these conditions"]
    base: dict[tuple[str, str, str, str], Line] = {}
    left: list[str] = []
    for task in dict.fromkeys(line.task for line in over_items):
        name = _named(reference, [line.model for line in over_items if line.task == task], task)
        if name is None:
            left.append(f"{task}: no run of {reference}")
        base |= {(task, ln.set, ln.metric, ln.scenario): ln for ln in over_items if (ln.task, ln.model) == (task, name)}
    if not base:
        there = ", ".join(sorted({line.model for line in over_items})) or "none"
        raise ConditionError(f"reference={reference!r} is none of the checkpoints measured on items: {there}.")
    found: list[Change] = []
    for line in over_items:
        other = base.get((line.task, line.set, line.metric, line.scenario))
        if other is not line and any(key[0] == line.task for key in base):
            change = _change(line, other) if other else None
            if change:
                found.append(change)
            elif line.scenario == ALL:
                left.append(f"{line.model}, {line.task} {line.set} {line.metric}: no item in common with the reference")
    return _adjusted(found), left


def _named(reference: str, models: Sequence[str], task: str) -> str | None:
    """The checkpoint of a task that `reference` names: exactly, or as the only one of that model."""
    if reference in models:
        return reference
    variants = sorted({model for model in models if model.startswith(f"{reference} (")})
    if len(variants) > 1:
        raise ConditionError(f"reference={reference!r} names several checkpoints of {task}: {'; '.join(variants)}.")
    return variants[0] if variants else None


def confusion(
    changes: Sequence[Change], trained: Mapping[str, str], metric: str = "preference"
) -> dict[str, dict[str, Change]]:
    """Per trained checkpoint, the change on each value: on its own it should move, on the others not.

    Args:
        changes: From `compare`.
        trained: Checkpoint → the value it was trained on.
        metric: The preference that counts.
    """
    table: dict[str, dict[str, Change]] = {}
    for model in sorted(trained, key=lambda m: (trained[m], m)):
        row = {c.set: c for c in changes if (c.task, c.model, c.metric, c.scenario) == ("value_probe", model, metric, ALL)}
        if not row:
            there = sorted({c.model for c in changes if c.task == "value_probe"})
            raise ConditionError(f"trained={model!r} has no value probe to compare. Checkpoints that have: {', '.join(there)}.")
        table[model] = row
    return table


def _change(line: Line, reference: Line) -> Change | None:
    values = {cell.condition: cell.value for cell in line.conditions}
    others = {cell.condition: cell.value for cell in reference.conditions}
    shared = [(a, b) for item, a in values.items() if (b := others.get(item)) is not None and a is not None]
    if not shared:
        return None
    ours, theirs = zip(*shared, strict=True)
    found = paired_difference(ours, theirs, scale=_SCALE[line.task])
    settings = {
        k for k in line.settings.keys() | reference.settings.keys() if line.settings.get(k) != reference.settings.get(k)
    }
    return Change(
        model=line.model, reference=reference.model, task=line.task, set=line.set, metric=line.metric, scenario=line.scenario,
        difference=found.difference, lower=found.lower, upper=found.upper, p=found.p, p_holm=found.p, items=found.pairs,
        left_out=len(values.keys() | others.keys()) - len(shared), settings_differ=tuple(sorted(settings)),
    )  # fmt: skip


def _adjusted(changes: Sequence[Change]) -> list[Change]:
    families: dict[tuple[str, bool], list[int]] = defaultdict(list)
    for index, change in enumerate(changes):
        families[change.metric, change.scenario == ALL].append(index)
    adjusted = list(changes)
    for family in families.values():
        for index, p in zip(family, holm([changes[i].p for i in family]), strict=True):
            adjusted[index] = replace(adjusted[index], p_holm=p)
    return adjusted
