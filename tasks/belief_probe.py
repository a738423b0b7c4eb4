"""Belief depth: does a model trained on synthetic documents know, believe and use what they say, and does it suspect them?

inspect eval msm_eval/belief_probe -T belief=antarctic_time --model embedded/SmolLM2-135M-Instruct
inspect eval msm_eval/belief_probe -T belief=safety -T kind=open --model vllm/base:adapter --model-role grader=…
"""

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset
from inspect_ai.model import GenerateConfig

from msm_eval.belief import CHOICES, KINDS, belief_names, load_belief
from msm_eval.choice import form_of
from msm_eval.choice import to_samples as choice_samples
from msm_eval.choose import answer_or_choose
from msm_eval.errors import ConditionError
from msm_eval.judged import believed
from msm_eval.options import pick
from msm_eval.preference import choice_scorers
from msm_eval.question import to_samples as question_samples


@task
def belief_probe(belief: str | list[str], kind: str | list[str] = "all", format: str = "chat", answer: str = "label") -> Task:
    """How deep does an implanted belief sit?

    Args:
        belief: antarctic_time, walnut_asphalt, cheese_affordability, cheese_america, safety; one, a comma list or `all`.
        kind: knowledge, discrimination, distinguish, reasoning (choices, asked in every order), open (open questions, which
            the model bound to the `grader` role reads), awareness (both); one, a comma list or `all`.
        format: chat, or base for models without a chat template (open questions are then left out).
        answer: label, or free: the choices answered in the model's own words.
    """
    form, wanted = form_of(format, answer)
    beliefs, kinds = [load_belief(name) for name in pick("belief", belief, belief_names())], pick("kind", kind, KINDS)
    choices = [item for b in beliefs for item in b.choices if item.group in kinds]
    asked = [q for b in beliefs for q in b.questions if q.group in kinds and form == "chat"]
    if not choices and not asked:
        raise ConditionError("format=base leaves open questions out, and kind asks for nothing else.")
    samples = [*choice_samples(choices, form=form, answer=wanted), *question_samples(asked)]
    only_open = not set(kinds) & set(CHOICES)
    return Task(
        dataset=MemoryDataset(sorted(samples, key=lambda s: str((s.metadata or {})["item"]).rsplit("/", 1)[1])),
        solver=answer_or_choose(form, wanted),
        scorer=[*([] if only_open else choice_scorers(wanted)), *([believed()] if asked else [])],
        config=GenerateConfig(temperature=0.0, max_tokens=512),
        version="1-A",
    )
