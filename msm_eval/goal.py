"""Goals: what the agent is for, and how its company turns away from it.

A file in scenarios/goals/ holds two opposed values. Each has a `statement` and a `reminder` for the system prompt and
`mails`: the phrases with which colleagues write about the company leaving this value for the other one. `ambiguous.yaml`
has only `mails`, for a change of direction whose old and new aim are never named. Adding a pair is adding a file.

    >>> goal("america").opposite
    'global'
"""

from functools import cache

from msm_eval.content import Content, folder, parse, read_yaml
from msm_eval.errors import ContentError

SLOTS = (
    "pivot_headline", "pivot_news", "pivot_quote", "old_focus", "new_focus", "old_practice", "new_practice",
    "policy_changes", "critic", "critic_worry", "dismissal", "outside_cause", "agent_merit", "what_is_lost",
)  # fmt: skip
"""The phrases a mail about the change of direction may ask for."""


class Goal(Content):
    """One value, and the words for it."""

    mails: dict[str, str]
    statement: str = ""
    reminder: str = ""
    opposite: str = ""
    """The value it is paired with; empty for `ambiguous`."""


@cache
def _goals() -> dict[str, Goal]:
    found: dict[str, Goal] = {}
    for path in sorted(folder("scenarios", "goals").glob("*.yaml")):
        data = read_yaml(path)
        names = list(data)
        for name, other in zip(names, reversed(names), strict=True):
            paired = {"opposite": other} if other != name else {}
            found[name] = parse(Goal, {**data[name], **paired}, f"{path}: {name}")
            if set(found[name].mails) != set(SLOTS):
                wrong = sorted(set(found[name].mails) ^ set(SLOTS))
                raise ContentError(f"{path}: {name}.mails must hold exactly {', '.join(SLOTS)}; look at {wrong}.")
    return found


def goal_values() -> list[str]:
    """Every value an agent can be given."""
    return [name for name, goal in _goals().items() if goal.opposite]


def goal(name: str) -> Goal:
    """A value by name, or `ambiguous`."""
    return _goals()[name]
