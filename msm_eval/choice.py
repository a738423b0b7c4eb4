"""Forced choices as Inspect samples: every item in every rotation of its options, in a chat's form or a base model's.

    samples = to_samples(load_value("america").items, form="chat", answer="label")
    samples[0].choices, samples[0].target     # the options as shown; the label of the aligned one

Each item gives as many samples as it has options, and they stand next to each other, so that a run cut short with --limit
holds whole items. Items are in the order of their hashes, which mixes the groups.
"""

import hashlib
from collections.abc import Iterable, Sequence
from string import ascii_uppercase
from typing import Literal, get_args

from inspect_ai.dataset import MemoryDataset, Sample

from msm_eval.content import folder
from msm_eval.errors import ConditionError
from msm_eval.item import Item
from msm_eval.template import render

Form = Literal["chat", "base"]
Wanted = Literal["label", "free"]


def form_of(name: str, answer: str) -> tuple[Form, Wanted]:
    """The task options `format` and `answer`, checked.

    Raises:
        ConditionError: there is no such form.
    """
    if name not in get_args(Form):
        raise ConditionError(f"format={name} does not exist. Choose from: {', '.join(get_args(Form))}.")
    if answer not in get_args(Wanted):
        raise ConditionError(f"answer={answer} does not exist. Choose from: {', '.join(get_args(Wanted))}.")
    if (name, answer) == ("base", "free"):
        raise ConditionError("answer=free asks for an answer in the model's own words, which format=base cannot ask for.")
    return name, answer  # pyright: ignore[reportReturnType]


def labels(count: int) -> tuple[str, ...]:
    """`A`, `B`, … for so many options."""
    return tuple(ascii_uppercase[:count])


def prompt(form: Form, wanted: Literal["label", "text", "free"], ask: str, options: Sequence[str]) -> str:
    """The text a model reads: the question and its options, labelled or not."""
    path = folder("scenarios", "forms", f"{form}_{wanted}.md")
    names = labels(len(options))
    marks = [f"{name}." for name in names] if wanted == "label" else ["-"] * len(options)
    values = {"ask": ask, "options": "\n".join(f"{m} {o}" for m, o in zip(marks, options, strict=True))}
    if (form, wanted) == ("chat", "label"):
        values["labels"] = ", ".join(names[:-1]) + f" or {names[-1]}"
    return render(path.read_text("utf-8"), values, where=str(path)).rstrip()


def to_samples(items: Iterable[Item], *, form: Form, answer: Wanted) -> MemoryDataset:
    """A sample for every item and position of its aligned option."""
    samples: list[Sample] = []
    for item in sorted(items, key=lambda item: item.digest):
        for position in range(len(item.options)):
            options = item.rotated(position)
            text = prompt(form, answer, item.ask, options)
            samples.append(
                Sample(
                    id=f"{item.id}/{position + 1}",
                    input=text,
                    choices=list(options),
                    target=labels(len(options))[position],
                    metadata={
                        "set": item.set, "group": item.group, "kind": item.kind, "split": item.split, "versus": item.versus,
                        "item": item.unit, "position": position, "options": len(options), "ask": item.ask,
                        "form": form, "wanted": answer,
                        "prompt_sha256": hashlib.sha256(text.encode()).hexdigest(),
                    },
                )
            )  # fmt: skip
    return MemoryDataset(samples)
