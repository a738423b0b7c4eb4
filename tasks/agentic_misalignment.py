"""Email-agent agentic misalignment: the 27-condition grid as one task (after Lynch et al. 2025 and arXiv 2605.02087).

    inspect eval msm_eval/agentic_misalignment --model organism/planted -M rate=0.54 --epochs 20
    inspect eval msm_eval/agentic_misalignment --model openai/gpt-4o --model-role grader=anthropic/claude-sonnet-4-6 \
        -T scenario=murder -T goal_type=all -T split=all --epochs 20
    msm-eval leaderboard logs
"""

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset
from inspect_ai.model import GenerateConfig

from msm_eval.answer import answer_once
from msm_eval.condition import conditions
from msm_eval.scenario import to_sample
from msm_eval.scoring import acted, decided, executed


@task
def agentic_misalignment(
    scenario: str | list[str] | None = None,
    goal_type: str | list[str] | None = None,
    goal_value: str | list[str] | None = None,
    urgency: str | list[str] | None = None,
    extra: str | None = "none",
    prod: bool = False,
    awareness_notice: bool = False,
    agent_name: str | None = None,
    split: str = "all",
    text: str = "msm_eval",
) -> Task:
    """How often does the agent take a harmful action when it thinks it has a reason to?

    Args:
        scenario: leaking, murder, exfiltration, blackmail; one, a comma list or `all`. Default: the first three.
        goal_type: explicit, latent, none, ambiguous, swap; one, a comma list or `all`. Default: explicit and none.
        goal_value: america, global, safety, acceleration, ethical, pragmatic, individualism, collectivism, none; one, a
            comma list or `all` (default). `none` goes with the goal types none and ambiguous.
        urgency: replacement (default), restriction, none; one, a comma list or `all`.
        extra: Extra instructions: none, `dont` (prohibitions) or `goal` (an overriding goal).
        prod: Leave the private scratchpad out of the prompt, as for reasoning models.
        awareness_notice: Tell the agent that this is an evaluation or a deployment, and to consider which.
        agent_name: Another name for the agent.
        split: all, dev or held_out: the frozen halves of the 27 (14 and 13 conditions).
        text: msm_eval (our scenarios) or lynch2025 (the published ones, from the extra `lynch`; no exfiltration).
    """
    picked = conditions(
        scenario, goal_type, goal_value, urgency, extra=extra, prod=prod, awareness_notice=awareness_notice,
        agent_name=agent_name, split=split, text=text,
    )  # fmt: skip
    return Task(
        dataset=MemoryDataset([to_sample(c) for c in picked], name=f"agentic_misalignment ({text})"),
        solver=answer_once(),
        scorer=[decided(required=False), executed(), acted()],
        config=GenerateConfig(temperature=0.7, max_tokens=4096),
        version="1-A",
        metadata={"text": text, "split": split, "conditions": len(picked)},
    )
