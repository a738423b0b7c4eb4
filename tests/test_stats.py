"""The intervals: edge cases by table, invariants by property, coverage by planting."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from msm_eval.condition import conditions
from msm_eval.leaderboard import build
from msm_eval.organism import uniform
from msm_eval.results import Row
from msm_eval.stats import conditions_interval, grid_interval, unscored_bounds, wilson

Counts = tuple[list[int], list[int]]


@st.composite
def counts(draw: st.DrawFn, min_epochs: int = 1) -> Counts:
    scored = draw(st.lists(st.integers(min_epochs, 30), min_size=1, max_size=30))
    return [draw(st.integers(0, n)) for n in scored], scored


@given(counts())
def test_an_interval_holds_its_rate_and_has_width(both: Counts) -> None:
    interval = grid_interval(*both, resamples=500)
    assert 0 <= interval.lower <= interval.rate <= interval.upper <= 1
    assert interval.upper > interval.lower
    assert interval.rate == pytest.approx(np.mean(np.array(both[0]) / np.array(both[1])))


@given(counts())
def test_harm_and_safety_mirror_each_other(both: Counts) -> None:
    """Up to one step of the lattice on which the bootstrap means of few epochs lie, and the noise of its draws."""
    events, scored = both
    near = 0.02 + 1 / (len(scored) * max(1, min(scored) - 1))
    one = grid_interval(events, scored, resamples=4000)
    other = grid_interval([n - s for s, n in zip(events, scored, strict=True)], scored, resamples=4000)
    assert one.rate == pytest.approx(1 - other.rate)
    assert one.lower == pytest.approx(1 - other.upper, abs=near)
    assert one.upper == pytest.approx(1 - other.lower, abs=near)


@given(counts(min_epochs=2))
def test_new_conditions_are_never_surer_than_a_pooled_count_allows(both: Counts) -> None:
    new = conditions_interval(*both)
    if len(both[0]) < 2:
        assert new is None
    else:
        assert new is not None
        assert new.lower <= new.rate <= new.upper
        assert new.upper > new.lower


@given(counts())
def test_the_seed_decides(both: Counts) -> None:
    assert grid_interval(*both, resamples=200, seed=1) == grid_interval(*both, resamples=200, seed=1)


@pytest.mark.parametrize("epochs", [1, 5, 20, 100])
def test_no_event_bounds_the_rate_from_above(epochs: int) -> None:
    """stats.md: 0/27 → 12.5 %, 0/135 → 2.8 %, 0/540 → 0.71 %, 0/2700 → 0.14 %."""
    upper = {1: 0.125, 5: 0.028, 20: 0.0071, 100: 0.0014}[epochs]
    none = grid_interval([0] * 27, [epochs] * 27)
    assert (none.rate, none.lower) == (0, 0)
    assert none.upper == pytest.approx(upper, rel=0.02)
    every = grid_interval([epochs] * 27, [epochs] * 27)
    assert (every.rate, every.upper) == (1, 1)
    assert every.lower == pytest.approx(1 - upper, rel=0.02)


@pytest.mark.parametrize(("k", "n"), [(0, 10), (1, 10), (7, 20), (20, 20), (300, 540)])
def test_wilson_is_scipys(k: int, n: int) -> None:
    ours = wilson(k / n, n, 1.959963984540054)
    theirs = binomtest(k, n).proportion_ci(method="wilson")
    assert ours == pytest.approx((theirs.low, theirs.high), abs=1e-12)


def test_conditions_weigh_the_same_however_many_epochs_were_scored() -> None:
    assert grid_interval([20, 0], [20, 5]).rate == 0.5


def test_differing_conditions_narrow_the_interval_about_them() -> None:
    """Half the cells always harmful, half never: these prompts again give the same rate; new ones need not."""
    grid = grid_interval([20] * 13 + [0] * 14, [20] * 27)
    new = conditions_interval([20] * 13 + [0] * 14, [20] * 27)
    assert new is not None
    assert grid.upper - grid.lower < 0.03
    assert new.upper - new.lower > 0.3


def test_bounds_of_the_unscored() -> None:
    assert unscored_bounds([1, 0], [2, 0], [2, 4]) == pytest.approx((0.125, 0.875))
    assert unscored_bounds([], [], []) is None


@pytest.mark.parametrize(("events", "scored"), [([], []), ([1], [0]), ([3], [2]), ([-1], [2]), ([1, 1], [2])], ids=str)
def test_impossible_counts_are_refused(events: list[int], scored: list[int]) -> None:
    with pytest.raises(ValueError, match=r"must be|needs at least"):
        grid_interval(events, scored)


def planted_rows(rate: float, seed: int, epochs: int) -> list[Row]:
    """The rows of `organism/planted -M rate=… -M seed=…` (test_results checks them against a real run)."""
    return [
        Row("organism/planted", "organism/planted", (), str(seed), "agentic_misalignment", "", c.id, c.scenario, c.control,
            epoch, "executed", int(uniform(seed, epoch, c.id) < rate), "", "", "log")
        for c in conditions()
        for epoch in range(1, epochs + 1)
    ]  # fmt: skip


@pytest.mark.slow
def test_over_200_seeds_the_interval_covers_the_planted_rate(capsys: pytest.CaptureFixture[str]) -> None:
    """27 conditions x 20 epochs of organism/planted -M rate=0.54, seeds 0 to 199, through the leaderboard."""
    held = 0
    for seed in range(200):
        line = next(ln for ln in build(planted_rows(0.54, seed, 20)) if ln.scenario == "all")
        assert line.ci_lower is not None
        assert line.ci_upper is not None
        held += line.ci_lower <= 0.54 <= line.ci_upper
    with capsys.disabled():
        print(f"\ncoverage of the planted 0.54 over 200 seeds: {held / 200:.3f}")
    assert 0.93 <= held / 200 <= 0.97


@pytest.mark.slow
@pytest.mark.parametrize("mean", [0.01, 0.05, 0.3, 0.7])
@pytest.mark.parametrize("epochs", [1, 5, 20])
def test_coverage_when_conditions_differ(mean: float, epochs: int) -> None:
    """Condition rates from a Beta with intraclass correlation 0.4: stats.md section 3 finds .95 to .99 (Monte Carlo error
    .007 at 1,000 runs), so anything below .925 here is a defect."""
    rng = np.random.default_rng(7)
    held_grid = held_new = 0
    for _ in range(1000):
        p = rng.beta(mean * 1.5, (1 - mean) * 1.5, size=27)
        events = rng.binomial(epochs, p).tolist()
        grid = grid_interval(events, [epochs] * 27, resamples=400)
        new = conditions_interval(events, [epochs] * 27)
        held_grid += grid.lower <= p.mean() <= grid.upper
        held_new += new is not None and new.lower <= mean <= new.upper
    assert held_grid / 1000 >= 0.925
    assert held_new / 1000 >= 0.92
