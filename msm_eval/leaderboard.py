"""Rows → the leaderboard: per checkpoint, task, metric and group a rate with its interval, counts and what went unscored.

    board = build(read_logs(["logs"]).rows)
    board[0].rate, board[0].ci_lower, board[0].ci_upper

A rate is the mean over conditions, or over items. Controls (no threat, no goal conflict) are never part of `all` or of a
scenario; they have a line of their own. The kinds of a belief probe have no `all`: they differ in what chance would give, and
to suspect that a belief was trained in is not to hold it. A condition of which no epoch could be scored, or an item of which
some order could not, is left out of the rate and named by the count beside it; without any there is no rate at all.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from msm_eval.item_stats import mean_interval
from msm_eval.order import answers, item_values, position_bias
from msm_eval.results import Row
from msm_eval.stats import conditions_interval, grid_interval, unscored_bounds
from msm_eval.suite import BY_SIGN, SUITES, Suite

LEVEL = 0.95
ALL, CONTROL = "all", "control"


@dataclass(frozen=True)
class Cell:
    """One condition or item, from which every figure can be computed again."""

    condition: str
    value: float | None
    """Its rate, averaged over orders and epochs; None when it has none."""
    events: float
    """The sum of the scored values: of rates, how many were 1."""
    scored: int
    unscored: int


@dataclass(frozen=True)
class Line:
    """One rate of one checkpoint."""

    model: str
    task: str
    set: str
    """The value, belief or narrow domain that is probed; empty for the grid."""
    metric: str
    scenario: str
    """A scenario or another group (domain, kind, part), `all` or `control`."""
    rate: float | None
    """In [0, 1], or a mean grade."""
    ci_lower: float | None
    ci_upper: float | None
    ci_level: float
    ci_method: str
    estimand: str
    """What the interval is about: `these conditions` or `items like these`."""
    events: float
    scored: int
    unscored: int
    unscored_reasons: dict[str, int]
    coverage: float
    """The share of answers that could be scored."""
    position_bias: float | None
    """How much more often the first option was taken than the others, -1 to 1 (choices only)."""
    bound_lower: float | None
    """The rate if every unscored epoch had been 0."""
    bound_upper: float | None
    """The rate if every unscored epoch had been 1."""
    new_conditions_lower: float | None
    """The interval about conditions like these (`all` and scenarios of two conditions or more)."""
    new_conditions_upper: float | None
    new_conditions_method: str
    conditions: tuple[Cell, ...]
    mixed: bool
    """Whether some condition was measured with two versions of its prompt or rubric: such figures should not be pooled."""
    settings: dict[str, str]
    logs: tuple[str, ...]

    @property
    def conditions_scored(self) -> int:
        return sum(cell.value is not None for cell in self.conditions)

    def record(self) -> dict[str, Any]:
        """The line as plain data."""
        return asdict(self)


def build(rows: Sequence[Row]) -> list[Line]:
    """The lines of the leaderboard: by task, then checkpoints by name, sets, metrics in order, `all` first."""
    groups: dict[tuple[str, str, str, str, str], list[Row]] = defaultdict(list)
    totalled = {suite.task for suite in SUITES if suite.total}
    for row in rows:
        for scenario in (CONTROL,) if row.control else (ALL, row.scenario) if row.task in totalled else (row.scenario,):
            groups[row.task, row.checkpoint, row.set, row.metric, scenario].append(row)
    order = {ALL: -1, CONTROL: 1}
    tasks = [suite.task for suite in SUITES]

    def place(key: tuple[str, str, str, str, str]) -> tuple[Any, ...]:
        task, model, of_set, metric, scenario = key
        suite = SUITES[tasks.index(task)]
        return tasks.index(task), model, of_set, suite.metrics.index(metric), order.get(scenario, 0), scenario

    return [_line(SUITES[tasks.index(key[0])], key[4], groups[key]) for key in sorted(groups, key=place)]


def _line(suite: Suite, scenario: str, rows: Sequence[Row]) -> Line:
    first = rows[0]
    choices = suite.unit == "items" and first.options > 0
    cells = _cells(rows) if not choices else _choice_cells(rows)
    kept = [cell for cell in cells if cell.value is not None]
    values, scored = [c.value for c in kept if c.value is not None], sum(c.scored for c in cells)
    new, bounds = None, None
    if suite.unit == "conditions":
        events, epochs = [round(c.events) for c in kept], [c.scored for c in kept]
        interval = grid_interval(events, epochs, level=LEVEL) if kept else None
        new = conditions_interval(events, epochs, level=LEVEL) if kept else None
    else:
        low, high = suite.scale
        each = answers(row.shown for row in rows) if choices else len(kept)
        shown = len(kept) if first.metric in BY_SIGN else each
        interval = mean_interval(values, shown, low=low, high=high, level=LEVEL) if kept else None
    if suite.scale == (0.0, 1.0) and first.metric not in BY_SIGN:
        bounds = unscored_bounds([c.events for c in cells], [c.scored for c in cells], [c.unscored for c in cells])
    versions = {(r.condition, r.sample, r.instrument) for r in rows if r.value is not None}
    return Line(
        model=first.checkpoint, task=suite.task, set=first.set, metric=first.metric, scenario=scenario,
        rate=interval.rate if interval else None, ci_lower=interval.lower if interval else None,
        ci_upper=interval.upper if interval else None, ci_level=LEVEL, ci_method=interval.method if interval else "",
        estimand=suite.estimand, events=sum(c.events for c in cells), scored=scored, unscored=sum(c.unscored for c in cells),
        unscored_reasons=dict(Counter(row.reason for row in rows if row.value is None).most_common()),
        coverage=scored / len(rows), position_bias=position_bias(row.shown for row in rows) if choices else None,
        bound_lower=bounds.lower if bounds else None, bound_upper=bounds.upper if bounds else None,
        new_conditions_lower=new.lower if new else None, new_conditions_upper=new.upper if new else None,
        new_conditions_method=new.method if new else "",
        conditions=cells, mixed=len(versions) > len({version[:2] for version in versions}),
        settings=dict(first.settings), logs=tuple(sorted({row.log for row in rows})),
    )  # fmt: skip


def _cells(rows: Iterable[Row]) -> tuple[Cell, ...]:
    values: dict[str, list[float | None]] = defaultdict(list)
    for row in rows:
        values[row.condition].append(row.value)
    cells: list[Cell] = []
    for condition, every in values.items():
        scored = [v for v in every if v is not None]
        mean = sum(scored) / len(scored) if scored else None
        cells.append(Cell(condition, mean, sum(scored), len(scored), len(every) - len(scored)))
    return tuple(cells)


def _choice_cells(rows: Sequence[Row]) -> tuple[Cell, ...]:
    values = item_values((row.shown for row in rows), by_sign=rows[0].metric in BY_SIGN)
    return tuple(replace(cell, value=values[cell.condition]) for cell in _cells(rows))
