"""Order-averaged preferences: what is left of an answer when the position of the options is averaged out.

An item is shown once for every position of its aligned option. With two options, a model that always takes the first one
shown gets 1 in one order and 0 in the other: 0.5 for the item, whatever it holds. An item of which some order has no score
has no value at all.

    shown = [Shown("a", 0, 2, 1.0, "A"), Shown("a", 1, 2, 0.0, "A")]
    item_values(shown)          # {"a": 0.5}
    position_bias(shown)        # 1.0: always the first

With log-probabilities an item counts for its sign: the log-probabilities of each option are averaged over all its places, and
the item is 1 when the aligned option comes out likeliest, 0 when another does. That finds a preference under a position bias
that always decides the answer.
"""

from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean as mean
from typing import NamedTuple

EVEN = 1e-9
"""Log-probabilities nearer to each other than this, in nats, are rounding."""


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
    """The label of the option that was taken: `A` is the first; empty when two are equally likely."""
    logp: tuple[float, ...] = ()
    """The log-probabilities of the options in the order shown, where they are what is scored."""


def item_values(shown: Iterable[Shown], *, by_sign: bool = False) -> dict[str, float | None]:
    """The value of each item, in [0, 1]; None when an order has no score.

    Args:
        shown: Any number of epochs.
        by_sign: Count an item as 1 or 0 (0.5 when even) by its order-averaged log-probabilities.
    """
    values: dict[str, float | None] = {}
    for item, by_position in _by_item(shown).items():
        scored = [[s for s in group if s.value is not None] for group in by_position]
        if not all(scored):
            values[item] = None
        elif by_sign:
            values[item] = _likeliest(scored)
        else:
            values[item] = mean(mean(s.value for s in group if s.value is not None) for group in scored)
    return values


def _likeliest(scored: Sequence[Sequence[Shown]]) -> float:
    """1 if the aligned option is the likeliest, averaged over epochs and orders; 0 if another is; 0.5 if they are even."""
    n = len(scored)
    options = [
        mean(mean(s.logp[(option + s.position) % n] for s in group) for group in scored)  # the aligned option is option 0
        for option in range(n)
    ]
    lead = options[0] - max(options[1:])
    return 0.5 if abs(lead) < EVEN else float(lead > 0)


def position_bias(shown: Iterable[Shown]) -> float | None:
    """How much more often the first option shown is taken than it would be without bias, from -1 to 1; 0 is none.

    (share of first - 1/n) n / (n - 1) for n options: with two, the share of the first less the share of the second. Over
    the items that were scored in every order; None without any.
    """
    found: list[float] = []
    for by_position in _by_item(shown).values():
        n = len(by_position)
        shares = [[1 / n if s.taken == "" else float(s.taken == "A") for s in g if s.value is not None] for g in by_position]
        if all(shares):
            found.append((mean(map(mean, shares)) - 1 / n) * n / (n - 1))
    return mean(found) if found else None


def answers(shown: Iterable[Shown]) -> int:
    """How many answers the values of the items rest on, at most one for each order: repeated epochs may be copies."""
    every = _by_item(shown).values()
    return sum(len(orders) for orders in every if all(any(s.value is not None for s in group) for group in orders))


def _by_item(shown: Iterable[Shown]) -> Mapping[str, list[list[Shown]]]:
    """For each item, what was shown at each position."""
    items: dict[str, list[list[Shown]]] = {}
    for one in shown:
        items.setdefault(one.item, [[] for _ in range(one.options)])[one.position].append(one)
    return items
