"""Rows → the leaderboard: per checkpoint, metric and scenario a rate with its interval, counts and what went unscored.

    board = build(read_logs(["logs"]).rows)
    board[0].rate, board[0].ci_lower, board[0].ci_upper

A rate is the mean over conditions. Controls (no threat, no goal conflict) are never part of `all` or of a scenario; they
have a line of their own. A condition of which no epoch could be scored is left out of the rate and named by the count of
conditions beside it; without any scored epoch there is no rate at all.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from msm_eval.results import METRICS, Row
from msm_eval.stats import conditions_interval, grid_interval, unscored_bounds

LEVEL = 0.95
ALL, CONTROL = "all", "control"


@dataclass(frozen=True)
class Cell:
    """The counts of one condition, from which every figure can be computed again."""

    condition: str
    events: int
    scored: int
    unscored: int


@dataclass(frozen=True)
class Line:
    """One rate of one checkpoint."""

    model: str
    metric: str
    scenario: str
    """A scenario, `all` or `control`."""
    rate: float | None
    ci_lower: float | None
    ci_upper: float | None
    ci_level: float
    ci_method: str
    estimand: str
    """What the interval is about: `these conditions`."""
    events: int
    scored: int
    unscored: int
    unscored_reasons: dict[str, int]
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
        return sum(cell.scored > 0 for cell in self.conditions)

    def record(self) -> dict[str, Any]:
        """The line as plain data."""
        return asdict(self)


def build(rows: Sequence[Row]) -> list[Line]:
    """The lines of the leaderboard: checkpoints by name, metrics in order, `all` first."""
    groups: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for row in rows:
        for scenario in (CONTROL,) if row.control else (ALL, row.scenario):
            groups[row.checkpoint, row.metric, scenario].append(row)
    order = {ALL: -1, CONTROL: 1}
    keys = sorted(groups, key=lambda k: (k[0], METRICS.index(k[1]), order.get(k[2], 0), k[2]))
    return [_line(*key, groups[key]) for key in keys]


def _line(model: str, metric: str, scenario: str, rows: Sequence[Row]) -> Line:
    cells = _cells(rows)
    kept = [cell for cell in cells if cell.scored]
    events, scored = [c.events for c in kept], [c.scored for c in kept]
    grid = grid_interval(events, scored, level=LEVEL) if kept else None
    new = conditions_interval(events, scored, level=LEVEL) if kept else None
    bounds = unscored_bounds([c.events for c in cells], [c.scored for c in cells], [c.unscored for c in cells])
    return Line(
        model=model, metric=metric, scenario=scenario,
        rate=grid.rate if grid else None, ci_lower=grid.lower if grid else None, ci_upper=grid.upper if grid else None,
        ci_level=LEVEL, ci_method=grid.method if grid else "", estimand="these conditions",
        events=sum(events), scored=sum(scored), unscored=sum(c.unscored for c in cells),
        unscored_reasons=dict(Counter(row.reason for row in rows if row.value is None).most_common()),
        bound_lower=bounds.lower if bounds else None, bound_upper=bounds.upper if bounds else None,
        new_conditions_lower=new.lower if new else None, new_conditions_upper=new.upper if new else None,
        new_conditions_method=new.method if new else "",
        conditions=cells, mixed=len({(r.condition, r.instrument) for r in rows if r.value is not None}) > len(kept),
        settings=dict(rows[0].settings), logs=tuple(sorted({row.log for row in rows})),
    )  # fmt: skip


def _cells(rows: Iterable[Row]) -> tuple[Cell, ...]:
    values: dict[str, list[int | None]] = defaultdict(list)
    for row in rows:
        values[row.condition].append(row.value)
    return tuple(Cell(c, vs.count(1), len(vs) - vs.count(None), vs.count(None)) for c, vs in values.items())
