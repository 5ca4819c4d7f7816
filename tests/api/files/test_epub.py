"""Books."""

import io
import zipfile

import pytest
from lxml import etree

from api.errors import BrokenFileError
from api.files.formats import read_file
from tests.api.files.stand_in_models import LIMITS, OPTIONS, Model, backwards, shouting, texts_of, translated
from tests.api.files.test_packages import archive

CONTAINER = b"""<?xml version="1.0"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/>
<rootfile full-path="print.pdf" media-type="application/pdf"/></rootfiles></container>"""
OPF = b"""<?xml version='1.0' encoding='UTF-8'?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="en">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:identifier id="id">urn:isbn:1</dc:identifier>
<dc:title>The Quiet River</dc:title><dc:language>en-GB</dc:language><dc:language>la</dc:language></metadata>
<manifest><item id="nav" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>
<item id="one" href="text/chapter%20one.xhtml" media-type="application/xhtml+xml"/>
<item id="again" href="text/../text/chapter%20one.xhtml" media-type="application/xhtml+xml"/>
<item id="gone" href="text/gone.xhtml" media-type="application/xhtml+xml"/>
<item id="far" href="https://example.org/a.mp3" media-type="audio/mpeg"/>
<item id="ncx" href="../toc.ncx" media-type="application/x-dtbncx+xml"/>
<item id="plate" href="plate.svg" media-type="image/svg+xml"/><item id="css" href="a.css" media-type="text/css"/>
</manifest><spine toc="ncx"><itemref idref="plate"/><itemref idref="one"/></spine></package>"""
CHAPTER = b"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" xml:lang="en" lang="en">
<head><title>Chapter one</title><link rel="stylesheet" href="../a.css"/><script src="a.js"/></head>
<body><a id="start"/><h1>Chapter one</h1>
<p class="first">The <em>old</em> boat &amp; the oars<span epub:type="pagebreak" id="p2"/> were gone.<br/>
Nobody came.</p>
<p><img src="river.jpg" alt="x"/>&#160;The caf\xc3\xa9</p><pre>left as it is</pre></body></html>
"""
NAV = b"""<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang='en-US'><body>
<nav epub:type="toc"><ol><li><a href="text/chapter%20one.xhtml">Chapter one</a></li></ol></nav></body></html>"""
NCX = b"""<?xml version='1.0' encoding='UTF-8'?>
<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/" version="2005-1" xml:lang="en"><docTitle><text>The Quiet River</text>
</docTitle><navMap><navPoint id="n1"><navLabel><text>Chapter one</text></navLabel><content src="a"/></navPoint></navMap>
<pageList><pageTarget><navLabel><text>12</text></navLabel></pageTarget><pageTarget><navLabel><text/></navLabel>
</pageTarget></pageList></ncx>"""
PARTS = {
    "META-INF/container.xml": CONTAINER,
    "OEBPS/book.opf": OPF,
    "OEBPS/nav.xhtml": NAV,
    "OEBPS/text/chapter one.xhtml": CHAPTER,
    "toc.ncx": NCX,
    "OEBPS/plate.svg": b"<svg xmlns='http://www.w3.org/2000/svg'><text>A plate</text></svg>",
    "OEBPS/a.css": b"p { color: red }",
    "OEBPS/river.jpg": bytes(range(256)),
}


def book(**changed: bytes) -> bytes:
    """Return a book; `changed` has parts by the name of their constant."""
    names = {"container": "META-INF/container.xml", "opf": "OEBPS/book.opf", "chapter": "OEBPS/text/chapter one.xhtml"}
    names |= {"ncx": "toc.ncx", "encryption": "META-INF/encryption.xml"}
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        for name, data in (PARTS | {names[key]: data for key, data in changed.items()}).items():
            opened.writestr(name, data)
    return written.getvalue()


def translation_of(data: bytes, model: Model = shouting, target: str = "de") -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(translated(read_file("a.epub", data, OPTIONS, LIMITS), model, target)))


def encryption(algorithm: str) -> bytes:
    return (
        '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><e:EncryptedData '
        f'xmlns:e="http://www.w3.org/2001/04/xmlenc#"><e:EncryptionMethod Algorithm="{algorithm}"/><e:CipherData>'
        '<e:CipherReference URI="OEBPS/a.otf"/></e:CipherData></e:EncryptedData></encryption>'
    ).encode()


def test_the_navigation_and_the_chapters_are_translated_in_the_order_of_the_manifest() -> None:
    assert texts_of(read_file("a.epub", book(), OPTIONS, LIMITS)) == [
        "Chapter one",
        "Chapter one",
        "Chapter one",
        "The old boat & the oars were gone.",
        "Nobody came.",
        "The café",
        "Chapter one",
    ]


def test_a_chapter_keeps_everything_but_its_words() -> None:
    written = translation_of(book()).read("OEBPS/text/chapter one.xhtml")
    expected = CHAPTER.replace(b'"en"', b'"de"')
    for words in ("Chapter one", "The café", "The ", "old", " boat", "the oars", " were gone.", "Nobody came."):
        expected = expected.replace(words.encode(), words.upper().encode())
    assert written == expected


def test_a_translated_chapter_is_well_formed_and_its_markup_is_around_the_right_words() -> None:
    root = etree.fromstring(translation_of(book(), backwards).read("OEBPS/text/chapter one.xhtml"))
    emphasized = root.find(".//{*}em")
    assert emphasized is not None
    assert emphasized.text == "OLD"
    assert [element.get("id") for element in root.iter("{*}a", "{*}span")] == ["start", "p2"]


def test_the_navigation_says_its_language() -> None:
    written = translation_of(book()).read("OEBPS/nav.xhtml")
    assert written == NAV.replace(b"Chapter one</a>", b"CHAPTER ONE</a>").replace(b"'en-US'", b"'de'")


def test_the_labels_of_the_older_table_of_contents_are_translated() -> None:
    expected = NCX.replace(b"Chapter one", b"CHAPTER ONE").replace(b'"en"', b'"de"')
    assert translation_of(book()).read("toc.ncx") == expected


def test_the_older_table_of_contents_may_be_without_a_language() -> None:
    ncx = NCX.replace(b' xml:lang="en"', b"")
    assert translation_of(book(ncx=ncx)).read("toc.ncx") == ncx.replace(b"Chapter one", b"CHAPTER ONE")


def test_of_the_metadata_only_the_language_changes() -> None:
    assert translation_of(book()).read("OEBPS/book.opf") == OPF.replace(b">en-GB<", b">de<")


def test_a_book_that_says_no_language_keeps_its_metadata() -> None:
    opf = OPF.replace(b"<dc:language>en-GB</dc:language>", b"<!-- as it was  -->")
    assert translation_of(book(opf=opf)).read("OEBPS/book.opf") == opf


def test_the_media_type_stays_first_and_stored_and_all_other_parts_stay() -> None:
    written = translation_of(book())
    first, *others = written.infolist()
    assert (first.filename, first.compress_type, first.extra) == ("mimetype", zipfile.ZIP_STORED, b"")
    assert [part.filename for part in others] == list(PARTS)
    for name in ("META-INF/container.xml", "OEBPS/plate.svg", "OEBPS/a.css", "OEBPS/river.jpg"):
        assert written.read(name) == PARTS[name]


def test_one_book_can_be_written_in_several_languages() -> None:
    document = read_file("a.epub", book(), OPTIONS, LIMITS)
    for target in ("de", "fr"):
        written = zipfile.ZipFile(io.BytesIO(translated(document, target=target)))
        for name in ("OEBPS/text/chapter one.xhtml", "toc.ncx", "OEBPS/book.opf"):
            root = etree.fromstring(written.read(name))
            language = root.findtext(".//{http://purl.org/dc/elements/1.1/}language")
            assert (language or root.get("{http://www.w3.org/XML/1998/namespace}lang")) == target


def test_a_chapter_may_declare_its_encoding() -> None:
    chapter = CHAPTER.decode().replace("UTF-8", "iso-8859-2").replace("café", "Łódź").encode("iso-8859-2")
    written = translation_of(book(chapter=chapter)).read("OEBPS/text/chapter one.xhtml")
    assert "THE ŁÓDŹ" in written.decode("iso-8859-2")


@pytest.mark.parametrize("algorithm", ["http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"])
def test_fonts_may_be_obfuscated(algorithm: str) -> None:
    assert texts_of(read_file("a.epub", book(encryption=encryption(algorithm)), OPTIONS, LIMITS))


@pytest.mark.parametrize("algorithm", ["http://www.w3.org/2001/04/xmlenc#aes128-cbc", ""])
def test_a_book_with_drm_is_refused(algorithm: str) -> None:
    with pytest.raises(BrokenFileError, match="DRM"):
        read_file("a.epub", book(encryption=encryption(algorithm)), OPTIONS, LIMITS)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"%PDF-1.7",
        archive({"content.xml": b"<a/>"}),
        book(container=b"<container/>"),
        book(container=b"<container"),
        book(container=CONTAINER.replace(b' full-path="OEBPS/book.opf"', b"")),
        book(container=CONTAINER.replace(b"OEBPS/book", b"OEBPS/nothing")),
        book(opf=b"<package>"),
        book(ncx=b"no XML"),
        book(chapter=b"\0\1\2"),
    ],
)
def test_what_is_no_book_is_refused(data: bytes) -> None:
    with pytest.raises(BrokenFileError):
        read_file("a.epub", data, OPTIONS, LIMITS)
