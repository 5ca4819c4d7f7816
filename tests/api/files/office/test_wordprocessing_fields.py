"""Fields of Word documents: what they compute, and the words in them."""

import pytest

from tests.api.files.office.word_paragraphs import BOLD, body, r, read, seen, texts, translation
from tests.api.files.stand_in_models import backwards, texts_of, translated
from tests.api.files.word_documents import word_document


def mark(kind: str) -> str:
    """Return a run with a mark of a complex field."""
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'


def code(instruction: str) -> str:
    """Return a run with the code of a complex field."""
    return f"<w:r><w:instrText>{instruction}</w:instrText></w:r>"


def field(instruction: str, result: str) -> str:
    """Return a complex field."""
    return mark("begin") + code(instruction) + mark("separate") + result + mark("end")


def test_a_page_number_is_kept() -> None:
    content = r("see page ") + field(" PAGEREF list \\h ", r("12")) + r(" here")
    assert texts(content) == ["see page 12 here"]
    assert translation(content) == seen("SEE PAGE ") + field(" PAGEREF list \\h ", seen("12")) + seen(" HERE")


@pytest.mark.parametrize("instruction", [" AUTHOR ", " DATE \\@ x ", " ", " MERGEFIELD name "])
def test_what_a_field_computes_is_kept(instruction: str) -> None:
    content = r("it is from ") + field(instruction, r("Ada May"))
    assert translation(content) == seen("IT IS FROM ") + field(instruction, seen("Ada May"))


@pytest.mark.parametrize("instruction", [' HYPERLINK "https://example.com/a" ', " REF list ", "STYLEREF 1"])
def test_a_field_with_words_of_the_text_goes_with_them(instruction: str) -> None:
    content = r("see ") + field(instruction, r("the ", BOLD) + r("list", BOLD)) + r(" here")
    assert texts(content) == ["see the list here"]
    expected = seen("HERE ") + field(instruction, seen("LIST THE", BOLD)) + seen(" SEE")
    assert translation(content, backwards) == expected


def test_a_field_may_have_no_result() -> None:
    entry = mark("begin") + code(' XE "harbour" ') + mark("end")
    assert translation(r("the harbour") + entry + r(" is old")) == seen("THE HARBOUR") + entry + seen(" IS OLD")


def test_fields_may_be_in_the_code_of_others() -> None:
    condition = mark("begin") + code(" IF ") + "{}" + mark("separate") + "{}" + mark("end")
    content = condition.format(field("MERGEFIELD a", r("A b")), r("the end"))
    assert texts(content) == ["the end"]
    assert translation(content) == condition.format(field("MERGEFIELD a", seen("A b")), seen("THE END"))


def test_fields_may_be_in_the_result_of_others() -> None:
    entry = field(" HYPERLINK a ", r("the end ") + field(" PAGEREF a ", r("3")))
    assert translation(entry) == field(" HYPERLINK a ", seen("THE END ") + field(" PAGEREF a ", seen("3")))


def test_a_table_of_contents_reaches_across_paragraphs() -> None:
    first = mark("begin") + code(" TOC ") + mark("separate")
    entry = '<w:hyperlink w:anchor="a"><w:r><w:t>{}</w:t><w:tab/></w:r>{}</w:hyperlink>'
    contents = f"<w:p>{first}{entry}</w:p><w:p>{entry}</w:p><w:p>{mark('end')}</w:p>"
    pages = [field(" PAGEREF a ", seen(number)) for number in ("1", "2")]
    document = read(word_document(contents.format("one two", pages[0], "three", pages[1])))
    assert texts_of(document) == ["one two", "three"]
    assert body(translated(document, backwards)) == contents.format("TWO ONE", pages[0], "THREE", pages[1])


def test_the_code_of_a_field_may_reach_across_paragraphs() -> None:
    field_around = (
        f"<w:p>{mark('begin')}{code('IF')}{{0}}</w:p><w:p>{{0}}{mark('separate')}{{1}}{mark('end')}{{2}}</w:p>"
    )
    document = read(word_document(field_around.format(r("code"), r("one"), r(" two"))))
    assert texts_of(document) == ["one", "two"]
    assert body(translated(document)) == field_around.format(seen("code"), seen("ONE"), seen(" TWO"))


@pytest.mark.parametrize("kind", ["separate", "end", "unknown"])
def test_a_stray_mark_of_a_field_ends_a_sentence(kind: str) -> None:
    content = r("one two") + mark(kind) + r("three four")
    assert translation(content, backwards) == seen("TWO ONE") + mark(kind) + seen("FOUR THREE")


def test_a_field_that_never_ends_stays_as_it_is() -> None:
    content = r("one") + mark("begin") + code("IF") + r("two")
    assert translation(content) == seen("ONE") + mark("begin") + code("IF") + seen("two")


def test_a_field_that_ends_outside_of_a_link_stays_in_place() -> None:
    content = mark("begin") + code("REF a") + '<w:hyperlink w:anchor="a">' + mark("separate") + "{}" + "</w:hyperlink>"
    content += mark("end")
    assert translation(content.format(r("one two")), backwards) == content.format(seen("TWO ONE"))


def test_a_range_may_start_within_a_field_and_end_behind_it() -> None:
    start, end = '<w:bookmarkStart w:id="1"/>', '<w:bookmarkEnd w:id="1"/>'
    content = field(" REF a ", r("one ") + start + r("two")) + end + r(" three")
    assert texts(content) == ["one two three"]
    assert translation(content) == field(" REF a ", seen("ONE ") + start + seen("TWO")) + end + seen(" THREE")
    content = start + field(" REF a ", r("one ") + end + r("two")) + r(" three")
    assert translation(content) == start + field(" REF a ", seen("ONE ") + end + seen("TWO")) + seen(" THREE")
