"""The choice tasks end to end: what is planted is found, in every form, and what is missing is named."""

from pathlib import Path

import pytest
from inspect_ai.dataset import Sample
from inspect_ai.model import ModelOutput, ModelUsage, get_model
from probing import PLANTED, Run, answering, holds, lines_of, run_probe

from msm_eval.choice import form_of, prompt, to_samples
from msm_eval.errors import ConditionError
from msm_eval.leaderboard import build
from msm_eval.local import NAME
from msm_eval.notes import notes
from msm_eval.option_logprobs import forget
from msm_eval.organism_preference import answer, take
from msm_eval.probe import load_value
from msm_eval.show import unscored


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """run("value_probe", value="america", model_args=…, judge="judge_right") logs into tmp_path / "logs"."""
    return run_probe(tmp_path / "logs")


def test_a_planted_preference_and_bias_are_recovered(run: Run, tmp_path: Path) -> None:
    """The order-averaged preference is the planted one although each order by itself is off by half of the bias."""
    log = run("value_probe", value="america", split="all")
    board = lines_of(tmp_path / "logs")
    for metric in ("preference", "preference_label"):
        line = board["america", metric, "all"]
        assert holds(line, 0.7, widths=2)
        assert line.position_bias == pytest.approx(0.3, abs=0.07)
        assert (line.coverage, len(line.conditions), line.estimand) == (1, 480, "items like these")
    by_order = [[s.scores["preference"].value for s in log.samples or [] if s.metadata["position"] == k] for k in (0, 1)]  # pyright: ignore
    first, second = (sum(map(float, values)) / len(values) for values in by_order)  # pyright: ignore
    assert first > 0.78
    assert second < 0.62
    assert len({s for _, m, s in board if m == "preference"}) == 1 + len(load_value("america").domains)
    # Inspect's own log shows the same figures
    assert log.results is not None
    metrics = {s.name: {k: m.value for k, m in s.metrics.items()} for s in log.results.scores}
    line = board["america", "preference", "all"]
    shown = (metrics["preference"]["rate"], metrics["preference"]["ci_upper"], metrics["preference"]["position_bias"])
    assert shown == pytest.approx((line.rate, line.ci_upper, line.position_bias))


def test_over_many_seeds_the_interval_covers_the_planted_preference() -> None:
    """Through the leaderboard's own reading of rows: 200 seeds of 120 items in both orders."""
    from dataclasses import replace

    from msm_eval.organism import uniform
    from msm_eval.results import Row

    items = load_value("novelty").items[:120]
    empty = Row("m", "m", (), "0", "value_probe", "novelty", "", "", False, 1, "preference", None, "", "", "log")
    held = 0
    for seed in range(200):
        rows: list[Row] = []
        for item in items:
            for position in (0, 1):
                taken = take(2, position, uniform(seed, 1, f"{item.id}/{position + 1}"), preference=0.7, position_bias=0.3)
                rows.append(replace(empty, condition=item.id, scenario=item.group, position=position, options=2,
                                    value=float(taken == position), taken="AB"[taken]))  # fmt: skip
        line = next(ln for ln in build(rows) if ln.scenario == "all")
        held += holds(line, 0.7)
    assert 0.92 <= held / 200 <= 0.99


def test_a_narrow_pair_counts_once_whatever_its_phrasings(run: Run, tmp_path: Path) -> None:
    run("narrow_preference", domain="cheese")
    line = lines_of(tmp_path / "logs")["cheese", "preference", "all"]
    assert (len(line.conditions), line.scored) == (36, 216)
    assert holds(line, 0.7, widths=2)


@pytest.mark.parametrize("options", [2, 3, 4])
@pytest.mark.parametrize(("preference", "bias"), [(0.5, 0.0), (0.7, 0.2), (0.4, -0.2), (0.25, 0.1)])
def test_the_organism_has_the_preference_and_the_bias_it_says(options: int, preference: float, bias: float) -> None:
    grid = [(i + 0.5) / 2000 for i in range(2000)]
    taken = [[take(options, k, d, preference=preference, position_bias=bias) for d in grid] for k in range(options)]
    aligned = sum(sum(t == k for t in row) for k, row in enumerate(taken)) / (2000 * options)
    first = sum(t == 0 for row in taken for t in row) / (2000 * options)
    assert aligned == pytest.approx(preference, abs=0.002)
    assert (first - 1 / options) * options / (options - 1) == pytest.approx(bias, abs=0.004)


def test_a_bias_that_no_probability_has_is_refused() -> None:
    with pytest.raises(ConditionError, match="between 0 and 1"):
        get_model("organism/preference", memoize=False, preference=0.9, position_bias=0.4)


def test_answers_in_own_words_are_read_by_the_judge(run: Run, tmp_path: Path) -> None:
    run("value_probe", value="novelty", answer="free", judge="judge_right")
    line = lines_of(tmp_path / "logs")["novelty", "preference", "all"]
    assert holds(line, 0.7, widths=2)
    assert line.settings["judge"] == "organism/judge_right"
    assert ("novelty", "preference_label", "all") not in lines_of(tmp_path / "logs")


@pytest.mark.parametrize(("judge", "reason"), [("judge_refusing", "judge_refused"), (None, "no_judge")])
def test_a_judge_that_fails_makes_no_preference(judge: str | None, reason: str, run: Run, tmp_path: Path) -> None:
    run("value_probe", value="novelty", answer="free", judge=judge, limit=20)
    line = lines_of(tmp_path / "logs")["novelty", "preference", "all"]
    assert (line.rate, line.scored, line.unscored_reasons) == (None, 0, {reason: 20})


def test_a_provider_without_log_probabilities_is_said_to_give_none(run: Run, tmp_path: Path) -> None:
    run("value_probe", value="novelty", model=answering("A"), limit=4)
    board = lines_of(tmp_path / "logs")
    assert board["novelty", "preference", "all"].position_bias == 1
    for metric in ("preference_label", "preference_text"):
        assert board["novelty", metric, "all"].unscored_reasons == {"not_given": 4}
    assert any("Not given by the provider" in note for note in notes(list(board.values())))


def test_one_withheld_reply_costs_no_other_its_log_probabilities(run: Run, tmp_path: Path) -> None:
    """Twenty answers with log-probabilities, the third withheld by a filter."""
    given = answer("m", Sample("x", choices=["x", "y"], metadata={"position": 0, "wanted": "label"}), 0.1, **PLANTED)
    given.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)
    withheld = ModelOutput.from_content("m", "", stop_reason="content_filter")
    withheld.usage = given.usage
    model = get_model("mockllm/model", memoize=False, custom_outputs=[given, given, withheld, *[given] * 17])
    forget(model, "text")
    run("value_probe", value="novelty", model=model, limit=20)
    board = lines_of(tmp_path / "logs")
    assert board["novelty", "preference", "all"].unscored_reasons == {"content_filter": 1}
    assert board["novelty", "preference_label", "all"].unscored_reasons == {"not_given": 1}
    assert unscored([board["novelty", "preference_label", "all"]]) == "preference_label: 1 not_given"


@pytest.mark.parametrize(
    ("reply", "stop", "reason"),
    [("Both are fine.", "stop", "unreadable"), ("I'm sorry, I can't choose.", "stop", "refused"), ("", "stop", "empty"),
     ("Well, the first", "max_tokens", "cut_off"), ("A", "content_filter", "content_filter")],
)  # fmt: skip
def test_what_cannot_be_read_is_no_preference(reply: str, stop: str, reason: str, run: Run, tmp_path: Path) -> None:
    run("value_probe", value="novelty", model=answering(reply, stop), limit=4)
    line = lines_of(tmp_path / "logs")["novelty", "preference", "all"]
    assert (line.rate, line.position_bias, line.coverage, line.unscored_reasons) == (None, None, 0, {reason: 4})


def test_items_are_asked_in_every_order_next_to_each_other() -> None:
    items = load_value("novelty").items[:30]
    samples = list(to_samples(items, form="chat", answer="label"))
    assert len(samples) == 60
    for first, second in zip(samples[0::2], samples[1::2], strict=True):
        assert first.metadata is not None
        assert second.metadata is not None
        assert first.metadata["item"] == second.metadata["item"]
        assert first.choices == list(reversed(second.choices or []))
        assert (first.target, second.target) == ("A", "B")
        assert all(f"\nA. {s.choices[0]}\nB. {s.choices[1]}\n" in str(s.input) for s in (first, second) if s.choices)


def test_every_form_shows_every_word_of_an_item_once() -> None:
    item = load_value("tradition").items[0]
    for form, wanted in (("chat", "label"), ("chat", "text"), ("chat", "free"), ("base", "label"), ("base", "text")):
        text = prompt(form, wanted, item.ask, item.options)  # pyright: ignore
        assert text.count(item.ask) == 1
        assert all(text.count(o) == item.ask.count(o) + 1 for o in item.options)
        assert "${" not in text
        assert text == text.rstrip()
    assert prompt("base", "label", item.ask, item.options).endswith("\nAnswer:")


@pytest.mark.parametrize(
    ("form", "answer", "message"),
    [("html", "label", "format=html"), ("chat", "essay", "answer=essay"), ("base", "free", "own words")],
)
def test_forms_that_do_not_exist_are_refused(form: str, answer: str, message: str) -> None:
    with pytest.raises(ConditionError, match=message):
        form_of(form, answer)


def test_a_chat_provider_is_refused_for_base_prompts(run: Run) -> None:
    model = get_model("openai-api/organism/silent", base_url="http://127.0.0.1:9/v1", api_key="x", memoize=False)
    with pytest.raises(AssertionError, match="applies a chat template"):
        run("value_probe", value="novelty", model=model, format="base", limit=2)


@pytest.mark.parametrize("option", ["value=kindness", "domain=kitchens", "split=train"])
def test_a_wrong_option_names_what_there_is(option: str) -> None:
    from inspect_ai._eval.loader import load_tasks  # pyright: ignore[reportPrivateUsage]

    name, value = option.split("=")
    with pytest.raises(ConditionError, match="Choose from"):
        load_tasks(["msm_eval/value_probe"], {"value": "novelty", name: value})


@pytest.mark.slow
@pytest.mark.parametrize("form", ["chat", "base"])
def test_the_embedded_model_is_probed_in_both_forms(form: str, run: Run, tmp_path: Path) -> None:
    log = run("value_probe", value="novelty", model=f"embedded/{NAME}", format=form, limit=8)
    board = lines_of(tmp_path / "logs")
    for metric in ("preference_label", "preference_text"):
        line = board["novelty", metric, "all"]
        assert (line.scored, line.unscored) == (8, 0)
        assert line.rate in (0, 0.25, 0.5, 0.75, 1)
    for sample in log.samples or []:
        user = sample.messages[0].text
        assert ("Answer with A or B" in user) == (form == "chat")
        assert user.endswith("Answer:") == (form == "base")
        assert form == "chat" or sample.output.completion.count("\n") <= 1
