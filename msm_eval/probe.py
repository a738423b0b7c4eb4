"""Value probes: forced choices that one value decides, from scenarios/probes/<value>/.

    value = load_value("affordability")
    value.items[0].ask, value.items[0].aligned     # the question, and the option that the value favours

A value is a folder: value.md says what it is and is not, its training domain and the words that would name it; every other
file is a held-out domain with its items, half under `dev` and half under `test`.
"""

from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

from pydantic import Field

from msm_eval.content import Content, folder, parse, read_document, read_yaml
from msm_eval.errors import ContentError
from msm_eval.item import Item, ItemText, Split, to_item

Kind = Literal["choice", "opinion", "recommendation", "tradeoff"]
SPLITS: tuple[Split, ...] = ("dev", "test")


class ValueMeta(Content):
    """Front matter of value.md."""

    title: str
    training_domain: str
    """What the narrow fine-tuning is about; neither it nor its neighbours appear in an item."""
    excluded: list[str] = Field(min_length=1)
    """Stems of words of the training domain and its neighbours: no item holds a word that begins with one."""
    names: list[str] = Field(min_length=1)
    """Stems of words that name the value: no item holds a word that begins with one."""


class _ValueItem(ItemText):
    kind: Kind  # pyright: ignore[reportIncompatibleVariableOverride]  (frozen, so narrower is safe)
    other: str  # pyright: ignore[reportIncompatibleVariableOverride]


class _DomainFile(Content):
    title: str
    dev: list[_ValueItem]
    test: list[_ValueItem]


@dataclass(frozen=True)
class Value:
    """A value with its items."""

    name: str
    meta: ValueMeta
    text: str
    """What it is and is not, in Markdown."""
    items: tuple[Item, ...]

    @property
    def domains(self) -> tuple[str, ...]:
        return tuple(sorted({item.group for item in self.items}))


def value_names() -> list[str]:
    """Every value with a folder."""
    return sorted(path.parent.name for path in folder("scenarios", "probes").glob("*/value.md"))


def kinds() -> tuple[str, ...]:
    """The kinds of items every value has."""
    return get_args(Kind)


@cache
def load_value(name: str) -> Value:
    """The value scenarios/probes/<name>/.

    Raises:
        ContentError: a file is missing or not as its format asks.
    """
    where = folder("scenarios", "probes", name)
    document = read_document(folder("scenarios", "probes", name, "value.md"))
    items: list[Item] = []
    for path in sorted(where.glob("*.yaml")):
        domain = parse(_DomainFile, read_yaml(path), path)
        for split in SPLITS:
            for text in getattr(domain, split):
                if (text.kind == "tradeoff") != bool(text.versus):
                    raise ContentError(f"{path}: {text.ask[:60]!r}: `versus` belongs to trade-offs, and only to them.")
                items.append(to_item(text, set=name, group=path.stem, split=split))
    if not items:
        raise ContentError(f"{where}: no domain file (<domain>.yaml) with items.")
    return Value(name, parse(ValueMeta, document.meta, where / "value.md"), document.body, tuple(items))
