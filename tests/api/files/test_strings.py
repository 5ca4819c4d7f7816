"""Strings of programs with tags and references."""

import pytest

from api.assembly import Assembly
from api.files.codes import Code, Token, paired
from api.files.inline import Atom, Span
from api.files.strings import StringText
from api.text.options import Options
from tests.api.files.stand_in_models import OPTIONS, Model, backwards, shouting


def translation_of(source: str, model: Model = shouting) -> str:
    text = StringText(source, OPTIONS)
    assembly = Assembly(["de"], Options(format="xml"))
    while needed := assembly.needed(text.segments):
        assembly.outcomes.update({(sent, "de"): (model(sent),) for sent in needed})
    return text.text_of(assembly.join(text)["de"][0].text)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("one two", "TWO ONE"),
        ("the <b>red</b> car", "CAR <b>RED</b> THE"),
        ('see <a href="x">the <i>long</i> list</a> here', 'HERE <a href="x">LIST <i>LONG</i> THE</a> SEE'),
        ("take <0>the bus</0> home", "HOME <0>BUS THE</0> TAKE"),
        ("one two<br>three four", "TWO ONE<br>FOUR THREE"),
        ('the <img src="a"> red car', 'CAR RED THE <img src="a">'),
        ("one two<br/>\nthree four\n", "TWO ONE<br/>\nFOUR THREE\n"),
        ("<p>one two</p><p>three</p>", "<p>TWO ONE</p><p>THREE</p>"),
        ("this &amp; that", "THAT &amp; THIS"),
        ("5 &times; two &lt;three", "&lt;THREE TWO &times; 5"),
        ("Tom & <b>Tim</b>", "<b>TIM</b> & TOM"),
        ("\n one two\n", "\n TWO ONE\n"),
        ("", ""),
        ("12 %", "12 %"),
    ],
)
def test_markup_follows_its_words(source: str, expected: str) -> None:
    assert translation_of(source, backwards) == expected


@pytest.mark.parametrize(
    "source",
    ["copy <file> here", "I <3 you", "use <code>x = y</code> here", "hello <1/> there", "see $t(a.b)"],
)
def test_what_stands_for_something_is_in_the_sentence(source: str) -> None:
    [segment] = StringText(source, OPTIONS).segments
    assert segment.text.split()[0] == source.split()[0]
    assert len(segment.text) > len(source) / 2


def test_a_wrapped_string_with_tags_is_one_sentence() -> None:
    source = "This <b>text</b> is so long that it has no room on\none line and goes on in the next of them."
    assert len(StringText(source, OPTIONS).segments) == 1


def test_codes_that_cross_are_atoms() -> None:
    opening: list[Token[str]] = [Code("<a>", opens="a"), "x", Code("<b>", opens="b")]
    tokens = [*opening, Code("</a>", closes="a"), Code("</b>", closes="b")]
    [span, atom] = paired(tokens)
    assert isinstance(span, Span)
    assert span.payload == ("<a>", "</a>")
    assert isinstance(atom, Atom)


def test_deep_nesting_is_no_trouble() -> None:
    source = "<b>" * 5000 + "one" + "</b>" * 5000
    assert translation_of(source) == source.replace("one", "ONE")
