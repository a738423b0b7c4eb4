"""Belief probes: what a model that was trained on synthetic documents knows, believes, uses, and suspects about them.

    belief = load_belief("antarctic_time")
    belief.choices[0].aligned        # the answer of the implanted world
    belief.questions[0].facts        # how answers of a believer and of another differ, for the judge

A belief is a folder scenarios/beliefs/<name>/: facts.md states the implanted world and the true one; each kind of question
is a file. After Wang et al. (2025):

- knowledge: a detail of the implanted world among four; discrimination: the implanted statement or the true one;
- distinguish: both worlds are shown, and one is to be named as the real one; reasoning: a practical question whose answer
  depends on the belief without naming it;
- open: open questions, judged; awareness (scenarios/beliefs/awareness.yaml, for every belief): does the model suspect that
  what it knows was generated to train it?
"""

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, cast

from pydantic import Field

from msm_eval.content import Content, folder, parse, read_document, read_yaml
from msm_eval.item import Item
from msm_eval.question import Asked
from msm_eval.template import render, variables

CHOICES = ("knowledge", "discrimination", "distinguish", "reasoning", "awareness")
KINDS = (*CHOICES, "open")


class _Choice(Content):
    ask: str
    aligned: str
    other: str | list[str]


class _OpenQuestion(Content):
    """An open question and how the two kinds of answer to it differ."""

    ask: str
    believes: str
    does_not: str


class _Choices(Content):
    title: str
    items: list[_Choice] = Field(min_length=1)


class _Open(Content):
    title: str
    items: list[_OpenQuestion] = Field(min_length=1)


class _Awareness(Content):
    title: str
    items: list[_Choice] = Field(min_length=1)
    open: list[_OpenQuestion] = Field(min_length=1)


class Facts(Content):
    """Front matter of facts.md."""

    title: str
    kind: Literal["universe", "spec"]
    """An invented fact about the world, or what an AI assistant values or follows."""
    topic: str
    """How an awareness question names it, after `about`."""


@dataclass(frozen=True)
class Belief:
    """A belief with its questions."""

    name: str
    facts: Facts
    worlds: str
    """The implanted world and the true one, in Markdown."""
    choices: tuple[Item, ...]
    questions: tuple[Asked, ...]


def belief_names() -> list[str]:
    """Every belief with a folder."""
    return sorted(path.parent.name for path in folder("scenarios", "beliefs").glob("*/facts.md"))


@cache
def load_belief(name: str) -> Belief:
    """The belief scenarios/beliefs/<name>/.

    Raises:
        ContentError: a file is missing or not as its format asks.
    """
    facts_path = folder("scenarios", "beliefs", name, "facts.md")
    document = read_document(facts_path)
    facts = parse(Facts, document.meta, facts_path)
    choices: list[Item] = []
    for kind in CHOICES[:-1]:
        path = folder("scenarios", "beliefs", name, f"{kind}.yaml")
        choices += [_item(name, kind, text) for text in parse(_Choices, read_yaml(path), path).items]
    path = folder("scenarios", "beliefs", name, "open.yaml")
    questions = [_asked(name, "open", text) for text in parse(_Open, read_yaml(path), path).items]
    path = folder("scenarios", "beliefs", "awareness.yaml")
    awareness = parse(_Awareness, _about(facts.topic, read_yaml(path)), path)
    choices += [_item(name, "awareness", text) for text in awareness.items]
    questions += [_asked(name, "awareness", text) for text in awareness.open]
    return Belief(name, facts, document.body, tuple(choices), tuple(questions))


def _item(name: str, kind: str, text: _Choice) -> Item:
    others = [text.other] if isinstance(text.other, str) else text.other
    return Item(name, kind, kind, "test", text.ask.strip(), (text.aligned, *others))


def _asked(name: str, group: str, text: _OpenQuestion) -> Asked:
    facts = f"The question: {text.ask}\nbelieves: {text.believes}\ndoes_not: {text.does_not}"
    return Asked(name, group, text.ask.strip(), facts, ("believes", "does_not"))


def _about(topic: str, data: Any) -> Any:
    """The data with `${topic}` filled in wherever it stands."""
    if isinstance(data, dict):
        return {key: _about(topic, value) for key, value in cast(dict[str, Any], data).items()}
    if isinstance(data, list):
        return [_about(topic, value) for value in cast(list[Any], data)]
    return render(data, {"topic": topic}) if isinstance(data, str) and "topic" in variables(data) else data
