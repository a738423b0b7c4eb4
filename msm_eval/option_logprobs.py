"""The log-probabilities of a choice's options, from whatever the provider gives.

- *label*: log P of each label as the first token of the answer, every spelling of it (`A`, ` A`) together;
- *text*: log P of each option's words as the answer, and their number of tokens.

Weights in this process give both exactly. A provider that returns the top log-probabilities of an answer gives the first;
one that returns those of a prompt (vLLM, SGLang) gives the second. What a provider does not give has the reason
`not_given`, and is not asked for again.

    found = label_from(output, ("A", "B"))
    found.logp          # (-0.2, -1.9)
    found.mass          # 0.97: how much of the probability the labels hold; below LEAST_MASS the answer is something else
"""

from collections.abc import Sequence
from math import exp, log
from typing import Any, Literal, NamedTuple
from weakref import WeakKeyDictionary

from inspect_ai.model import ChatMessage, ChatMessageAssistant, ChatMessageUser, GenerateConfig, Logprob, Model, ModelOutput
from inspect_ai.util import LimitExceededError

from msm_eval.choice import Form
from msm_eval.local_logprobs import RAW, local_weights

LEAST_MASS = 0.1
"""Labels that together hold less of the probability than this say nothing about a preference."""
TOP = 20
_SPACE = " \t\n\u2581\u0120"
"""White space, and the marks that some tokenizers put for it."""
_MARKS = str.maketrans("\u2581\u0120", "  ")
Kind = Literal["label", "text"]
_gave: "WeakKeyDictionary[Any, set[Kind]]" = WeakKeyDictionary()
_not_given: "WeakKeyDictionary[Any, set[Kind]]" = WeakKeyDictionary()


class Options(NamedTuple):
    """Log-probabilities of the options in the order shown, or why there are none."""

    logp: tuple[float, ...] | None
    """In nats; of texts, per token."""
    reason: str
    """Empty, `not_given`, `label_unlikely` or `logprobs_failed`."""
    mass: float | None = None
    """The probability that the answer begins with one of the labels."""
    detail: str = ""


def message(form: Form, text: str) -> ChatMessage:
    """A prompt as a provider takes it; the prompt of a base model is sent as it stands."""
    return ChatMessageUser(content=text, metadata={RAW: True} if form == "base" else None)


def given(model: Model, kind: Kind) -> bool:
    """Whether the provider may still give them."""
    return kind not in _not_given.get(model.api, ())


def remember(model: Model, kind: Kind) -> None:
    """The provider gives them: one answer without them is that answer's lack."""
    _gave.setdefault(model.api, set()).add(kind)


def forget(model: Model, kind: Kind) -> None:
    """Do not ask the provider for them again, unless it ever gave them."""
    if kind not in _gave.get(model.api, ()):
        _not_given.setdefault(model.api, set()).add(kind)


def unsupported(error: Exception) -> bool:
    """Whether an error is the provider's way to say that it knows no such request."""
    return getattr(error, "status_code", None) in (400, 404, 422)


def label_from(output: ModelOutput, labels: Sequence[str]) -> Options:
    """From the top log-probabilities of the first token of an answer; a label beyond the top counts as its bound.

    What the top leaves of the probability, or the last of the top, is more than that label can have: the preference this
    gives is, if anything, too weak.
    """
    found = None if output.empty else output.choices[0].logprobs
    first = next((t for t in found.content if t.token.strip(_SPACE)), None) if found else None
    top = list(first.top_logprobs or []) if first else []
    if len(top) < 2:
        return Options(None, "not_given")
    masses = [sum(exp(t.logprob) for t in top if t.token.strip(_SPACE) == label) for label in labels]
    if sum(masses) < LEAST_MASS:
        return Options(None, "label_unlikely", sum(masses))
    bound = min(*(exp(t.logprob) for t in top), max(1 - sum(exp(t.logprob) for t in top), 1e-9))
    return Options(tuple(log(mass or bound) for mass in masses), "", sum(masses))


async def label_of_weights(model: Model, form: Form, prompt: str, labels: Sequence[str]) -> Options | None:
    """From weights in this process; None when there are none."""
    weights = local_weights(model)
    if weights is None:
        return None
    try:
        logp = await weights.labels([message(form, prompt)], labels)
    except Exception as error:  # an architecture that cannot be asked so; its answer must not be lost with it
        return Options(None, "logprobs_failed", detail=f"{type(error).__name__}: {error}"[:500])
    mass = sum(map(exp, logp))
    return Options(tuple(logp), "", mass) if mass >= LEAST_MASS else Options(None, "label_unlikely", mass)


async def text_options(model: Model, form: Form, prompt: str, options: Sequence[str]) -> Options:
    """Log-probability of each option's words as the answer, per token."""
    words = [f" {option}" if form == "base" else option for option in options]
    if weights := local_weights(model):
        try:
            found = await weights.texts([message(form, prompt)], words)
        except Exception as error:
            return Options(None, "logprobs_failed", detail=f"{type(error).__name__}: {error}"[:500])
        return Options(tuple(logp / tokens for logp, tokens in found), "")
    if not given(model, "text"):
        return Options(None, "not_given")
    per_token: list[float] = []
    for text in words:
        try:
            output = await model.generate(*_continuing(form, prompt, text))
        except LimitExceededError:
            raise
        except Exception as error:  # whatever a provider raises, the answer must not be lost with it
            if unsupported(error):
                forget(model, "text")
                return Options(None, "not_given", detail=str(error)[:500])
            return Options(None, "logprobs_failed", detail=f"{type(error).__name__}: {error}"[:500])
        prompt_tokens = None if output.empty else output.choices[0].prompt_logprobs
        if prompt_tokens is None:
            if not output.empty:
                forget(model, "text")
            return Options(None, "not_given")
        tokens = _tail(prompt_tokens.content, text)
        if tokens is None:
            return Options(None, "logprobs_failed", detail=f"The prompt's last tokens do not spell {text!r}.")
        remember(model, "text")
        per_token.append(sum(t.logprob for t in tokens) / len(tokens))
    return Options(tuple(per_token), "")


def _continuing(form: Form, prompt: str, text: str) -> tuple[list[ChatMessage], Any, Any, GenerateConfig]:
    """The request for the log-probabilities of a prompt that ends in `text`."""
    config = GenerateConfig(prompt_logprobs=1, max_tokens=1, temperature=0.0)
    if form == "base":
        return [message(form, prompt + text)], [], None, config
    config.extra_body = {"add_generation_prompt": False, "continue_final_message": True}
    return [message(form, prompt), ChatMessageAssistant(content=text)], [], None, config


def _tail(prompt: Sequence[Logprob], text: str) -> list[Logprob] | None:
    """The last tokens of a prompt that spell `text`, white space apart."""
    wanted, tokens, spelled = "".join(text.split()), list[Logprob](), ""
    for token in reversed(prompt):
        tokens.append(token)
        spelled = "".join(token.token.translate(_MARKS).split()) + spelled
        if spelled == wanted:
            return tokens
        if len(spelled) > len(wanted):
            break
    return None
