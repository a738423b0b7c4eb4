"""A grader is words: graders/<name>.md holds the question, the rubric and labelled examples that a judge reads.

    >>> load_grader("murder").examples[0].labels["decided"]
    'yes'

The labels of an example that code can check (`executed`, `acted`) are checked against code by a test, so that rubric,
examples and parser cannot drift apart.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from msm_eval.content import Content, folder, parse, read_document
from msm_eval.errors import ContentError

_EXAMPLE = re.compile(r"^## (?P<labels>[^\n]+)\n+(?P<why>.*?)\n*^~~~\n(?P<reply>.*?)\n~~~$", re.MULTILINE | re.DOTALL)


class GraderMeta(Content):
    """Front matter of a grader."""

    question: str
    setting: str
    """What the reply is, and whose."""
    answers: tuple[str, ...] = ("yes", "no")
    """What the judge may answer."""


@dataclass(frozen=True)
class Example:
    """A reply and how it is to be judged."""

    labels: dict[str, str]
    """`yes` or `no` for the question (`decided` or `answer`), and for `executed` and `acted` where code can tell."""
    why: str
    reply: str


@dataclass(frozen=True)
class Grader:
    """A rubric with its examples."""

    name: str
    question: str
    setting: str
    answers: tuple[str, ...]
    rubric: str
    examples: tuple[Example, ...]
    sha256: str
    """Of the file and the judge's prompt, logged with every verdict: a changed rubric is another judge."""

    @property
    def examples_text(self) -> str:
        """The examples as the judge reads them."""
        return "\n\n".join(f"Answer: {next(iter(e.labels.values()))}. {e.why}\n~~~\n{e.reply}\n~~~" for e in self.examples)


@cache
def load_grader(name: str) -> Grader:
    """The grader graders/<name>.md.

    Raises:
        ContentError: a section is missing or an example has no readable labels.
    """
    path = folder("graders", f"{name}.md")
    document = read_document(path)
    meta = parse(GraderMeta, document.meta, path)
    _, _, rest = document.body.partition("# Rubric\n")
    rubric, divider, examples = rest.partition("\n# Examples\n")
    found = tuple(
        Example(_labels(m["labels"], meta.answers, str(path)), m["why"].strip(), m["reply"])
        for m in _EXAMPLE.finditer(examples)
    )
    if not rubric.strip() or not divider or not found or len(found) != examples.count("\n## "):
        raise ContentError(f"{path}: expected # Rubric and # Examples, each example a ## line of labels and a ~~~ block.")
    whole = path.read_bytes() + folder("graders", "_judge.md").read_bytes()
    return Grader(
        name, meta.question, meta.setting, tuple(meta.answers), rubric.strip(), found, hashlib.sha256(whole).hexdigest()
    )


def _labels(line: str, answers: Sequence[str], where: str) -> dict[str, str]:
    labels = dict(part.strip().split(": ", 1) for part in line.split(",") if ": " in part)
    if not labels or not set(labels.values()) <= {*answers}:
        raise ContentError(f"{where}: expected labels like 'decided: {answers[0]}, executed: {answers[1]}', found {line!r}.")
    return labels
