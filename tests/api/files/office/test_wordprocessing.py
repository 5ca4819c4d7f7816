"""Paragraphs of Word documents: formats, fields, links, notes, tracked changes, controls."""

import re

import pytest
from lxml import etree

from api.errors import BrokenFileError, FileTooLargeError
from api.files.document import FileLimits
from api.files.formats import read_file
from api.files.office.wordprocessing import WordDocument
from tests.api.files.stand_in_models import LIMITS, OPTIONS, Model, backwards, shouting, texts_of, translated
from tests.api.files.word_documents import MAIN, NAMESPACES, OFFICE, archive, part, parts_of, report, word_document

STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
BOLD = "<w:rPr><w:b/></w:rPr>"
# What a reader need not see of the XML below.
_UNSEEN = re.compile(r' xmlns:\w+="[^"]*"| xml:space="preserve"')


def read(data: bytes) -> WordDocument:
    document = read_file("a.docx", data, OPTIONS, LIMITS)
    assert isinstance(document, WordDocument)
    return document


def body(data: bytes) -> str:
    """Return the body of a document, with short tags."""
    found = etree.fromstring(parts_of(data)["word/document.xml"])[0]
    inner = "".join(etree.tostring(child, encoding="unicode") for child in found)
    return _UNSEEN.sub("", inner)


def translation(content: str, model: Model = shouting) -> str:
    """Return what becomes of the content of a paragraph."""
    text = body(translated(read(word_document(f"<w:p>{content}</w:p>")), model))
    assert text.startswith("<w:p>")
    return text.removeprefix("<w:p>").removesuffix("</w:p>")


def texts(content: str) -> list[str]:
    return texts_of(read(word_document(f"<w:p>{content}</w:p>")))


def r(text: str, properties: str = "") -> str:
    """Return a run."""
    return f'<w:r>{properties}<w:t xml:space="preserve">{text}</w:t></w:r>'


def seen(text: str, properties: str = "") -> str:
    """Return a run as `translation` shows it."""
    return f"<w:r>{properties}<w:t>{text}</w:t></w:r>"


def mark(kind: str) -> str:
    """Return a run with a mark of a complex field."""
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'


def code(instruction: str) -> str:
    """Return a run with the code of a complex field."""
    return f"<w:r><w:instrText>{instruction}</w:instrText></w:r>"


def field(instruction: str, result: str) -> str:
    """Return a complex field."""
    return mark("begin") + code(instruction) + mark("separate") + result + mark("end")


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


def test_headers_footers_notes_and_comments_are_found_by_their_type() -> None:
    kinds = {"header": "hdr", "footer": "ftr", "footnotes": "footnotes", "endnotes": "endnotes", "comments": "comments"}
    parts = {
        f"odd/{number}.bin": (f"{OFFICE}{kind}+xml", part(root, f"<w:p>{r(f'the {kind}')}</w:p>"))
        for number, (kind, root) in enumerate(kinds.items())
    }
    document = read(word_document(f"<w:p>{r('one')}</w:p>", parts))
    assert texts_of(document) == ["one", *(f"the {kind}" for kind in kinds)]
    result = parts_of(translated(document))
    assert all(f"THE {kind.upper()}".encode() in result[name] for name, kind in zip(parts, kinds, strict=True))


def test_charts_and_descriptions_of_images_are_translated() -> None:
    chart = (
        '<c:chart xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
        '<a:p><a:r><a:rPr lang="en-US"/><a:t>Boats</a:t></a:r></a:p></c:chart>'
    )
    kind = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
    drawing = '<w:drawing><wp:docPr xmlns:wp="wp" id="1" descr="A wall"/></w:drawing>'
    document = read(word_document(f"<w:p><w:r>{drawing}</w:r>{r('one')}</w:p>", {"c.xml": (kind, chart.encode())}))
    assert sorted(texts_of(document)) == ["A wall", "Boats", "one"]
    result = translated(document)
    assert '<wp:docPr id="1" descr="A WALL"/>' in body(result)
    assert b'<a:rPr lang="de-DE"/><a:t>BOATS</a:t>' in parts_of(result)["c.xml"]


@pytest.mark.parametrize(("target", "tag"), [("de", "de-DE"), ("fr", "fr-FR")])
def test_spelling_is_checked_in_the_language_of_the_translation(target: str, tag: str) -> None:
    def language(english: str) -> str:
        return f'<w:rPr><w:lang w:val="{english}" w:eastAsia="ja-JP"/></w:rPr>'

    styles = (f"{OFFICE}styles+xml", part("styles", language("en-US") + language("sv-SE")))
    source = word_document(f"<w:p>{r('one ', language('en-GB'))}{r('two', BOLD)}</w:p>", {"word/styles.xml": styles})
    result = translated(read(source), target=target)
    assert body(result) == f"<w:p>{seen('ONE ', language(tag))}{seen('TWO', BOLD)}</w:p>"
    assert parts_of(result)["word/styles.xml"] == part("styles", language(tag) + language("sv-SE")).replace(
        b'"1.0" encoding="UTF-8" standalone="yes"', b"'1.0' encoding='UTF-8' standalone='yes'"
    )


def test_styles_that_say_nothing_of_english_stay_byte_for_byte() -> None:
    styles = part("styles", '<w:lang w:val="sv-SE"/><w:lang/>')
    source = word_document(f"<w:p>{r('one')}</w:p>", {"word/styles.xml": (f"{OFFICE}styles+xml", styles)})
    assert parts_of(translated(read(source)))["word/styles.xml"] == styles


def test_a_document_in_strict_form_is_translated() -> None:
    source = word_document(f"<w:p>{r('the ')}{r('red', BOLD)}{r(' car')}</w:p>")
    parts = {name: data.replace(NAMESPACES["w"].encode(), STRICT.encode()) for name, data in parts_of(source).items()}
    result = translated(read(archive(parts)), backwards)
    assert body(result) == f"<w:p>{seen('CAR ')}{seen('RED', BOLD)}{seen(' THE')}</w:p>"
    assert STRICT.encode() in parts_of(result)["word/document.xml"]
    assert NAMESPACES["w"].encode() not in parts_of(result)["word/document.xml"]


@pytest.mark.parametrize(
    "main",
    [
        f"{OFFICE}template.main+xml",
        "application/vnd.ms-word.document.macroEnabled.main+xml",
        "application/vnd.ms-word.template.macroEnabledTemplate.main+xml",
    ],
)
def test_templates_and_documents_with_macros_come_back_as_what_they_were(main: str) -> None:
    source = word_document(f"<w:p>{r('one')}</w:p>", {"word/vbaProject.bin": ("application/x", b"\0\1")}, main=main)
    result = translated(read(source))
    assert body(result) == f"<w:p>{seen('ONE')}</w:p>"
    for name in ("[Content_Types].xml", "word/vbaProject.bin"):
        assert parts_of(result)[name] == parts_of(source)[name]


def test_one_document_can_be_written_in_several_languages() -> None:
    document = read(word_document(f"<w:p>{r('one two')}</w:p>"))
    assert body(translated(document, shouting, "de")) == f"<w:p>{seen('ONE TWO')}</w:p>"
    assert body(translated(document, backwards, "fr")) == f"<w:p>{seen('TWO ONE')}</w:p>"


def test_a_document_without_words_stays_byte_for_byte() -> None:
    source = word_document("<w:p/>")
    assert parts_of(translated(read(source))) == parts_of(source)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"MZ\x90\0 no document",
        report()[:-100],
        report()[:3000],
        archive({"a.txt": b"one"}),
        word_document("", main="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"),
        archive({**parts_of(word_document("")), "word/document.xml": b"<w:p>"}),
        archive({name: data for name, data in parts_of(word_document("")).items() if name != "word/document.xml"}),
        bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600),
    ],
    ids=["empty", "program", "truncated", "cut", "archive", "spreadsheet", "broken", "incomplete", "password"],
)
def test_what_is_no_word_document_is_refused(data: bytes) -> None:
    with pytest.raises(BrokenFileError):
        read(data)


def test_a_bomb_is_refused() -> None:
    bomb = word_document("", {"word/media/a.bin": ("image/x", bytes(20_000_000))})
    assert len(bomb) < 100_000
    with pytest.raises(FileTooLargeError):
        read_file("a.docx", bomb, OPTIONS, FileLimits(unpacked_bytes=1_000_000, characters=1000))


def test_text_of_other_parts_is_left_alone() -> None:
    parts = {"word/glossary/document.xml": (f"{OFFICE}document.glossary+xml", part("glossaryDocument", r("one")))}
    source = word_document(f"<w:p>{r('two')}</w:p>", parts)
    assert MAIN in parts_of(source)["[Content_Types].xml"].decode()
    assert parts_of(translated(read(source)))["word/glossary/document.xml"] == parts["word/glossary/document.xml"][1]
