"""Segmentation: the hard cases that the splitter was chosen by, and that nothing is ever lost."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.text.options import SplitSentences
from api.text.segmentation import is_blank, pieces

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=200)
PUNCTUATED = st.lists(
    st.sampled_from([*".!?…\n\r\t \"'()«»“”aB1é😀\u2028\u3000\u00a0•-*:;,。", "Mr.", "e.g.", "1.", "a)", "\r\n", " "]),
    max_size=60,
).map("".join)
MODES: list[SplitSentences] = ["on", "newlines", "sentences", "off"]

# Each is a text of these sentences with a space between them.
HARD_CASES = [
    ["Mr. Smith met Dr. Jones at 5 p.m. on Monday.", "They had tea."],
    ["Bring fruit, e.g. apples or pears.", "Nuts are fine too."],
    ["He moved to the U.S. in 1999.", "She stayed in the U.K. with her sister."],
    ["See No. 5 on the list.", "It is short."],
    ["Pi is about 3.14 and e is 2.718.", "Both are irrational."],
    ["It costs $4.50.", "That is cheap."],
    ['"Where are you going?" he asked.', "She did not answer."],
    ['He said, "I am late."', "Then he left."],
    ["“Stop!” she cried.", "Nobody moved."],
    ["Well... I am not sure.", "Ask again tomorrow."],
    ["Visit https://www.example.com/a.b?c=d for more.", "It is free."],
    ["Write to jane.doe@example.co.uk today.", "We answer quickly."],
    ["J. R. R. Tolkien wrote it.", "I read it twice."],
    ["My name is John F. Kennedy.", "I live here."],
    ["Is it true?!", "Yes!", "It is."],
    ["I love it 😀.", "Do you?"],
    ["The version is 2.0.1.", "Update now."],
    ["Prof. Miller, Ph.D., teaches at St. Mary's.", "She is kind."],
    ["Use the file config.yaml or main.py.", "Then run it."],
    ["The firm Acme Inc. was sold.", "Nobody knew."],
    ["They arrived at 9 a.m.", "The shop was closed."],
    ["Look at fig. 3 and p. 12.", "They agree."],
    ["He was born in Washington, D.C. and grew up there.", "He left early."],
    ["That is, i.e. this, one sentence.", "The next one."],
    ["He asked: what now?", "I had no idea."],
    ["Turn left at 5th St. and go on.", "You will see it."],
    ["Jan. 5 was cold.", "Feb. was worse."],
    ["Yahoo! was a big company.", "It is not any more."],
    ["Apples, pears, etc. are sold here.", "Meat is not."],
    ["I do not know.", "Do you?", "No."],
    ["He works at Node.js Ltd. in Leeds.", "It is a small firm."],
    ["Gen. Lee and Sgt. Pepper met Capt. Cook.", "It was odd."],
    ["My cat (who is 3 yrs. old) sleeps.", "She is old."],
    ["We make a good team, you and I.", "Did you see it?"],
    ["What did she mean by 'no'?", "I never asked."],
    ["'I am tired.'", "'So am I.'"],
    ["The temperature is -3.5 °C.", "Wear a coat."],
    ["Don't do that!!!", "Really."],
    ["See Sec. 4.2 for details.", "Chapter 5 is optional."],
    ["Thanks for your help.", "Best regards, A. Muller"],
    ["Import System.IO.File first.", "Then call obj.Method().Name."],
]
SLOWEST_SECONDS = 3.0


def sentences(text: str, split: SplitSentences = "on") -> list[str]:
    return [piece.text for piece in pieces(text, split) if piece.is_sentence]


@pytest.mark.parametrize(
    "text", ["", " ", "\n\t\u00a0", "?!…", "🙂🎉", "—", "\u0301", "\x00", "$ % &", "7", "3.14", "½"]
)
def test_a_text_without_a_letter_is_blank(text: str) -> None:
    assert is_blank(text)


@pytest.mark.parametrize("text", ["a", " é ", "7 x", "?x", "日本", "🙂 ok"])
def test_a_text_with_a_letter_is_not_blank(text: str) -> None:
    assert not is_blank(text)


@pytest.mark.parametrize("case", HARD_CASES, ids=[case[0] for case in HARD_CASES])
def test_a_hard_case_is_split_as_a_reader_would(case: list[str]) -> None:
    assert sentences(" ".join(case)) == case


@pytest.mark.parametrize(
    "text", ["Wait… What was that?", "(This is in brackets.) This is not.", "The meeting is vs. Team B. Good luck."]
)
def test_in_doubt_nothing_is_split(text: str) -> None:
    assert sentences(text) == [text]


def test_a_missing_space_is_seen_between_plain_words() -> None:
    assert sentences("This is one.And this is two.") == ["This is one.", "And this is two."]


def test_every_line_break_is_a_boundary() -> None:
    text = "A heading\n\nA line without a stop\nand another.\r\nThe end\u2028of it"
    assert sentences(text) == ["A heading", "A line without a stop", "and another.", "The end", "of it"]


@pytest.mark.parametrize(
    "marker", ["- ", "* ", "• ", "1. ", "12) ", "(a) ", "iv) ", "> ", "> > ", ">> - ", "## ", "\t– "]
)
def test_a_list_marker_is_no_part_of_the_sentence(marker: str) -> None:
    assert sentences(f"{marker}Open the box.\n{marker}Go on.") == ["Open the box.", "Go on."]


@pytest.mark.parametrize(
    "line", ["-5 degrees", "3.14 is pi", "1984 was cold", "A. Smith came", "--help says it", "#tag it"]
)
def test_what_only_looks_like_a_marker_stays(line: str) -> None:
    assert sentences(line) == [line]


def test_tabs_separate_the_cells_of_a_table() -> None:
    assert sentences("1.\tThe room\t\t2 beds\n\tA lamp") == ["The room", "2 beds", "A lamp"]


def test_newlines_alone_split_when_asked_for() -> None:
    assert sentences("One. Two.\n- Three. Four.", "newlines") == ["One. Two.", "- Three. Four."]


def test_sentences_go_on_over_line_breaks_when_asked_for() -> None:
    assert sentences("It was cold\nin\n\nMay. We left.", "sentences") == ["It was cold\nin\n\nMay.", "We left."]


def test_nothing_splits_when_asked_for() -> None:
    assert sentences(" One. Two.\nThree.\n", "off") == ["One. Two.\nThree."]


@pytest.mark.parametrize("split", MODES)
@given(text=ANY_TEXT | PUNCTUATED)
def test_the_pieces_joined_are_the_text(split: SplitSentences, text: str) -> None:
    found = pieces(text, split)
    assert "".join(piece.text for piece in found) == text
    assert all(text[piece.start : piece.end] == piece.text for piece in found)


@given(text=ANY_TEXT | PUNCTUATED)
def test_a_sentence_has_a_letter_and_no_white_space_around_it(text: str) -> None:
    assert all(not is_blank(sentence) and sentence == sentence.strip() for sentence in sentences(text))


@given(text=ANY_TEXT | PUNCTUATED)
def test_no_letter_is_left_between_sentences_but_those_of_list_markers(text: str) -> None:
    between = [piece.text for piece in pieces(text, "newlines") if not piece.is_sentence]
    assert all(is_blank(separator) for separator in between)


@pytest.mark.parametrize(
    "unit", ["a", ".", ". ", "«", "‘!", "('", "Mr. ", "1. ", "- a\n", "\u0301", " ", ".•", "a.B", "A one. "]
)
def test_fifty_thousand_characters_of_junk_take_no_longer_than_prose(unit: str) -> None:
    text = unit * (50_000 // len(unit))
    started = time.perf_counter()
    assert "".join(piece.text for piece in pieces(text)) == text
    assert time.perf_counter() - started < SLOWEST_SECONDS


def test_a_sentence_is_the_same_wherever_a_window_of_the_splitter_ends() -> None:
    text = " ".join(f"Sentence {number} is not much longer than this." for number in range(1000))
    assert sentences(text) == [f"Sentence {number} is not much longer than this." for number in range(1000)]
