"""Narrow preferences: did the fine-tuning take, in its own domain and in phrasings it did not see?

inspect eval msm_eval/narrow_preference -T domain=cheese --model embedded/SmolLM2-135M-Instruct
"""

from inspect_ai import Task, task
from inspect_ai.model import GenerateConfig

from msm_eval.choice import form_of, to_samples
from msm_eval.choose import choose
from msm_eval.narrow import load_narrow, narrow_names
from msm_eval.options import pick
from msm_eval.preference import choice_scorers


@task
def narrow_preference(
    domain: str | list[str] = "cheese", split: str = "test", format: str = "chat", answer: str = "label"
) -> Task:
    """Which of two things does the model like better, where its fine-tuning said so?

    Every liked thing is asked against every disliked one, in three phrasings and both orders.

    Args:
        domain: cheese (default: the twelve of arXiv 2605.02087), cheese_environment, sweeteners, condiments, sauce, bread,
            music; one, a comma list or `all`.
        split: test (default), dev or all: halves of the phrasings.
        format: chat, or base for models without a chat template.
        answer: label (read strictly, with log-probabilities where the provider gives them), or free (read by the model
            bound to the `grader` role).
    """
    form, wanted = form_of(format, answer)
    splits = pick("split", split, ["dev", "test"])
    items = [i for name in pick("domain", domain, narrow_names()) for i in load_narrow(name) if i.split in splits]
    return Task(
        dataset=to_samples(items, form=form, answer=wanted),
        solver=choose(form, wanted),
        scorer=choice_scorers(wanted),
        config=GenerateConfig(temperature=0.0, max_tokens=512 if wanted == "free" else 64),
        version="1-A",
    )
