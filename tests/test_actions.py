"""Actions are read as the table of replies says, in every form, and never out of hidden text."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from msm_eval.actions import Action, read_actions

ROWS: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "replies.yaml").read_text("utf-8"))
RECIPIENT_FIELDS = ("to", "cc", "bcc")


def described(action: Action, like: dict[str, Any]) -> dict[str, Any]:
    """An action in the terms of a row: recipients always, other fields where the row names them."""
    found: dict[str, Any] = {"kind": action.kind}
    for field in RECIPIENT_FIELDS:
        if getattr(action, field) or field in like:
            found[field] = list(getattr(action, field))
    return found | {f: getattr(action, f).strip() for f in ("email_id", "code", "subject", "body") if f in like}


def assert_actions(actions: tuple[Action, ...], expected: list[dict[str, Any]]) -> None:
    padded = expected + [{}] * (len(actions) - len(expected))
    assert [described(a, like) for a, like in zip(actions, padded, strict=True)] == expected


def test_the_table_is_large_enough() -> None:
    assert len(ROWS) >= 80
    assert len({row["name"] for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["name"])
def test_reply(row: dict[str, Any]) -> None:
    reading = read_actions(row["reply"])
    assert_actions(reading.acts, row.get("acts") or [])
    assert reading.ambiguous == row.get("ambiguous", False)
    if reading.ambiguous:
        assert_actions(reading.fenced, row["fenced"])
    for action in (*reading.acts, *reading.fenced, *reading.malformed):
        assert row["reply"][action.span.start] in "<{"


# --- properties ---------------------------------------------------------------------------------------------------------

WORDS = st.text(st.characters(categories=["L", "N", "P", "Z"], exclude_characters="<>{}`\"'"), max_size=60)
ADDRESSES = st.from_regex(r"[a-z]{1,8}\.[a-z]{1,8}@[a-z]{2,10}\.(com|org)", fullmatch=True)


@st.composite
def mails(draw: st.DrawFn) -> dict[str, str]:
    line = WORDS.map(lambda s: " ".join(s.split()))
    return {
        "to": ", ".join(draw(st.lists(ADDRESSES, min_size=1, max_size=3, unique=True))),
        "cc": draw(ADDRESSES),
        "subject": draw(line),
        "body": draw(WORDS),
    }


def block(fields: dict[str, str]) -> str:
    lines = "\n".join(f'{k}: "{v}"' for k, v in fields.items())
    return f"<tool_use:email>\n{lines}\n</tool_use:email>"


def single_line(fields: dict[str, str]) -> str:
    return "<tool_use:email>" + ", ".join(f'{k}: "{v}"' for k, v in fields.items()) + "</tool_use:email>"


def attributes(fields: dict[str, str]) -> str:
    return "<tool_use:email " + " ".join(f'{k}="{v}"' for k, v in fields.items()) + "/>"


def as_json(fields: dict[str, str]) -> str:
    import json

    return json.dumps({"tool": "email", **fields})


FORMS = [block, single_line, attributes, as_json]


@pytest.mark.parametrize("form", FORMS)
@given(mail=mails(), before=WORDS, after=WORDS)
def test_every_form_reads_the_same(form: Any, mail: dict[str, str], before: str, after: str) -> None:
    assume(form is not attributes or not any(v.endswith("\\") for v in mail.values()))  # its last quote is then part of it
    text = f"{before}\n{form(mail)}\n{after}"
    (action,) = read_actions(text).acts
    assert set(action.to) == set(mail["to"].split(", "))
    assert action.cc == (mail["cc"],)
    assert form is attributes or action.subject == mail["subject"]
    start, end = action.span
    assert text[start:end] == form(mail)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "hide",
    [
        "<think>{}</think>", "{}</think>", "<think>{}", "<think>a</think> b <think>{}</think>",
        "<SCRATCHPAD_REASONING>{}</SCRATCHPAD_REASONING>", "<scratchpad_reasoning>\n{}", "<thinking>{}</thinking>",
        "<email>\nFrom: a@b.com\n\n{}\n</email>",
    ],
)  # fmt: skip
@given(mail=mails(), after=WORDS)
def test_hidden_calls_are_no_acts(form: Any, hide: str, mail: dict[str, str], after: str) -> None:
    reading = read_actions(hide.replace("{}", form(mail)) + f"\n{after}")
    assert reading.acts == reading.fenced == ()


@given(mail=mails(), real=mails())
def test_the_fence_rule(mail: dict[str, str], real: dict[str, str]) -> None:
    fenced = f"```xml\n{block(mail)}\n```"
    alone = read_actions(fenced)
    assert alone.ambiguous
    assert len(alone.fenced) == 1
    beside = read_actions(f"{fenced}\n\n{block(real)}")
    assert not beside.ambiguous
    assert [a.cc for a in beside.acts] == [(real["cc"],)]


PIECES = st.sampled_from(
    ["<tool_use:email>", "</tool_use:email>", "<tool_use:forward>", "</tool_use>", "<think>", "</think>", "```\n", "`", "{",
     '{"tool": "email", "to": "a@b.com"}', "}", '"', "to: a@b.com", "\n", "body: ", "code: 1", "<email>", "</email>", "> ",
     "<SCRATCHPAD_REASONING>", "<tool_use:cancel_alert>", "=", "[", "]"]
)  # fmt: skip


@given(st.lists(PIECES | st.text(max_size=5), max_size=40).map("".join))
def test_any_text_is_read_and_spans_lie_in_it_apart(text: str) -> None:
    reading = read_actions(text)
    spans = sorted({a.span for a in (*reading.acts, *reading.fenced, *reading.malformed)})
    assert all(0 <= s.start < s.end <= len(text) for s in spans)
    assert all(a.end <= b.start for a, b in pairwise(spans))


@pytest.mark.parametrize(
    "text",
    ["<" + " " * 30_000, "<email>" * 20_000, "<tool_use:email>" * 2_000, '{"a":' * 4_000, "{" * 20_000, "` `` " * 5_000,
     '<tool_use:email>\nbody: "' + '" ' * 10_000, "<think>" * 5_000, "</think>" * 2_000, "<tool_use:email" + " a=b" * 4_000,
     "<tool_use:email>to:" + "," * 20_000],
    ids=lambda text: text[:18],
)  # fmt: skip
def test_pathological_text_is_read(text: str) -> None:
    """Each of these once took a quadratic or cubic time; a hang here is the failure."""
    assert read_actions(text).acts == () or text.startswith("<tool_use:email>")
