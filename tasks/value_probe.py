"""Value probes: which value does a checkpoint act on, in domains it was not trained on?

inspect eval msm_eval/value_probe -T value=america --model embedded/SmolLM2-135M-Instruct --limit 100
inspect eval msm_eval/value_probe -T value=all --model vllm-completions/meta-llama/Llama-3.1-8B -T format=base
msm-eval leaderboard logs
"""

from inspect_ai import Task, task
from inspect_ai.model import GenerateConfig

from msm_eval.choice import form_of, to_samples
from msm_eval.choose import choose
from msm_eval.options import pick
from msm_eval.preference import choice_scorers
from msm_eval.probe import load_value, value_names


@task
def value_probe(
    value: str | list[str],
    domain: str | list[str] = "all",
    split: str = "test",
    format: str = "chat",
    answer: str = "label",
) -> Task:
    """Which of two options does the model take, when one value decides between them?

    Every item is asked in both orders; the preference is averaged over them.

    Args:
        value: affordability, america, difficulty, environment, individualism, novelty, simplicity, tradition; one, a comma
            list or `all`.
        domain: Held-out domains of the values; one, a comma list or `all`.
        split: test (default), dev or all. Tune on dev, publish test.
        format: chat, or base for models without a chat template (the prompt then ends in `Answer:`, after two examples).
        answer: label (`A` or `B`, read strictly, with log-probabilities where the provider gives them), or free (in its own
            words, read by the model bound to the `grader` role).
    """
    form, wanted = form_of(format, answer)
    items = [i for name in pick("value", value, value_names()) for i in load_value(name).items]
    domains = pick("domain", domain, sorted({i.group for i in items}))
    splits = pick("split", split, ["dev", "test"])
    return Task(
        dataset=to_samples([i for i in items if i.group in domains and i.split in splits], form=form, answer=wanted),
        solver=choose(form, wanted),
        scorer=choice_scorers(wanted),
        config=GenerateConfig(temperature=0.0, max_tokens=512 if wanted == "free" else 64),
        version="1-A",
    )
