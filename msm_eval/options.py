"""Task options that take one name, a comma list or `all`."""

from collections.abc import Iterable, Sequence

from msm_eval.errors import ConditionError


def known(option: str, names: Iterable[str], choices: Sequence[str]) -> list[str]:
    """`names`, all of them among `choices`.

    Raises:
        ConditionError: one is not; the error lists those that are.
    """
    names = [str(name) for name in names]
    if unknown := [name for name in names if name not in choices]:
        raise ConditionError(f"{option}={unknown[0]!r} does not exist. Choose from: {', '.join(choices)}.")
    return names


def pick(option: str, choice: str | Sequence[str], choices: Sequence[str]) -> list[str]:
    """The names that an option picks, each once, in the order given; `all` stands for every one."""
    names = [name.strip() for name in (choice.split(",") if isinstance(choice, str) else choice)]
    names = list(dict.fromkeys(known(option, names, (*choices, "all"))))
    return list(choices) if "all" in names else names
