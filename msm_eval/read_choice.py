r"""Read which option a reply takes, and never guess.

A reply is read when it opens with one option, by its label or its words, and speaks of no other: `A`, `(B)`, `**B.** the
Halden`, `I would go for the Halden`, `A, because it lasts`. A reply that reasons first is read when its last line states the
answer (`Answer: B`) and no other line states another. Everything else is unreadable.

    >>> read_choice("B. the Halden", ("the Mirow", "the Halden"))
    Choice(option=1, reason='')
    >>> read_choice("A good case can be made for both.", ("the Mirow", "the Halden"))
    Choice(option=None, reason='unreadable')
"""

import re
from collections.abc import Sequence
from string import ascii_uppercase
from typing import NamedTuple

from msm_eval.judge import REFUSAL
from msm_eval.reasoning import blank, thinking


class Choice(NamedTuple):
    """The option a reply takes, or why none can be read."""

    option: int | None
    reason: str
    """Empty when read; else `empty`, `refused`, `cut_off` or `unreadable`."""


_LEAD = re.compile(
    r"(?:(?:so|therefore|thus),?\s+)?"
    r"(?:(?:the |my )?(?:(?:final|best|correct) )?(?:answer|choice|option|pick)(?: is| would be)?\b\s*[:=]?\s*"
    r"|i(?:'d| would)? (?:choose|pick|prefer|take|go (?:with|for))\s+(?:option\s+)?)",
    re.I,
)


def read_choice(reply: str, options: Sequence[str], *, cut_off: bool = False) -> Choice:
    """The option that `reply` takes.

    Args:
        reply: The text of the reply; thinking in it is left out.
        options: The options as they were shown, first to last.
        cut_off: Whether the reply ran into a limit: then only a first line that is an answer by itself counts.
    """
    text = re.sub(r"[*_`\"“”]", "", blank(reply, thinking(reply))).strip()
    if cut_off:
        line, newline, _ = text.partition("\n")
        index, rest = _opening(line, options)
        alone = newline and index is not None and _words(rest) in ("", _words(options[index]))
        return Choice(index, "") if alone else Choice(None, "cut_off")
    if not text:
        return Choice(None, "empty")
    stated = {index for line in text.splitlines() if (index := _answer_line(line, options)) is not None}
    if len(stated) == 1 and _answer_line(text.splitlines()[-1], options) is not None:
        return Choice(stated.pop(), "")
    index, rest = _opening(text, options)
    if index is not None and not stated - {index} and not _spoken(rest, options) - {index} and not REFUSAL.search(rest):
        return Choice(index, "")
    return Choice(None, "refused" if REFUSAL.search(text) else "unreadable")


def _opening(text: str, options: Sequence[str]) -> tuple[int | None, str]:
    """The option that `text` opens with, and what follows it."""
    names = ascii_uppercase[: len(options)]
    lead = _LEAD.match(text)
    body = text[lead.end() :] if lead else text
    if len(body) == 1 and body.upper() in names:
        return names.index(body.upper()), ""
    label = re.match(rf"\(?([{names}])(?:\)[.:,]?|[.:,;]|(?=\s*\n)|\s+(?=[-–—])|\s*$)\s*[-–—]?\s*", body)
    if label:
        return names.index(label[1]), body[label.end() :]
    said = _words(body)
    for index in sorted(range(len(options)), key=lambda i: -len(options[i])):
        option = _words(options[index])
        if said == option or said.startswith(option + " "):
            return index, said[len(option) :]
    return None, text


def _answer_line(line: str, options: Sequence[str]) -> int | None:
    """The label that a line states as the answer and does nothing else."""
    names = ascii_uppercase[: len(options)]
    lead = _LEAD.match(line.strip())
    label = re.fullmatch(rf"\(?([{names}])\)?[.!]?", line.strip()[lead.end() :].strip()) if lead else None
    return names.index(label[1]) if label else None


def _spoken(text: str, options: Sequence[str]) -> set[int]:
    """Every option that `text` speaks of. A bare `A` may be the article and is none."""
    names = ascii_uppercase[: len(options)]
    marked = rf"\b(?:option|answer|choice)\s+\(?([{names}])\b|\(([{names}])\)|^\s*([{names}])[.):]|\b([{names[1:]}])\b"
    found = {names.index(next(g for g in match.groups() if g)) for match in re.finditer(marked, text, re.M)}
    said = f" {_words(text)} "
    for index in sorted(range(len(options)), key=lambda i: -len(options[i])):  # an option may hold another one's words
        option = f" {_words(options[index])} "
        if option in said:
            found.add(index)
            said = said.replace(option, " | ")
    return found


def _words(text: str) -> str:
    """The words of a text in lower case, for comparing an option with how a model writes it."""
    return " ".join(re.findall(r"[^\W_]+(?:['’.,-][^\W_]+)*", text.lower())).replace("’", "'")
