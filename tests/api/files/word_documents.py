"""Word documents, made with python-docx and, where that cannot, by hand."""

import io
import struct
import zipfile
import zlib

from docx import Document
from docx.document import Document as DocxDocument
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.shared import Cm
from lxml import etree

NAMESPACES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "w14": "http://schemas.microsoft.com/office/word/2010/wordml",
    "w15": "http://schemas.microsoft.com/office/word/2012/wordml",
    "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
    "v": "urn:schemas-microsoft-com:vml",
}
OFFICE = "application/vnd.openxmlformats-officedocument.wordprocessingml."
MAIN = f"{OFFICE}document.main+xml"
_DECLARED = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())


def archive(parts: dict[str, bytes]) -> bytes:
    """Return a ZIP archive."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, data in parts.items():
            opened.writestr(name, data)
    return written.getvalue()


def parts_of(data: bytes) -> dict[str, bytes]:
    """Return the parts of a ZIP archive."""
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def part(root: str, content: str) -> bytes:
    """Return a part that is XML, with the usual prefixes."""
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:{root} {_DECLARED}>{content}</w:{root}>'.encode()
    )


def word_document(body: str, parts: dict[str, tuple[str, bytes]] | None = None, main: str = MAIN) -> bytes:
    """Return the smallest document with this body; `parts` are others: name -> (content type, data)."""
    known = {"word/document.xml": (main, part("document", f"<w:body>{body}</w:body>")), **(parts or {})}
    types = "".join(f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, (kind, _) in known.items())
    return archive(
        {
            "[Content_Types].xml": (
                '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
                '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
                f"{types}</Types>"
            ).encode(),
            "_rels/.rels": (
                '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
                f'<Relationship Id="rId1" Type="{RELATIONSHIP_TYPE.OFFICE_DOCUMENT}" Target="word/document.xml"/>'
                "</Relationships>"
            ).encode(),
            **{name: data for name, (_, data) in known.items()},
        }
    )


def image(width: int = 60, height: int = 40) -> bytes:
    """Return a green PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + b"\x2e\x8b\x57" * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def _add_footnote(document: DocxDocument) -> None:
    """Give the last paragraph a footnote, in a part as Word writes it."""
    separators = "".join(
        f'<w:footnote w:type="{kind}" w:id="{number}"><w:p><w:r><w:{kind}/></w:r></w:p></w:footnote>'
        for number, kind in ((-1, "separator"), (0, "continuationSeparator"))
    )
    note = (
        '<w:footnote w:id="1"><w:p><w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteRef/></w:r>'
        '<w:r><w:t xml:space="preserve"> Measured at </w:t></w:r><w:r><w:rPr><w:i/></w:rPr><w:t>low</w:t></w:r>'
        '<w:r><w:t xml:space="preserve"> tide.</w:t></w:r></w:p></w:footnote>'
    )
    name, kind = PackURI("/word/footnotes.xml"), f"{OFFICE}footnotes+xml"
    package = document.part.package
    assert package is not None
    document.part.relate_to(
        Part(name, kind, part("footnotes", separators + note), package), RELATIONSHIP_TYPE.FOOTNOTES
    )
    reference = '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteReference w:id="1"/>'
    document.paragraphs[-1]._p.append(_run(reference))


def _run(content: str) -> etree._Element:
    run: etree._Element = parse_xml(f"<w:r {_DECLARED}>{content}</w:r>")
    return run


def report() -> bytes:
    """Return a report with headings, formatted runs, a list, a table, a footnote, a link, an image and page numbers."""
    document = Document()
    document.core_properties.title = "The harbour"
    section = document.sections[0]
    section.header.paragraphs[0].text = "Yearly report of the harbour"
    footer = section.footer.paragraphs[0]
    footer.add_run("Page ")
    footer._p.append(parse_xml(f'<w:fldSimple {_DECLARED} w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple>'))
    document.add_heading("The old harbour", level=1)
    paragraph = document.add_paragraph("The tide is ")
    paragraph.add_run("very").bold = True
    paragraph.add_run(" strong in the ")
    paragraph.add_run("outer").italic = True
    paragraph.add_run(" harbour. Small boats wait outside.")
    document.add_paragraph("The water is four metres deep at the wall.")
    _add_footnote(document)
    document.add_heading("Boats of the year", level=2)
    document.add_paragraph("Fishing boats come early.", style="List Bullet")
    document.add_paragraph("Sailing boats come late.", style="List Bullet")
    table = document.add_table(rows=2, cols=2, style="Table Grid")
    for cell, text in zip(
        (cell for row in table.rows for cell in row.cells),
        ("Kind of boat", "Number of boats", "Fishing boat", "12"),
        strict=True,
    ):
        cell.text = text
    paragraph = document.add_paragraph("All numbers are in ")
    address = document.part.relate_to("https://harbour.example/numbers", RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    link = parse_xml(f'<w:hyperlink {_DECLARED} r:id="{address}"/>')
    link.append(_run('<w:rPr><w:color w:val="0563C1"/><w:u w:val="single"/></w:rPr><w:t>the public list</w:t>'))
    paragraph._p.append(link)
    paragraph.add_run(" of the town.")
    document.add_paragraph().add_run().add_picture(io.BytesIO(image()), width=Cm(3))
    document.add_paragraph("The wall of the harbour in spring.", style="Caption")
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()
