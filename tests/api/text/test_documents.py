"""Plain text as a document."""

import pytest
from hypothesis import given

from api.text.documents import parse
from api.text.hypotheses import Hypothesis, Link
from api.text.options import Options, SplitSentences
from tests.api.text.test_segmentation import ANY_TEXT, MODES, PUNCTUATED
from tests.api.text.test_wrapping import LINES, MAIL


def as_they_are(texts: list[str]) -> list[Hypothesis]:
    return [Hypothesis(text, 0.0, 1.0) for text in texts]


@given(text=ANY_TEXT | PUNCTUATED | LINES.map("\n".join))
def test_a_document_joined_with_its_own_sentences_is_the_text(text: str) -> None:
    document = parse(text, Options())
    assert document.join(as_they_are([segment.text for segment in document.segments])) == text


@pytest.mark.parametrize("split", MODES)
@given(text=PUNCTUATED | LINES.map("\n".join))
def test_line_breaks_are_as_many_in_the_translation(split: SplitSentences, text: str) -> None:
    document = parse(text, Options(split_sentences=split))
    joined = document.join(as_they_are(["ein Wort" for _ in document.segments]))
    assert joined.count("\n") == text.count("\n")


@given(text=PUNCTUATED)
def test_a_segment_says_where_it_stands(text: str) -> None:
    for segment in parse(text, Options()).segments:
        assert text[segment.start : segment.end].split() == segment.text.split()


def test_what_stands_between_sentences_stays() -> None:
    document = parse("\t1. One.  Two.\r\n\r\n> - Three\u00a0\n", Options())
    assert document.join(as_they_are(["A", "B", "C"])) == "\t1. A  B\r\n\r\n> - C\u00a0\n"


def test_a_wrapped_sentence_is_one_line_for_the_model_and_wrapped_again_after_it() -> None:
    document = parse(f"> {MAIL}\n".replace("\n", "\n> "), Options())
    texts = [segment.text for segment in document.segments]
    assert texts == MAIL.replace("\n", " ").replace("house. ", "house.\n").split("\n")
    translations = ["Danke für den langen Brief von letzter Woche über das Haus.", "Wir sollten uns treffen. " * 4]
    lines = document.join(as_they_are(translations)).split("\n")
    assert len(lines) == 4
    assert all(line.startswith("> ") for line in lines)


@pytest.mark.parametrize("split", MODES)
def test_a_placeholder_is_never_divided(split: SplitSentences) -> None:
    text = "Take {count, plural,\n  one {# file. Now.}\n\n  other {# files}} here. Or `a. B\u2028c` there."
    placeholder = text[text.index("{") : text.index("}}") + 2]
    assert any(placeholder in segment.text for segment in parse(text, Options(split_sentences=split)).segments)


def test_no_line_break_is_put_into_a_placeholder() -> None:
    text = "It was a very long day for {{ user . name }} and all of\nhis friends in the city."
    document = parse(text, Options())
    kept = Hypothesis("Ein_langer_Tag {{ user . name }} und", 0.0, 1.0, links=(Link(27, 44, 15, 32, exact=True),))
    assert document.join([kept]) == "Ein_langer_Tag {{ user . name }}\nund"


def test_a_break_between_two_placeholders_stays_between_them() -> None:
    document = parse("see {a}\n{b} now", Options(split_sentences="off"))
    carried = Link(4, 11, 6, 13, exact=True)
    translation = Hypothesis("siehe {a} {b} jetzt", 0.0, 1.0, links=(carried,))
    assert document.join([translation]) == "siehe {a}\n{b} jetzt"


def test_a_space_inside_a_placeholder_is_no_place_for_a_break() -> None:
    document = parse("see `a b`\nnow", Options(split_sentences="off"))
    carried = Link(4, 9, 6, 11, exact=True)
    translation = Hypothesis("siehe `a b` jetzt", 0.0, 1.0, links=(carried,))
    assert document.join([translation]) == "siehe `a b`\njetzt"
