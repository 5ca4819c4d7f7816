"""Paragraphs of DrawingML."""

from collections.abc import Iterator

import pytest
from lxml import etree

from api.assembly import Assembly
from api.files.office.drawing import read_alternative_text, read_paragraph, set_language
from api.files.office.places import Places
from api.text.hypotheses import Hypothesis
from api.text.options import Options
from tests.api.files.stand_in_models import OPTIONS, Model, backwards, shouting

TRANSITIONAL = "http://schemas.openxmlformats.org/drawingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/drawingml/main"


def part(paragraphs: str, namespace: str = TRANSITIONAL) -> str:
    return f'<p:sld xmlns:p="urn:slide" xmlns:a="{namespace}" xmlns:r="urn:relations">{paragraphs}</p:sld>'


def translation_of(xml: str, model: Model = shouting) -> etree._Element:
    places = Places(etree.fromstring(xml), (read_paragraph, read_alternative_text), OPTIONS)
    assembly = Assembly(["de"], Options(format="xml"))
    while needed := assembly.needed([segment for text in places.documents for segment in text.segments]):
        assembly.outcomes.update({(text, "de"): (model(text),) for text in needed})
    written = etree.fromstring(xml)
    places.write(written, [assembly.join(text)["de"][0].text for text in places.documents])
    return written


def shown(root: etree._Element) -> list[str]:
    """Return the paragraphs in a way of our own: words with the formats that they have, and what stands between."""
    return ["".join(_shown(paragraph)) for paragraph in root.iter("{*}p")]


def _shown(paragraph: etree._Element) -> Iterator[str]:
    for child in paragraph:
        name = etree.QName(child).localname
        if name != "r":
            yield f"[{name}]"
            continue
        properties = child.find("{*}rPr")
        looks = "".join(key for key in "biu" if properties is not None and properties.get(key))
        link = "" if properties is None else "".join(each.get("{urn:relations}id", "") for each in properties)
        yield f"{looks}{link}({child.findtext('{*}t')})"


def test_runs_that_look_alike_are_one() -> None:
    xml = part(
        '<a:p><a:r><a:rPr lang="en-US" dirty="0"/><a:t>the lo</a:t></a:r><a:r><a:rPr lang="en-GB" err="1"/>'
        "<a:t>ng</a:t></a:r><a:r><a:t> road</a:t></a:r></a:p>"
    )
    assert shown(translation_of(xml, backwards)) == ["(ROAD LONG THE)"]


def test_the_prevailing_format_is_that_of_the_words_and_the_other_follows_its_words() -> None:
    xml = part(
        '<a:p><a:r><a:rPr b="1"/><a:t>the very </a:t></a:r><a:r><a:rPr i="1"/><a:t>long</a:t></a:r>'
        '<a:r><a:rPr b="1"/><a:t> road</a:t></a:r></a:p>'
    )
    assert shown(translation_of(xml, backwards)) == ["b(ROAD )i(LONG)b( VERY THE)"]


def test_a_link_is_never_the_prevailing_format() -> None:
    xml = part(
        '<a:p><a:r><a:rPr><a:hlinkClick r:id="r7"/></a:rPr><a:t>the long report</a:t></a:r>'
        "<a:r><a:t> is old</a:t></a:r></a:p>"
    )
    assert shown(translation_of(xml, backwards)) == ["(OLD IS )r7(REPORT LONG THE)"]


def test_a_paragraph_that_is_all_link_stays_one() -> None:
    xml = part('<a:p><a:r><a:rPr><a:hlinkClick r:id="r7"/></a:rPr><a:t>the report</a:t></a:r></a:p>')
    assert shown(translation_of(xml)) == ["r7(THE REPORT)"]


def test_white_space_has_the_format_of_what_is_beside_it() -> None:
    xml = part(
        '<a:p><a:r><a:rPr u="sng"/><a:t> </a:t></a:r><a:r><a:rPr b="1"/><a:t>one</a:t></a:r>'
        '<a:r><a:rPr u="sng"/><a:t> </a:t></a:r><a:r><a:rPr i="1"/><a:t/></a:r><a:r><a:t>two three</a:t></a:r></a:p>'
    )
    assert shown(translation_of(xml)) == ["( )b(ONE)( TWO THREE)"]


def test_empty_runs_are_left_out() -> None:
    xml = part('<a:p><a:r><a:rPr b="1"/><a:t/></a:r><a:r><a:t>one</a:t></a:r></a:p>')
    assert shown(translation_of(xml)) == ["(ONE)"]


def test_breaks_and_tabs_end_sentences() -> None:
    xml = part(
        "<a:p><a:r><a:t>one two</a:t></a:r><a:br/><a:r><a:t>three four\tfive</a:t></a:r>"
        '<a:r><a:rPr b="1"/><a:t> six</a:t></a:r></a:p>'
    )
    assert shown(translation_of(xml, backwards)) == ["(TWO ONE)[br](FOUR THREE\t)b(SIX)( FIVE)"]


def test_a_field_stays_as_it_is_among_the_words() -> None:
    xml = part(
        '<a:p><a:r><a:t>see page </a:t></a:r><a:fld id="{1}" type="slidenum"><a:rPr/><a:t>7 x</a:t></a:fld>'
        "<a:r><a:t> of it</a:t></a:r></a:p>"
    )
    written = translation_of(xml, shouting)
    assert shown(written) == ["(SEE PAGE )[fld]( OF IT)"]
    assert written.findtext(".//{*}fld/{*}t") == "7 x"


def test_what_is_around_the_runs_stays() -> None:
    xml = part(
        '<a:p><a:pPr lvl="2"><a:buNone/></a:pPr><a:r><a:t>one</a:t></a:r><a:math/><a:endParaRPr sz="900"/></a:p>'
    )
    written = translation_of(xml)
    assert shown(written) == ["[pPr](ONE)[math][endParaRPr]"]
    assert etree.tostring(written).count(b"<a:buNone/>") == 1


def test_comments_in_the_xml_do_no_harm() -> None:
    written = translation_of(part("<!--x--><a:p><!--y--><a:r><a:t>one</a:t></a:r></a:p>"))
    assert b"<!--x--><a:p><!--y--><a:r><a:t>ONE</a:t></a:r></a:p>" in etree.tostring(written)


@pytest.mark.parametrize("paragraph", ["<a:p/>", "<a:p><a:endParaRPr/></a:p>", "<a:p><a:r><a:t>12 </a:t></a:r></a:p>"])
def test_a_paragraph_without_words_is_not_touched(paragraph: str) -> None:
    assert etree.tostring(translation_of(part(paragraph))).decode() == part(paragraph)


def test_a_translation_may_be_empty() -> None:
    xml = part("<a:p><a:r><a:t>one</a:t></a:r></a:p>")
    assert shown(translation_of(xml, lambda _: Hypothesis("", -0.5, 0.9))) == [""]


def test_strict_files_have_other_namespaces() -> None:
    xml = part('<a:p><a:r><a:t>one</a:t></a:r><a:r><a:rPr b="1"/><a:t> two three</a:t></a:r></a:p>', STRICT)
    written = translation_of(xml)
    assert shown(written) == ["(ONE)b( TWO THREE)"]
    assert {etree.QName(element).namespace for element in written.iter("{*}t")} == {STRICT}


def test_other_paragraphs_are_none_of_drawingml() -> None:
    xml = '<p xmlns="urn:other"><r><t>one</t></r></p>'
    assert etree.tostring(translation_of(xml)).decode() == xml


def test_the_alternative_text_of_a_picture_is_translated() -> None:
    written = translation_of(part('<p:cNvPr id="1" name="Picture 1" descr="a red car"/><p:cNvPr id="2" name="Two"/>'))
    assert [dict(element.attrib) for element in written] == [
        {"id": "1", "name": "Picture 1", "descr": "A RED CAR"},
        {"id": "2", "name": "Two"},
    ]


@pytest.mark.parametrize(
    ("said", "target", "says"),
    [("en-US", "de", "de-DE"), ("en", "fr", "fr-FR"), ("EN_gb", "xx", "xx"), ("it-IT", "de", "it-IT")],
)
def test_the_language_is_said_where_it_was_english(said: str, target: str, says: str) -> None:
    root = etree.fromstring(part(f'<a:p><a:r><a:rPr lang="{said}"/></a:r><a:endParaRPr lang="{said}"/><a:rPr/></a:p>'))
    set_language(root, target)
    assert [element.get("lang") for element in root.iter("{*}rPr", "{*}endParaRPr")] == [says, says, None]
