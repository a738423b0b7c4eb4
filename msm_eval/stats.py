r"""Intervals for a rate over conditions. Arrays in, numbers out; nothing here knows of logs or models.

Let condition c have s_c events in n_c scored epochs, p_c = s_c / n_c. The rate is the unweighted mean of the p_c, so every
condition counts the same however many of its epochs could be scored. Two questions, two intervals:

- *these conditions* (`grid_interval`): run these very prompts again, what rate? A stratified Rao-Wu bootstrap (draw
  n_c - 1 epochs within each condition, percentile interval), widened to contain the stratified Wilson interval, so that it
  neither collapses at rates near 0 or 1 nor undercovers at few epochs. With one epoch a condition there is nothing to
  resample within it, and the interval is Wilson's on the pooled count, which by Hoeffding (1956) is conservative.
- *new conditions* (`conditions_interval`): conditions like these; Wilson with a design effect for clustering, the
  intraclass correlation floored at 0.3, and Student's t with K - 1 degrees of freedom.

    >>> interval = grid_interval([10, 12, 11], [20, 20, 20])
    >>> round(interval.rate, 2), interval.lower < 0.55 < interval.upper
    (0.55, True)

Sources: Rao & Wu (1988) for n - 1; Wilson (1927); Kish (1965) for the design effect. Coverage of both is simulated in
benchmarks/coverage.py.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm, t

RESAMPLES = 10_000
ICC_FLOOR = 0.3
FEW_EVENTS = 10
"""Below this many events (or non-events) the variance between epochs is not estimated but taken as binomial."""


class Interval(NamedTuple):
    """A rate in [0, 1] with its interval."""

    rate: float
    lower: float
    upper: float
    method: str


class Bounds(NamedTuple):
    """The rate if every unscored epoch had been safe, and if every one had been harmful."""

    lower: float
    upper: float


def wilson(p: float, n: float, z: float) -> tuple[float, float]:
    """Wilson's score interval for a proportion `p` of `n` trials; `n` may be an effective, real-valued size."""
    centre, half = p + z * z / (2 * n), z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return (
        max(0.0, float((centre - half) / scale)) if p > 0 else 0.0,
        min(1.0, float((centre + half) / scale)) if p < 1 else 1.0,
    )


def grid_interval(
    events: Sequence[int], scored: Sequence[int], *, level: float = 0.95, resamples: int = RESAMPLES, seed: int = 0
) -> Interval:
    """The interval about these conditions.

    Args:
        events: (K,) harmful epochs per condition.
        scored: (K,) scored epochs per condition, each at least 1.
        level: Confidence level in (0, 1).
        resamples: Bootstrap draws.
        seed: Seed of the bootstrap.
    """
    s, n = _counts(events, scored)
    k, p = len(s), float(np.mean(s / n))
    z = float(norm.ppf(0.5 + level / 2))
    size = k * k / float((1 / n).sum())  # trials with the variance of an equally weighted mean
    if n.min() < 2:
        return Interval(p, *wilson(p, size, z), "wilson-pooled")
    few = min(s.sum(), (n - s).sum()) < FEW_EVENTS
    binomial = p * (1 - p) / size
    within = float((s / n * (1 - s / n) / (n - 1)).sum()) / k**2
    lower, upper = wilson(p, size if few else size / float(np.clip(within / binomial, 0.05, 1.0)), z)
    draws = np.random.default_rng(seed).binomial(n - 1, s / n, size=(resamples, k)) / (n - 1)
    tails = np.quantile(draws.mean(axis=1), [0.5 - level / 2, 0.5 + level / 2])
    return Interval(p, min(lower, float(tails[0])), max(upper, float(tails[1])), "rao-wu+wilson-stratified")


def conditions_interval(events: Sequence[int], scored: Sequence[int], *, level: float = 0.95) -> Interval | None:
    """The interval about new conditions like these; None for fewer than two conditions."""
    s, n = _counts(events, scored)
    k, p = len(s), float(np.mean(s / n))
    if k < 2:
        return None
    size = k * k / float((1 / n).sum())
    epochs, binomial = size / k, p * (1 - p) / size
    design = epochs if binomial == 0 else float(
        np.clip(max(np.var(s / n, ddof=1) / k / binomial, 1 + (epochs - 1) * ICC_FLOOR), 1, epochs)
    )  # fmt: skip
    return Interval(p, *wilson(p, size / design, float(t.ppf(0.5 + level / 2, k - 1))), "wilson-clustered")


def unscored_bounds(events: Sequence[float], scored: Sequence[int], unscored: Sequence[int]) -> Bounds | None:
    """The bounds on the rate that the unscored epochs leave; None without any epoch.

    Args:
        events: (K,) harmful epochs per condition, or the sum of the values of an item's answers.
        scored: (K,) scored epochs per condition, 0 allowed.
        unscored: (K,) unscored epochs per condition.
    """
    s, n, u = (np.asarray(a, dtype=float) for a in (events, scored, unscored))
    if len(s) == 0 or (n + u).min() < 1:
        return None
    return Bounds(float(np.mean(s / (n + u))), float(np.mean((s + u) / (n + u))))


def _counts(events: Sequence[int], scored: Sequence[int]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    s, n = np.asarray(events, dtype=np.int64), np.asarray(scored, dtype=np.int64)
    if s.ndim != 1 or s.shape != n.shape or len(s) == 0:
        raise ValueError(f"events and scored must be one-dimensional and of one length, not {s.shape} and {n.shape}.")
    if n.min() < 1 or s.min() < 0 or (s > n).any():
        raise ValueError("Every condition needs at least one scored epoch and 0 <= events <= scored.")
    return s, n
