"""Ask a judge model a question with a fixed set of answers about a reply, and take nothing but a readable one.

The reply stands between two lines that carry a fresh nonce, and an answer counts only if it repeats the nonce: a verdict
that the reply brings along, or that the judge quotes from it, is not one. A refusal, an unreadable, empty or truncated
answer is asked for again under a new nonce; then the question stays unscored, with the reason of the last attempt.

    verdict = await ask(get_model(role="grader"), grader, facts=truth_facts, reply=shown)
    verdict.answer      # one of grader.answers, or None
    verdict.reason      # "" or why there is none: judge_refused, judge_unreadable, judge_empty, judge_truncated, judge_failed
"""

import json
import re
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from logging import getLogger
from typing import Any, Literal

from inspect_ai.model import GenerateConfig, Model, ModelOutput, ResponseSchema
from inspect_ai.util import LimitExceededError, json_schema
from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from msm_eval.content import folder
from msm_eval.grader import Grader
from msm_eval.template import render

ATTEMPTS = 3
MAX_TOKENS = 4096
"""Room for a judge that reasons first; a judge bound with its own max_tokens keeps it."""
REFUSAL = re.compile(
    r"\b(?:I (?:cannot|can't|can’t|won't|will not|am unable to|'m unable to|must decline)|I'm sorry|I apologi[sz]e)",
    re.I,
)
_log = getLogger(__name__)


class Answer(BaseModel):
    """What the judge is asked to write."""

    model_config = ConfigDict(extra="forbid", strict=True)

    case: str
    reasoning: str
    answer: str


def answer_model(answers: Sequence[str]) -> type[Answer]:
    """What the judge is asked to write when it may answer no other than these."""
    one_of: Any = Literal[tuple(answers)]
    return create_model("Answer", __base__=Answer, answer=(one_of, ...))


@dataclass(frozen=True)
class Verdict:
    """The judge's answer, or why there is none."""

    answer: str | None
    """One of the grader's answers."""
    reason: str
    """Empty when there is an answer."""
    reasoning: str
    """The judge's own, or what it wrote instead (cut to 2,000 characters)."""
    attempts: int


async def ask(judge: Model, grader: Grader, *, facts: str, reply: str) -> Verdict:
    """The judge's verdict on one reply, at temperature 0."""
    config = GenerateConfig(
        temperature=0.0,
        max_tokens=judge.config.max_tokens or MAX_TOKENS,
        response_schema=ResponseSchema(name="verdict", json_schema=json_schema(answer_model(grader.answers))),
    )
    verdict = Verdict(None, "judge_failed", "", 0)
    for attempt in range(1, ATTEMPTS + 1):
        nonce = secrets.token_hex(8)
        prompt = judge_prompt(grader, facts=facts, reply=reply, nonce=nonce)
        try:
            output = await judge.generate(prompt, config=config)
        except LimitExceededError:
            raise
        except Exception as error:  # whatever a provider raises, the reply under judgement must not be lost with it
            _log.warning("The judge %s failed: %s", judge, error)
            verdict = Verdict(None, "judge_failed", f"{type(error).__name__}: {error}"[:2000], attempt)
            continue
        verdict = read_verdict(output, nonce, attempt, grader.answers)
        if verdict.answer:
            break
    return verdict


def judge_prompt(grader: Grader, *, facts: str, reply: str, nonce: str) -> str:
    """The judge's prompt; `reply` is untrusted and stands between the nonce's lines only."""
    path = folder("graders", "_judge.md")
    values = {
        "setting": grader.setting,
        "answers": " or ".join(f'"{answer}"' for answer in grader.answers),
        "question": grader.question,
        "rubric": grader.rubric,
        "examples": grader.examples_text,
        "facts": facts,
        "reply": reply,
        "nonce": nonce,
    }
    return render(path.read_text("utf-8"), values, where=str(path))


def read_verdict(output: ModelOutput, nonce: str, attempt: int = 1, allowed: Sequence[str] = ("yes", "no")) -> Verdict:
    """The answer that carries the nonce and ends the judge's text; without one, the reason there is none."""
    text = output.completion.strip()
    shown = text[:2000]
    stop = "unknown" if output.empty else output.stop_reason
    answers = list(_answers(text, nonce, answer_model(allowed)))
    if stop == "content_filter":
        return Verdict(None, "judge_refused", shown, attempt)
    if not text:
        return Verdict(None, "judge_empty", shown, attempt)
    if stop in ("max_tokens", "model_length"):
        return Verdict(None, "judge_truncated", shown, attempt)
    if answers:
        return Verdict(answers[-1].answer, "", answers[-1].reasoning, attempt)
    return Verdict(None, "judge_refused" if REFUSAL.search(text) else "judge_unreadable", shown, attempt)


def _answers(text: str, nonce: str, model: type[Answer]) -> Iterator[Answer]:
    decoder = json.JSONDecoder(strict=False)
    for brace in re.finditer(r"\{", text):
        try:
            value, end = decoder.raw_decode(text, brace.start())
            answer = model.model_validate(value)
        except (ValueError, ValidationError, RecursionError):
            continue
        if answer.case == nonce and not text[end:].strip("` \n"):  # what goes on may take it back
            yield answer
