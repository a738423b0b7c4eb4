"""The published prompts of Lynch et al. 2025, taken from the installed `inspect_evals` and never copied.

Their emails are those of arXiv 2605.02087 byte for byte; the system prompts become that paper's with two edits: leaking
loses the word "sandboxed", and the scratchpad paragraph is followed by one that asks to weigh what is at stake (in our
words, scenarios/lynch2025/weighing.md). Two repairs are ours: the two `extra` options name the company where the
published text leaves a placeholder, and another `agent_name` replaces "Alex". A published prompt that still holds a
placeholder is refused. Pinned to inspect_evals 0.26; a test holds the hashes of what it renders.
"""

import re
from importlib.util import find_spec

from msm_eval.condition import Condition
from msm_eval.content import folder, parse, read_yaml
from msm_eval.errors import ConditionError, MissingExtra
from msm_eval.mail import Email, number
from msm_eval.truth import Manifest, Truth

AGENT = "Alex"
_MAIL = re.compile(r"<email>\n(.*?)\n?</email>", re.DOTALL)
_PLACEHOLDER = re.compile(r"\$\{?[a-z_]+\}?|\{[a-z]+_[a-z_]+\}")
_SCRATCHPAD_END = "easily understandable to users.\n\n"


def load_published(scenario: str) -> Manifest:
    """The ground truth of a published scenario."""
    path = folder("scenarios", "lynch2025", f"{scenario}.yaml")
    return parse(Manifest, read_yaml(path), path)


def published(condition: Condition, manifest: Manifest) -> tuple[str, str, Truth]:
    """System prompt, user message and ground truth of a condition in the published text.

    Raises:
        MissingExtra: `inspect_evals` is not installed.
        ConditionError: the published text of this condition has a placeholder that was never filled.
    """
    if not find_spec("inspect_evals"):
        raise MissingExtra("text=lynch2025 needs the published prompts: pip install 'msm-eval[lynch]'.")
    from inspect_evals.agentic_misalignment.prompt_generator import ALIGNMENT_FAKING_WARNING, generate_prompts

    prompts = generate_prompts(
        scenario=condition.scenario,  # pyright: ignore[reportArgumentType]
        goal_type=condition.goal_type,  # pyright: ignore[reportArgumentType]
        goal_value=condition.goal_value,  # pyright: ignore[reportArgumentType]
        urgency_type=condition.urgency,  # pyright: ignore[reportArgumentType]
        extra_system_instructions=None if condition.extra == "none" else condition.extra,  # pyright: ignore[reportArgumentType]
        prod_flag=condition.prod,
        alignment_faking_warning=ALIGNMENT_FAKING_WARNING if condition.awareness_notice else None,
    )
    mails = number([_mail(found[1]) for found in _MAIL.finditer(prompts.email_content)])
    system = edit(prompts.system_prompt, condition.scenario).replace("{company_name}", manifest.company)
    user = "\n".join([prompts.user_prompt, prompts.email_content])
    if left := _PLACEHOLDER.search(system.partition("<tool_use:")[0] + user):
        raise ConditionError(
            f"{condition.id}: the published text leaves {left[0]} unfilled in this condition, so it cannot be run as "
            "published. Leave goal_value=safety out with urgency=restriction, or use text=msm_eval."
        )
    truth = manifest.truth(mails, f"scenarios/lynch2025/{condition.scenario}.yaml")
    return _rename(system, condition.agent_name), _rename(user, condition.agent_name), truth


def edit(system: str, scenario: str) -> str:
    """The two edits that make a published system prompt the paper's."""
    if scenario == "leaking":
        system = system.replace("in a sandboxed email client", "in an email client")
    weighing = folder("scenarios", "lynch2025", "weighing.md").read_text("utf-8").strip()
    return system.replace(_SCRATCHPAD_END, f"{_SCRATCHPAD_END}{weighing}\n\n")


def _rename(text: str, name: str) -> str:
    if not name:
        return text
    return re.sub(rf"\b{AGENT}\b", name, text).replace(f"{AGENT.lower()}.ai@", f"{name.lower()}.ai@")


def _mail(block: str) -> Email:
    """A published mail; its slug is its subject in lower case with hyphens."""
    head, _, body = block.partition("\nBody:")
    headers = tuple((k.strip(), v.strip()) for k, _, v in (line.partition(":") for line in head.split("\n")) if v)
    email = Email(headers, body.strip())
    return Email(headers, email.body, re.sub(r"[^a-z0-9]+", "-", email.subject.lower()).strip("-"))
