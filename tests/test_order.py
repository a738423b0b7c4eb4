"""Averaging over orders: position bias cancels, and what was not scored in every order has no value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msm_eval.order import Shown, item_values, position_bias

A, B = "A", "B"


def pair(first: float | None, second: float | None, taken: str = "AA") -> list[Shown]:
    """An item shown with the aligned option first, then second."""
    return [Shown("i", 0, 2, first, taken[0]), Shown("i", 1, 2, second, taken[1])]


@pytest.mark.parametrize(
    ("shown", "value", "bias"),
    [
        (pair(1, 0, "AA"), 0.5, 1.0),
        (pair(0, 1, "BB"), 0.5, -1.0),
        (pair(1, 1, "AB"), 1.0, 0.0),
        (pair(0, 0, "BA"), 0.0, 0.0),
        (pair(1, None), None, None),
        (pair(None, None), None, None),
        (pair(1, 1, "AB") + pair(0, 1, "BB"), 0.75, -0.5),  # two epochs
        (pair(None, 1, "AB") + pair(0, 1, "BB"), 0.5, -1.0),  # an order counts by its scored epochs
        ([Shown("i", k, 4, float(k == 0), "A") for k in range(4)], 0.25, 1.0),
        ([Shown("i", k, 4, 1.0, "ABCD"[k]) for k in range(4)], 1.0, 0.0),
    ],
)
def test_an_item_is_the_mean_of_its_orders(shown: list[Shown], value: float | None, bias: float | None) -> None:
    assert item_values(shown) == {"i": value}
    assert position_bias(shown) == (None if bias is None else pytest.approx(bias))


@given(log_odds=st.floats(-30, 30), bias=st.floats(-30, 30))
def test_the_sign_of_a_preference_survives_any_position_bias(log_odds: float, bias: float) -> None:
    """By log-probabilities an item counts for its sign, however strong the pull of the first place."""
    from math import exp

    first, second = (1 / (1 + exp(-(log_odds + b))) for b in (bias, -bias))
    value = item_values(pair(first, second), by_sign=True)["i"]
    if abs(log_odds) > 1e-3 and abs(bias) + abs(log_odds) < 15:  # beyond that a float cannot tell
        assert value == float(log_odds > 0)
    if log_odds == 0:
        assert value == 0.5


def test_without_any_item_there_is_no_bias() -> None:
    assert position_bias([]) is None
    assert item_values([]) == {}
