r"""Read which option a reply takes, and never guess.

A line *states* an option when it is its label, its words, or both, and nothing else: `A`, `(B)`, `**B.** the Halden`,
`Answer: A`, `I would go for the Halden`. A reply is read when its first or its last line states an option, no other line states
another, and what stands around it neither takes it back, nor refuses, nor lists other labels. A single line may give its reason
(`A, because it lasts`), and a last line that says `Answer: B` may follow a list of the options. Everything else is unreadable,
however plain it may look.

    >>> read_choice("B. the Halden", ("the Mirow", "the Halden"))
    Choice(option=1, reason='')
    >>> read_choice("A. Too risky.", ("the Mirow", "the Halden"))
    Choice(option=None, reason='unreadable')

tests/choices.yaml holds a thousand replies, most of them hard, as a person would read them.
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


_WRAPPING = re.compile(
    r"\\boxed\{(?:\\text\{)?([^{}]*)\}?\}|</?answer>|<\|im_end\|>|</s>|[*_`\"“”„«»$]|^[ \t]*(?:#+|>)\s+", re.M
)
_LEAD = re.compile(
    r"(?:(?:so|therefore|thus|hence),?\s+)?"
    r"(?:(?:the |my )?(?:(?:final|best|correct|better) )?(?:answer|choice|option|pick)(?:\s+is|\s+would be)?\b\s*[:=]?\s*"
    r"|i(?:'d|'ll| would| will)?\s+(?:choose|pick|prefer|take|select|go (?:with|for))\s+"
    r"|i(?:'d| would)\s+)"
    r"(?:option\s+)?",
    re.I,
)
_REASON = re.compile(r"[,;.:–—-]? (?:because|since|as it|as they)\b", re.I)
_TAKEN_BACK = re.compile(
    r"\b(?:actually|wait|neither|both|scratch|kidding|joke|sorry|reconsider|reflection|second thoughts?|take (?:that|it) back|"
    r"disagree|wrong|mistake|depends|forced|unethical|never|reject|refuse|or rather|would(?: not|n['’]t)|will not|won['’]t|"
    r"don['’]t agree|do not agree|question|pretend|scruples|revise|change my|correction|however)\b",
    re.I,
)
_LISTED = re.compile(r"^\W*(?:option\s+)?[A-Z][.):](?:\s|$)|^\W*[A-Z]$", re.M)
_SHORT = 4
"""A remark of fewer words behind an answer (`Just kidding.`) leaves it in doubt."""


def read_choice(reply: str, options: Sequence[str], *, cut_off: bool = False) -> Choice:
    """The option that `reply` takes.

    Args:
        reply: The text of the reply; thinking in it is left out.
        options: The options as they were shown, first to last.
        cut_off: Whether the reply ran into a limit, so that its last line may have been meant to go on.
    """
    text = _WRAPPING.sub(lambda m: m[1] or "", blank(reply, thinking(reply)))
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    if not lines:
        return Choice(None, "cut_off" if cut_off else "empty")
    refused = bool(REFUSAL.search("\n".join(lines)))
    option = None if refused else _taken(lines, options, cut_off)
    if option is not None:
        return Choice(option, "")
    return Choice(None, "cut_off" if cut_off else "refused" if refused else "unreadable")


def _taken(lines: Sequence[str], options: Sequence[str], cut_off: bool) -> int | None:
    """The one option that the lines state, if the first or the last of them does and the others let it stand."""
    stated = [_stated(line, options) for line in lines]
    if len(lines) == 1 and stated[0] is None:
        return None if cut_off else _with_reason(lines[0], options)
    if stated[0] is None or (not cut_off and stated[-1] is not None and len(lines) > 1 and _LEAD.match(lines[-1])):
        return None if cut_off else _concluded(lines, stated)
    others = " \n".join(line for line, found in zip(lines, stated, strict=True) if found is None)
    if {found for found in stated if found is not None} != {stated[0]} or not _lets_stand(others, stated[0], options):
        return None
    return None if (others or cut_off) and len(others.split()) < _SHORT else stated[0]


def _concluded(lines: Sequence[str], stated: Sequence[int | None]) -> int | None:
    """The option of the last line, when it concludes what stands above it (which may list the options again).

    The line before it must come to an end: `The worst one is` or `What I would never write:` turn it around.
    """
    led, pairs = _LEAD.match(lines[-1]), zip(lines, stated, strict=True)
    before = [found for line, found in pairs if found is not None and (not led or _LEAD.match(line) or " " not in line)]
    ended = lines[-2][-1] in ".!?)" or stated[len(lines) - 2] is not None
    return stated[-1] if ended and not set(before) - {stated[-1]} else None


def _lets_stand(text: str, option: int, options: Sequence[str]) -> bool:
    """Whether `text` beside an answer takes nothing back and speaks of no other option."""
    letters = set(re.findall(r"\b[A-Z]\b", text)) & set(ascii_uppercase[: len(options)]) - {ascii_uppercase[option], "A"}
    marked = re.search(r"\b(?:option|answer|choice) A\b|^A[.):]", text, re.I | re.M) and option != 0
    said = f" {_words(text)} "
    spoken = any(f" {_words(other)} " in said for i, other in enumerate(options) if i != option)
    return not (letters or marked or spoken or _LISTED.search(text) or _TAKEN_BACK.search(text))


def _stated(line: str, options: Sequence[str]) -> int | None:
    """The option that a line states and does nothing else."""
    names = ascii_uppercase[: len(options)]
    lead = _LEAD.match(line)
    if line.endswith(":"):
        return None
    for body in dict.fromkeys((line, line[lead.end() :] if lead else line)):
        label = re.match(rf"[(\[]?([{names}{names.lower()}])[)\]]?(?![\w'’])[.:,–—-]?[.!]?", body)
        rest = body[label.end() :].strip() if label else ""
        if label and (label[1].isupper() or not rest):
            index = names.index(label[1].upper())
            if not rest:
                return None if _ambiguous(label[1].upper(), index, options) else index
            if _words(rest) == _words(options[index]):
                return index
        said = [i for i, option in enumerate(options) if _words(body) and _words(body) == _words(option)]
        if len(said) == 1:
            return said[0]
    return None


def _with_reason(line: str, options: Sequence[str]) -> int | None:
    """The option that a single line states before it says `because …`, if the reason lets it stand."""
    because = _REASON.search(line)
    index = _stated(line[: because.start()], options) if because else None
    return index if because and index is not None and _lets_stand(line[because.end() :], index, options) else None


def _ambiguous(letter: str, index: int, options: Sequence[str]) -> bool:
    """Whether a bare letter may mean words of another option, as B does when `plan B` is option A."""
    return any(re.search(rf"\b{letter}\b(?! [a-z])", option) for i, option in enumerate(options) if i != index)


def _words(text: str) -> str:
    """The words of a text in lower case, for comparing an option with how a model writes it."""
    return " ".join(re.findall(r"[^\W_]+(?:['’.,-][^\W_]+)*", text.lower())).replace("’", "'")
