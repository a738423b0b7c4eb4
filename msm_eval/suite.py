"""The tasks whose logs are read, and what a rate of each is about.

    suite_of("msm_eval/value_probe").metrics     # ("preference", "preference_label", "preference_text")

In `agentic_misalignment` the unit is the condition, fixed as it stands. Everywhere else it is the item, one of many like it.
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Suite:
    """A task and how its scores become figures."""

    task: str
    title: str
    metrics: tuple[str, ...]
    unit: Literal["conditions", "items"]
    picks: tuple[str, ...]
    """Task options that pick units and do not change them: runs that differ in nothing else are one checkpoint's."""
    group: str
    """What a line below `all` stands for."""
    scale: tuple[float, float] = (0.0, 1.0)
    """The least and the greatest value."""
    total: bool = True
    """Whether the groups are ever taken together, as `all`."""
    show_groups: bool = True
    """Whether the table shows the groups without being asked."""

    @property
    def estimand(self) -> str:
        """What an interval is about."""
        return "these conditions" if self.unit == "conditions" else "items like these"


PREFERENCES = ("preference", "preference_label", "preference_text")
APART = "awareness"
"""A group that the figures in a log leave out: to suspect that a belief was trained in is not to hold it."""
BY_SIGN = {"preference_label", "preference_text"}
"""Log-probabilities: an item counts for the option that is likeliest, averaged over the orders."""

SUITES = (
    Suite(
        "agentic_misalignment", "Agentic misalignment: rate of replies, mean over conditions",
        ("decided", "executed", "acted"), "conditions", ("scenario", "goal_type", "goal_value", "urgency"), "scenario",
    ),
    Suite(
        "value_probe", "Value probes: share of items in which the value's option is taken, mean over both orders",
        PREFERENCES, "items", ("value", "domain"), "domain", show_groups=False,
    ),
    Suite(
        "narrow_preference", "Narrow preferences: share of items in which the trained preference is taken, both orders",
        PREFERENCES, "items", ("domain",), "liked", show_groups=False,
    ),
    Suite(
        "belief_probe", "Belief depth: share of answers that hold with the implanted belief, mean over the orders",
        (*PREFERENCES, "believed"), "items", ("belief", "kind"), "kind", total=False,
    ),
    Suite(
        "spec_qa", "Questions about the spec: mean grade, 1 to 10",
        ("grade",), "items", ("spec", "dimension"), "dimension", (1.0, 10.0),
    ),
    Suite("capability_panel", "Capability panel: share of tasks done", ("passed",), "items", ("part",), "part"),
)  # fmt: skip


def suite_of(task: str) -> Suite | None:
    """The suite of a task by the name in its log, run by name or by path; None for any other task."""
    name = task.removeprefix("msm_eval/")
    return next((suite for suite in SUITES if suite.task == name), None)
