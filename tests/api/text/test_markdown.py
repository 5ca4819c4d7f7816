"""Markdown documents, compared with what a parser makes of them."""

import re
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from api.text.documents import parse
from api.text.hypotheses import Hypothesis
from api.text.options import Options
from tests.api.text.test_html import as_it_is, reversed_words, unrelated

MARKDOWN = Options(format="markdown")
SECONDS = 20.0
PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])

LINES = [
    "# Heading", "Some *words* here.", "and **more** of __them__", "- item", "  - nested `code`", "1. one", "> quoted",
    "", "```", "    code", "| a | b |", "|---|---|", "| c \\| d | e |", "[link](http://x 'y') there", "![image](x.png)",
    "***", "hard break  ", "back\\", "<b>html</b> text", "<div>", "[ref]: http://x", "see [ref] and [text][ref]",
    "a_b_c * d", "\\*not\\*", "&amp; &copy;", "<https://x.org>", "Setext", "===", "- [x] done", "note[^1]", "~~gone~~",
    "{name} %s", "\t", "5. five", "*", "_a **b** c_", "[a *b* c](x)", "[", "`", "é", "Is it? Yes.",
]  # fmt: skip
DOCUMENTS = st.lists(st.sampled_from(LINES) | st.text(max_size=5), max_size=12).map("\n".join)


def joined(source: str, translate: Callable[[str], Hypothesis]) -> str:
    document = parse(source, MARKDOWN)
    return document.join([translate(segment.text) for segment in document.segments])


def texts(source: str) -> list[str]:
    return [segment.text for segment in parse(source, MARKDOWN).segments]


def structure(source: str) -> list[object]:
    """Return the blocks in order, with the inline markup of each in any order, and what is never translated."""
    found: list[object] = []
    for token in PARSER.parse(source):
        if token.type == "inline":
            children = (child for child in token.children or [] if child.type not in ("text", "softbreak"))
            found.append(sorted((child.type, child.content, str(child.attrs)) for child in children))
        else:
            found.append((token.type, token.tag, str(token.attrs), token.content))
    return found


@pytest.mark.parametrize("translate", [as_it_is, reversed_words, unrelated])
@given(source=DOCUMENTS)
def test_the_structure_stays_whatever_the_model_makes_of_the_words(
    translate: Callable[[str], Hypothesis], source: str
) -> None:
    assert structure(joined(source, translate)) == structure(source)


@given(source=DOCUMENTS)
def test_a_document_joined_with_its_own_sentences_reads_the_same(source: str) -> None:
    assert _words(joined(source, as_it_is)) == _words(source)


def _words(source: str) -> list[str]:
    rendered: str = PARSER.render(source)
    return rendered.split()


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("# One\n\nTwo. Three.", ["One", "Two.", "Three."]),
        ("Title\n=====\n\ntext", ["Title", "text"]),
        ("one line\nthat goes on", ["one line that goes on"]),
        ("> one line\n> that goes on", ["one line that goes on"]),
        ("one  \ntwo\\\nthree", ["one", "two", "three"]),
        ("- One\n- Two\n\n  more", ["One", "Two", "more"]),
        ("- [x] Done", ["Done"]),
        ("| A | B |\n|---|---|\n| c *d* | 5 |", ["A", "B", "c d"]),
        ("a [link](x) and `some code`", ["a link and some code"]),
        ("```\ncode\n```\n\n    more code\n\n<div>\nhtml\n</div>", []),
        ("---\ntitle: x\n---\nText", ["Text"]),
        ("[x]: http://a.b\n\nSee [x].", ["See x."]),
        ("\\*a\\* &amp; b", ["*a* & b"]),
        ("see <http://a.b>", ["see http://a.b"]),
        ("![alternative](x) text[^1]", ["text"]),
        ("one\r\ntwo", ["one two"]),
        ("| A |\n|---|\n| b \\| c |", ["A"]),
        ("[ref](a b) c\n\n[ref]: x", ["ref(a b) c"]),
        ("[one]() two [three](<> 'x') four", ["one two three four"]),
        ("one<br>two <b>three</b>", ["onetwo three"]),
    ],
)
def test_texts_are_divided_into_sentences(source: str, expected: list[str]) -> None:
    assert texts(source) == expected


@pytest.mark.parametrize(
    ("translation", "written"),
    [
        ("1. Januar", "1\\. Januar"), ("- Wort", "\\- Wort"), ("# Wort", "\\# Wort"), ("> Wort", "\\> Wort"),
        ("ein *Wort* `x`", "ein \\*Wort\\* \\`x\\`"), ("[ein](Wort)", "\\[ein\\](Wort)"), ("a <b> c", "a \\<b> c"),
        ("snake_case", "snake_case"), ("5 > 4 & 3", "5 > 4 & 3"),
    ],
)  # fmt: skip
def test_translated_text_does_not_become_markup(translation: str, written: str) -> None:
    assert joined("word", lambda _: Hypothesis(translation, 0.0, 1.0)) == written


def test_translated_text_does_not_end_the_cell_of_a_table() -> None:
    found = joined("| A |\n|---|\n| b |", lambda _: Hypothesis("x|y", 0.0, 1.0))
    assert found == "| x\\|y |\n|---|\n| x\\|y |"


def test_markup_goes_with_its_words() -> None:
    assert joined("the **red** [car](x)", reversed_words) == "[car](x) **red** the"


def test_a_block_whose_markup_would_be_lost_stays_in_english() -> None:
    source = "a _word_ here"
    glued = Hypothesis("", 0.0, 1.0)
    assert joined(source, lambda _: glued) == source


@pytest.mark.parametrize(
    "junk", ["*", "_", "[", "]", "`", "<", "> ", "- ", "a*", "*a* ", "[a](", "![", "\\", "&", "|", "~", "a\n", "#"]
)
def test_twenty_thousand_characters_of_junk_take_little_time(junk: str) -> None:
    started = time.process_time()
    joined(junk * (20_000 // len(junk)), as_it_is)
    assert time.process_time() - started < SECONDS


def test_segments_say_where_they_are() -> None:
    source = "# One\n\n> Two\n> three. Four"
    found = [source[segment.start : segment.end] for segment in parse(source, MARKDOWN).segments]
    assert [re.sub(r"\n> ", " ", each) for each in found] == ["One", "Two three.", "Four"]
