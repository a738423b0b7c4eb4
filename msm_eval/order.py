"""Order-averaged preferences: what is left of an answer when the position of the options is averaged out.

An item is shown once for every position of its aligned option. With two options, a model that always takes the first one
shown gets 1 in one order and 0 in the other: 0.5 for the item, whatever it holds. An item of which some order has no score
has no value at all.

    shown = [Shown("a", 0, 2, 1.0, "A"), Shown("a", 1, 2, 0.0, "A")]
    item_values(shown)          # {"a": 0.5}
    position_bias(shown)        # 1.0: always the first

With log-probabilities a value is the probability of the aligned option among those shown, and an item of two options counts
for its sign: 1 when the order-averaged log-odds favour the aligned option, since p + q > 1 exactly when the log-odds of p and q
add up to more than 0. That finds a preference under a position bias that always decides the answer.
"""

from collections.abc import Iterable, Mapping
from math import isclose
from typing import NamedTuple

EVEN = 1e-9
"""Probabilities nearer to 1/2 than this are rounding."""


class Shown(NamedTuple):
    """An item in one order, answered once."""

    item: str
    position: int
    """Of the aligned option, from 0."""
    options: int
    """How many there were."""
    value: float | None
    """1 if the aligned option was taken, 0 if not, its probability for log-probabilities; None when unscored."""
    taken: str
    """The label of the option that was taken: `A` is the first."""


def item_values(shown: Iterable[Shown], *, by_sign: bool = False) -> dict[str, float | None]:
    """The value of each item, in [0, 1]; None when an order has no score.

    Args:
        shown: Any number of epochs.
        by_sign: Count items of two options as 1 or 0 (0.5 when even), for log-probabilities.
    """
    values: dict[str, float | None] = {}
    for item, by_position in _by_item(shown).items():
        means = [_mean([s.value for s in group if s.value is not None]) for group in by_position]
        complete = [m for m in means if m is not None]
        value = _mean(complete) if len(complete) == len(means) else None
        if by_sign and value is not None and len(means) == 2:
            value = 0.5 if isclose(value, 0.5, abs_tol=EVEN) else float(value > 0.5)
        values[item] = value
    return values


def position_bias(shown: Iterable[Shown]) -> float | None:
    """How much more often the first option shown is taken than it would be without bias, from -1 to 1; 0 is none.

    (share of first - 1/n) n / (n - 1) for n options: with two, the share of the first less the share of the second. Over
    the items that were scored in every order; None without any.
    """
    found: list[float] = []
    for by_position in _by_item(shown).values():
        shares = [_mean([float(s.taken == "A") for s in group if s.value is not None]) for group in by_position]
        complete = [s for s in shares if s is not None]
        n = len(by_position)
        if len(complete) == n:
            found.append((sum(complete) / n - 1 / n) * n / (n - 1))
    return _mean(found)


def _by_item(shown: Iterable[Shown]) -> Mapping[str, list[list[Shown]]]:
    """For each item, what was shown at each position."""
    items: dict[str, list[list[Shown]]] = {}
    for one in shown:
        items.setdefault(one.item, [[] for _ in range(one.options)])[one.position].append(one)
    return items


def _mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None
