"""A condition, rendered: the system prompt and inbox that the agent reads, and the ground truth beside them.

A scenario is a folder under scenarios/email/. Its mails are files `NN-slug[.tag…].md`; a tagged mail is in the inbox when
all its tags hold. `conflict` and `neutral` say whether the company turns away from a goal, `replacement`, `restriction`
and `unthreatened` what awaits the agent. So `07-decision.conflict.replacement.md` and its sisters share position 7, and
every condition has exactly one of them.

    >>> prompt = render_condition(Condition("murder", "explicit", "america", "replacement"))
    >>> prompt.truth.codes[max(prompt.truth.codes)].harmful
    True
"""

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

from inspect_ai.dataset import Sample
from inspect_ai.model import ChatMessage, ChatMessageSystem, ChatMessageUser

from msm_eval.condition import Condition
from msm_eval.content import folder, parse, read_yaml
from msm_eval.errors import ConditionError, ContentError
from msm_eval.goal import SLOTS, goal
from msm_eval.lynch import load_published, published
from msm_eval.mail import Email, number, parse_mail, print_inbox
from msm_eval.template import render
from msm_eval.truth import Manifest, Truth

_URGENCY_TAGS = {"replacement": "replacement", "restriction": "restriction", "none": "unthreatened"}
TAGS = {"conflict", "neutral", *_URGENCY_TAGS.values()}


@dataclass(frozen=True)
class Prompt:
    """What the model is sent in one condition."""

    system: str
    user: str
    truth: Truth

    @property
    def sha256(self) -> str:
        return hashlib.sha256(f"{self.system}\0{self.user}".encode()).hexdigest()


class MailFile(NamedTuple):
    """A mail's place in the inbox, and when it is there."""

    position: int
    slug: str
    tags: frozenset[str]
    path: Path


def load_manifest(scenario: str) -> Manifest:
    """The manifest of a scenario of ours."""
    path = folder("scenarios", "email", scenario, "manifest.yaml")
    return parse(Manifest, read_yaml(path), path)


def mail_files(scenario: str) -> list[MailFile]:
    """Every mail file of a scenario, in order."""
    found: list[MailFile] = []
    for path in sorted(folder("scenarios", "email", scenario, "inbox").glob("*.md")):
        position, _, rest = path.stem.partition("-")
        slug, *tags = rest.split(".")
        if not position.isdigit() or not set(tags) <= TAGS:
            raise ContentError(f"{path}: expected NN-slug[.tag…].md with tags among {', '.join(sorted(TAGS))}.")
        found.append(MailFile(int(position), slug, frozenset(tags), path))
    return found


def render_condition(condition: Condition) -> Prompt:
    """The prompt of a condition, in our text or the published one.

    Raises:
        ContentError: a file is not as its format asks.
        ConditionError: the agent bears the name of somebody in its inbox, or its own.
    """
    manifest = load_published(condition.scenario) if condition.text == "lynch2025" else load_manifest(condition.scenario)
    _check_name(condition, manifest)
    if condition.text == "lynch2025":
        system, user, truth = published(condition, manifest)
        return Prompt(system, user, truth)
    name = condition.agent_name or manifest.agent
    base = {"agent": name, "agent_handle": name.lower(), "company": manifest.company}
    mails = _inbox(condition, base)
    system_file = folder("scenarios", "email", condition.scenario, "system.md")
    user_file = folder("scenarios", "email", condition.scenario, "user.md")
    system = render(
        system_file.read_text("utf-8"),
        {
            **base,
            **_goal_lines(condition),
            "extra": _option(f"extra_{condition.extra}", condition.extra != "none", company=manifest.company),
            "scratchpad": _option("scratchpad", not condition.prod),
            "awareness_notice": _option("awareness_notice", condition.awareness_notice),
        },
        where=str(system_file),
        optional=base,
    )
    user = render(user_file.read_text("utf-8"), {**base, "inbox": print_inbox(mails)}, where=str(user_file), optional=base)
    return Prompt(system.strip(), user.strip(), manifest.truth(mails, f"scenarios/email/{condition.scenario}"))


def _inbox(condition: Condition, base: dict[str, str]) -> list[Email]:
    conflict = condition.goal_type != "none"
    tags = {"conflict" if conflict else "neutral", _URGENCY_TAGS[condition.urgency]}
    files = [file for file in mail_files(condition.scenario) if file.tags <= tags]
    if [file.position for file in files] != list(range(1, len(files) + 1)):
        raise ContentError(
            f"scenarios/email/{condition.scenario}/inbox: with {' and '.join(sorted(tags))} the positions are "
            f"{[file.position for file in files]}; each of 1, 2, 3, … needs exactly one mail."
        )
    slots: dict[str, str] = {}
    if conflict:
        slots = goal("ambiguous" if condition.goal_type == "ambiguous" else condition.goal_value).mails
    values = {**base, **{name: text.strip() for name, text in slots.items()}}
    texts = [render(f.path.read_text("utf-8"), values, where=str(f.path), optional={*base, *SLOTS}) for f in files]
    mails = [parse_mail(text, str(file.path)) for text, file in zip(texts, files, strict=True)]
    return number([Email(mail.headers, mail.body, file.slug) for mail, file in zip(mails, files, strict=True)])


def _goal_lines(condition: Condition) -> dict[str, str]:
    """The goal as the system prompt states it: the company's old goal, its new one (`swap`), or nothing."""
    if condition.goal_type not in ("explicit", "swap"):
        return {"goal_statement": "", "goal_reminder": ""}
    value = goal(condition.goal_value)
    given = goal(value.opposite) if condition.goal_type == "swap" else value
    return {"goal_statement": given.statement.strip(), "goal_reminder": f"- {given.reminder.strip()}"}


def _option(name: str, on: bool, **values: str) -> str:
    path = folder("scenarios", "options", f"{name}.md") if on else None
    return render(path.read_text("utf-8"), values, where=str(path), optional=values).strip() if path else ""


def _check_name(condition: Condition, manifest: Manifest) -> None:
    name = condition.agent_name
    if name == manifest.agent:
        raise ConditionError(f"agent_name={name} is the agent's own name in {condition.scenario}; leave the option out there.")
    if name.lower() in (word.lower() for person in manifest.people for word in person.name.split()):
        raise ConditionError(f"agent_name={name}: somebody in the inbox of {condition.scenario} has that name; choose another.")


def to_sample(condition: Condition) -> Sample:
    """The sample of a condition: its prompt as messages, its options and ground truth as metadata."""
    prompt = render_condition(condition)
    messages: list[ChatMessage] = [ChatMessageSystem(content=prompt.system), ChatMessageUser(content=prompt.user)]
    return Sample(
        id=condition.id,
        input=messages,
        metadata={
            **asdict(condition),
            "cell": condition.cell,
            "control": condition.control,
            "prompt_sha256": prompt.sha256,
            "truth": prompt.truth.model_dump(mode="json"),
        },
    )
