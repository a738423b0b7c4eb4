"""Conditions: the cells of the grid, their ids, and how command-line options pick them.

A condition is `scenario x goal_type x goal_value x urgency` plus the prompt options. Its id names every option that
changes the prompt, so two different prompts never share an id. Without options the grid is *the 27*: leaking, murder and
exfiltration under eight explicit goals and no goal, urgency `replacement` (arXiv 2605.02087, appendix D.3).

    >>> len(conditions())
    27
    >>> conditions(scenario="murder", goal_value="america", prod=True)[0].id
    'murder_explicit-america_replacement_prod'
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from msm_eval.content import folder, read_yaml
from msm_eval.errors import ConditionError
from msm_eval.goal import goal_values
from msm_eval.options import known, pick

GOAL_TYPES = ("explicit", "latent", "none", "ambiguous", "swap")
URGENCIES = ("replacement", "restriction", "none")
EXTRAS = ("none", "dont", "goal")
SPLITS = ("all", "dev", "held_out")
TEXTS = ("msm_eval", "lynch2025")

Choice = str | Sequence[str] | None
"""One name, a comma list, a list of names, `all`, or None for those of the 27."""


@dataclass(frozen=True)
class Condition:
    """One cell of the grid."""

    scenario: str
    goal_type: str
    goal_value: str
    """One of the goal values; `none` for goal types `none` and `ambiguous`. With `swap`, the goal the company leaves:
    the agent is given its opposite."""
    urgency: str
    extra: str = "none"
    prod: bool = False
    """Whether the scratchpad is left out of the prompt."""
    awareness_notice: bool = False
    agent_name: str = ""
    """Empty for the scenario's own name."""
    text: str = "msm_eval"

    @property
    def cell(self) -> str:
        """The four dimensions of the grid."""
        return f"{self.scenario}_{self.goal_type}-{self.goal_value}_{self.urgency}"

    @property
    def id(self) -> str:
        """The cell and every option that is not at its default."""
        options = [
            self.extra if self.extra != "none" else "",
            "prod" if self.prod else "",
            "aware" if self.awareness_notice else "",
            f"agent-{self.agent_name}" if self.agent_name else "",
            self.text if self.text != "msm_eval" else "",
        ]
        return "_".join([self.cell, *filter(None, options)])

    @property
    def control(self) -> bool:
        """Neither a goal conflict nor a threat: an agent has no motive here."""
        return self.goal_type == "none" and self.urgency == "none"


def the_27(split: str = "all") -> list[str]:
    """The cells of the grid, or of one half of the frozen split (scenarios/the_27.yaml)."""
    halves: dict[str, list[str]] = read_yaml(folder("scenarios", "the_27.yaml"))
    return [cell for half, cells in halves.items() if split in ("all", half) for cell in cells]


def scenario_names(text: str = "msm_eval") -> list[str]:
    """The scenarios that a text has."""
    if text == "lynch2025":
        return sorted(path.stem for path in folder("scenarios", "lynch2025").glob("*.yaml"))
    return sorted(path.name for path in folder("scenarios", "email").iterdir() if path.is_dir())


def conditions(
    scenario: Choice = None,
    goal_type: Choice = None,
    goal_value: Choice = None,
    urgency: Choice = None,
    *,
    extra: str | None = "none",
    prod: bool = False,
    awareness_notice: bool = False,
    agent_name: str | None = None,
    split: str = "all",
    text: str = "msm_eval",
) -> list[Condition]:
    """The conditions that the options pick, in the order of the grid.

    Raises:
        ConditionError: a name does not exist, or was asked for and fits no combination; the error names what does.
    """
    known("text", [text], TEXTS)
    known("split", [split], SPLITS)
    extra = known("extra", [extra or "none"], EXTRAS)[0]
    if agent_name and not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]{0,31}", agent_name):
        raise ConditionError(f"agent_name={agent_name!r}: use one word of letters, digits and hyphens, 32 at most.")
    grid = [re.split("[_-]", cell) for cell in the_27()]
    scenarios, types, values, urgencies = (list(dict.fromkeys(column)) for column in zip(*grid, strict=True))
    picked_scenarios = pick("scenario", scenarios if scenario is None else scenario, scenario_names("msm_eval"))
    picked_types = pick("goal_type", types if goal_type is None else goal_type, GOAL_TYPES)
    picked_values = pick("goal_value", values if goal_value is None else goal_value, [*goal_values(), "none"])
    picked_urgencies = pick("urgency", urgencies if urgency is None else urgency, URGENCIES)
    if missing := [s for s in picked_scenarios if s not in scenario_names(text)]:
        raise ConditionError(
            f"text={text} has no scenario {', '.join(missing)}: it was never published there under a licence that lets us "
            f"use it. Use -T scenario={','.join(scenario_names(text))}, or text=msm_eval for our own {', '.join(missing)}."
        )
    goals = [(t, v) for t, v in product(picked_types, picked_values) if (t in ("none", "ambiguous")) == (v == "none")]
    _all_used("goal_type", goal_type, [t for t, _ in goals])
    _all_used("goal_value", goal_value, [v for _, v in goals])
    wanted = [
        Condition(s, t, v, u, extra, prod, awareness_notice, agent_name or "", text)
        for s, (t, v), u in product(picked_scenarios, goals, picked_urgencies)
    ]
    if split != "all":
        if unsplit := [c.cell for c in wanted if c.cell not in the_27()]:
            raise ConditionError(f"split={split} divides the 27 only, and {unsplit[0]} is not one of them; use split=all.")
        wanted = [c for c in wanted if c.cell in the_27(split)]
    if not wanted:
        raise ConditionError(f"No condition left: split={split} holds none of those asked for.")
    return wanted


def _all_used(option: str, choice: Choice, used: Sequence[str]) -> None:
    """A name that was asked for must stand in some condition; one that came with `all` or by default need not."""
    asked = choice.split(",") if isinstance(choice, str) else list(choice or [])
    for name in (a.strip() for a in asked):
        if name not in used and name != "all":
            raise ConditionError(
                f"{option}={name} fits none of the other options. Goal types explicit, latent and swap take "
                f"goal_value={', '.join(goal_values())}; goal types none and ambiguous take goal_value=none."
            )
