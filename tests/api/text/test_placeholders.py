"""Finding placeholders, addresses, paths and code."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.text.placeholders import Span, find_placeholders, without_overlaps

JUNK = [
    "a", "{", "}", "{}", "{{", "`", "``a ", "%", "%%s", "$", "/", "a/", "./", "a.", "\\", "<a ", ":a", "@", "a@", "://",
    "http://", "{a,plural,", "(", "www.", "-", "<%", "{%", "a-", "C:\\", "_", " ", "{a} ", "http://)", "x@y.",
    "{" + " " * 1990 + "}",
]  # fmt: skip
PIECES = st.sampled_from([*JUNK, "{name}", "%s", "https://example.com/a)", "me@example.com", "word ", "\n", "é", "`x`"])
SECONDS = 2.0


def found(text: str) -> list[str]:
    return [text[span.start : span.end] for span in find_placeholders(text)]


@pytest.mark.parametrize(
    "placeholder",
    [
        "{name}", "{0}", "{}", "{{x.y}}", "{{ user.name }}", "{{{raw}}}", "{user!r:>10}", "{items[0].id}", "#{count}",
        "${HOME}", "$HOME", "$1", "%s", "%d", "%1$d", "%(name)s", "%.2f", "%-10s", "%5d", "%%", "%ld", "%@", "%1",
        "%{n}", ":id:", ":first-name:", "{% if x %}", "<%= name %>", "{{ a | upper }}",
        "{count, plural, one {# file} other {# files}}", "{g, select, male {He} other {They}}", "{d, date, short}",
        "https://example.com", "http://a.example.org:8080/x?y=1&z={id}#top", "www.example.net", "ftp://host/file",
        "mailto:a@example.com", "https://en.example.org/wiki/Name_(word)", "a.b+c@mail.example.org",
        "/etc/hosts", "~/notes.txt", "./run", "../lib/x.so", "src/main.py", "C:\\Users\\x.txt", "\\\\server\\share",
        "README.md", "backup.tar.gz", "`make install`", "``a`b``", "```x```", "<b>", "</b>", "<br/>",
        '<a href="x">', "<name>",
    ],
)  # fmt: skip
@pytest.mark.parametrize("frame", ["{}", "Here is {} for you.", "({})", "See {}.", "See {}, please", "„{}“"])
def test_a_placeholder_is_found_alone_and_within_a_sentence(placeholder: str, frame: str) -> None:
    assert found(frame.replace("{}", placeholder, 1)) == [placeholder]


@pytest.mark.parametrize(
    "text",
    [
        "A 50% discount", "It costs $5.50.", "and/or", "He/she said: yes", "It is 5 km/h.", "a < b and c > d", "24/7",
        "e.g. this, i.e. that", "the { set of words }", "At 10:30:45 sharp", "Mr. Smith", "U.S.A.", "it's `", "3.5 kg",
        "100% sure", "$1 million", "1,000.50", "Note: this: that", "TCP/IP", "a@b", "http://", "100%",
        "a /_ b",
    ],
)  # fmt: skip
def test_ordinary_text_has_none(text: str) -> None:
    assert found(text) == []


def test_all_of_a_text_are_found_in_order() -> None:
    text = "Dear {name}, write to me@example.com or see https://example.com/x, %d times."
    assert found(text) == ["{name}", "me@example.com", "https://example.com/x", "%d"]


@pytest.mark.parametrize("junk", JUNK)
def test_fifty_thousand_characters_of_junk_take_little_time(junk: str) -> None:
    started = time.process_time()
    find_placeholders(junk * (50_000 // len(junk)))
    assert time.process_time() - started < SECONDS


def test_deep_nesting_takes_little_time() -> None:
    started = time.process_time()
    find_placeholders("{" * 25_000 + "}" * 25_000)
    assert time.process_time() - started < SECONDS


@given(text=st.lists(PIECES | st.text(max_size=3), max_size=20).map("".join))
def test_spans_are_ordered_within_the_text_and_never_overlap(text: str) -> None:
    bounds = [bound for span in find_placeholders(text) for bound in (span.start, span.end)]
    assert bounds == sorted(bounds)
    assert all(0 <= bound <= len(text) for bound in bounds)
    assert all(span.start < span.end for span in find_placeholders(text))


def test_of_overlapping_spans_the_earlier_group_wins() -> None:
    assert without_overlaps([Span(4, 6)], [Span(0, 3), Span(5, 9), Span(6, 8)]) == [Span(0, 3), Span(4, 6), Span(6, 8)]


def test_within_a_group_the_first_and_then_the_longest_wins() -> None:
    assert without_overlaps([Span(2, 9), Span(0, 3), Span(0, 5)]) == [Span(0, 5)]
