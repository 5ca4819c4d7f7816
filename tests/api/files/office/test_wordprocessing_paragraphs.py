"""Paragraphs of Word documents: formats, links, notes, tracked changes, controls."""

import re

import pytest

from tests.api.files.office.word_paragraphs import BOLD, body, r, read, seen, texts, translation
from tests.api.files.stand_in_models import backwards, translated
from tests.api.files.word_documents import word_document


def test_formats_go_with_their_words() -> None:
    content = r("the ") + r("red", BOLD) + r(" car")
    assert translation(content, backwards) == seen("CAR ") + seen("RED", BOLD) + seen(" THE")


def test_runs_that_look_the_same_are_one() -> None:
    noisy = "<w:rPr><w:b/><w:bCs/><w:noProof/><w:lang w:val='en-GB'/></w:rPr>"
    content = (
        '<w:r w:rsidR="00A1"><w:t>on</w:t></w:r><w:proofErr w:type="spellStart"/><w:r w:rsidR="00B2"><w:t>e</w:t></w:r>'
        '<w:r><w:lastRenderedPageBreak/><w:t xml:space="preserve"> tw</w:t></w:r>'
        f"{r('o ')}{r('thr', noisy)}{r('ee', BOLD)}"
    )
    assert texts(content) == ["one two three"]
    assert translation(content) == seen("ONE TWO ") + seen("THREE", BOLD)


def test_the_format_of_most_words_is_that_of_the_paragraph() -> None:
    content = r("the very long line ", BOLD) + r("it") + r(" has", BOLD)
    expected = seen("HAS ", BOLD) + seen("IT") + seen(" LINE LONG VERY THE", BOLD)
    assert translation(content, backwards) == expected


def test_properties_of_the_paragraph_stay_first() -> None:
    properties = '<w:pPr><w:jc w:val="center"/><w:rPr><w:lang w:val="en-US"/></w:rPr></w:pPr>'
    assert translation(properties + r("one")) == properties.replace("en-US", "de-DE") + seen("ONE")


def test_a_paragraph_without_words_stays() -> None:
    content = '<w:r w:rsidR="00A1"><w:t>12</w:t></w:r><w:proofErr w:type="spellStart"/><w:r><w:t>.5</w:t></w:r>'
    assert f"<w:p>{content}</w:p><w:p/>" in body(
        translated(read(word_document(f"<w:p>{r('one')}</w:p><w:p>{content}</w:p><w:p/>")))
    )


@pytest.mark.parametrize("element", ["<w:tab/>", "<w:br/>", "<w:cr/>", '<w:br w:type="page"/>', "<w:ptab/>"])
def test_tabs_and_line_breaks_end_a_sentence(element: str) -> None:
    content = f"<w:r><w:t>one two</w:t>{element}<w:t>three four</w:t></w:r>"
    assert texts(content) == ["one two", "three four"]
    expected = f"<w:r><w:t>TWO ONE</w:t>{element}<w:t>FOUR THREE</w:t></w:r>"
    assert translation(content, backwards) == expected


@pytest.mark.parametrize(
    "element",
    [
        '<w:footnoteReference w:id="2"/>',
        '<w:endnoteReference w:id="2"/>',
        '<w:commentReference w:id="2"/>',
        '<w:sym w:font="Wingdings" w:char="F04A"/>',
        "<w:drawing/>",
    ],
)
def test_notes_symbols_and_images_stay_behind_their_word(element: str) -> None:
    reference = f"<w:r>{BOLD}{element}</w:r>"
    content = r("the claim") + reference + r(" is old")
    assert translation(content, backwards) == seen("OLD IS CLAIM") + reference + seen(" THE")


def test_a_mark_within_a_format_stays_within_it() -> None:
    note = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    content = r("it is ") + r("one", BOLD) + note + r(" two", BOLD) + r(" and then some more")
    assert texts(content) == ["it is one two and then some more"]
    assert translation(content) == (
        seen("IT IS ") + seen("ONE", BOLD) + note + seen(" TWO", BOLD) + seen(" AND THEN SOME MORE")
    )


def test_a_mark_behind_a_format_stays_behind_it() -> None:
    note = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    content = r("the wall ") + r("one", BOLD) + note
    assert translation(content) == seen("THE WALL ") + seen("ONE", BOLD) + note
    assert translation(content + r(" is old")) == seen("THE WALL ") + seen("ONE", BOLD) + note + seen(" IS OLD")


def test_hyphens_become_such_as_the_model_knows() -> None:
    content = "<w:r><w:t>e</w:t><w:noBreakHyphen/><w:t>mail har</w:t><w:softHyphen/><w:t>bour w\u00adall</w:t></w:r>"
    assert texts(content) == ["e-mail harbour wall"]


def test_indentation_is_no_text() -> None:
    assert texts('<w:r><w:t>\n  one\n</w:t></w:r>\n  <w:r><w:t xml:space="preserve"> two</w:t></w:r>') == ["one two"]


def test_numbers_within_words_stay_lowered() -> None:
    low = '<w:rPr><w:vertAlign w:val="subscript"/></w:rPr>'
    content = r("the CO") + r("2", low) + r(" here")
    assert translation(content, backwards) == seen("HERE CO") + seen("2", low) + seen(" THE")


def test_ordinals_are_not_raised() -> None:
    high = '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr>'
    content = r("the 21") + r("st", high) + r(" of May")
    assert translation(content, backwards) == seen("MAY OF 21ST THE")
    content = r("the word ") + r("then", high) + r("th", high) + r(" too")
    assert translation(content) == seen("THE WORD ") + seen("THENTH", high) + seen(" TOO")


def test_a_formula_is_kept() -> None:
    formula = "<m:oMath><m:r><m:t>a+b</m:t></m:r></m:oMath>"
    content = r("the sum ") + formula + r(" is small")
    assert texts(content) == ["the sum a+b is small"]
    assert translation(content) == seen("THE SUM ") + formula + seen(" IS SMALL")


@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        ('<w:hyperlink w:anchor="top" w:history="1">', "</w:hyperlink>"),
        ('<w:ins w:id="1" w:author="Ada">', "</w:ins>"),
        ('<w:moveTo w:id="1" w:author="Ada">', "</w:moveTo>"),
        ('<w:smartTag w:element="x"><w:smartTagPr/>', "</w:smartTag>"),
        ("<w:sdt><w:sdtPr><w:text/></w:sdtPr><w:sdtContent>", "</w:sdtContent></w:sdt>"),
        ('<w:fldSimple w:instr=" REF note \\h ">', "</w:fldSimple>"),
    ],
)
def test_what_is_around_words_goes_with_them(opening: str, closing: str) -> None:
    content = r("see ") + opening + r("the ", BOLD) + r("list", BOLD) + closing + r(" here")
    assert texts(content) == ["see the list here"]
    expected = seen("HERE ") + opening + seen("LIST THE", BOLD) + closing + seen(" SEE")
    assert translation(content, backwards) == expected


def test_an_element_without_words_is_kept_as_it_is() -> None:
    link = '<w:hyperlink w:anchor="top"><w:r><w:drawing/></w:r></w:hyperlink>'
    assert translation(r("one ") + link + r(" two")) == seen("ONE ") + link + seen(" TWO")


@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        ('<w:ins w:id="1"><w:ins w:id="2">', "</w:ins></w:ins>"),
        (
            '<w:bookmarkStart w:id="1"/><w:bookmarkStart w:id="2"/>',
            '<w:bookmarkEnd w:id="2"/><w:bookmarkEnd w:id="1"/>',
        ),
    ],
)
def test_a_tab_inside_of_something_ends_a_sentence(opening: str, closing: str) -> None:
    tab = f"{opening}<w:r><w:tab/></w:r>{closing}"
    assert translation(r("one two") + tab + r("three"), backwards) == seen("TWO ONE") + tab + seen("THREE")


@pytest.mark.parametrize("name", ["del", "moveFrom"])
def test_what_was_deleted_stays_in_english(name: str) -> None:
    deleted = f'<w:{name} w:id="1"><w:r><w:delText>old</w:delText></w:r></w:{name}>'
    content = r("one ") + deleted + r("two")
    assert texts(content) == ["one two"]
    assert translation(content) == seen("ONE ") + deleted + seen("TWO")


@pytest.mark.parametrize("kind", ["<w:dropDownList/>", "<w14:checkbox/>", "<w:comboBox/>"])
def test_a_choice_is_kept(kind: str) -> None:
    control = f"<w:sdt><w:sdtPr>{kind}</w:sdtPr><w:sdtContent>{{}}</w:sdtContent></w:sdt>"
    assert texts(r("the mood is ") + control.format(r("Good"))) == ["the mood is Good"]
    expected = seen("THE MOOD IS ") + control.format(seen("Good"))
    assert translation(r("the mood is ") + control.format(r("Good"))) == expected


def test_a_control_without_content_is_kept() -> None:
    assert translation(r("one") + "<w:sdt><w:sdtPr/></w:sdt>") == seen("ONE") + "<w:sdt><w:sdtPr/></w:sdt>"


def test_a_translated_control_is_no_longer_tied_to_english_data() -> None:
    properties = "<w:sdtPr><w:id/><!-- a --><w:dataBinding/><w15:dataBinding/></w:sdtPr>"
    inner = f"<w:sdt>{properties}<w:sdtContent>{r('one')}</w:sdtContent></w:sdt>"
    outer = f"<w:sdt>{properties}<w:sdtContent><w:p>{inner}</w:p></w:sdtContent></w:sdt>"
    expected = "<w:sdt><w:sdtPr><w:id/><!-- a --></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>"
    assert body(translated(read(word_document(outer)))) == expected.format(f"<w:p>{expected.format(seen('ONE'))}</w:p>")


@pytest.mark.parametrize("name", ["bookmark", "commentRange", "perm"])
def test_marks_of_a_range_stay_around_its_words(name: str) -> None:
    start, end = f'<w:{name}Start w:id="3"/>', f'<w:{name}End w:id="3"/>'
    content = r("see ") + start + r("the list") + end + r(" here")
    assert translation(content, backwards) == seen("HERE ") + start + seen("LIST THE") + end + seen(" SEE")


def test_an_empty_range_stays_one() -> None:
    marks = '<w:bookmarkStart w:id="3" w:name="_GoBack"/><w:bookmarkEnd w:id="3"/>'
    assert translation(r("one ") + marks + r("two")) == seen("ONE ") + marks + seen("TWO")


def test_a_range_may_start_or_end_elsewhere() -> None:
    start, end = '<w:bookmarkStart w:id="3"/>', '<w:bookmarkEnd w:id="4"/>'
    content = end + r("one two. ") + start + r("three four")
    assert translation(content, backwards) == end + seen("TWO. ONE ") + start + seen("FOUR THREE")


def test_ranges_may_overlap() -> None:
    first, second = '<w:bookmark{} w:id="1"/>', '<w:commentRange{} w:id="2"/>'
    content = first.format("Start") + r("one ") + second.format("Start") + r("two ") + first.format("End")
    content += r("three") + second.format("End") + r(" four")
    result = translation(content)
    assert re.sub("<[^>]+>", "", result) == "ONE TWO THREE FOUR"
    for kind in (first, second):
        assert 0 <= result.index(kind.format("Start")) < result.index(kind.format("End"))


def test_the_format_of_a_range_is_that_of_its_paragraph() -> None:
    start, end = '<w:bookmarkStart w:id="3"/>', '<w:bookmarkEnd w:id="3"/>'
    content = start + r("the big ", BOLD) + r("old") + end + r(" wall", BOLD)
    assert translation(content) == start + seen("THE BIG ", BOLD) + seen("OLD") + end + seen(" WALL", BOLD)


@pytest.mark.parametrize(
    ("opening", "closing"),
    [('<w:ins w:id="1">', "</w:ins>"), ('<w:bookmarkStart w:id="1"/>', '<w:bookmarkEnd w:id="1"/>')],
)
def test_nesting_beyond_reason_is_kept(opening: str, closing: str) -> None:
    content = r("one ") + opening * 200 + r("two") + closing * 200
    result = translation(content)
    assert result.startswith(seen("ONE "))
    assert (result.count(opening), result.count(closing)) == (200, 200)


def test_text_boxes_are_translated_in_both_of_their_copies() -> None:
    box = "<w:txbxContent><w:p>{}</w:p></w:txbxContent>"
    both = (
        "<w:r><mc:AlternateContent><mc:Choice><w:drawing>{0}</w:drawing></mc:Choice>"
        "<mc:Fallback><w:pict>{0}</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    content = r("one ") + both.format(box.format(r("in ") + r("it", BOLD))) + r("two")
    assert texts(content) == ["one two", "in it", "in it"]
    copy = box.format(seen("IT", BOLD) + seen(" IN"))
    assert translation(content, backwards) == both.format(copy) + seen("TWO ONE")


def test_a_comment_in_the_xml_does_no_harm() -> None:
    content = "<!-- a --><w:r><!-- b --><w:t>on<!-- c -->e</w:t></w:r>"
    assert texts(content) == ["one"]
    assert translation(content) == "<!-- a --><w:r><!-- b --></w:r>" + seen("ONE")
