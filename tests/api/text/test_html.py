"""HTML documents, compared with what an HTML5 parser makes of them."""

import random
import re
import time
from collections.abc import Callable

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser, LexborNode

from api.text.documents import parse
from api.text.hypotheses import Hypothesis, Link
from api.text.options import Options

HTML = Options(format="html")
# Quadratic time would be minutes.
SECONDS = 15.0

FRAGMENTS = [
    "<p>", "</p>", "<b>", "</b>", "<i class='x'>", "</i>", "<a href=\"a&amp;b\">", "</a>", "<br>", "<img src=x>",
    "<div>", "</div>", "<li>", "<ul>", "</ul>", "<code>", "</code>", "<script>", "</script>", "<!-- c -->", "<td>",
    "<x-y>", "</x-y>", "<pre>", "</pre>", "<span translate=no>", "</span>", "<", ">", "&", "&amp;", "&nbsp;", "&#8217;",
    "<!DOCTYPE html>", "<title>", "</title>", "<a b=\"", "word", "Two words.", " ", "\n  ", "Really? Yes.", "{name}",
    "123", "é", "<b/>", "\x00",
]  # fmt: skip
DOCUMENTS = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=4), max_size=25).map("".join)
WELL_FORMED = st.recursive(
    st.sampled_from(
        ["One dog.", "two ", " cats", "Is it? Yes. ", " {name} ", " ", "<img>", "<code>x y</code>", "a", "!"]
    ),
    lambda inner: st.builds(
        lambda tag, parts: f"<{tag}>{''.join(parts)}</{tag}>",
        st.sampled_from(["b", "i", "u", "span"]),
        st.lists(inner, max_size=4),
    ),
    max_leaves=12,
)


def joined(source: str, translate: Callable[[str], Hypothesis], options: Options = HTML) -> str:
    document = parse(source, options)
    return document.join([translate(segment.text) for segment in document.segments])


def as_it_is(text: str) -> Hypothesis:
    """Return the text as its translation, every word linked to itself."""
    words = [found.span() for found in re.finditer(r"\S+", text)]
    return Hypothesis(text, 0.0, 1.0, links=tuple(Link(*word, *word) for word in words))


def reversed_words(text: str) -> Hypothesis:
    """Return the words in reverse order, each linked to where it was."""
    words = [(found.span(), found[0]) for found in re.finditer(r"\S+", text)]
    links = []
    made = ""
    for span, word in reversed(words):
        made += " " if made else ""
        links.append(Link(*span, len(made), len(made) + len(word)))
        made += word
    return Hypothesis(made, 0.0, 1.0, links=tuple(links))


def shuffled(text: str) -> Hypothesis:
    """Return other words in any number, linked at random; what is opaque or in braces comes along."""
    generator = random.Random(text)  # noqa: S311
    spans = [(found.span(), found[0]) for found in re.finditer(r"x y|\{name\}", text)]
    parts: list[tuple[tuple[int, int] | None, str]] = [
        (None, generator.choice(["ein", "Wort.", "<&>", "–"])) for _ in range(4)
    ]
    parts += spans
    generator.shuffle(parts)
    made, links = "", []
    for span, word in parts:
        made += " " if made else ""
        place = len(made), len(made) + len(word)
        if span is not None:
            links.append(Link(*span, *place, exact=True))
        elif text:
            start = generator.randrange(len(text))
            links.append(Link(start, min(len(text), start + 3), *place))
        made += word
    return Hypothesis(made, 0.0, 1.0, links=tuple(links))


def unrelated(_text: str) -> Hypothesis:
    return Hypothesis("etwas ganz anderes", 0.0, 1.0)


def outline(source: str, *, ordered: bool) -> object:
    """Return the tree of elements with their attributes, without comments; siblings in any order unless `ordered`."""
    body = LexborHTMLParser(source).root
    assert body is not None
    return _outline(body, ordered=ordered)


def _outline(node: LexborNode, *, ordered: bool) -> tuple[object, ...]:
    children = [_outline(child, ordered=ordered) for child in node.iter(include_text=False) if child.tag != "-comment"]
    return (
        node.tag,
        tuple(sorted(node.attributes.items(), key=str)),
        tuple(children if ordered else sorted(children, key=str)),
    )


@given(source=DOCUMENTS)
def test_a_document_joined_with_its_own_sentences_reads_the_same(source: str) -> None:
    # Browsers show nothing of a tag that never ends, here it is text.
    assume(not re.search(r"<[^>]*\Z", source))
    assert outline(joined(source, as_it_is), ordered=True) == outline(source, ordered=True)
    assert words_shown(joined(source, as_it_is)) == words_shown(source)


def words_shown(source: str) -> list[str]:
    root = LexborHTMLParser(source).root
    return root.text().split() if root is not None else []


@pytest.mark.parametrize("translate", [reversed_words, shuffled, unrelated])
@given(source=WELL_FORMED)
def test_the_tree_stays_whatever_the_model_makes_of_the_words(
    translate: Callable[[str], Hypothesis], source: str
) -> None:
    source = f"<p>{source}</p>"
    assert outline(joined(source, translate), ordered=False) == outline(source, ordered=False)


@pytest.mark.parametrize("translate", [reversed_words, unrelated])
@given(source=DOCUMENTS)
def test_every_tag_stays_as_it_was_written(translate: Callable[[str], Hypothesis], source: str) -> None:
    assume("<title" not in source)
    tags = re.compile(r"<[a-z/!][^<>]*>")
    assert sorted(tags.findall(joined(source, translate))) == sorted(tags.findall(source))


@given(source=DOCUMENTS)
def test_segments_have_letters_no_tags_and_no_line_breaks(source: str) -> None:
    for segment in parse(source, HTML).segments:
        assert re.search(r"[^\W\d_]", segment.text)
        assert segment.text == segment.text.strip(" \n\t")
        assert "\n" not in segment.text


@pytest.mark.parametrize(
    "kept",
    [
        "<script>if (a < b) { say('Hello there') }</script>", "<style>p { color: red }</style>", "<script></script>",
         "<!-- A comment. -->",
        "<pre>\n  Some text.\n</pre>", "<textarea>Some text.</textarea>", '<p translate="no">Keep <b>me</b></p>',
        "<div class='a notranslate b'>Keep me</div>", "<!DOCTYPE html>", "<div class=notranslate>Keep</div>",
        "<svg><text>Hello</text></svg>", "<P TRANSLATE=NO>Keep</P>", "<?php echo 'Hello' ?>",
    ],
)  # fmt: skip
def test_what_is_not_text_comes_back_byte_for_byte(kept: str) -> None:
    assert joined(f"<p>One</p>\n {kept}\n<p>Two</p>", unrelated) == (
        f"<p>etwas ganz anderes</p>\n {kept}\n<p>etwas ganz anderes</p>"
    )


def texts(source: str, options: Options = HTML) -> list[str]:
    return [segment.text for segment in parse(source, options).segments]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<p>One.</p><p>Two</p>", ["One.", "Two"]),
        ("<p>One. Two.</p>", ["One.", "Two."]),
        ("<li>One<li>Two", ["One", "Two"]),
        ("one<br>two", ["one", "two"]),
        ("<td>One</td><td>2</td>", ["One"]),
        ("a <b>bold</b> word", ["a bold word"]),
        ("a\n   wrapped\tline", ["a wrapped line"]),
        ("<b>One. Two.</b>", ["One.", "Two."]),
        ("<b>One. Two</b> three.", ["One. Two three."]),
        ("&lt;b&gt; &amp; &eacute;&#33;", ["<b> & é!"]),
        ("Hi <!-- c -->there", ["Hi there"]),
        ("<title>A <b> title</title>", ["A <b> title"]),
        ("a <b>b <p>c</b> d", ["a", "b", "c", "d"]),
        ("a <b>b <i>c</b> d</i> e", ["a", "b", "c", "d", "e"]),
        ("say <code>x. Y</code> twice", ["say x. Y twice"]),
        ("say <code> x</code> twice", ["say x twice"]),
        ("5 < 6 is true", ["5 < 6 is true"]),
        ("less <a, you know", ["less <a, you know"]),
        ('shown <a href="hidden>text', ["shown"]),
    ],
)
def test_texts_are_divided_into_sentences(source: str, expected: list[str]) -> None:
    assert texts(source) == expected


def test_a_tag_that_never_ends_hides_the_rest() -> None:
    source = 'One dog. <a b="> Two" cats.'
    assert texts(source) == ["One dog."]
    assert joined(source, as_it_is) == source


def test_tags_go_with_their_words() -> None:
    source = "<p>The <b>red</b> car is <a href='x'>here</a>.</p>"
    hypothesis = Hypothesis(
        "Ici, la voiture rouge.", 0.0, 1.0,
        links=(Link(0, 3, 5, 7), Link(4, 7, 16, 22), Link(8, 11, 8, 15), Link(15, 20, 0, 4)),
    )  # fmt: skip
    assert joined(source, lambda _: hypothesis) == "<p><a href='x'>Ici</a>, la voiture <b>rouge</b>.</p>"


def test_without_an_alignment_tags_stay_where_they_were_in_proportion() -> None:
    found = joined("one <b>two</b> three four", lambda _: Hypothesis("eins zwei drei vier", 0.0, 1.0))
    assert found == "eins <b>zwei</b> drei vier"


@pytest.mark.parametrize(
    ("source", "translation"),
    [
        ("a <b><code>x</code> and <code>z</code></b> <code>y</code> b", "x y z"),
        ("a <b><code>x</code> and <code>z</code></b> <i><code>y</code></i> b", "x y z"),
        ("a <b><code>x</code> and <code>z</code></b> <code>y</code> <code>w</code> b", "x y w z"),
    ],
)
def test_an_opaque_element_that_leaves_its_parent_leaves_the_sentence_in_english(source: str, translation: str) -> None:
    def mixed(text: str) -> Hypothesis:
        places = [(text.index(word), translation.index(word)) for word in translation.split()]
        return Hypothesis(translation, 0.0, 1.0, links=tuple(Link(a, a + 1, b, b + 1, True) for a, b in places))

    assert joined(source, mixed) == source


def test_an_element_does_not_end_inside_a_placeholder() -> None:
    hypothesis = Hypothesis("{{ a }}", 0.0, 1.0, links=(Link(9, 16, 0, 7, exact=True),))
    assert joined("One <b>two</b> {{ a }}", lambda _: hypothesis) == "<b>{{ a }}</b>"


def test_words_without_a_link_stay_out_of_an_element() -> None:
    hypothesis = Hypothesis("eins zwei drei", 0.0, 1.0, links=(Link(0, 3, 0, 4),))
    assert joined("<b>one</b> two three", lambda _: hypothesis) == "<b>eins</b> zwei drei"


def test_a_glossary_term_is_escaped_like_other_text() -> None:
    hypothesis = Hypothesis("F&E hier", 0.0, 1.0, links=(Link(0, 8, 0, 3, exact=True),))
    assert joined("Research <b>here</b>", lambda _: hypothesis) == "F&amp;E <b>hier</b>"


def test_elements_in_elements_beyond_reason_separate_sentences() -> None:
    source = f"a {'<b>' * 60}x{'</b>' * 60} b"
    assert joined(source, unrelated) == source.replace("a ", "etwas ganz anderes ").replace(
        "x", "etwas ganz anderes"
    ).replace(" b", " etwas ganz anderes")


@pytest.mark.parametrize("markup", ["<img>", "<code>x</code>", "<b>y</b>"])
def test_more_markup_than_can_be_moved_separates_what_is_between(markup: str) -> None:
    assert len(texts(f"two words {markup} " * 10)) == 1
    source = f"two words {markup} " * 100
    assert len(texts(source)) >= 100
    assert joined(source, as_it_is) == source


def test_dividing_comes_to_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.text.inline._MOST_ROUNDS", 0)
    assert texts("<b>One. Two.</b> And <i>three</i>.") == ["One.", "Two.", "And", "three"]


def test_a_tag_that_never_ends_hides_what_follows() -> None:
    source = "shown <a b='x>y' and more"
    assert texts(source) == ["shown"]
    assert joined(source, as_it_is) == source


def test_a_lone_tag_keeps_its_neighbour() -> None:
    found = joined("Press <img src=k> now", reversed_words)
    assert found in ("now <img src=k> Press", "now Press <img src=k>")


def test_a_lone_tag_in_a_word_goes_behind_it() -> None:
    assert joined("One wo<wbr>rd here", as_it_is) == "One word<wbr> here"


@pytest.mark.parametrize(
    ("source", "translation", "expected"),
    [
        ("the CO<sub>2</sub> here", "das CO2-Gas hier", "das CO<sub>2</sub>-Gas hier"),
        ("of H<sub>2</sub>SO<sub>4</sub> here", "von H2SO4 hier", "von H<sub>2</sub>SO<sub>4</sub> hier"),
        ("of O<sub>2</sub>N<sub>2</sub> here", "von O2N2 hier", "von O<sub>2</sub>N<sub>2</sub> hier"),
        ("a claim<sup>(1)</sup> here", "eine Behauptung(1) hier", "eine Behauptung<sup>(1)</sup> hier"),
        ("the x<sub>i</sub> value", "der xi Wert", "der x<sub>i</sub> Wert"),
        ("to <b>e</b>nter it", "zu geben es", "zu <b>geben</b> es"),
        ("the <b>H<sub>2</sub>O</b> here", "das H2O hier", "das <b>H<sub>2</sub>O</b> hier"),
    ],
)
def test_a_part_of_a_word_is_marked_where_it_is_in_the_translation(
    source: str, translation: str, expected: str
) -> None:
    words = [found.span() for found in re.finditer(r"\S+", re.sub("<[^>]+>", "", source))]
    links = [Link(*word, *found.span()) for word, found in zip(words, re.finditer(r"\S+", translation), strict=True)]
    assert joined(source, lambda _: Hypothesis(translation, 0.0, 1.0, links=tuple(links))) == expected


def test_a_lone_tag_stays_out_of_an_element_that_goes_around_its_word() -> None:
    links = (Link(0, 3, 0, 4), Link(8, 13, 5, 9), Link(4, 7, 10, 14), Link(14, 18, 15, 19))
    hypothesis = Hypothesis("eins drei zwei vier", 0.0, 1.0, links=links)
    expected = "<b>eins drei zwei</b><img> vier"
    assert joined("<b>one two</b> three<img> four", lambda _: hypothesis) == expected


def test_translated_text_is_escaped() -> None:
    assert joined("One", lambda _: Hypothesis("<b> & 'x'", 0.0, 1.0)) == "&lt;b&gt; &amp; 'x'"


def test_what_is_protected_is_as_it_was_in_the_source() -> None:
    text = "Use {{ a && b }} now"
    found = joined(text, lambda t: Hypothesis(t, 0.0, 1.0, links=(Link(4, 16, 4, 16, exact=True),)))
    assert found == text


class TestOptions:
    def test_ignored_tags_come_back_as_they_are(self) -> None:
        options = Options(format="html", ignore_tags=frozenset({"x"}))
        assert texts("a <x>b</x> c", options) == ["a b c"]
        assert parse("a <x>b</x> c", options).segments[0].opaque

    def test_splitting_tags_end_a_sentence(self) -> None:
        assert texts("a <x>b</x> c", Options(format="html", splitting_tags=frozenset({"x"}))) == ["a", "b", "c"]

    def test_non_splitting_tags_do_not(self) -> None:
        assert texts("a <p>b</p> c", Options(format="html", non_splitting_tags=frozenset({"p"}))) == ["a b c"]

    def test_sentences_are_left_together(self) -> None:
        assert texts("<p>One. Two.</p>", Options(format="html", split_sentences="off")) == ["One. Two."]


@pytest.mark.parametrize(
    "junk",
    [
        "<", "<a ", "<b>", "</b>", "<b>x", "<b>x</b>", "a<b>x</b> ", "<!--", "&", "&amp", "<a href=\"", "<p",
        "<i><b>x</i></b>", "<script>", "</script", "<code>", "x<code>y</code>", "<![CDATA[", "<b>A. b</b> ", "x. <b>",
        "<img>", "{a<b>", "<code> ", "x <img>", "x <code>y</code> ",
    ],
)  # fmt: skip
def test_fifty_thousand_characters_of_junk_take_little_time(junk: str) -> None:
    source = junk * (50_000 // len(junk))
    started = time.process_time()
    joined(source, as_it_is)
    assert time.process_time() - started < SECONDS
