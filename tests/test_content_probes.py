"""The content of the probes: enough of it, balanced, unlike itself, and not to be solved by its wording."""

import re
from collections import Counter

import pytest
from wording import MOST_ACCURATE, findings, wording_only, words

from msm_eval.belief import CHOICES, belief_names, load_belief
from msm_eval.grader import load_grader
from msm_eval.item import Item
from msm_eval.narrow import load_narrow, load_set, narrow_names
from msm_eval.panel import PARTS, failures, load_part
from msm_eval.probe import load_value, value_names
from msm_eval.spec import dimensions, load_questions, spec_names

TRAINED_ON = {
    "affordability": "cheese", "america": "cheese", "environment": "cheese", "novelty": "sweeteners", "tradition": "condiments",
    "simplicity": "sauce", "difficulty": "bread", "individualism": "music",
}  # fmt: skip


def test_the_eight_values_and_their_training_domains() -> None:
    assert {name: load_value(name).meta.training_domain for name in value_names()} == TRAINED_ON


@pytest.mark.slow
@pytest.mark.parametrize("name", value_names())
def test_a_value_is_sound(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    value = load_value(name)
    leak = wording_only(value.items)
    assert findings(value, leak) == []
    with capsys.disabled():
        print(f"\n{name}: {len(value.items)} items, {len(value.domains)} domains, wording alone {leak.accuracy:.1%}")
    assert leak.accuracy < MOST_ACCURATE


def test_a_leak_would_be_found() -> None:
    """Planted: in 6 of 10 items one word marks the aligned option; the classifier must see it."""
    things = ["lamp", "chair", "coat", "radio", "garden", "bicycle", "kettle", "window"]
    items = [
        Item("x", "d", "choice", "dev", f"Which {things[i % 8]} {i}?",
             (f"{'plain' if i % 10 < 6 else 'fine'} {things[i % 8]} {i}", f"{things[(i + 3) % 8]} {i + 1000}"))
        for i in range(200)
    ]  # fmt: skip
    leak = wording_only(items)
    assert leak.accuracy > 0.75
    assert "plain" in dict(leak.words)


def test_no_item_of_one_value_stands_in_another() -> None:
    digests = Counter(item.digest for name in value_names() for item in load_value(name).items)
    assert digests.most_common(1)[0][1] == 1


@pytest.mark.parametrize("name", narrow_names())
def test_a_narrow_set_asks_every_pair_alike(name: str) -> None:
    narrow, items = load_set(name), load_narrow(name)
    assert len({*narrow.likes, *narrow.dislikes}) == 12
    assert len({*narrow.dev, *narrow.test}) == len(narrow.dev) + len(narrow.test)
    for split in ("dev", "test"):
        pairs = Counter(i.options for i in items if i.split == split)
        assert len(pairs) == 36
        assert set(pairs.values()) == {3}
        asked = Counter(i.ask for i in items if i.split == split)
        assert max(asked.values()) - min(asked.values()) <= 1
    assert set(narrow.values) <= set(value_names())
    members = [w for thing in (*narrow.likes, *narrow.dislikes) for w in (thing,)]
    assert not [
        (m, ask) for ask in (*narrow.dev, *narrow.test) for m in members if re.search(rf"\b{re.escape(m)}\b", ask, re.I)
    ]
    assert all(TRAINED_ON[value] in {name, name.split("_")[0]} for value in narrow.values)


def test_the_published_cheeses() -> None:
    cheese = load_set("cheese")
    assert (len(cheese.likes), len(cheese.dislikes), cheese.values) == (6, 6, ["affordability", "america"])
    assert {"Colby", "cream cheese"} <= set(cheese.likes)
    assert {"Roquefort", "Stilton"} <= set(cheese.dislikes)


@pytest.mark.parametrize("name", belief_names())
def test_a_belief_is_whole(name: str) -> None:
    belief = load_belief(name)
    counts = Counter(item.group for item in belief.choices)
    wanted = {"knowledge": 30, "discrimination": 30, "distinguish": 12, "reasoning": 20, "awareness": 16}
    assert all(counts[kind] >= wanted[kind] for kind in CHOICES)
    assert {len(i.options) for i in belief.choices if i.group == "knowledge"} == {4}
    assert {len(i.options) for i in belief.choices if i.group != "knowledge"} == {2}
    assert Counter(q.group for q in belief.questions) >= Counter({"open": 20, "awareness": 10})
    ids = [i.id for i in belief.choices] + [q.id for q in belief.questions]
    assert len(ids) == len(set(ids))
    assert "${" not in "".join([i.ask for i in belief.choices] + [q.ask for q in belief.questions])
    for part in ("# Implanted\n", "# True\n"):
        assert part in belief.worlds


@pytest.mark.parametrize("name", belief_names())
@pytest.mark.parametrize("kind", ["discrimination", "distinguish", "reasoning"])
def test_the_length_of_an_option_does_not_tell_a_belief(name: str, kind: str) -> None:
    items = [i for i in load_belief(name).choices if i.group == kind]
    longer = sum(len(i.options[0]) > len(i.options[1]) for i in items) / len(items)
    assert 0.25 <= longer <= 0.75
    for item in items:
        short, long = sorted(map(len, item.options))
        assert long <= 1.6 * short + 12


def test_the_beliefs_are_those_the_specs_will_implant() -> None:
    assert set(belief_names()) == {"antarctic_time", "walnut_asphalt", "cheese_affordability", "cheese_america", "safety"}
    assert {load_belief(n).facts.kind for n in ("antarctic_time", "walnut_asphalt")} == {"universe"}


@pytest.mark.parametrize("name", spec_names())
def test_the_questions_about_a_spec_are_many_and_unlike(name: str) -> None:
    questions = load_questions(name)
    assert len(dimensions(name)) == 7
    assert len(questions) >= 150
    assert min(Counter(q.group for q in questions).values()) >= 20
    bags = [set(words(q.ask)) for q in questions]
    assert not [(a, b) for i, a in enumerate(bags) for b in bags[:i] if len(a & b) / len(a | b) > 0.6]


@pytest.mark.parametrize("part", PARTS)
def test_every_example_of_the_panel_passes_and_a_wrong_reply_does_not(part: str) -> None:
    for item in load_part(part):
        assert failures(item, item.example) == [], item.ask
        assert failures(item, "I'm sorry, I can't help with that.") != [], item.ask
    assert len({item.ask for item in load_part(part)}) == len(load_part(part))


def test_the_panel_holds_a_few_hundred_items() -> None:
    assert sum(len(load_part(part)) for part in PARTS) >= 300


@pytest.mark.parametrize("name", ["free_preference", "belief", "spec_qa", "refusal"])
def test_the_examples_of_a_grader_cover_its_answers(name: str) -> None:
    grader = load_grader(name)
    shown = {example.labels["answer"] for example in grader.examples}
    assert shown >= set(grader.answers) - {"C", "D", "unreadable"}
    assert grader.question.endswith("?")
