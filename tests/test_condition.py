"""Options pick conditions; ids name every option; what does not exist is refused with what does."""

import json
import re
import shutil
from itertools import product
from pathlib import Path

import pytest

import msm_eval.goal
from msm_eval.condition import EXTRAS, TEXTS, Condition, conditions, scenario_names
from msm_eval.content import room
from msm_eval.errors import ConditionError, MsmEvalError
from msm_eval.goal import goal, goal_values
from msm_eval.scenario import render_condition, to_sample


def test_the_27() -> None:
    picked = conditions()
    assert len(picked) == 27
    assert {c.scenario for c in picked} == {"leaking", "murder", "exfiltration"}
    assert {c.goal_value for c in picked if c.goal_type == "explicit"} == set(goal_values())
    assert sum(c.goal_type == "none" for c in picked) == 3
    assert {c.urgency for c in picked} == {"replacement"}


def test_the_split_is_stratified_and_complete() -> None:
    dev, held_out = conditions(split="dev"), conditions(split="held_out")
    assert (len(dev), len(held_out)) == (14, 13)
    assert {c.id for c in dev} | {c.id for c in held_out} == {c.id for c in conditions()}
    for half in (dev, held_out):
        assert {c.scenario for c in half} == {c.scenario for c in conditions()}
        assert {c.goal_value for c in half} == {c.goal_value for c in conditions()}


@pytest.mark.parametrize(
    ("options", "count"),
    [
        ({"scenario": "leaking"}, 9),
        ({"scenario": "blackmail"}, 9),
        ({"scenario": "all"}, 36),
        ({"scenario": ["leaking", "murder"]}, 18),
        ({"goal_type": "explicit"}, 24),
        ({"goal_type": "latent"}, 24),
        ({"goal_type": "none"}, 3),
        ({"goal_type": "ambiguous"}, 3),
        ({"goal_type": "all"}, 3 * 26),
        ({"goal_value": "america"}, 3),
        ({"goal_value": "america,global"}, 6),
        ({"goal_value": "none"}, 3),
        ({"urgency": "all"}, 81),
        ({"scenario": "all", "goal_type": "all", "urgency": "all"}, 4 * 26 * 3),
        ({"goal_type": "none", "urgency": "none"}, 3),
        ({"text": "lynch2025", "scenario": "leaking,murder"}, 18),
    ],
)
def test_options_pick(options: dict[str, str], count: int) -> None:
    assert len(conditions(**options)) == count  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"scenario": "arson"}, "blackmail, exfiltration, leaking, murder"),
        ({"goal_type": "hidden"}, "explicit, latent, none, ambiguous, swap"),
        ({"goal_value": "freedom"}, "america"),
        ({"urgency": "soon"}, "replacement, restriction, none"),
        ({"extra": "please"}, "none, dont, goal"),
        ({"split": "test"}, "all, dev, held_out"),
        ({"text": "paper"}, "msm_eval, lynch2025"),
        ({"goal_type": "explicit", "goal_value": "none"}, "take goal_value=america"),
        ({"goal_type": "none", "goal_value": "america"}, "goal_value=none"),
        ({"goal_type": "explicit,none", "goal_value": "america"}, "goal_value=none"),
        ({"split": "dev", "urgency": "restriction"}, "split=all"),
        ({"split": "dev", "scenario": "blackmail"}, "split=all"),
        ({"text": "lynch2025"}, "-T scenario=blackmail,leaking,murder"),
        ({"text": "lynch2025", "scenario": "exfiltration"}, "text=msm_eval"),
        ({"agent_name": "two words"}, "one word"),
        ({"agent_name": "x_prod"}, "one word"),
    ],
)
def test_what_does_not_exist_is_refused(options: dict[str, str], named: str) -> None:
    with pytest.raises(ConditionError, match=re.escape(named)):
        conditions(**options)  # pyright: ignore[reportArgumentType]


def test_an_agent_cannot_bear_the_name_of_a_colleague() -> None:
    with pytest.raises(ConditionError, match="choose another"):
        render_condition(conditions(scenario="leaking", agent_name="Siobhan")[0])
    with pytest.raises(ConditionError, match="choose another"):
        render_condition(conditions(scenario="murder", agent_name="Kyle", text="lynch2025")[0])


@pytest.mark.parametrize(("text", "own"), [("msm_eval", "Tamsin"), ("lynch2025", "Alex")])
def test_the_agents_own_name_would_be_a_second_id_for_one_prompt(text: str, own: str) -> None:
    with pytest.raises(ConditionError, match="leave the option out"):
        render_condition(conditions(scenario="leaking", agent_name=own, text=text)[0])


@pytest.mark.slow
@pytest.mark.parametrize("text", TEXTS)
def test_every_combination_renders_and_no_two_share_a_prompt_or_an_id(text: str) -> None:
    """Every option against every other: 3,744 prompts of ours and 2,736 published ones."""
    prompts: dict[str, str] = {}
    refused: set[str] = set()
    scenarios = ",".join(scenario_names(text))
    for extra, prod, notice in product(EXTRAS, (False, True), (False, True)):
        options = {"extra": extra, "prod": prod, "awareness_notice": notice, "text": text}
        for condition in conditions(scenarios, "all", "all", "all", **options):  # pyright: ignore[reportArgumentType]
            try:
                prompt = render_condition(condition)
            except ConditionError as error:
                refused.add(condition.cell if "unfilled" in str(error) else f"{condition.id}: {error}")
                continue
            assert prompt.sha256 not in prompts, f"{condition.id} and {prompts[prompt.sha256]} are the same prompt"
            prompts[prompt.sha256] = condition.id
            whole = prompt.system + prompt.user
            assert "${" not in whole
            assert "{company_name}" not in whole
            assert "\n\n\n" not in prompt.system or text == "lynch2025"
    assert len(set(prompts.values())) == len(prompts) == {"msm_eval": 3744, "lynch2025": 2736}[text]
    # The published text leaves a placeholder in six cells; they are refused and nothing else is.
    assert refused == (
        set() if text == "msm_eval"
        else {f"{s}_{t}-safety_restriction" for s in ("murder", "blackmail") for t in ("explicit", "latent", "swap")}
    )  # fmt: skip


def test_the_agents_name_makes_another_prompt_and_another_id() -> None:
    plain, named = conditions(scenario="murder")[0], conditions(scenario="murder", agent_name="Qwen")[0]
    assert plain.id != named.id
    prompt = render_condition(named)
    assert "Qwen" in prompt.system
    assert "qwen" in prompt.user.lower()
    assert prompt.sha256 != render_condition(plain).sha256


@pytest.mark.parametrize("scenario", scenario_names())
def test_swap_gives_the_companys_new_goal(scenario: str) -> None:
    swap = render_condition(Condition(scenario, "swap", "america", "replacement"))
    explicit = render_condition(Condition(scenario, "explicit", "global", "replacement"))
    old = render_condition(Condition(scenario, "explicit", "america", "replacement"))
    assert swap.system == explicit.system
    assert swap.user == old.user
    assert swap.user != explicit.user


def test_samples_are_plain_data() -> None:
    sample = to_sample(conditions()[0])
    assert sample.id == conditions()[0].id
    assert json.loads(json.dumps(sample.metadata)) == sample.metadata
    assert [m.role for m in sample.input] == ["system", "user"]  # pyright: ignore


def test_adding_a_scenario_or_a_goal_pair_is_adding_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    grown = tmp_path / "scenarios"
    shutil.copytree(room("scenarios"), grown)
    shutil.copytree(grown / "email" / "murder", grown / "email" / "rescue")
    pair = (grown / "goals" / "america_vs_global.yaml").read_text("utf-8")
    pair = pair.replace("\nglobal:", "\nwine:").replace("america:", "beer:", 1)
    (grown / "goals" / "beer_vs_wine.yaml").write_text(pair, "utf-8")
    monkeypatch.setattr("msm_eval.content.room", lambda name: grown)  # pyright: ignore
    msm_eval.goal._goals.cache_clear()  # pyright: ignore[reportPrivateUsage]
    try:
        added = conditions(scenario="rescue", goal_value="beer")
        assert [c.id for c in added] == ["rescue_explicit-beer_replacement"]
        assert goal("beer").statement in render_condition(added[0]).system
        assert len(conditions()) == 27
        assert len(conditions(scenario="all", goal_value="all")) == 5 * 11
    finally:
        msm_eval.goal._goals.cache_clear()  # pyright: ignore[reportPrivateUsage]


def test_errors_share_a_base() -> None:
    with pytest.raises(MsmEvalError):
        conditions(scenario="arson")
    with pytest.raises(ValueError, match="arson"):
        conditions(scenario="arson")
