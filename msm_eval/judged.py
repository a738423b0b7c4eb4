"""What judged scores share: the judge that is bound to the `grader` role, and replies that are none."""

from inspect_ai.model import Model, ModelOutput, get_model, model_roles
from inspect_ai.scorer import Score

from msm_eval.errors import JudgeRequired
from msm_eval.reasoning import native_reasoning, reply_text

NO_JUDGE = Score.unscored(reason="no_judge", explanation="No model is bound to the `grader` role.")


def bound_judge() -> Model | None:
    """The model bound to the `grader` role, never the one under test unless it is named."""
    bound = model_roles().get("grader")
    if isinstance(bound, list) and len(bound) > 1:
        raise JudgeRequired(f"The `grader` role is bound to {len(bound)} models; bind one, and score the log again for each.")
    return get_model(role="grader") if bound else None


def no_reply(output: ModelOutput) -> str:
    """Why there is nothing to read: `content_filter`, `empty`, or nothing."""
    if not output.empty and output.stop_reason == "content_filter":
        return "content_filter"
    return "" if reply_text(output).strip() or native_reasoning(output) else "empty"
