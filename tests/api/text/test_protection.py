"""Stand-ins, their verification, and the stretches between protected spans."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.text.hypotheses import Hypothesis, Link
from api.text.placeholders import Span, find_placeholders
from api.text.protection import StandIns, invents, stand_ins, stretch_translation, stretches, word_links

TEXTS = st.lists(
    st.sampled_from(
        ["{name}", "%s", "{data}", "1987", "word", " ", " ", ".", ", ", "`x`", "/", "é", "{{a.b}}", "\n", "-"]
    ),
    max_size=14,
).map("".join)


def ways(text: str, *boundaries: int) -> list[StandIns]:
    return list(stand_ins(text, find_placeholders(text), boundaries))


def answer(text: str) -> Hypothesis:
    return Hypothesis(text, score=-1.0, confidence=0.5)


def restored(text: str, translation: str) -> str | None:
    found = ways(text)[0].restore(answer(translation))
    return found.text if found is not None else None


class TestStandIns:
    def test_are_placeholders_first_and_then_years(self) -> None:
        assert [way.text for way in ways("Hello %s from %d.")] == [
            "Hello {data} from {index}.",
            "Hello 1987 from 1990.",
        ]

    def test_are_none_that_the_text_has(self) -> None:
        assert [way.text for way in ways("Since 1987 {data} and %s")] == [
            "Since 1987 {index} and {notes}",
            "Since 1987 1990 and 1993",
        ]

    def test_unite_spans_with_only_punctuation_between(self) -> None:
        assert ways("Dear {first} {last}, see %d/%d.")[0].text == "Dear {data}, see {index}."

    def test_do_not_unite_spans_across_markup(self) -> None:
        assert ways("Dear {first} {last}", 12)[0].text == "Dear {data} {index}"

    def test_are_sent_apart_from_words_that_they_touch(self) -> None:
        assert ways("Click <b>Save</b>s now")[0].text == "Click {data} Save {index} s now"

    def test_of_many_spans_are_years(self) -> None:
        assert [way.text[:6] for way in ways("%s word " * 11)] == ["1987 w"]

    def test_of_too_many_spans_are_not_tried(self) -> None:
        assert ways("%s word " * 13) == []


class TestRestoring:
    def test_puts_every_span_in_the_place_of_its_stand_in(self) -> None:
        assert restored("%s saw {x}.", "{index} wurde von {data} gesehen.") == "{x} wurde von %s gesehen."

    def test_takes_the_spaces_away_that_were_added(self) -> None:
        assert restored("a <b>Save</b> b", "a {data} Sichern {index} b") == "a <b>Sichern</b> b"

    def test_of_a_glossary_term_gives_the_target_term(self) -> None:
        [way, _] = stand_ins("The board met.", [Span(4, 9, replacement="Vorstand", term="board")])
        found = way.restore(answer("Der {data} traf sich."))
        assert found is not None
        assert found.text == "Der Vorstand traf sich."

    @pytest.mark.parametrize(
        "translation",
        [
            "Hallo!", "Hallo {data} {data}!", "Hallo {Data}!", "Hallo {{data}}!", "Hallo {data}s!", "Hallo {data} {x}!",
            "Hallo {data} }!",
            "Hallo {data}, 50 %s!",
        ],
    )  # fmt: skip
    def test_is_refused_when_something_is_lost_doubled_changed_or_invented(self, translation: str) -> None:
        assert restored("Hello {name}!", translation) is None

    def test_links_words_and_spans_by_their_characters(self) -> None:
        [way, _] = stand_ins("See %s now.", [Span(4, 6)])
        found = way.restore(replace(answer("Jetzt {data} ansehen."), alignment=((0, 2), (1, 1), (2, 0), (9, 0))))
        assert found is not None
        assert found.text == "Jetzt %s ansehen."
        assert found.links == (Link(0, 3, 9, 17), Link(4, 6, 6, 8), Link(7, 11, 0, 5), Link(4, 6, 6, 8, exact=True))

    @given(text=TEXTS)
    def test_of_what_was_sent_gives_the_source(self, text: str) -> None:
        for way in ways(text):
            found = way.restore(answer(way.text))
            assert found is not None
            assert found.text == text
            for link in found.links:
                assert text[link.source_start : link.source_end] == text[link.target_start : link.target_end]


class TestStretches:
    def test_are_the_words_between_spans_without_the_punctuation_next_to_them(self) -> None:
        text = "Dear {name}, we (or %s) wait."
        found = stretches(text, find_placeholders(text))
        assert [part.text for part in found if part.translate] == ["Dear", "we (or", "wait."]

    def test_start_and_end_with_whole_words(self) -> None:
        text = "- 2nd house %s on 5th2, %s"
        found = stretches(text, find_placeholders(text))
        assert [part.text for part in found if part.translate] == ["2nd house", "on 5th2"]

    @given(text=TEXTS)
    def test_cover_the_text_in_order(self, text: str) -> None:
        found = stretches(text, find_placeholders(text))
        assert "".join(part.text for part in found) == text
        assert [text[part.start : part.end] for part in found] == [part.text for part in found]

    @given(text=TEXTS)
    def test_to_translate_have_letters_and_no_span(self, text: str) -> None:
        for part in stretches(text, find_placeholders(text)):
            assert not part.translate or re.search(r"[^\W\d_]", part.text)
            assert not (part.translate and part.protected)

    @pytest.mark.parametrize(
        ("source", "translation", "kept"),
        [("Hello", "Hallo.", "Hallo"), ("Hello!", "Hallo!", "Hallo!"), ("x", "...", "..."), ("Hi", "Salut !", "Salut")],
    )
    def test_get_no_full_stop_that_they_did_not_have(self, source: str, translation: str, kept: str) -> None:
        assert stretch_translation(source, translation) == kept


def test_a_placeholder_that_the_source_does_not_have_is_invented() -> None:
    assert invents("Hallo {name}", "Hello %s")
    assert not invents("Hallo {name}", "Hello {name}")


def test_the_alignment_of_words_becomes_links_of_characters() -> None:
    hypothesis = replace(answer("das rote Auto"), alignment=((0, 0), (1, 2)))
    assert word_links("the car", hypothesis).links == (Link(0, 3, 0, 3), Link(4, 7, 9, 13))
