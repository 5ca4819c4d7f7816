"""XLIFF of both versions, read back with lxml."""

import re

import pytest
from lxml import etree

from api.errors import BrokenFileError
from api.files.formats import read_file
from api.text.hypotheses import Hypothesis
from tests.api.files.stand_in_models import LIMITS, OPTIONS, Model, backwards, shouting, texts_of, translated

N1 = "urn:oasis:names:tc:xliff:document:1.2"
N2 = "urn:oasis:names:tc:xliff:document:2.0"


def version_1(units: str, attributes: str = 'source-language="en-US"') -> bytes:
    return f'''<?xml version='1.0' encoding='UTF-8'?>
<xliff xmlns="{N1}" version="1.2">
  <file original="a.txt" {attributes} datatype="plaintext">
    <header><note><![CDATA[a & b]]></note></header>
    <body>
      {units}
    </body>
  </file>
</xliff>
'''.encode()


def version_2(units: str, attributes: str = 'srcLang="en"') -> bytes:
    return f'''<?xml version='1.0' encoding='UTF-8'?>
<xliff xmlns="{N2}" version="2.1" {attributes}>
  <file id="f1">
    {units}
  </file>
</xliff>
'''.encode()


def translation_of(data: bytes, model: Model = shouting, target: str = "de") -> bytes:
    return translated(read_file("a.xlf", data, OPTIONS, LIMITS), model, target)


def targets_of(data: bytes) -> list[str]:
    """Return the targets without the declarations of namespaces."""
    return [
        re.sub(r' xmlns="[^"]+"', "", etree.tostring(element, encoding="unicode", with_tail=False))
        for element in etree.fromstring(data).iter("{*}target")
    ]


def unit(source: str, rest: str = "", attributes: str = "") -> str:
    return f'<trans-unit id="1"{attributes}><source>{source}</source>{rest}</trans-unit>'


def flagged(text: str) -> Hypothesis:
    return Hypothesis(text.upper(), -0.5, 0.9, flags=("repetition",))


def test_targets_are_added_and_all_else_stays() -> None:
    source = version_1(
        """<!-- a --><group id="g"><trans-unit id="1" resname="x">
        <source>one two</source>
        <note>a note</note>
        <alt-trans><source>one</source><target>eins</target></alt-trans>
      </trans-unit></group>
      <trans-unit id="2">
        <source>three</source>
      </trans-unit>"""
    )
    expected = (
        source.replace(b'"en-US"', b'"en-US" datatype="plaintext" target-language="de"', 1)
        .replace(b' datatype="plaintext">', b">")
        .replace(b"two</source>", b'two</source>\n        <target state="translated">ONE TWO</target>')
        .replace(b"three</source>", b'three</source>\n        <target state="translated">THREE</target>')
    )
    assert translation_of(source) == expected


def test_segments_of_version_2_get_targets() -> None:
    source = version_2(
        """<unit id="1">
      <originalData><data id="d1">x</data></originalData>
      <segment id="s1" state="initial" subState="a:b">
        <source>one two.</source>
      </segment>
      <ignorable><source> </source></ignorable>
      <segment><source>three</source><target/></segment>
    </unit>"""
    )
    expected = (
        source.replace(b'srcLang="en"', b'srcLang="en" trgLang="fr"')
        .replace(b'state="initial" subState="a:b"', b'state="translated"')
        .replace(b"two.</source>", b"two.</source>\n        <target>ONE TWO.</target>")
        .replace(
            b"<segment><source>three</source><target/>",
            b'<segment state="translated"><source>three</source><target>THREE</target>',
        )
    )
    assert translation_of(source, target="fr") == expected


def test_flags_ask_for_a_review() -> None:
    assert targets_of(translation_of(version_1(unit("one")), flagged)) == [
        '<target state="needs-review-translation">ONE</target>'
    ]
    written = translation_of(version_2('<unit id="1"><segment><source>one</source></segment></unit>'), flagged)
    assert b'<segment state="initial"><source>one</source><target>ONE</target>' in written


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ('the <g id="1">red</g> car', 'CAR <g id="1">RED</g> THE'),
        (
            'the <bpt id="1">[b]</bpt>red<ept id="1">[/b]</ept> car',
            'CAR <bpt id="1">[b]</bpt>RED<ept id="1">[/b]</ept> THE',
        ),
        (
            'the <bx id="1" rid="7"/>red<ex id="2" rid="7"/> car',
            'CAR <bx id="1" rid="7"/>RED<ex id="2" rid="7"/> THE',
        ),
        ('the <it id="1" pos="open">[b]</it>car', '<it id="1" pos="open">[b]</it>CAR THE'),
        ('see <g id="1">the <g id="2">long</g> list</g> here', 'HERE <g id="1">LIST <g id="2">LONG</g> THE</g> SEE'),
        ('one two<x ctype="lb" id="1"/>three four', 'TWO ONE<x ctype="lb" id="1"/>FOUR THREE'),
        (
            'the <x id="START_B" equiv-text="&lt;b&gt;"/>red<x id="CLOSE_B" equiv-text="&lt;/b&gt;"/> car',
            'CAR <x id="START_B" equiv-text="&lt;b&gt;"/>RED<x id="CLOSE_B" equiv-text="&lt;/b&gt;"/> THE',
        ),
        ("the &lt;b>red&lt;/b> car", "CAR &lt;b&gt;RED&lt;/b&gt; THE"),
        ("one<!-- c --> two", "TWO ONE<!-- c -->"),
        ("one\n      two", "TWO ONE"),
        ('<mrk mtype="x-a">one</mrk> two', 'TWO <mrk mtype="x-a">ONE</mrk>'),
    ],
)
def test_inline_codes_follow_their_words(source: str, target: str) -> None:
    written = translation_of(version_1(unit(source)), backwards)
    assert targets_of(written) == [f'<target state="translated">{target}</target>']


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ('<ph id="1">%s</ph>', "%s"),
        ('<x id="1" equiv-text="{{name}}"/>', "{{name}}"),
        ('<mrk mtype="protected">the name</mrk>', "the name"),
    ],
)
def test_what_stands_for_something_is_in_the_sentence(code: str, shown: str) -> None:
    document = read_file("a.xliff", version_1(unit(f"see {code} here")), OPTIONS, LIMITS)
    assert texts_of(document) == [f"see {shown} here"]


def test_inline_codes_of_version_2_follow_their_words() -> None:
    source = (
        'the <pc id="1">red</pc> <mrk id="m1" translate="no">Rocket</mrk> <sc id="2"/>car<ec startRef="2"/> '
        '<ph disp="{n}" id="3"/><ph id="4" subType="xlf:lb" type="fmt"/>goes<cp hex="0001"/>'
    )
    written = translation_of(version_2(f'<unit id="1"><segment><source>{source}</source></segment></unit>'))
    assert targets_of(written) == [
        '<target>THE <pc id="1">RED</pc> <mrk id="m1" translate="no">Rocket</mrk> <sc id="2"/>CAR<ec startRef="2"/>'
        ' <ph disp="{n}" id="3"/><ph id="4" subType="xlf:lb" type="fmt"/>GOES<cp hex="0001"/></target>'
    ]


def test_white_space_stays_where_it_counts() -> None:
    written = translation_of(version_1(unit("  one two.\n   Three\n", attributes=' xml:space="preserve"')))
    assert targets_of(written) == ['<target state="translated">  ONE TWO.\n   THREE\n</target>']


@pytest.mark.parametrize(
    "rest",
    [
        "<target>eins</target>",
        '<target state="new">eins</target>',
        '<target><x id="1"/></target>',
        '<target state="final">one</target>',
    ],
)
def test_what_has_a_translation_stays(rest: str) -> None:
    source = version_1(unit("one", rest), 'source-language="en" target-language="de-AT"')
    assert translation_of(source) == source


@pytest.mark.parametrize("rest", ["<target/>", "<target> </target>", '<target state="new">one</target>'])
def test_what_has_no_translation_gets_one(rest: str) -> None:
    assert targets_of(translation_of(version_1(unit("one", rest)))) == ['<target state="translated">ONE</target>']


def test_the_language_of_a_target_is_set() -> None:
    written = translation_of(version_1(unit("one", '<target xml:lang="x"/>')), target="fr")
    assert targets_of(written) == ['<target xml:lang="fr" state="translated">ONE</target>']


@pytest.mark.parametrize(
    "source",
    [
        version_1(unit("one", attributes=' translate="no"'), 'source-language="en" target-language="de"'),
        version_1(f'<group translate="no">{unit("one")}</group>', 'source-language="en" target-language="de"'),
        version_1(
            '<trans-unit id="1"><source/></trans-unit><trans-unit id="2"/>', 'source-language="en" target-language="de"'
        ),
        version_2(
            '<unit id="1" translate="no"><segment><source>one</source></segment></unit>', 'srcLang="en" trgLang="de"'
        ),
    ],
)
def test_what_is_not_to_be_translated_stays(source: bytes) -> None:
    assert translation_of(source) == source


def test_units_within_what_is_not_translated_may_be() -> None:
    source = version_1('<group translate="no">' + unit("one", attributes=' translate="yes"') + "</group>")
    assert targets_of(translation_of(source)) == ['<target state="translated">ONE</target>']


SEGMENTED = (
    '<seg-source><g id="1"><mrk mtype="seg" mid="1">one two.</mrk> '
    '<mrk mtype="seg" mid="2">Three <x id="2"/>four.</mrk></g></seg-source>'
)


def test_a_segmented_unit_keeps_its_segments() -> None:
    source = version_1(unit('<g id="1">one two. Three <x id="2"/>four.</g>', SEGMENTED))
    assert targets_of(translation_of(source)) == [
        '<target state="translated"><g id="1"><mrk mtype="seg" mid="1">ONE TWO.</mrk> '
        '<mrk mtype="seg" mid="2">THREE <x id="2"/>FOUR.</mrk></g></target>'
    ]


def test_segments_that_have_a_translation_stay() -> None:
    target = '<target><mrk mtype="seg" mid="1">eins zwei.</mrk> <mrk mtype="seg" mid="2"/></target>'
    assert targets_of(translation_of(version_1(unit("one two. Three four.", SEGMENTED + target)))) == [
        '<target state="translated"><mrk mtype="seg" mid="1">eins zwei.</mrk> '
        '<mrk mtype="seg" mid="2">THREE <x id="2"/>FOUR.</mrk></target>'
    ]


def test_translations_into_another_language_are_told_of() -> None:
    source = version_1(unit("one", "<target>eins</target>") + unit("two"), 'source-language="en" target-language="de"')
    with pytest.raises(BrokenFileError, match="another language"):
        translation_of(source, target="fr")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (b"<xliff", "XML"),
        (b"<a/>", "not XLIFF"),
        (b'<xliff version="3.0"/>', "not XLIFF"),
        (version_1(unit("eins"), 'source-language="de"'), "not English"),
        (version_1(unit("eins"), ""), "not English"),
        (version_2("", 'srcLang="fr"'), "not English"),
    ],
)
def test_what_cannot_be_translated_is_told_of(source: bytes, message: str) -> None:
    with pytest.raises(BrokenFileError, match=message):
        translation_of(source)


def test_line_ends_of_windows_stay() -> None:
    source = version_1(unit("one\ntwo")).replace(b"\n", b"\r\n")
    written = translation_of(source)
    assert written.count(b"\n") == written.count(b"\r\n") == source.count(b"\n")


def test_entities_and_instructions_are_codes() -> None:
    source = b'<!DOCTYPE xliff [<!ENTITY a "b">]>\n' + version_1(unit("one &a; <?p i?>two")).split(b"\n", 1)[1]
    assert b">ONE &a; <?p i?>TWO</target>" in translation_of(source)


def test_one_file_can_be_written_in_several_languages() -> None:
    document = read_file("a.xlf", version_1(unit('the <g id="1">red</g> car')), OPTIONS, LIMITS)
    for target in ("de", "fr"):
        written = translated(document, target=target)
        assert f'target-language="{target}"'.encode() in written
        assert targets_of(written) == ['<target state="translated">THE <g id="1">RED</g> CAR</target>']
