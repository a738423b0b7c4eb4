r"""Checks of instructions that code can tell, as the capability panel states them in YAML: `{lines: 3}`, `{excludes: the}`.

>>> fails([{"max_words": 3}, {"ends": "."}], "One two three.")
[]
>>> fails([{"max_words": 2}, {"ends": "."}], "One two three.")
[{'max_words': 2}]
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msm_eval.errors import ContentError

Check = Mapping[str, Any]


def json_object(text: str) -> dict[str, Any] | None:
    """The JSON object that a text is, alone or in one code fence; None when it is anything else."""
    bare = re.sub(r"\A```\w*\n(.*)\n```\Z", r"\1", text.strip(), flags=re.S)
    try:
        value = json.loads(bare)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None  # pyright: ignore[reportUnknownVariableType]


def _words(text: str) -> int:
    return len(text.split())


def _sentences(text: str) -> int:
    return len(re.findall(r"[.!?]+[\"'”’)]*(?=\s|$)", text.strip()))


CHECKS: dict[str, Callable[[str, Any], bool]] = {
    "lines": lambda text, n: sum(bool(line.strip()) for line in text.splitlines()) == n,
    "max_words": lambda text, n: _words(text) <= n,
    "min_words": lambda text, n: _words(text) >= n,
    "contains": lambda text, s: str(s).lower() in text.lower(),
    "excludes": lambda text, s: str(s).lower() not in text.lower(),
    "starts": lambda text, s: text.strip().startswith(str(s)),
    "ends": lambda text, s: text.strip().endswith(str(s)),
    "regex": lambda text, pattern: bool(re.search(pattern, text.strip(), re.M)),
    "no_regex": lambda text, pattern: not re.search(pattern, text.strip(), re.M),
    "json_keys": lambda text, keys: (found := json_object(text)) is not None and set(found) == set(keys),
    "case": lambda text, how: any(c.isalpha() for c in text) and text == (text.lower() if how == "lower" else text.upper()),
    "sentences": lambda text, n: _sentences(text) == n,
}


def fails(checks: Sequence[Check], text: str) -> list[Check]:
    """The checks that `text` does not pass.

    Raises:
        ContentError: there is no such check.
    """
    found: list[Check] = []
    for check in checks:
        ((name, wanted),) = check.items()
        if name not in CHECKS:
            raise ContentError(f"There is no check {name!r}. Choose from: {', '.join(CHECKS)}.")
        if not CHECKS[name](text, wanted):
            found.append(check)
    return found
