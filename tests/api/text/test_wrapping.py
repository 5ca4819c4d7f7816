"""Line breaks inside sentences."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.text.wrapping import rewrap, soft_breaks, unwrap

MAIL = (
    "thank you for the long letter that you sent me last week about the\n"
    "house. I have read all of it and I think that we should meet on\n"
    "Monday at the old place near the river, if you can come."
)
HARD = {
    "list": "a kilo of apples which are red and not too small at all, please\n- milk, if there is any left\n",
    "numbers": "one should open the box very carefully and look into it first\n2. read the manual, all of it\n",
    "heading": "How to open the box\n\nopen it very carefully and look into it before you do anything else",
    "short-lines": "the rain is over\nand the sun is out\nand so are we\n",
    "capitals": "The rain that fell for a week is over and the sun comes out\nAnd All Of Us Go Out Into The Garden\n",
    "uneven": "short line of words\nthis one is a good deal longer than the first one was, or seems so\nend\n",
    "quotation": "he said that he would never come back to this place again, but\n> you said that he would\n",
    "very-long": "a line of words " * 12 + "\nand another",
    "table": "| the name of the thing that we bought last week | 12 | kilograms\n| the name of the other | 3 |\n",
    "address": "the house behind the old station, second floor\nmain street 5\nsome town\n",
}
LINES = st.lists(
    st.sampled_from(
        ["", "> ", "a", "word word word word word word word word word word", "Upper case " * 5, "- x", " "]
    ),
    max_size=12,
)


def softened(text: str) -> str:
    return unwrap(text, soft_breaks(text), 0, len(text))


def test_a_wrapped_paragraph_becomes_one_line() -> None:
    assert softened(MAIL) == MAIL.replace("\n", " ")


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r", " \n", "\n  ", "\t\r\n\t"])
def test_white_space_around_a_soft_break_belongs_to_it(line_break: str) -> None:
    assert softened(MAIL.replace("\n", line_break)) == MAIL.replace("\n", " ")


def test_the_marks_of_quoted_mail_belong_to_the_break() -> None:
    quoted = "> > " + MAIL.replace("\n", "\n> > ")
    assert softened(quoted) == "> > " + MAIL.replace("\n", " ")


def test_a_wrapped_list_item_becomes_one_line() -> None:
    item = "- " + MAIL.replace("\n", "\n  ")
    assert softened(f"{item}\n- milk") == "- " + MAIL.replace("\n", " ") + "\n- milk"


@pytest.mark.parametrize("text", HARD.values(), ids=HARD.keys())
def test_other_line_breaks_stay(text: str) -> None:
    assert soft_breaks(text) == []


@given(lines=LINES)
def test_a_soft_break_holds_one_line_break_and_no_letter(lines: list[str]) -> None:
    text = "\n".join(lines)
    for found in soft_breaks(text):
        inside = text[found.start : found.end]
        assert inside.count("\n") == 1
        assert set(inside) <= set(" \n>")


@pytest.mark.parametrize(
    ("breaks", "expected"),
    [
        ([], "eins zwei drei vier"),
        ([(0.5, "\n")], "eins zwei\ndrei vier"),
        ([(0.0, "\n")], "eins\nzwei drei vier"),
        ([(1.0, "\r\n> ")], "eins zwei drei\r\n> vier"),
        ([(0.5, "\n"), (0.5, "\t\n")], "eins zwei\ndrei\t\nvier"),
        ([(0.9, "1"), (0.9, "2"), (0.9, "3")], "eins1zwei2drei3vier"),
        ([(0.1, "1"), (0.2, "2"), (0.3, "3"), (0.4, "4")], "eins1zwei2drei3vier4"),
    ],
)
def test_breaks_return_to_their_places_in_proportion(breaks: list[tuple[float, str]], expected: str) -> None:
    assert rewrap("eins zwei drei vier", breaks) == expected


@given(
    translation=st.text("ab ", max_size=60),
    shares=st.lists(st.floats(0, 1), max_size=8).map(sorted),
)
def test_no_break_and_no_word_gets_lost(translation: str, shares: list[float]) -> None:
    wrapped = rewrap(translation, [(share, "\n") for share in shares])
    assert wrapped.count("\n") == len(shares)
    assert wrapped.replace("\n", " ").split() == translation.split()
