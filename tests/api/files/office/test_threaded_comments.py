"""Comments with answers, in which people are mentioned."""

import pytest
from lxml import etree

from api.text.hypotheses import Hypothesis
from tests.api.files.stand_in_models import Model, backwards, shouting
from tests.api.files.workbooks import of_texts, parts_of, with_parts, written

NAME = "xl/threadedComments/threadedComment1.xml"
NAMESPACE = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"


def translation_of(text: str, *mentions: tuple[str, str], model: Model = shouting) -> tuple[str, list[str]]:
    """Return the text of a comment, and what each mention in it is, by its place in UTF-16."""
    found = "".join(f'<mention startIndex="{start}" length="{length}"/>' for start, length in mentions)
    part = (
        f'<ThreadedComments xmlns="{NAMESPACE}"><threadedComment ref="A1"><text>{text}</text>'
        f"{f'<mentions>{found}</mentions>' if mentions else ''}</threadedComment></ThreadedComments>"
    )
    types = {NAME: "application/vnd.ms-excel.threadedcomments+xml"}
    root = etree.fromstring(parts_of(written(with_parts(of_texts("one"), {NAME: part.encode()}, types), model))[NAME])
    after = root.findtext(".//{*}text") or ""
    units = after.encode("utf-16-le")
    places = [(2 * int(each.attrib["startIndex"]), 2 * int(each.attrib["length"])) for each in root.iter("{*}mention")]
    return after, [units[start : start + length].decode("utf-16-le") for start, length in places]


def test_a_comment_is_translated() -> None:
    assert translation_of("is this right?") == ("IS THIS RIGHT?", [])
    assert translation_of("") == ("", [])


def test_a_mention_moves_with_its_name() -> None:
    text, mentions = translation_of("please ask @Jane Doe or @Joe today", ("11", "9"), ("24", "4"), model=backwards)
    assert text == "TODAY @Joe OR @Jane Doe ASK PLEASE"
    assert mentions == ["@Jane Doe", "@Joe"]


def test_places_are_counted_in_utf_16() -> None:
    assert translation_of("😀 ask @Jo 😀 now", ("7", "3")) == ("😀 ASK @Jo 😀 NOW", ["@Jo"])


def test_comments_in_the_xml_do_no_harm() -> None:
    part = (
        f'<ThreadedComments xmlns="{NAMESPACE}"><threadedComment><text>ask @Jo</text><mentions><!--x-->'
        '<mention startIndex="4" length="3"/></mentions></threadedComment></ThreadedComments>'
    ).encode()
    types = {NAME: "application/vnd.ms-excel.threadedcomments+xml"}
    after = parts_of(written(with_parts(of_texts("one"), {NAME: part}, types), backwards))[NAME]
    assert b'<text>@Jo ASK</text><mentions><!--x--><mention startIndex="0" length="3"/>' in after


def test_lines_stay_lines() -> None:
    text, mentions = translation_of("one two\nthree @Jo", ("14", "3"), model=backwards)
    assert (text, mentions) == ("TWO ONE\n@Jo THREE", ["@Jo"])


def test_a_mention_that_is_lost_for_words_is_not() -> None:
    text, mentions = translation_of("ask @Jo", ("4", "3"), model=lambda _: Hypothesis("NOBODY", -0.5, 0.9))
    assert mentions == ["@Jo"]
    assert "@Jo" in text


@pytest.mark.parametrize("place", [("x", "3"), ("4", ""), ("4", "0"), ("4", "30"), ("-1", "3"), ("9" * 9, "3")])
def test_a_comment_with_a_mention_out_of_place_stays(place: tuple[str, str]) -> None:
    part_stays = "ask @Jo now"
    found = f'<mention startIndex="{place[0]}" length="{place[1]}"/>'
    part = (
        f'<ThreadedComments xmlns="{NAMESPACE}"><threadedComment ref="A1"><text>{part_stays}</text>'
        f"<mentions>{found}</mentions></threadedComment></ThreadedComments>"
    ).encode()
    types = {NAME: "application/vnd.ms-excel.threadedcomments+xml"}
    assert parts_of(written(with_parts(of_texts("one"), {NAME: part}, types)))[NAME] == part
