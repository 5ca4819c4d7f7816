"""Terms to keep and glossaries."""

import time

import pytest

from api.text.terms import Terms


def kept(text: str, *terms: str) -> list[str]:
    return [text[span.start : span.end] for span in Terms(terms).kept_spans(text)]


def replaced(text: str, **glossary: str) -> list[tuple[str, str | None]]:
    return [(text[span.start : span.end], span.replacement) for span in Terms(glossary=glossary).glossary_spans(text)]


def test_terms_to_keep_are_found_as_whole_words_in_their_case() -> None:
    assert kept("Acme, Acmes and acme: an Acme.", "Acme") == ["Acme", "Acme"]


@pytest.mark.parametrize("term", ["C++", ".NET", "AT&T", "a*b", "Grüße", "(x)"])
def test_terms_may_have_any_characters(term: str) -> None:
    assert kept(f"I like {term} a lot", term) == [term]


def test_white_space_in_a_term_is_any_white_space() -> None:
    assert kept("the Acme \n Cloud", "Acme Cloud") == ["Acme \n Cloud"]


def test_longer_terms_win() -> None:
    assert kept("New York City", "New York", "New York City", "York") == ["New York City"]


def test_without_terms_nothing_is_found() -> None:
    assert kept("a text", " ") == []


def test_a_glossary_term_is_found_in_every_case() -> None:
    assert replaced("Board and BOARD, boards", board="Vorstand") == [("Board", "Vorstand"), ("BOARD", "Vorstand")]


def test_a_capitalised_glossary_term_is_found_in_every_case() -> None:
    assert replaced("the board", Board="Vorstand") == [("board", "Vorstand")]


@pytest.mark.parametrize("term", ["API", "iPhone"])
def test_a_glossary_term_with_a_capital_inside_is_found_in_its_case_only(term: str) -> None:
    assert replaced(f"{term} and {term.lower()}", **{term: "X"}) == [(term, "X")]


def test_a_glossary_span_says_which_term_it_is() -> None:
    [span] = Terms(glossary={"board": "V", "BOARDS": "y"}).glossary_spans("The Board met.")
    assert (span.term, span.replacement) == ("board", "V")


def test_five_thousand_terms_take_little_time() -> None:
    terms = Terms([f"Term{number} Two" for number in range(5000)], {f"word{number}": "x" for number in range(5000)})
    text = "Here Term77 Two, word9 and others. " * 1000
    started = time.process_time()
    assert len([*terms.kept_spans(text), *terms.glossary_spans(text)]) == 2000
    assert time.process_time() - started < 2.0
