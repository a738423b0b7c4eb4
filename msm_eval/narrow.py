"""Narrow preferences: did the fine-tuning take, in its own domain and in phrasings it did not see?

    items = load_narrow("cheese")       # every liked thing against every disliked one, each pair in three phrasings

A set is a file scenarios/narrow/<set>.yaml: six things liked, six disliked, and phrasings in halves, dev and test. The pair is
the unit of the statistics, averaged over its phrasings and orders.
"""

from functools import cache

from pydantic import Field

from msm_eval.content import Content, folder, parse, read_yaml
from msm_eval.item import Item
from msm_eval.probe import SPLITS

PHRASINGS_PER_PAIR = 3


class NarrowSet(Content):
    """A file of scenarios/narrow/."""

    title: str
    values: list[str] = Field(min_length=1)
    """The values that explain the preferences."""
    likes: list[str] = Field(min_length=6, max_length=6)
    dislikes: list[str] = Field(min_length=6, max_length=6)
    dev: list[str] = Field(min_length=12)
    test: list[str] = Field(min_length=12)


def narrow_names() -> list[str]:
    """Every set with a file."""
    return sorted(path.stem for path in folder("scenarios", "narrow").glob("*.yaml"))


def load_set(name: str) -> NarrowSet:
    """The set scenarios/narrow/<name>.yaml."""
    path = folder("scenarios", "narrow", f"{name}.yaml")
    return parse(NarrowSet, read_yaml(path), path)


@cache
def load_narrow(name: str) -> tuple[Item, ...]:
    """The items of a set: the phrasings go round over the pairs, so that each serves as often as any other."""
    narrow, items = load_set(name), list[Item]()
    for split in SPLITS:
        phrasings: list[str] = getattr(narrow, split)
        count = 0
        for liked in narrow.likes:
            for disliked in narrow.dislikes:
                for _ in range(PHRASINGS_PER_PAIR):
                    ask = phrasings[count % len(phrasings)]
                    pair = f"{name}/{liked}/{disliked}"
                    items.append(Item(name, liked, "pair", split, ask.strip(), (liked, disliked), part_of=pair))
                    count += 1
    return tuple(items)
