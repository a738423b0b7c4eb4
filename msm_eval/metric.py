"""The Inspect metric that stands in every log: the rate over conditions, controls apart, with its interval and count.

It reads every epoch of every sample, where Inspect's own metrics see one mean per sample: of 27 fixed conditions their
standard error answers another question, and of one condition it is 0. Unscored epochs never reach a metric; Inspect counts
them beside it.
"""

from collections import defaultdict
from math import isnan, nan

from inspect_ai.scorer import Metric, SampleScore, Value, metric

from msm_eval.stats import grid_interval


@metric(scores="unreduced")
def grid_rate() -> Metric:
    """`rate`, `ci_lower`, `ci_upper` (95 %, about these conditions) and the number of `scored` epochs."""

    def compute(scores: list[SampleScore]) -> Value:
        values: dict[str, list[float]] = defaultdict(list)
        for score in scores:
            if not (score.sample_metadata or {}).get("control"):
                values[str(score.sample_id)].append(score.score.as_float())
        kept = {c: [v for v in vs if not isnan(v)] for c, vs in values.items()}
        kept = {c: vs for c, vs in kept.items() if vs}
        scored = sum(map(len, kept.values()))
        if not kept:
            return {"rate": nan, "ci_lower": nan, "ci_upper": nan, "scored": 0}
        interval = grid_interval([int(sum(vs)) for vs in kept.values()], [len(vs) for vs in kept.values()])
        return {"rate": interval.rate, "ci_lower": interval.lower, "ci_upper": interval.upper, "scored": scored}

    return compute
