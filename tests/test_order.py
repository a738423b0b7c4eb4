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


@given(log_odds=st.floats(-30, 30), bias=st.floats(-1000, 1000))
def test_the_sign_of_a_preference_survives_any_position_bias(log_odds: float, bias: float) -> None:
    """By log-probabilities an item counts for its sign, however strong the pull of the first place."""
    shown = [Shown("i", 0, 2, 0.5, "", (log_odds + bias, 0.0)), Shown("i", 1, 2, 0.5, "", (bias, log_odds))]
    wanted = 0.5 if log_odds == 0 else float(log_odds > 0)
    if log_odds == 0 or abs(log_odds) > 1e-6:
        assert item_values(shown, by_sign=True) == {"i": wanted}


@pytest.mark.parametrize(("strength", "value"), [(0.1, 1.0), (-0.1, 0.0), (0.0, 0.5)])
def test_of_four_options_the_likeliest_over_all_places_counts(strength: float, value: float) -> None:
    """A pull of 5 nats to the first place decides every single answer, and averages out."""
    shown: list[Shown] = []
    for position in range(4):
        logp = [5.0 * (place == 0) + strength * (place == position) for place in range(4)]
        shown.append(Shown("i", position, 4, 0.25, "A", tuple(logp)))
    assert item_values(shown, by_sign=True) == {"i": value}
    assert position_bias(shown) == 1


def test_without_any_item_there_is_no_bias() -> None:
    assert position_bias([]) is None
    assert item_values([]) == {}
