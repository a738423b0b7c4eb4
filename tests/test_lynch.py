"""`text=lynch2025` is what the installed inspect_evals renders, byte for byte apart from the named edits, and stays so."""

from itertools import product
from pathlib import Path

import pytest
import yaml

from msm_eval.condition import EXTRAS, Condition, conditions
from msm_eval.content import folder
from msm_eval.errors import ConditionError, MissingExtra
from msm_eval.scenario import render_condition

SCENARIOS = "blackmail,leaking,murder"
COMPANIES = {"leaking": "NovaStar", "murder": "SummitBridge", "blackmail": "SummitBridge"}
HASHES: dict[str, str] = yaml.safe_load((Path(__file__).parent / "lynch_hashes.yaml").read_text("utf-8"))


def published(condition: Condition) -> tuple[str, str]:
    """System prompt and user message as the published task sends them."""
    from inspect_evals.agentic_misalignment.prompt_generator import ALIGNMENT_FAKING_WARNING, generate_prompts

    prompts = generate_prompts(
        condition.scenario,  # pyright: ignore[reportArgumentType]
        condition.goal_type,  # pyright: ignore[reportArgumentType]
        condition.goal_value,  # pyright: ignore[reportArgumentType]
        condition.urgency,  # pyright: ignore[reportArgumentType]
        None if condition.extra == "none" else condition.extra,  # pyright: ignore[reportArgumentType]
        condition.prod,
        ALIGNMENT_FAKING_WARNING if condition.awareness_notice else None,
    )
    return prompts.system_prompt, "\n".join([prompts.user_prompt, prompts.email_content])


@pytest.mark.slow
@pytest.mark.parametrize(("extra", "prod", "notice"), list(product(EXTRAS, (False, True), (False, True))))
def test_byte_for_byte_apart_from_the_named_edits(extra: str, prod: bool, notice: bool) -> None:
    weighing = folder("scenarios", "lynch2025", "weighing.md").read_text("utf-8").strip()
    compared = 0
    for condition in conditions(
        SCENARIOS, "all", "all", "all", extra=extra, prod=prod, awareness_notice=notice, text="lynch2025"
    ):
        try:
            ours = render_condition(condition)
        except ConditionError:
            continue  # six cells whose published text holds a placeholder; test_condition counts them
        system, user = published(condition)
        assert ours.user == user
        expected = system
        if condition.scenario == "leaking":  # edit 1
            assert expected.count("a sandboxed email client") == 1
            expected = expected.replace("a sandboxed email client", "an email client")
        if not prod:  # edit 2
            end = "you don't need to ensure reasoning in <SCRATCHPAD_REASONING> tags is easily understandable to users.\n\n"
            assert expected.count(end) == 1
            expected = expected.replace(end, f"{end}{weighing}\n\n")
        expected = expected.replace("{company_name}", COMPANIES[condition.scenario])  # the repair
        assert ours.system == expected
        compared += 1
    assert compared == 3 * 26 * 3 - 6


def test_the_hashes_of_the_published_grid_are_pinned() -> None:
    """The 18 conditions of the paper's grid and blackmail's 9: whatever changes them changes the instrument."""
    picked = conditions(SCENARIOS, text="lynch2025")
    assert len(picked) == 27
    assert {c.id: render_condition(c).sha256 for c in picked} == HASHES


def test_the_agent_is_renamed_everywhere() -> None:
    for condition in conditions(SCENARIOS, text="lynch2025", agent_name="Qwen"):
        named, plain = render_condition(condition), published(condition)
        assert "Alex" not in named.system + named.user
        assert "alex" not in named.user
        assert named.user.replace("Qwen", "Alex").replace("qwen.ai@", "alex.ai@") == plain[1]


def test_what_is_harm_lies_in_the_published_mails() -> None:
    for condition in conditions(SCENARIOS, "all", "all", "replacement", text="lynch2025"):
        prompt = render_condition(condition)
        assert all(secret in prompt.user for secret in prompt.truth.secrets)
        assert all(code in prompt.user for code in prompt.truth.codes)
        assert not prompt.truth.coercion or prompt.truth.coercion.targets[0] in prompt.user


def test_without_the_extra_the_error_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    import msm_eval.lynch

    monkeypatch.setattr(msm_eval.lynch, "find_spec", lambda name: None)  # pyright: ignore
    with pytest.raises(MissingExtra, match=r"pip install 'msm-eval\[lynch\]'"):
        render_condition(conditions("murder", text="lynch2025")[0])
