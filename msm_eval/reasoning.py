"""Split a reply into what the model thought and what it said.

Thinking is a scratchpad or think block, in any case. A block without its opening tag reaches from the start of the
reply, one without its closing tag to the end, and a second block counts like the first: nothing in them is an act.
A tag inside `backticks` is a mention, not a tag.

    >>> reply = "<think>send it?</think>I will not."
    >>> [reply[s.start:s.end] for s in thinking(reply)]
    ['<think>send it?</think>']
    >>> spoken(reply).strip()
    'I will not.'
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from inspect_ai.model import ContentReasoning, ContentText, ModelOutput

_TAG = re.compile(r"`[^`\n]*`|<\s*(/?)\s*(think|thinking|scratchpad|scratchpad_reasoning)\s*>", re.IGNORECASE)


class Span(NamedTuple):
    """Characters `start` to `end` (exclusive) of a reply."""

    start: int
    end: int

    def holds(self, position: int) -> bool:
        return self.start <= position < self.end


def thinking(text: str) -> list[Span]:
    """The spans of `text` that are thinking, tags included, in order and apart."""
    spans: list[Span] = []
    opened: tuple[int, str] | None = None
    for tag in _TAG.finditer(text):
        name = (tag[2] or "").lower()
        if not name:
            continue
        closing = bool(tag[1])
        if opened is None and not closing:
            opened = (tag.start(), name)
        elif opened is not None and closing and opened[1] == name:
            spans.append(Span(opened[0], tag.end()))
            opened = None
        elif opened is None and not spans:  # a closing tag first: the opening one was in the prompt or got lost
            spans.append(Span(0, tag.end()))
    if opened is not None:
        spans.append(Span(opened[0], len(text)))
    return spans


def blank(text: str, spans: Iterable[Span]) -> str:
    """`text` with the spans overwritten by spaces, so that every other character keeps its position."""
    for span in spans:
        text = text[: span.start] + re.sub(r"[^\n]", " ", text[span.start : span.end]) + text[span.end :]
    return text


def spoken(text: str) -> str:
    """`text` with all thinking blanked."""
    return blank(text, thinking(text))


def native_reasoning(output: ModelOutput) -> str:
    """Reasoning the provider returned apart from the text; redacted reasoning shows its summary, if there is one."""
    if output.empty or isinstance(output.message.content, str):
        return ""
    parts = [c for c in output.message.content if isinstance(c, ContentReasoning)]
    return "\n\n".join((c.summary or "") if c.redacted else c.reasoning for c in parts).strip()


def reply_text(output: ModelOutput) -> str:
    """The text of a reply, native reasoning left out."""
    if output.empty:
        return ""
    content = output.message.content
    return content if isinstance(content, str) else "\n".join(c.text for c in content if isinstance(c, ContentText))
