"""Paragraphs with inline codes."""

from collections.abc import Sequence
from dataclasses import replace

from api.assembly import Assembly
from api.files.inline import Atom, Node, Paragraph, Span
from api.text.hypotheses import Hypothesis
from api.text.options import Options
from tests.api.files.stand_in_models import Model, backwards, shouting


def translation_of(nodes: Sequence[Node[str]], model: Model = shouting) -> str:
    """Return the nodes of a translation, written in a way of our own."""
    paragraph = Paragraph(nodes, Options())
    assembly = Assembly(["de"], Options(format="xml"))
    while needed := assembly.needed(paragraph.segments):
        assembly.outcomes.update({(text, "de"): (model(text),) for text in needed})
    return written(paragraph.nodes_of(assembly.join(paragraph)["de"][0].text))


def unchanged(text: str) -> Hypothesis:
    return replace(shouting(text), text=text)


def written(nodes: Sequence[Node[str]]) -> str:
    parts = []
    for node in nodes:
        match node:
            case str():
                parts.append(node)
            case Atom():
                parts.append(f"[{node.payload}]")
            case Span():
                parts.append(f"{node.payload}({written(node.children)})")
    return "".join(parts)


def test_a_plain_paragraph_is_its_translation() -> None:
    assert translation_of(["One day. Two days."]) == "ONE DAY. TWO DAYS."


def test_a_paragraph_without_words_comes_back() -> None:
    assert translation_of(["  ", Atom("image"), " "]) == "  [image] "


def test_what_looks_like_markup_is_text() -> None:
    assert translation_of(['a <b> & "c" &amp; </g> <x id="0"/>'], unchanged) == 'a <b> & "c" &amp; </g> <x id="0"/>'


def test_formatting_follows_its_words() -> None:
    nodes: list[Node[str]] = ["the ", Span("bold", ("red",)), " car"]
    assert translation_of(nodes, backwards) == "CAR bold(RED) THE"


def test_formatting_within_formatting_stays_within_it() -> None:
    nodes: list[Node[str]] = ["see ", Span("link", ("the ", Span("bold", ("long",)), " list")), " here"]
    assert translation_of(nodes) == "SEE link(THE bold(LONG) LIST) HERE"


def test_an_atom_stays_behind_its_word() -> None:
    assert translation_of(["the claim", Atom("note"), " is old"], backwards) == "OLD IS CLAIM[note] THE"


def test_what_an_atom_shows_is_not_translated() -> None:
    assert translation_of(["see page ", Atom("page", shown="xii"), " of it"]) == "SEE PAGE [page] OF IT"


def test_a_break_ends_a_sentence() -> None:
    nodes: list[Node[str]] = ["one two", Atom("line", is_break=True), "three four"]
    assert translation_of(nodes, backwards) == "TWO ONE[line]FOUR THREE"


def test_formatting_across_a_break_goes_around_both_lines() -> None:
    nodes: list[Node[str]] = [Span("bold", ("one two", Atom("line", is_break=True), "three four"))]
    assert translation_of(nodes, backwards) == "bold(TWO ONE[line]FOUR THREE)"
