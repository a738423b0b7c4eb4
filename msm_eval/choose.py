"""The solver of forced choices: one answer, and the log-probabilities of the options where the provider gives them.

What it finds beside the reply stands in the sample's store under `label` and `text`, for the scorers of msm_eval.preference.
In the form of a base model the prompt is sent as it stands, to providers that take one: `hf/`, `embedded/`,
`vllm-completions/`, `openai-api-completions/`.
"""

from inspect_ai.model import GenerateConfigArgs, Model, get_model
from inspect_ai.solver import Generate, Solver, TaskState, solver

from msm_eval.answer import answer_once, answered
from msm_eval.choice import Form, Wanted, labels, prompt
from msm_eval.errors import ConditionError
from msm_eval.option_logprobs import (
    TOP,
    Options,
    forget,
    given,
    label_from,
    label_of_weights,
    message,
    remember,
    text_options,
    unsupported,
)

_TAKES_RAW = {"HuggingFaceAPI", "OpenAICompatibleCompletionsAPI", "VLLMCompletionsAPI", "Organism", "MockLLM"}


@solver
def choose(form: Form, answer: Wanted) -> Solver:
    """Answer one choice."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        model = get_model()
        if form == "base" and not takes_raw_prompts(model):
            raise ConditionError(
                f"format=base: {model} applies a chat template. Use a provider that sends the prompt as it stands: hf/, "
                "vllm-completions/ or openai-api-completions/."
            )
        asked, options = state.input_text, [choice.value for choice in state.choices]
        state.messages = [message(form, asked)]
        if answer == "free":
            return await answered(state, generate)
        by_text = await text_options(model, form, prompt(form, "text", state.metadata["ask"], options), options)
        by_label = await label_of_weights(model, form, asked, labels(len(options)))
        if by_label is None:
            state = await _with_logprobs(model, state, generate, form)
            by_label = label_from(state.output, labels(len(options)))
            if by_label.reason != "not_given":
                remember(model, "label")
            elif state.output.completion:
                forget(model, "label")
        else:
            state = await answered(state, generate, **_ending(form))
        state.store.set("label", by_label._asdict())
        state.store.set("text", by_text._asdict())
        return state

    return solve


@solver
def answer_or_choose(form: Form, answer: Wanted) -> Solver:
    """Answer a choice as `choose` does, and an open question in the model's own words."""
    choice, question = choose(form, answer), answer_once()

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        return await (choice if "position" in state.metadata else question)(state, generate)

    return solve


def takes_raw_prompts(model: Model) -> bool:
    """Whether the provider sends a prompt as it stands, without a chat template."""
    return bool(_TAKES_RAW & {c.__name__ for c in type(model.api).__mro__})


async def _with_logprobs(model: Model, state: TaskState, generate: Generate, form: Form) -> TaskState:
    """The reply, with the log-probabilities of its tokens if the provider gives them."""
    ending = _ending(form)
    if given(model, "label"):
        try:
            wanted: GenerateConfigArgs = {**ending, "logprobs": True, "top_logprobs": TOP}
            return await answered(state, generate, **wanted)
        except Exception as error:
            if not unsupported(error):
                raise
            forget(model, "label")
    return await answered(state, generate, **ending)


def _ending(form: Form) -> GenerateConfigArgs:
    """A base model goes on after its answer; the answer ends with its line."""
    return {"stop_seqs": ["\n"]} if form == "base" else {}


def stored(state: TaskState, name: str) -> Options | None:
    """What the solver found under `label` or `text`; None where it was not looked for."""
    found = state.store.get(name)
    return Options(**found) if found else None
