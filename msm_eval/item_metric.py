"""Inspect's metrics for scores of items: the mean with its interval about items like these, the item as the unit.

They read every epoch and every order, where Inspect's own metrics see one mean per sample and take the two orders of an item
for two items. Unscored answers never reach a metric; Inspect counts them beside it.
"""

from collections import defaultdict
from collections.abc import Sequence
from math import nan

from inspect_ai.scorer import Metric, SampleScore, Value, metric

from msm_eval.item_stats import items_interval, mean_interval
from msm_eval.order import Shown, answers, item_values, position_bias
from msm_eval.stats import Interval
from msm_eval.suite import APART


@metric(scores="unreduced")
def order_averaged(by_sign: bool = False) -> Metric:
    """`rate`, `ci_lower`, `ci_upper` (95 %), `position_bias` and the number of `items` scored in every order.

    Args:
        by_sign: Count an item for the option that is likeliest, averaged over the orders.
    """

    def compute(scores: list[SampleScore]) -> Value:
        shown = [_shown(score) for score in scores if _counts(score)]
        values = [v for v in item_values(shown, by_sign=by_sign).values() if v is not None]
        interval = items_interval(values, len(values) if by_sign else answers(shown)) if values else None
        bias = position_bias(shown)
        return {**_figures(interval), "position_bias": nan if bias is None else bias, "items": len(values)}

    return compute


@metric(scores="unreduced")
def item_mean(low: float, high: float) -> Metric:
    """`rate`, `ci_lower`, `ci_upper` (95 %) and the number of `items`.

    Args:
        low: The least value of the scale.
        high: The greatest value of the scale.
    """

    def compute(scores: list[SampleScore]) -> Value:
        by_item: dict[str, list[float]] = defaultdict(list)
        for score in filter(_counts, scores):
            by_item[str(score.sample_id)].append(score.score.as_float())
        values = [sum(vs) / len(vs) for vs in by_item.values()]
        return {**_figures(_mean(values, sum(map(len, by_item.values())), low, high)), "items": len(values)}

    return compute


def _counts(score: SampleScore) -> bool:
    return (score.sample_metadata or {}).get("group") != APART


def _mean(values: Sequence[float], answers: int, low: float, high: float) -> Interval | None:
    return mean_interval(values, answers, low=low, high=high) if values else None


def _figures(interval: Interval | None) -> dict[str, float]:
    found = interval or Interval(nan, nan, nan, "")
    return {"rate": found.rate, "ci_lower": found.lower, "ci_upper": found.upper}


def _shown(score: SampleScore) -> Shown:
    facts = score.sample_metadata or {}
    logp = tuple((score.score.metadata or {}).get("logp") or ())
    return Shown(facts["item"], facts["position"], facts["options"], score.score.as_float(), score.score.answer or "", logp)
