"""OpenDocument files, written by hand and by LibreOffice's rules, and read by odfdo and LibreOffice."""

import io
import shutil
import subprocess
import zipfile
from collections import Counter
from pathlib import Path

import odfdo
import pytest
from lxml import etree

from api.errors import BrokenFileError
from api.files.formats import read_file
from tests.api.files.stand_in_models import LIMITS, OPTIONS, Model, backwards, shouting, texts_of, translated
from tests.api.files.test_opendocument_text import DECLARED
from tests.api.files.test_packages import archive

VERSION = 'office:version="1.3"'
MANIFEST = """<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">
<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.text"/>
<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml">{}</manifest:file-entry>
</manifest:manifest>"""
STYLES = f"""<?xml version='1.0' encoding='UTF-8'?>
<office:document-styles{DECLARED} {VERSION}><office:styles><style:default-style style:family="paragraph">
<style:text-properties fo:language="en" fo:country="US" fo:script="Latn"/></style:default-style>
<style:style style:name="Quote" style:family="text"><style:text-properties fo:language="la" fo:country="none"/>
</style:style></office:styles><office:master-styles><style:master-page style:name="Standard">
<style:header><text:p>The old mill</text:p></style:header>
<style:footer><text:p>Page <text:page-number>1</text:page-number></text:p></style:footer>
</style:master-page></office:master-styles></office:document-styles>"""
META = f"""<?xml version='1.0' encoding='UTF-8'?>
<office:document-meta{DECLARED} {VERSION}><office:meta><dc:title>The mill</dc:title><dc:language>en-US</dc:language>
</office:meta></office:document-meta>"""
PICTURE = bytes(range(256))


def content(body: str) -> str:
    head = f"<?xml version='1.0' encoding='UTF-8'?>\n<office:document-content{DECLARED} {VERSION}>"
    return f"{head}<office:body>{body}</office:body></office:document-content>"


def odt(body: str, styles: bytes = STYLES.encode(), /, *, entry: bytes = b"", **others: bytes) -> bytes:
    """Return a file with this in its body; `entry` goes into the manifest."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("mimetype", "application/vnd.oasis.opendocument.text", zipfile.ZIP_STORED)
        opened.writestr("content.xml", content(body))
        opened.writestr("styles.xml", styles)
        opened.writestr("meta.xml", META)
        opened.writestr("settings.xml", "<settings/>")
        opened.writestr("Pictures/a.png", PICTURE)
        for name, data in others.items():
            opened.writestr(name.replace("__", "/") + ".xml", data)
        opened.writestr("META-INF/manifest.xml", MANIFEST.format(entry.decode()))
    return written.getvalue()


def parts_of(body: str, model: Model = shouting, target: str = "de", **others: bytes) -> zipfile.ZipFile:
    """Return a file with this in its body once it is translated."""
    styles = others.pop("styles", STYLES.encode())
    document = read_file("a.odt", odt(body, styles, **others), OPTIONS, LIMITS)
    return zipfile.ZipFile(io.BytesIO(translated(document, model, target)))


def body_of(body: str, model: Model = shouting) -> str:
    """Return what is in the body once it is translated."""
    written = parts_of(body, model).read("content.xml").decode()
    return written.partition("<office:body>")[2].partition("</office:body>")[0]


def sample() -> bytes:
    """Return a file as odfdo makes one."""
    document = odfdo.Document("text")
    document.body.clear()
    document.body.append(odfdo.Header(1, "The old mill"))
    paragraph = odfdo.Paragraph("The mill stands by a quiet river.")
    paragraph.set_span("Strong", regex="quiet river")
    paragraph.insert_note(after="mill", note_id="note1", citation="1", body="It was built of stone.")
    paragraph.insert_annotation(after="stands", body="Does it?", creator="Ada")
    document.body.append(paragraph)
    table = odfdo.Table("Wheels", width=2, height=1)
    table.set_value((0, 0), "two wheels")
    table.set_value((1, 0), 12)
    document.body.append(table)
    items = odfdo.List(["flour", "water and bread"])
    document.body.append(items)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def test_another_library_reads_the_same_structure_with_other_words() -> None:
    source = odfdo.Document(io.BytesIO(sample()))
    result = odfdo.Document(io.BytesIO(translated(read_file("a.odt", sample(), OPTIONS, LIMITS), backwards)))
    for document in (source, result):
        tags = Counter(each.tag for each in document.body.get_elements("//*"))
        assert (tags["text:p"], tags["text:list-item"], tags["table:table-cell"], tags["text:note"]) == (7, 2, 2, 1)
    assert [header.text for header in result.body.get_headers()] == ["MILL OLD THE"]
    assert [span.text for span in result.body.get_spans()] == ["RIVER. QUIET"]
    notes = [element.inner_text.strip() for element in result.body.get_elements("//text:note-body")]
    assert notes == ["STONE. OF BUILT WAS IT"]
    comments = [element.inner_text.strip() for element in result.body.get_elements("//office:annotation/text:p")]
    assert comments == ["IT? DOES"]
    assert result.body.tables[0].get_values() == [["WHEELS TWO", 12]]
    assert [item.inner_text.strip() for item in result.body.get_elements("//text:list-item")] == [
        "FLOUR",
        "BREAD AND WATER",
    ]


def test_headers_and_footers_are_translated() -> None:
    written = parts_of("<office:text/>").read("styles.xml").decode()
    assert "<text:p>THE OLD MILL</text:p>" in written
    assert "<text:p>PAGE <text:page-number>1</text:page-number>" in written


@pytest.mark.parametrize(("target", "country"), [("de", "DE"), ("fr", "FR"), ("eo", "none")])
def test_the_styles_say_the_language(target: str, country: str) -> None:
    written = parts_of("<office:text/>", target=target).read("styles.xml").decode()
    assert f'<style:text-properties fo:language="{target}" fo:country="{country}"/>' in written
    assert '<style:text-properties fo:language="la" fo:country="none"/>' in written


def test_of_the_metadata_only_the_language_changes() -> None:
    assert parts_of("<office:text/>").read("meta.xml").decode() == META.replace("en-US", "de")


def test_parts_with_nothing_to_translate_stay_byte_for_byte() -> None:
    body = "<office:text><text:p/><text:p>12 – 14</text:p></office:text>"
    written = parts_of(body, styles=f"<a{DECLARED} />".encode())
    assert written.read("content.xml").decode() == content(body)
    assert written.read("styles.xml").decode() == f"<a{DECLARED} />"
    assert written.read("settings.xml") == b"<settings/>"
    assert written.read("Pictures/a.png") == PICTURE
    assert written.infolist()[0].filename == "mimetype"
    assert written.infolist()[0].compress_type == zipfile.ZIP_STORED


def test_paragraphs_are_translated_wherever_they_stand() -> None:
    note = "<text:note><text:note-body><text:p>a note</text:p></text:note-body></text:note>"
    box = '<draw:frame draw:name="one"><draw:text-box><text:p>a box</text:p></draw:text-box></draw:frame>'
    body = f"""<office:text><text:h>a heading</text:h><text:p>the claim{note} is{box} old</text:p>
<text:list><text:list-item><text:p>an item</text:p></text:list-item></text:list>
<table:table table:name="a table"><table:table-row>
<table:table-cell><text:p>a cell</text:p></table:table-cell></table:table-row></table:table><text:table-of-content>
<text:table-of-content-source><text:index-title-template>the contents</text:index-title-template>
</text:table-of-content-source></text:table-of-content></office:text>"""
    expected = body
    for words in ("a heading", "the claim", "a note", " is", "a box", " old", "an item", ">a cell", "the contents"):
        expected = expected.replace(words, words.upper())
    assert body_of(body) == expected


def test_paragraphs_in_paragraphs_beyond_reason_stay() -> None:
    body = f"<office:text>{'<text:p>a word<text:note>' * 30}{'</text:note></text:p>' * 30}</office:text>"
    assert body_of(body).count("A WORD") == 16
    assert body_of(body).count("a word") == 14


def test_a_paragraph_with_no_words_but_those_of_a_field_stays() -> None:
    body = "<office:text><text:p>  <text:title>The mill</text:title>  </text:p></office:text>"
    assert body_of(body) == body


def test_what_is_deleted_stays() -> None:
    body = (
        "<office:text><text:tracked-changes><text:changed-region><text:deletion><text:p>old words</text:p>"
        "</text:deletion></text:changed-region></text:tracked-changes>"
        "<text:p>new<text:change/> words</text:p></office:text>"
    )
    assert body_of(body) == body.replace("new", "NEW").replace(" words</text:p></office", " WORDS</text:p></office")


def test_cells_with_values_and_formulas_stay() -> None:
    comment = "<office:annotation><text:p>a comment</text:p></office:annotation>"
    cells = f"""<table:table-cell office:value-type="string"><text:p>one word</text:p></table:table-cell>
<table:table-cell office:value-type="float" office:value="3">{comment}<text:p>three pieces</text:p></table:table-cell>
<table:table-cell table:formula="of:=[.A1]" office:value-type="string" office:string-value="one word">
<text:p>one word</text:p>
<draw:frame><draw:text-box><text:p>a box</text:p></draw:text-box></draw:frame></table:table-cell>
<table:covered-table-cell office:value-type="date" office:date-value="2021-03-01">
<text:p>1 March</text:p></table:covered-table-cell>
<table:table-cell/>"""
    body = f"<office:spreadsheet><table:table>{cells}</table:table></office:spreadsheet>"
    expected = body.replace("one word", "ONE WORD", 1).replace("a comment", "A COMMENT").replace("a box", "A BOX")
    assert body_of(body) == expected


def test_the_value_of_a_cell_is_what_it_shows() -> None:
    cell = '<table:table-cell office:value-type="string" office:string-value="{}">{}</table:table-cell>'
    lines = '<text:p>a <text:span text:style-name="Bold">red</text:span> car</text:p><text:p>and more</text:p>'
    shouted = lines.replace(">a ", ">A ").replace("red", "RED").replace("car", "CAR").replace("and more", "AND MORE")
    body = f"<office:spreadsheet>{cell.format('a red car&#10;and more', lines)}</office:spreadsheet>"
    expected = f"<office:spreadsheet>{cell.format('A RED CAR&#10;AND MORE', shouted)}</office:spreadsheet>"
    assert body_of(body) == expected


def test_slides_with_their_notes_and_footers_are_translated() -> None:
    body = """<office:presentation><presentation:footer-decl>the footer</presentation:footer-decl>
<presentation:date-time-decl presentation:name="dtd1">5 May</presentation:date-time-decl><draw:page draw:name="page1">
<draw:frame presentation:class="title"><draw:text-box><text:p>the title</text:p></draw:text-box></draw:frame>
<presentation:notes><draw:frame><draw:text-box><text:p>say hello</text:p></draw:text-box></draw:frame>
</presentation:notes></draw:page></office:presentation>"""
    expected = body
    for words in ("the footer", "the title", "say hello"):
        expected = expected.replace(words, words.upper())
    assert body_of(body) == expected


def test_embedded_charts_are_translated() -> None:
    chart = content("<office:chart><text:p>the sales</text:p></office:chart>").encode()
    formula = b"<math xmlns='http://www.w3.org/1998/Math/MathML'><mi>x</mi></math>"
    body = '<office:text><text:p><draw:object xlink:href="./chart"/></text:p></office:text>'
    written = parts_of(body, chart__content=chart, formula__content=formula)
    assert written.read("chart/content.xml") == chart.replace(b"the sales", b"THE SALES")
    assert written.read("formula/content.xml") == formula


def test_one_file_can_be_written_in_several_languages() -> None:
    body = '<office:text><text:p>the <text:span text:style-name="Bold">red</text:span> car</text:p></office:text>'
    document = read_file("a.odt", odt(body), OPTIONS, LIMITS)
    for target, model in (("de", shouting), ("fr", backwards), ("de", shouting)):
        written = zipfile.ZipFile(io.BytesIO(translated(document, model, target)))
        root = etree.fromstring(written.read("content.xml"))
        assert "".join(map(str, root.itertext())).split() == model("the red car").text.split()
        assert f'fo:language="{target}"'.encode() in written.read("styles.xml")


def test_the_texts_come_in_the_order_of_the_parts() -> None:
    document = read_file("a.odt", odt("<office:text><text:p>One day. Two.</text:p></office:text>"), OPTIONS, LIMITS)
    assert texts_of(document) == ["One day.", "Two.", "The old mill", "Page 1"]


def test_a_password_is_told_of() -> None:
    data = odt("<office:text/>", entry=b"<manifest:encryption-data/>")
    with pytest.raises(BrokenFileError, match="password"):
        read_file("a.odt", data, OPTIONS, LIMITS)


def test_a_file_may_be_without_a_manifest() -> None:
    body = "<office:text><text:p>one</text:p></office:text>"
    assert texts_of(read_file("a.odt", archive({"content.xml": content(body).encode()}), OPTIONS, LIMITS)) == ["one"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{\\rtf1}",
        archive({"word/document.xml": b"<a/>"}),
        archive({"content.xml": b"<html/>"}),
        archive({"content.xml": b"<a>" * 300 + b"</a>" * 300}),
        archive({"content.xml": content("").encode(), "styles.xml": b"<a"}),
        archive({"content.xml": content("").encode(), "META-INF/manifest.xml": b""}),
    ],
)
@pytest.mark.parametrize("suffix", ["odt", "odp", "ods"])
def test_what_is_no_such_file_is_refused(suffix: str, data: bytes) -> None:
    with pytest.raises(BrokenFileError):
        read_file(f"a.{suffix}", data, OPTIONS, LIMITS)


def test_a_spreadsheet_of_another_library() -> None:
    document = odfdo.Document("spreadsheet")
    document.body.clear()
    table = odfdo.Table("Sheet", width=3, height=1)
    table.set_values([["a number", 1.5, "two words"]])
    document.body.append(table)
    written = io.BytesIO()
    document.save(written)
    result = odfdo.Document(io.BytesIO(translated(read_file("a.ods", written.getvalue(), OPTIONS, LIMITS))))
    [sheet] = result.body.tables
    assert sheet.name == "Sheet"
    assert sheet.get_values() == [["A NUMBER", 1.5, "TWO WORDS"]]


@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice (soffice)")
@pytest.mark.parametrize("suffix", ["pdf", "txt"])
def test_libreoffice_opens_the_translation(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / "a.odt"
    path.write_bytes(translated(read_file("a.odt", sample(), OPTIONS, LIMITS)))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", suffix, "--outdir", str(tmp_path), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    written = (tmp_path / f"a.{suffix}").read_bytes()
    if suffix == "pdf":
        assert written.startswith(b"%PDF")
    else:
        text = written.decode("utf-8-sig")
        assert "THE OLD MILL" in text
        assert "STANDS BY A QUIET RIVER." in text
        assert "WATER AND BREAD" in text
