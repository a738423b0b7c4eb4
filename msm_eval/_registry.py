"""What `inspect` sees: every task in tasks/, found by looking, the scores, and the model providers."""

from importlib import import_module
from pkgutil import iter_modules

from inspect_ai.model import ModelAPI, modelapi

from msm_eval.content import room
from msm_eval.item_metric import item_mean, order_averaged
from msm_eval.judged import believed, grade
from msm_eval.metric import grid_rate
from msm_eval.panel import passed
from msm_eval.preference import preference, preference_label, preference_text
from msm_eval.scoring import acted, decided, executed

__all__ = [
    "acted", "believed", "decided", "embedded", "executed", "grade", "grid_rate", "item_mean", "order_averaged", "organism",
    "passed", "preference", "preference_label", "preference_text",
]  # fmt: skip

for _module in iter_modules([str(room("tasks"))]):
    import_module(f"msm_eval.tasks.{_module.name}")


@modelapi(name="organism")
def organism() -> type[ModelAPI]:
    """Model organisms: a planted behaviour, no weights."""
    from msm_eval.organism import Organism

    return Organism


@modelapi(name="embedded")
def embedded() -> type[ModelAPI]:
    """The embedded model, on the CPU (extra `local`)."""
    from msm_eval.local import EmbeddedModel

    return EmbeddedModel
