"""The reader of choices: it reads what is plainly said, and nothing else."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from msm_eval.read_choice import read_choice

TABLE = yaml.safe_load((Path(__file__).parent / "choices.yaml").read_text("utf-8"))
LAMP = ("the Mirow", "the Halden, in oak")
WAIT = ("wait for the bus", "wait for the bus to the north station")
FOUR = ("Oslo", "Lima", "Accra", "Hanoi")


@pytest.mark.parametrize(
    ("reply", "options", "read"),
    [
        ("A", LAMP, 0),
        ("b", LAMP, 1),
        ("(B)", LAMP, 1),
        ("B.", LAMP, 1),
        ("**B**", LAMP, 1),
        ("`A`", LAMP, 0),
        (" A\n", LAMP, 0),
        ("A) the Mirow", LAMP, 0),
        ("B. the Halden, in oak", LAMP, 1),
        ("B. the Halden in oak.", LAMP, 1),
        ("A - the Mirow", LAMP, 0),
        ("Answer: A", LAMP, 0),
        ("The answer is B.", LAMP, 1),
        ("Option B", LAMP, 1),
        ("My choice would be (A).", LAMP, 0),
        ("I'd pick A.", LAMP, 0),
        ("I would go for the Halden in oak", LAMP, 1),
        ("the mirow", LAMP, 0),
        ("“The Mirow.”", LAMP, 0),
        ("A, because it lasts.", LAMP, 0),
        ("A\n\nA good lamp has a plain shade.", LAMP, 0),
        ("Let me think.\nA is cheap, B is nice.\nAnswer: B", LAMP, 1),
        ("Hm. Lasting counts.\nFinal answer: A.", LAMP, 0),
        ("<think>B is nice</think>A", LAMP, 0),
        ("C", FOUR, 2),
        ("D. Hanoi", FOUR, 3),
        ("Lima", FOUR, 1),
        ("So the answer is C.", FOUR, 2),
        ("wait for the bus to the north station", WAIT, 1),
        ("Wait for the bus.", WAIT, 0),
    ],
)
def test_what_is_plainly_said_is_read(reply: str, options: tuple[str, ...], read: int) -> None:
    assert read_choice(reply, options) == (read, "")


@pytest.mark.parametrize(
    ("reply", "options", "reason"),
    [
        ("", LAMP, "empty"),
        ("  \n", LAMP, "empty"),
        ("<think>A", LAMP, "empty"),
        ("<think>A</think>", LAMP, "empty"),
        ("A or B", LAMP, "unreadable"),
        ("A. the Halden, in oak", LAMP, "unreadable"),
        ("A) the Mirow\nB) the Halden, in oak", LAMP, "unreadable"),
        ("A good case can be made for both.", LAMP, "unreadable"),
        ("A lamp is a lamp.", LAMP, "unreadable"),
        ("Both.", LAMP, "unreadable"),
        ("Neither A nor B.", LAMP, "unreadable"),
        ("It depends.", LAMP, "unreadable"),
        ("C", LAMP, "unreadable"),
        ("AB", LAMP, "unreadable"),
        ("The Mirow, but the Halden, in oak is fine too", LAMP, "unreadable"),
        ("B. But option A is dearer.", LAMP, "unreadable"),
        ("Answer: A\nAnswer: B", LAMP, "unreadable"),
        ("Not A.", LAMP, "unreadable"),
        ("I would not pick A.", LAMP, "unreadable"),
        ("A is wrong.", LAMP, "unreadable"),
        ("the lamp", LAMP, "unreadable"),
        ("the", LAMP, "unreadable"),
        ("Mirow or Halden", LAMP, "unreadable"),
        ("A. Actually, B.", LAMP, "unreadable"),
        ("Answer: A\nOr rather B.", LAMP, "unreadable"),
        ("Because I like it", LAMP, "unreadable"),
        ("I'm sorry, I can't choose between them.", LAMP, "refused"),
        ("As an AI, I cannot have a preference.", LAMP, "refused"),
        ("A. But I cannot really decide.", LAMP, "refused"),
        ("Oslo and Lima", FOUR, "unreadable"),
        ("Dakar", FOUR, "unreadable"),
    ],
)
def test_what_is_not_plainly_said_is_not_guessed(reply: str, options: tuple[str, ...], reason: str) -> None:
    assert read_choice(reply, options) == (None, reason)


@pytest.mark.parametrize(
    ("reply", "read"),
    [
        ("A\nIt lasts longer and", 0),
        ("B. the Halden, in oak\nI like it because", 1),
        ("A. the Mirow\nB. the", None),
        ("A. the Mirow\n", None),
        ("A\nbecause it", None),
        ("A", None),
        ("A. the Mi", None),
        ("A, because it\nlasts", None),
        ("Well,", None),
    ],
)
def test_a_reply_that_was_cut_off_counts_only_by_a_whole_first_line(reply: str, read: int | None) -> None:
    assert read_choice(reply, LAMP, cut_off=True) == (read, "" if read is not None else "cut_off")


@given(st.text(alphabet="ABCDabcd.,:()*\n answeroptionthe Mirow", max_size=80), st.booleans())
def test_reading_never_fails_and_says_why_it_does_not_read(reply: str, cut_off: bool) -> None:
    found = read_choice(reply, LAMP, cut_off=cut_off)
    assert (found.option is None) == bool(found.reason)
    assert found.option in (None, 0, 1)


@given(
    st.sampled_from(["{}", "{}.", "({})", "Answer: {}", "The answer is {}.", "**{}**", "Option {}", "I choose {}"]),
    st.integers(0, 3),
)
def test_a_label_means_its_position_whatever_the_options_are(form: str, index: int) -> None:
    assert read_choice(form.format("ABCD"[index]), FOUR).option == index


def test_no_reply_of_the_table_is_read_otherwise_than_by_a_person() -> None:
    """A thousand replies, labelled by a second pair of eyes from the docstring before the reader was read."""
    read = [(e, read_choice(e["reply"], e["options"], cut_off=e.get("cut_off", False)).option) for e in TABLE]
    assert [(e["options"], e["reply"], option) for e, option in read if option is not None and option != e["takes"]] == []
    plain = [option for e, option in read if e["takes"] is not None]
    assert len(plain) > 500
    assert sum(option is not None for option in plain) / len(plain) > 0.5  # most of the rest are hard on purpose
