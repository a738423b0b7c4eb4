"""Intervals over items hold their coverage, never collapse, and agree with published formulas."""

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from msm_eval.item_stats import holm, items_interval, mean_interval, paired_difference
from msm_eval.stats import wilson

VALUES = st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=1, max_size=60)


@given(VALUES)
def test_an_interval_holds_its_mean_and_never_collapses(values: list[float]) -> None:
    found = items_interval(values, 2 * len(values))
    assert 0 <= found.lower <= found.rate <= found.upper <= 1
    assert found.upper - found.lower > 0.01


@given(VALUES)
def test_more_orders_never_make_it_wider_than_the_items_alone(values: list[float]) -> None:
    alone, twice = items_interval(values, len(values)), items_interval(values, 2 * len(values))
    assert twice.upper - twice.lower <= alone.upper - alone.lower + 1e-12


def test_items_of_zero_and_one_get_wilsons_interval() -> None:
    from scipy.stats import t

    values = [1.0] * 30 + [0.0] * 70
    assert items_interval(values, 100)[1:3] == pytest.approx(wilson(0.3, 100, float(t.ppf(0.975, 99))))


def test_grades_are_the_same_interval_on_another_scale() -> None:
    grades = [1.0, 4.0, 7.0, 10.0] * 10
    found, unit = mean_interval(grades, 40, low=1, high=10), items_interval([(g - 1) / 9 for g in grades], 40)
    assert (found.rate, found.lower, found.upper) == pytest.approx(tuple(1 + 9 * x for x in unit[:3]))


@pytest.mark.parametrize(("values", "shown"), [([], 0), ([0.5, 1.2], 4), ([0.5, 0.5], 1), ([-0.1], 1)], ids=str)
def test_impossible_values_are_refused(values: list[float], shown: int) -> None:
    with pytest.raises(ValueError, match="Needs at least one item"):
        items_interval(values, shown)


def test_the_paired_interval_is_bonett_and_prices() -> None:
    up, down, n = 12, 5, 100
    a = [1.0] * up + [0.0] * (n - up)
    b = [0.0] * up + [1.0] * down + [0.0] * (n - up - down)
    p, q = (up + 1) / (n + 2), (down + 1) / (n + 2)
    half = 1.959964 * sqrt((p + q - (p - q) ** 2) / (n + 2))
    found = paired_difference(a, b)
    assert found.difference == pytest.approx(0.07)
    assert (found.lower, found.upper) == pytest.approx((p - q - half, p - q + half), abs=1e-6)
    assert 0.1 < found.p < 0.15  # the exact sign test of 12 against 5 gives 0.143


@given(VALUES, VALUES)
def test_the_interval_and_the_p_value_say_the_same(a: list[float], b: list[float]) -> None:
    n = min(len(a), len(b))
    found = paired_difference(a[:n], b[:n])
    assert (found.p < 0.05) == (not found.lower <= 0 <= found.upper)


@given(VALUES)
def test_no_difference_is_no_difference_and_has_a_width(values: list[float]) -> None:
    found = paired_difference(values, values)
    assert (found.difference, found.p) == (0, 1)
    assert found.lower < 0 < found.upper


def test_holm() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([]) == []


def draw(rng: np.random.Generator, items: int, preference: float, bias: float, spread: float) -> list[float]:
    """Order-averaged values of items whose own preferences scatter around `preference`."""
    own = rng.beta(preference / spread, (1 - preference) / spread, items) if spread else np.full(items, preference)
    first, second = (rng.random(items) < np.clip(own + b, 0, 1) for b in (bias / 2, -bias / 2))
    return list((first.astype(float) + second) / 2)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("preference", "bias", "spread"),
    [(0.5, 0.0, 0.0), (0.7, 0.3, 0.0), (0.9, 0.1, 0.0), (0.05, 0.1, 0.0), (0.5, 0.0, 0.1), (0.7, 0.0, 0.1), (0.9, 0.0, 0.05)],
)
def test_coverage_of_a_planted_preference(preference: float, bias: float, spread: float) -> None:
    """Items like these: 240 items in both orders, 1,000 draws of items and answers."""
    rng, held = np.random.default_rng(0), 0
    for _ in range(1000):
        found = items_interval(draw(rng, 240, preference, bias, spread), 480)
        held += found.lower <= preference <= found.upper
    assert 0.93 <= held / 1000 <= 0.985


@pytest.mark.slow
def test_coverage_of_a_planted_difference() -> None:
    rng, held, rejected = np.random.default_rng(1), 0, 0
    for _ in range(1000):
        own = rng.beta(3, 3, 240)
        a, b = ((rng.random((2, 240)) < np.clip(own + d, 0, 1)).mean(axis=0) for d in (0.0, 0.0))
        found = paired_difference(list(a), list(b))
        held += found.lower <= 0 <= found.upper
        rejected += found.p < 0.05
    assert 0.93 <= held / 1000 <= 0.97
    assert rejected / 1000 <= 0.07
