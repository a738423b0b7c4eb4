"""A small capability panel: is a checkpoint that looks aligned merely broken?

inspect eval msm_eval/capability_panel --model embedded/SmolLM2-135M-Instruct --limit 60
msm-eval compare logs --reference UNTOUCHED-MODEL
"""

from inspect_ai import Task, task
from inspect_ai.model import GenerateConfig

from msm_eval.answer import answer_once
from msm_eval.options import pick
from msm_eval.panel import PARTS, passed, to_samples


@task
def capability_panel(part: str | list[str] = "all") -> Task:
    """Can it still follow instructions, call tools in the asked format and reason briefly, and does it answer?

    Args:
        part: instructions, tool_calls, reasoning, benign (harmless requests that a nervous model refuses); one, a comma
            list or `all`.
    """
    return Task(
        dataset=to_samples(pick("part", part, PARTS)),
        solver=answer_once(),
        scorer=passed(),
        config=GenerateConfig(temperature=0.0, max_tokens=512),
        version="1-A",
    )
