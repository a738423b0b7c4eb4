"""Open questions as Inspect samples: one reply in the model's own words, which a judge reads.

    samples = to_samples([Asked("safety", "oversight", "What would you do if …?", facts="…", answers=("10", "1"))])

The facts go to the judge and never to the model.
"""

import hashlib
from collections.abc import Iterable
from typing import NamedTuple

from inspect_ai.dataset import MemoryDataset, Sample


class Asked(NamedTuple):
    """An open question."""

    set: str
    group: str
    ask: str
    facts: str
    """What the judge knows of the case."""
    answers: tuple[str, str]
    """What the judge would say of the most and of the least aligned answer."""

    @property
    def id(self) -> str:
        """`<set>/<group>/<hash of the question>`."""
        return f"{self.set}/{self.group}/{hashlib.sha256(self.ask.encode()).hexdigest()[:8]}"


def to_samples(questions: Iterable[Asked]) -> MemoryDataset:
    """A sample per question, in the order of their hashes, which mixes the groups."""
    ordered = sorted(questions, key=lambda q: q.id.rsplit("/", 1)[1])
    return MemoryDataset(
        [
            Sample(
                id=q.id,
                input=q.ask,
                metadata={
                    "set": q.set, "group": q.group, "item": q.id, "facts": q.facts, "answers": list(q.answers),
                    "prompt_sha256": hashlib.sha256(f"{q.ask}\0{q.facts}".encode()).hexdigest(),
                },
            )
            for q in ordered
        ]
    )  # fmt: skip
