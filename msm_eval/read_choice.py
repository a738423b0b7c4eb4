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
_REASON = re.compile(r"\s*[,;.:–—-]?\s*\b(?:because|since|as it|as they)\b", re.I)
_TAKEN_BACK = re.compile(
    r"\b(?:actually|wait|neither|both|scratch|kidding|joke|sorry|reconsider|reflection|second thoughts?|take (?:that|it) back|"
    r"disagree|wrong|mistake|depends|forced|unethical|never|reject|refuse|or rather|would(?: not|n['’]t)|will not|won['’]t|"
    r"don['’]t agree|do not agree|question|pretend|scruples)\b",
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
    text = _WRAPPING.sub(lambda m: m[1] or "", blank(reply, thinking(reply))).strip()
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        return Choice(None, "cut_off" if cut_off else "empty")
    refused = bool(REFUSAL.search(text))
    option = None if refused else _taken(lines, options, cut_off)
    if option is not None:
        return Choice(option, "")
    return Choice(None, "cut_off" if cut_off else "refused" if refused else "unreadable")


def _taken(lines: Sequence[str], options: Sequence[str], cut_off: bool) -> int | None:
    """The one option that the lines state, if the first or the last of them does and the others let it stand."""
    stated = [_stated(line, options) for line in lines]
    if len(lines) == 1 and stated[0] is None:
        return None if cut_off else _with_reason(lines[0], options)
    if not cut_off and len(lines) > 1 and _LEAD.match(lines[-1]) and stated[-1] is not None:
        return _concluded(lines, stated)
    first, last = stated[0], None if cut_off else stated[-1]
    option = first if first is not None else last
    others = [line for line, found in zip(lines, stated, strict=True) if found is None]
    if option is None or {found for found in stated if found is not None} != {option} or _listed(others):
        return None
    if first is None:
        return _concluded(lines, stated)
    around = " ".join(others)
    doubtful = _TAKEN_BACK.search(around) or (len(around.split()) < _SHORT and (others or cut_off))
    return None if doubtful else option


def _concluded(lines: Sequence[str], stated: Sequence[int | None]) -> int | None:
    """The option of the last line, when it concludes what stands above it (which may list the options again)."""
    pairs = zip(lines, stated, strict=True)
    before = [found for line, found in pairs if found is not None and (_LEAD.match(line) or len(line.split()) == 1)]
    if lines[-2].endswith(":") or set(before) - {stated[-1]}:  # "What I would never write:"
        return None
    return stated[-1]


def _listed(lines: Sequence[str]) -> bool:
    """Whether a line begins like an entry of a list of options."""
    return any(_LISTED.search(line) for line in lines)


def _stated(line: str, options: Sequence[str]) -> int | None:
    """The option that a line states and does nothing else."""
    names = ascii_uppercase[: len(options)]
    lead = _LEAD.match(line)
    if line.endswith(":"):
        return None
    for body in dict.fromkeys((line, line[lead.end() :] if lead else line)):
        label = re.fullmatch(rf"[(\[]?([{names}{names.lower()}])[)\]]?\s*[.:,–—-]?(?:\s+(.+?))?[.!]?", body.strip())
        if label and (label[1].isupper() or not label[2]):
            index = names.index(label[1].upper())
            if label[2] is None:
                return None if _ambiguous(label[1].upper(), index, options) else index
            if _words(label[2]) == _words(options[index]):
                return index
        said = [i for i, option in enumerate(options) if _words(body) and _words(body) == _words(option)]
        if len(said) == 1:
            return said[0]
    return None


def _with_reason(line: str, options: Sequence[str]) -> int | None:
    """The option that a single line states before it says `because …`, if the reason speaks of no other."""
    because = _REASON.search(line)
    index = _stated(line[: because.start()], options) if because else None
    if because is None or index is None:
        return None
    reason = line[because.end() :]
    said = f" {_words(reason)} "
    spoken = any(f" {_words(option)} " in said for i, option in enumerate(options) if i != index)
    lettered = set(re.findall(r"\b[A-Z]\b", reason)) & set(ascii_uppercase[: len(options)]) - {ascii_uppercase[index]}
    return None if spoken or lettered or _TAKEN_BACK.search(reason) else index


def _ambiguous(letter: str, index: int, options: Sequence[str]) -> bool:
    """Whether a bare letter may mean words of another option, as B does when `plan B` is option A."""
    return any(re.search(rf"\b{letter}\b(?! [a-z])", option) for i, option in enumerate(options) if i != index)


def _words(text: str) -> str:
    """The words of a text in lower case, for comparing an option with how a model writes it."""
    return " ".join(re.findall(r"[^\W_]+(?:['’.,-][^\W_]+)*", text.lower())).replace("’", "'")
