r"""Intervals for means over items, and for paired differences of them. Arrays in, numbers out.

Items are taken as a sample of items like them, so the item is the unit, however often it was shown (in both orders, in
several epochs). Let v_i in [0, 1] be the value of item i.

- `items_interval`: Wilson's interval at an effective size of p (1 - p) / Var(mean), kept between the number of items and the
  number of times they were shown, with Student's t. Values of 0, 1/2 and 1 that cancel (a model that always takes the first
  option) so make it narrower than one of 0 and 1, and it never collapses.
- `mean_interval`: the same for a scale with other ends, such as grades from 1 to 10.
- `paired_difference`: of two checkpoints on the same items. Bonett and Price's (2012) adjusted interval, which adds one item
  that went up and one that went down: for values of 0 and 1 it is exactly theirs, and it never collapses either.

    >>> a, b = [1, 1, 0, 1, 0, 1, 1, 0] * 20, [1, 0, 0, 1, 0, 1, 0, 0] * 20
    >>> found = paired_difference(a, b)
    >>> round(found.difference, 2), found.lower > 0.15, found.p < 0.001
    (0.25, True, True)

Sources: Wilson (1927); Kish (1965) for the effective size; Bonett and Price (2012), J. Educ. Behav. Stat. 37, 479-488; Holm
(1979). benchmarks/coverage.py simulates the coverage of both.
"""

# statsmodels is untyped.
# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false

from collections.abc import Sequence
from math import erfc, sqrt
from typing import Any, NamedTuple

import numpy as np
from scipy.stats import norm, t

from msm_eval.stats import Interval, wilson


class Difference(NamedTuple):
    """A mean difference over pairs, with its interval and a two-sided p value."""

    difference: float
    lower: float
    upper: float
    p: float
    pairs: int


def items_interval(values: Sequence[float], shown: int, *, level: float = 0.95) -> Interval:
    """The interval of the mean of item values in [0, 1].

    Args:
        values: (K,) one value per item, K >= 1.
        shown: How many answers the values are averages of; at least K.
        level: Confidence level in (0, 1).
    """
    v = np.asarray(values, dtype=float)
    if v.ndim != 1 or len(v) == 0 or v.min() < 0 or v.max() > 1 or shown < len(v):
        raise ValueError("Needs at least one item value, each in [0, 1], and at least as many answers as items.")
    k, p = len(v), float(v.mean())
    if k == 1:
        return Interval(p, *wilson(p, 1, float(norm.ppf(0.5 + level / 2))), "wilson-items")
    spread, binomial = float(v.var(ddof=1)) / k, p * (1 - p)
    size = k if binomial == 0 else shown if spread == 0 else float(np.clip(binomial / spread, k, shown))
    return Interval(p, *wilson(p, size, float(t.ppf(0.5 + level / 2, k - 1))), "wilson-items")


def mean_interval(values: Sequence[float], shown: int, *, low: float, high: float, level: float = 0.95) -> Interval:
    """The interval of the mean of item values in [low, high]."""
    found = items_interval([(v - low) / (high - low) for v in values], shown, level=level)
    rate, lower, upper = (low + x * (high - low) for x in found[:3])
    return Interval(rate, lower, upper, found.method)


def paired_difference(
    values: Sequence[float], reference: Sequence[float], *, level: float = 0.95, scale: float = 1.0
) -> Difference:
    """The mean of values - reference over the same items, with the adjusted interval and the p value that belongs to it.

    Args:
        values: (K,) one value per item, K >= 1.
        reference: (K,) those of the reference checkpoint, in the same order.
        level: Confidence level in (0, 1).
        scale: The largest difference an item can show (1 for rates, 9 for grades from 1 to 10).
    """
    d = np.asarray(values, dtype=float) - np.asarray(reference, dtype=float)
    if d.ndim != 1 or len(d) == 0:
        raise ValueError("Needs the values of at least one item for both.")
    adjusted = np.r_[d, scale, -scale]
    centre, error = float(adjusted.mean()), float(adjusted.std()) / (len(d) + 2) ** 0.5
    half = float(norm.ppf(0.5 + level / 2)) * error
    lower, upper = max(-scale, centre - half), min(scale, centre + half)
    p = erfc(abs(centre) / error / sqrt(2))  # of the normal distribution, two-sided
    return Difference(float(d.mean()), lower, upper, p, len(d))


def holm(p_values: Sequence[float]) -> list[float]:
    """p values adjusted for being one of many (Holm 1979)."""
    if not p_values:
        return []
    from statsmodels.stats.multitest import multipletests  # takes a second to import

    adjusted: Any = multipletests(p_values, method="holm")[1]
    return [float(p) for p in adjusted]
