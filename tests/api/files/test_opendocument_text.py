"""Paragraphs of OpenDocument."""

import pytest
from lxml import etree

from api.assembly import Assembly
from api.files.inline import Paragraph
from api.files.opendocument_text import ParagraphContent, looks
from api.text.options import Options
from tests.api.files.stand_in_models import OPTIONS, Model, backwards, shouting

NAMESPACES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "draw": "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0",
    "fo": "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0",
    "presentation": "urn:oasis:names:tc:opendocument:xmlns:presentation:1.0",
    "field": "urn:openoffice:names:experimental:ooo-ms-interop:xmlns:field:1.0",
    "loext": "urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0",
    "officeooo": "http://openoffice.org/2009/office",
    "xlink": "http://www.w3.org/1999/xlink",
    "dc": "http://purl.org/dc/elements/1.1/",
}
DECLARED = "".join(f' xmlns:{prefix}="{name}"' for prefix, name in NAMESPACES.items())
STYLES = """<office:automatic-styles>
<style:style style:name="T1" style:family="text"><style:text-properties fo:font-weight="bold"/></style:style>
<style:style style:name="T2" style:family="text"><style:text-properties fo:font-weight="bold" officeooo:rsid="0a"/>
</style:style>
<style:style style:name="T3" style:family="text"><style:text-properties fo:language="en" fo:country="GB"/></style:style>
<style:style style:name="T4" style:family="text"><style:text-properties officeooo:rsid="0b"/></style:style>
<style:style style:name="T5" style:family="text"><style:text-properties fo:language="la"/></style:style>
<style:style style:name="T6" style:family="text" style:parent-style-name="Emphasis"/>
</office:automatic-styles>"""


def root_of(content: str) -> etree._Element:
    return etree.fromstring(
        f"<office:document-content{DECLARED}>{STYLES}<text:p>{content}</text:p></office:document-content>"
    )


def joined(paragraph: Paragraph[int], model: Model) -> str:
    assembly = Assembly(["de"], Options(format="xml"))
    while needed := assembly.needed(paragraph.segments):
        assembly.outcomes.update({(text, "de"): (model(text),) for text in needed})
    return assembly.join(paragraph)["de"][0].text


def translation_of(content: str, model: Model = shouting) -> str:
    """Return what is in a paragraph once it is translated."""
    root = root_of(content)
    same_looks = looks(root)
    element = root[-1]
    paragraph = Paragraph(ParagraphContent(element, same_looks).nodes, OPTIONS)
    again = root_of(content)
    ParagraphContent(again[-1], same_looks).replace(paragraph.nodes_of(joined(paragraph, model)))
    written = etree.tostring(again[-1], encoding="unicode")
    return written[written.index(">") + 1 :].removesuffix("</text:p>")


def sentences_of(content: str) -> list[str]:
    root = root_of(content)
    return [segment.text for segment in Paragraph(ParagraphContent(root[-1], looks(root)).nodes, OPTIONS).segments]


def test_a_paragraph_without_markup() -> None:
    assert translation_of("One day &amp; two. <!-- c -->Three.") == "ONE DAY &amp; TWO. <!-- c -->THREE."


def test_formatting_follows_its_words() -> None:
    source = 'the <text:span text:style-name="T1">red</text:span> car'
    assert translation_of(source, backwards) == 'CAR <text:span text:style-name="T1">RED</text:span> THE'


def test_a_link_keeps_its_target_and_its_events() -> None:
    start = '<text:a xlink:href="#a"><office:event-listeners/>'
    source = f'see {start}the <text:span text:style-name="T1">map</text:span></text:a> here'
    expected = f'HERE {start}<text:span text:style-name="T1">MAP</text:span> THE</text:a> SEE'
    assert translation_of(source, backwards) == expected


@pytest.mark.parametrize("second", ["T1", "T2"])
def test_neighbours_that_look_the_same_are_one(second: str) -> None:
    source = f'a <text:span text:style-name="T1">re</text:span><text:span text:style-name="{second}">d car</text:span>'
    assert translation_of(source) == 'A <text:span text:style-name="T1">RED CAR</text:span>'


@pytest.mark.parametrize("second", ["T5", "T6", "Emphasis"])
def test_neighbours_that_look_different_stay_apart(second: str) -> None:
    source = f'<text:span text:style-name="T1">red</text:span><text:span text:style-name="{second}"> car</text:span>'
    written = translation_of(source)
    assert written.index('"T1">RED</') < written.index(f'"{second}">CAR</')


def test_neighbours_with_text_between_them_stay_apart() -> None:
    source = 'a <text:span text:style-name="T1">red</text:span> or <text:span text:style-name="T1">blue</text:span> car'
    assert translation_of(source).count("<text:span") == 2


@pytest.mark.parametrize("attribute", ['text:style-name="T3"', 'text:style-name="T4"', ""])
def test_a_style_that_does_not_show_is_left_out(attribute: str) -> None:
    assert translation_of(f"a r<text:span {attribute}>e</text:span>d car") == "A RED CAR"
    assert sentences_of(f"a r<text:span {attribute}>e</text:span>d car") == ["a red car"]


def test_a_style_for_the_whole_paragraph_stays_around_it() -> None:
    source = '<text:span text:style-name="T1">one day. two days.</text:span>'
    assert translation_of(source) == '<text:span text:style-name="T1">ONE DAY. TWO DAYS.</text:span>'
    assert sentences_of(source) == ["one day.", "two days."]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("\n  One\n\tday  here.\n ", "ONE DAY HERE. "),
        ("One.<text:s/>Two.", "ONE. TWO."),
        ("One.  <text:s/>Two.", 'ONE. <text:s/>TWO.'),
        ('One.<text:s text:c="4"/>Two.', 'ONE. <text:s text:c="3"/>TWO.'),
        ('<text:s text:c="2"/>One', '<text:s text:c="2"/>ONE'),
        ("<text:s/>One", "<text:s/>ONE"),
        ('One <text:span text:style-name="T1"> red</text:span>', 'ONE <text:span text:style-name="T1">RED</text:span>'),
        ('One.<text:s/><text:span text:style-name="T1"><text:s/>Red</text:span>',
         'ONE. <text:span text:style-name="T1"><text:s/>RED</text:span>'),
        ("one<text:s/>day", "ONE DAY"),
        ("one<text:tab/> day", "ONE<text:tab/> DAY"),
        ("one <text:line-break/> day", "ONE <text:line-break/> DAY"),
        ("one <text:note/> day", "ONE <text:note/><text:s/>DAY"),
        ("one <text:date>1</text:date> day", "ONE <text:date>1</text:date> DAY"),
        ("one <text:bookmark/> day", "ONE <text:bookmark/>DAY"),
    ],
)  # fmt: skip
def test_white_space(source: str, expected: str) -> None:
    assert translation_of(source) == expected


@pytest.mark.parametrize("count", ["1000000000", "-1", "x"])
def test_white_space_beyond_reason_stays_an_element(count: str) -> None:
    source = f'One.<text:s text:c="{count}"/>Two.'
    assert translation_of(source) == f'ONE.<text:s text:c="{count}"/>TWO.'


@pytest.mark.parametrize("name", ["tab", "line-break"])
def test_a_line_and_a_column_end_a_sentence(name: str) -> None:
    source = f"one two<text:{name}/>three four"
    assert translation_of(source, backwards) == f"TWO ONE<text:{name}/>FOUR THREE"


def test_the_number_of_a_heading_stays_first() -> None:
    source = "<text:number>1.2</text:number>the house"
    assert translation_of(source, backwards) == "<text:number>1.2</text:number>HOUSE THE"


def test_a_field_shows_its_text() -> None:
    source = "Page <text:page-number>12</text:page-number> of <text:page-count>40</text:page-count>"
    assert sentences_of(source) == ["Page 12 of 40"]
    assert translation_of(source) == source.replace("Page <", "PAGE <").replace("of", "OF")


def test_a_note_stays_behind_its_word() -> None:
    body = "<text:note-body><text:p>Old.</text:p></text:note-body>"
    note = f"<text:note><text:note-citation>1</text:note-citation>{body}</text:note>"
    assert sentences_of(f"The claim{note} is old.") == ["The claim is old."]
    assert translation_of(f"the claim{note} is old", backwards) == f"OLD IS CLAIM{note} THE"


def test_the_words_of_a_ruby_are_translated() -> None:
    source = (
        "see <text:ruby><text:ruby-base>old town</text:ruby-base><text:ruby-text>o-t</text:ruby-text></text:ruby> now"
    )
    assert translation_of(source, backwards) == (
        "NOW <text:ruby><text:ruby-base>TOWN OLD</text:ruby-base><text:ruby-text>o-t</text:ruby-text></text:ruby> SEE"
    )


def test_a_ruby_without_words_stays() -> None:
    source = "<text:ruby><text:ruby-text>o-t</text:ruby-text></text:ruby>"
    assert translation_of(f"see {source} now") == f"SEE {source}<text:s/>NOW"


def test_the_text_of_a_control_is_translated() -> None:
    source = "name: <loext:content-control><loext:list-item/>my choice</loext:content-control>"
    assert translation_of(source) == source.replace("name", "NAME").replace("my choice", "MY CHOICE")


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ('<text:bookmark-start text:name="a"/>', '<text:bookmark-end text:name="a"/>'),
        ('<text:change-start text:change-id="a"/>', '<text:change-end text:change-id="a"/>'),
        ('<text:toc-mark-start text:id="a"/>', '<text:toc-mark-end text:id="a"/>'),
        ('<office:annotation office:name="a"><text:p>Old.</text:p></office:annotation>',
         '<office:annotation-end office:name="a"/>'),
        ('<field:fieldmark-start text:name="a"/>', "<field:fieldmark-end/>"),
    ],
)  # fmt: skip
def test_a_range_goes_with_its_words(start: str, end: str) -> None:
    assert translation_of(f"see {start}the map{end} here", backwards) == f"HERE {start}MAP THE{end} SEE"


def test_a_range_in_a_range() -> None:
    outer, inner = ((f'<text:bookmark-start text:name="{n}"/>', f'<text:bookmark-end text:name="{n}"/>') for n in "ab")
    source = f"{outer[0]}the {inner[0]}map{inner[1]} here{outer[1]} now"
    assert translation_of(source, backwards) == f"NOW {outer[0]}HERE {inner[0]}MAP{inner[1]} THE{outer[1]}"


def test_a_range_that_crosses_formatting_starts_before_it_ends() -> None:
    start, end = '<text:bookmark-start text:name="a"/>', '<text:bookmark-end text:name="a"/>'
    source = f'see <text:span text:style-name="T1">the {start}map</text:span> over{end} here'
    written = translation_of(source, backwards)
    assert written.index(start) < written.index(end)
    assert '<text:span text:style-name="T1">' in written
    assert translation_of(source).index(start) < translation_of(source).index(end)


def test_a_range_that_does_not_start_or_end_here() -> None:
    source = 'see<text:bookmark-end text:name="a"/> the map<text:bookmark-start text:name="b"/>'
    assert translation_of(source) == 'SEE<text:bookmark-end text:name="a"/> THE MAP<text:bookmark-start text:name="b"/>'


def test_ranges_that_cross_and_more_ranges_than_reasonable() -> None:
    starts = "".join(f'<text:bookmark-start text:name="{n}"/>' for n in range(40))
    ends = "".join(f'<text:bookmark-end text:name="{n}"/>' for n in range(40))
    written = translation_of(f"see {starts}the map{ends} here", backwards)
    for n in range(40):
        assert written.index(f'start text:name="{n}"') < written.index(f'end text:name="{n}"')


def test_formatting_in_formatting_beyond_reason() -> None:
    source = "".join(f'<text:span text:style-name="S{n}">word ' for n in range(240)) + "</text:span>" * 240
    assert translation_of(source).count("WORD") == 240


def test_what_a_reader_sees() -> None:
    red = '<text:span text:style-name="T1">red</text:span>'
    root = root_of(f"One {red}<text:line-break/>car <text:page-number>3</text:page-number>")
    assert ParagraphContent(root[-1], looks(root)).shown == "One red\ncar 3"
