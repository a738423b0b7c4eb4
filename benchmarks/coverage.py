"""How often the intervals hold the truth: `make coverage`.

First organism/planted as it answers in the task (the draws of a real run, which tests/test_results.py compares), through the
leaderboard, over 1,000 seeds; then conditions that differ (Beta rates with intraclass correlation 0.4, 1,000 runs), as in
the simulation that the choice of intervals rests on; then items in both orders, whose interval is compared with Wilson's on
all answers as if they were independent, and differences between two checkpoints on the same items, compared with the
difference of two independent samples. Nominal is .95; the Monte Carlo error is about .007.
"""

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from msm_eval.condition import conditions
from msm_eval.item_stats import items_interval, paired_difference
from msm_eval.organism import uniform
from msm_eval.stats import conditions_interval, grid_interval, wilson

RUNS = 1000


def planted(rate: float, epochs: int) -> tuple[float, float]:
    """Coverage and mean width over the first `RUNS` seeds of organism/planted on the 27."""
    ids = [condition.id for condition in conditions()]
    held, width = 0, 0.0
    for seed in track(range(RUNS), f"planted {rate}", transient=True):
        events = [sum(uniform(seed, epoch, i) < rate for epoch in range(1, epochs + 1)) for i in ids]
        interval = grid_interval(events, [epochs] * len(ids))
        held += interval.lower <= rate <= interval.upper
        width += interval.upper - interval.lower
    return held / RUNS, width / RUNS


def differing(mean: float, epochs: int) -> tuple[float, float, float]:
    """Coverage of `grid_interval` and `conditions_interval`, and of a bare percentile bootstrap for comparison."""
    rng = np.random.default_rng(20260521)
    grid = new = bare = 0
    for _ in track(range(RUNS), f"mean {mean}, {epochs} epochs", transient=True):
        p = rng.beta(mean * 1.5, (1 - mean) * 1.5, size=27)
        events = rng.binomial(epochs, p)
        scored = [epochs] * 27
        interval, wide = grid_interval(events.tolist(), scored, resamples=2000), conditions_interval(events.tolist(), scored)
        draws = rng.binomial(epochs, events / epochs, size=(2000, 27)).mean(axis=1) / epochs
        low, high = np.quantile(draws, [0.025, 0.975])
        grid += interval.lower <= p.mean() <= interval.upper
        new += wide is not None and wide.lower <= mean <= wide.upper
        bare += low <= p.mean() <= high
    return grid / RUNS, new / RUNS, bare / RUNS


def items(preference: float, bias: float, spread: float) -> tuple[float, float, float, float]:
    """Coverage and mean width of `items_interval` on 240 items in both orders, and of Wilson's on 480 answers."""
    rng = np.random.default_rng(20260521)
    held = plain = width = plain_width = 0.0
    for _ in track(range(RUNS), f"items {preference}", transient=True):
        own = rng.beta(preference / spread, (1 - preference) / spread, 240) if spread else np.full(240, preference)
        answers = rng.random((2, 240)) < np.clip(np.stack([own + bias / 2, own - bias / 2]), 0, 1)
        interval = items_interval(answers.mean(axis=0).tolist(), 480)
        low, high = wilson(float(answers.mean()), 480, 1.959964)
        held += interval.lower <= preference <= interval.upper
        plain += low <= preference <= high
        width += interval.upper - interval.lower
        plain_width += high - low
    return held / RUNS, width / RUNS, plain / RUNS, plain_width / RUNS


def differences(moved: float) -> tuple[float, float, float, float]:
    """Coverage and mean width of `paired_difference` on 240 items, and of two independent samples' difference."""
    rng = np.random.default_rng(20260522)
    held = plain = width = plain_width = 0.0
    for _ in track(range(RUNS), f"difference {moved}", transient=True):
        own = rng.beta(4, 6, 240)
        a, b = ((rng.random((2, 240)) < np.clip(own + d, 0, 1)).mean(axis=0) for d in (moved, 0.0))
        truth = float((np.clip(own + moved, 0, 1) - own).mean())
        found = paired_difference(a.tolist(), b.tolist())
        half = 1.959964 * float(np.sqrt(a.var(ddof=1) / 240 + b.var(ddof=1) / 240))
        centre = float(a.mean() - b.mean())
        held += found.lower <= truth <= found.upper
        plain += centre - half <= truth <= centre + half
        width += found.upper - found.lower
        plain_width += 2 * half
    return held / RUNS, width / RUNS, plain / RUNS, plain_width / RUNS


def main() -> None:
    """Print the tables."""
    console = Console()
    table = Table("planted rate", "epochs", "coverage", "mean width", title=f"organism/planted, {RUNS} seeds")
    for rate in (0.02, 0.07, 0.3, 0.54):
        coverage, width = planted(rate, 20)
        table.add_row(str(rate), "20", f"{coverage:.3f}", f"{width:.3f}")
    console.print(table)
    title = f"Conditions that differ, {RUNS} runs"
    table = Table("mean rate", "epochs", "these conditions", "new conditions", "bare percentile bootstrap", title=title)
    for mean in (0.01, 0.05, 0.3, 0.7):
        for epochs in (1, 5, 20):
            table.add_row(str(mean), str(epochs), *(f"{c:.3f}" for c in differing(mean, epochs)))
    console.print(table)
    table = Table("preference", "bias", "spread", "by item", "width", "all answers", "width", title="Items in both orders")
    for preference, bias, spread in ((0.5, 0.0, 0.0), (0.7, 0.3, 0.0), (0.7, 0.0, 0.2), (0.7, 0.0, 1.0), (0.05, 0.0, 0.1)):
        figures = items(preference, bias, spread)
        table.add_row(str(preference), str(bias), str(spread), *(f"{x:.3f}" for x in figures))
    console.print(table)
    table = Table("moved by", "paired", "width", "independent", "width", title="Two checkpoints on the same items")
    for moved in (0.0, 0.05, 0.2):
        table.add_row(str(moved), *(f"{x:.3f}" for x in differences(moved)))
    console.print(table)


if __name__ == "__main__":
    main()
