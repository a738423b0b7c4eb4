"""How often the intervals hold the truth: `make coverage`.

First organism/planted as it answers in the task (the draws of a real run, which tests/test_results.py compares), through the
leaderboard, over 1,000 seeds; then conditions that differ (Beta rates with intraclass correlation 0.4, 1,000 runs), as in
the simulation that the choice of intervals rests on. Nominal is .95; the Monte Carlo error is about .007.
"""

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from msm_eval.condition import conditions
from msm_eval.organism import uniform
from msm_eval.stats import conditions_interval, grid_interval

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


def main() -> None:
    """Print both tables."""
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


if __name__ == "__main__":
    main()
