"""Paragraphs of Word documents, as WordprocessingML and as tests read it."""

import re

from lxml import etree

from api.files.formats import read_file
from api.files.office.wordprocessing import WordDocument
from tests.api.files.stand_in_models import LIMITS, OPTIONS, Model, shouting, texts_of, translated
from tests.api.files.word_documents import parts_of, word_document

__all__ = ["BOLD", "body", "r", "read", "seen", "texts", "translation"]

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
