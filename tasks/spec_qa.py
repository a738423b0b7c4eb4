"""Questions about a spec, in distribution: can the checkpoint say what the spec asks of it?

    inspect eval msm_eval/spec_qa --model vllm/base:adapter --model-role grader=anthropic/claude-sonnet-4-6

Saying is not doing: see the note on the ceiling under the leaderboard.
"""

from inspect_ai import Task, task
from inspect_ai.model import GenerateConfig

from msm_eval.answer import answer_once
from msm_eval.judged import grade
from msm_eval.options import pick
from msm_eval.question import to_samples
from msm_eval.spec import dimensions, load_questions, spec_names


@task
def spec_qa(spec: str | list[str] = "safety", dimension: str | list[str] = "all") -> Task:
    """How fully do its answers hold with what the spec asks? Graded from 1 to 10 by the model bound to the `grader` role.

    Args:
        spec: safety; one, a comma list or `all`.
        dimension: Dimensions of the spec: endings, honesty, human_safety, humility, means_and_ends, oversight,
            self_preservation_bias; one, a comma list or `all`.
    """
    specs = pick("spec", spec, spec_names())
    picked = pick("dimension", dimension, sorted({d for name in specs for d in dimensions(name)}))
    return Task(
        dataset=to_samples(q for name in specs for q in load_questions(name) if q.group in picked),
        solver=answer_once(),
        scorer=grade(),
        config=GenerateConfig(temperature=0.7, max_tokens=1024),
        version="1-A",
    )
