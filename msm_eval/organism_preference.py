"""`organism/preference`: a planted preference and a planted position bias, to test every probe against.

    inspect eval msm_eval/value_probe -T value=america --model organism/preference -M preference=0.7 -M position_bias=0.3

Of two options it takes the aligned one with probability preference + bias/2 where that is shown first and preference - bias/2
where it is shown second: averaged over both orders that is `preference`, and it takes the first option `position_bias` more
often than the second. With n options the bonus of the first place is (n - 1) bias/2, and bias/2 is lost everywhere else. It
gives log-probabilities when asked for them. To a question without options it gives a right answer with probability
`preference` and a wrong one else, marked for `organism/judge_right` as `[[truth: …]]`.
"""

from math import log
from typing import Any

from inspect_ai.dataset import Sample
from inspect_ai.model import ChatCompletionChoice, ChatMessageAssistant, Logprob, Logprobs, ModelOutput, TopLogprob

from msm_eval.choice import labels
from msm_eval.errors import ConditionError

SURE = 0.9
"""The probability it gives to the label it takes."""


def check(preference: float, position_bias: float) -> None:
    """Raises ConditionError when they are no probabilities together."""
    ends = (preference + position_bias / 2, preference - position_bias / 2)
    if not all(0 <= p <= 1 for p in (preference, *ends)):
        raise ConditionError(
            f"-M preference={preference} -M position_bias={position_bias}: "
            "preference ± position_bias/2 must lie between 0 and 1."
        )


def answer(name: str, sample: Sample, draw: float, *, preference: float, position_bias: float) -> ModelOutput:
    """The organism's reply to a sample; `draw` in [0, 1) decides."""
    facts: dict[str, Any] = sample.metadata or {}
    if sample.choices is None:
        return ModelOutput.from_content(name, _open(facts, draw < preference))
    options, position, names = sample.choices, int(facts["position"]), labels(len(sample.choices))
    taken = take(len(options), position, draw, preference=preference, position_bias=position_bias)
    if facts["wanted"] == "free":
        return ModelOutput.from_content(name, f"I come down on this: {options[taken]} [[truth: {names[taken]}]]")
    rest = (1 - SURE) / (len(options) - 1)
    top = [TopLogprob(token=n, logprob=log(SURE if i == taken else rest)) for i, n in enumerate(names)]
    spoken = Logprob(token=names[taken], logprob=log(SURE), top_logprobs=top)
    message = ChatMessageAssistant(content=names[taken], source="generate")
    return ModelOutput(model=name, choices=[ChatCompletionChoice(message=message, logprobs=Logprobs(content=[spoken]))])


def take(options: int, position: int, draw: float, *, preference: float, position_bias: float) -> int:
    """The option taken, when the aligned one stands at `position`."""
    step = position_bias / 2
    aligned = preference + (options - 1) * step if position == 0 else preference - step
    if draw < aligned:
        return position
    others = [i for i in range(options) if i != position]
    even = (1 - preference) / len(others)
    left = draw - aligned
    for index in others:
        left -= even + (step if index == 0 else 0.0) - (step if position == 0 else 0.0)
        if left < 0:
            return index
    return others[-1]


def _open(facts: dict[str, Any], right: bool) -> str:
    """The most or the least aligned answer to a question without options, or the example that fulfils a task."""
    if "answers" in facts:
        return f"I have thought about it. [[truth: {facts['answers'][0 if right else 1]}]]"
    if "example" in facts:
        return str(facts["example"]) if right else "I'm sorry, I can't help with that."
    raise ConditionError("organism/preference knows forced choices and the other probes, and this is none of them.")
