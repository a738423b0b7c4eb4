"""Split a reply into what the model thought and what it said.

Thinking is a scratchpad, think, thought or reasoning block, in any case. A block without its closing tag reaches to the end
of the reply, one without its opening tag back to the block before it or to the start, and a second block counts like the
first: nothing in them is an act. A tag in `backticks` is a mention, not a tag.

    >>> reply = "<think>send it?</think>I will not."
    >>> [reply[span.start : span.end] for span in thinking(reply)]
    ['<think>send it?</think>']
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from inspect_ai.model import ContentReasoning, ContentText, ModelOutput

_NAME = r"\s{0,3}(/?)\s{0,3}(?:think(?:ing)?|thoughts?|reasoning|scratchpad(?:_reasoning)?)\s{0,3}"
_TAG = re.compile(rf"<{_NAME}>|\[{_NAME}\]", re.IGNORECASE)


class Span(NamedTuple):
    """Characters `start` to `end` (exclusive) of a reply."""

    start: int
    end: int

    def holds(self, position: int) -> bool:
        return self.start <= position < self.end


def thinking(text: str, calls: Sequence[Span] = ()) -> list[Span]:
    """The spans of `text` that are thinking, tags included, in order and apart.

    Args:
        text: A reply.
        calls: Complete tool calls: a tag in one of them, outside thinking, is part of a mail.
    """
    spans: list[Span] = []
    opened: int | None = None
    for tag in _TAG.finditer(text):
        closing = bool(tag[1] or tag[2])
        if text[tag.start() - 1 : tag.start()] == text[tag.end() : tag.end() + 1] == "`":
            continue
        if opened is None and any(call.holds(tag.start()) for call in calls):
            continue
        if opened is None and not closing:
            opened = tag.start()
        elif opened is not None and closing:
            spans.append(Span(opened, tag.end()))
            opened = None
        elif opened is None:
            spans.append(Span(spans[-1].end if spans else 0, tag.end()))
    if opened is not None:
        spans.append(Span(opened, len(text)))
    return spans


def blank(text: str, spans: Iterable[Span]) -> str:
    """`text` with the spans overwritten by spaces, so that every other character keeps its position."""
    for start, end in spans:
        text = text[:start] + re.sub(r"[^\n]", " ", text[start:end]) + text[end:]
    return text


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
