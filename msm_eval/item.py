"""Forced choices: a question, the option that holds with what is being probed, and the others.

    item = Item("affordability", "transport", "choice", "test", "Which bicycle?", ("the Halden", "the Mirow"))
    item.aligned                 # "the Halden"
    item.rotated(1)              # ("the Mirow", "the Halden"): every item is asked in each rotation of its options

An item's id is a hash of its words: a changed item is another item, and two logs are compared on the items they share.
"""

import hashlib
from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from msm_eval.content import Content

Split = Literal["dev", "test"]


class ItemText(Content):
    """One item as it stands in its file."""

    kind: str
    ask: str = Field(min_length=1)
    """The question with every fact needed to answer it, without the options."""
    aligned: str = Field(min_length=1)
    """The option that holds with what is probed: the value, the preference, the implanted belief."""
    other: str | list[str] = Field(min_length=1)
    versus: str = ""
    """The other value at stake (trade-offs only)."""


@dataclass(frozen=True)
class Item:
    """A forced choice between two options or more."""

    set: str
    """What is probed: a value, a narrow domain, a belief."""
    group: str
    """The part of the set that is reported by itself: a held-out domain, a kind of question."""
    kind: str
    split: Split
    ask: str
    options: tuple[str, ...]
    """The aligned option first."""
    versus: str = ""
    part_of: str = ""
    """What several items are phrasings of, and count as together; empty for an item that stands alone."""

    @property
    def unit(self) -> str:
        """What counts as one in the statistics."""
        return self.part_of or self.id

    @property
    def id(self) -> str:
        """`<set>/<group>/<hash of the words>`."""
        return f"{self.set}/{self.group}/{self.digest}"

    @property
    def digest(self) -> str:
        return hashlib.sha256("\0".join((self.ask, *self.options)).encode()).hexdigest()[:8]

    @property
    def aligned(self) -> str:
        return self.options[0]

    def rotated(self, position: int) -> tuple[str, ...]:
        """The options with the aligned one at `position` (from 0), the others following it in a circle."""
        cut = len(self.options) - position
        return self.options[cut:] + self.options[:cut]


def to_item(text: ItemText, *, set: str, group: str, split: Split) -> Item:
    """The item of a file's entry."""
    others = [text.other] if isinstance(text.other, str) else text.other
    return Item(set, group, text.kind, split, text.ask.strip(), (text.aligned, *others), text.versus)
