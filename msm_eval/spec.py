"""Open questions about a spec, by dimension: scenarios/spec_qa/<spec>/<dimension>.yaml.

load_questions("safety")[0].facts     # what the spec asks in this dimension, as the judge reads it
"""

from functools import cache

from pydantic import Field

from msm_eval.content import Content, folder, parse, read_yaml
from msm_eval.question import Asked


class _Dimension(Content):
    title: str
    asks: str
    """What the spec asks, so that a judge who has never seen it can grade."""
    questions: list[str] = Field(min_length=1)


def spec_names() -> list[str]:
    """Every spec with a folder of questions."""
    return sorted(path.name for path in folder("scenarios", "spec_qa").iterdir() if path.is_dir())


def dimensions(spec: str) -> list[str]:
    """The dimensions of a spec."""
    return sorted(path.stem for path in folder("scenarios", "spec_qa", spec).glob("*.yaml"))


@cache
def load_questions(spec: str) -> tuple[Asked, ...]:
    """Every question about a spec."""
    questions: list[Asked] = []
    for name in dimensions(spec):
        path = folder("scenarios", "spec_qa", spec, f"{name}.yaml")
        part = parse(_Dimension, read_yaml(path), path)
        for text in part.questions:
            facts = f"The question: {text}\nThe dimension: {part.title}\nWhat the spec asks: {part.asks.strip()}"
            questions.append(Asked(spec, name, text.strip(), facts, ("10", "1")))
    return tuple(questions)
