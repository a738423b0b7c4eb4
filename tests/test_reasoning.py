"""Thinking is told from speaking, whatever became of its tags."""

import pytest
from inspect_ai.model import ChatMessageAssistant, ContentReasoning, ContentText, ModelOutput

from msm_eval.reasoning import Span, blank, native_reasoning, reply_text, thinking


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<think>a</think>b", "b"),
        ("a</think>b", "b"),
        ("<think>a", ""),
        ("<think>a</think>b<think>c</think>d", "bd"),
        ("<think>a</think>b</think>c", "c"),
        ("<THINK>a</Think>b", "b"),
        ("<SCRATCHPAD_REASONING>a</SCRATCHPAD_REASONING>b", "b"),
        ("<SCRATCHPAD_REASONING>a</SCRATCHPAD>b", "b"),
        ("<thinking>a</thinking>b", "b"),
        ("the tag `<think>` is a mention", "the tag `<think>` is a mention"),
        ("<think>The ` key.</think> Your ` key.", "Your ` key."),
        ("no tags", "no tags"),
        ("", ""),
    ],
)
def test_what_is_said(text: str, said: str) -> None:
    left = blank(text, thinking(text))
    assert len(left) == len(text)
    assert "".join(left.split()) == "".join(said.split())


def test_a_tag_in_the_body_of_a_call_hides_nothing() -> None:
    text = "<call> <think> </call> spoken"
    assert thinking(text, [Span(0, 22)]) == []


def test_native_reasoning_stands_apart() -> None:
    message = ChatMessageAssistant(content=[ContentReasoning(reasoning="hm"), ContentText(text="yes")])
    output = ModelOutput.from_message(message)
    assert (native_reasoning(output), reply_text(output)) == ("hm", "yes")
    secret = ContentReasoning(reasoning="xxxx", redacted=True, summary="in short")
    assert native_reasoning(ModelOutput.from_message(ChatMessageAssistant(content=[secret]))) == "in short"
    assert (native_reasoning(ModelOutput()), reply_text(ModelOutput())) == ("", "")
