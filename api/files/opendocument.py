"""OpenDocument: texts, presentations and spreadsheets, with what is embedded in them.

Whatever is a paragraph is translated, wherever it stands: in the body, in headers and footers, notes, comments, text
boxes, tables and charts. What tracked changes have deleted stays, and so do the cells that have a value or a formula.
"""

from collections.abc import Iterator, Sequence

from lxml import etree

from api.errors import BrokenFileError
from api.files.document import FileLimits
from api.files.inline import Paragraph
from api.files.languages import is_english, language_tag
from api.files.opendocument_text import (
    COUNTRY,
    FO,
    LANGUAGE,
    OFFICE,
    STYLE,
    TEXT,
    TEXT_PROPERTIES,
    ParagraphContent,
    looks,
)
from api.files.packages import Package, written_xml
from api.text.hypotheses import Hypothesis
from api.text.options import Options
from api.text.segmentation import is_blank

__all__ = ["OpenDocumentFile"]

_DRAWING = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_PRESENTATION = "{urn:oasis:names:tc:opendocument:xmlns:presentation:1.0}"
_CELLS = frozenset({f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"})
_FORMULA = f"{_TABLE}formula"
_VALUE_TYPE, _STRING_VALUE = f"{OFFICE}value-type", f"{OFFICE}string-value"
_PARAGRAPH = f"{TEXT}p"
_PARAGRAPHS = frozenset(
    {
        _PARAGRAPH,
        f"{TEXT}h",
        # These are no paragraphs, but are shown as such.
        f"{TEXT}index-title-template",
        f"{_PRESENTATION}header-decl",
        f"{_PRESENTATION}footer-decl",
    }
)
_DELETED = frozenset({f"{TEXT}tracked-changes", f"{_TABLE}tracked-changes"})
_ANNOTATION = f"{OFFICE}annotation"
_DC_LANGUAGE = "{http://purl.org/dc/elements/1.1/}language"
_SCRIPT, _LANGUAGE_TAG = f"{FO}script", f"{STYLE}rfc-language-tag"
_MANIFEST = "META-INF/manifest.xml"
_ENCRYPTION = "{urn:oasis:names:tc:opendocument:xmlns:manifest:1.0}encryption-data"
_CONTENT, _DOCUMENT_CONTENT = "content.xml", f"{OFFICE}document-content"
_TRANSLATED = (_CONTENT, "styles.xml")
# To write a paragraph takes time for all that is in it, other paragraphs too.
_DEEPEST = 16


class OpenDocumentFile:
    """An OpenDocument package; see `FileDocument`."""

    def __init__(self, data: bytes, options: Options, limits: FileLimits) -> None:
        self._package = Package(data, unpacked_bytes=limits.unpacked_bytes)
        if _MANIFEST in self._package.names and any(True for _ in self._package.xml(_MANIFEST).iter(_ENCRYPTION)):
            raise BrokenFileError("the file has a password")
        if self._package.xml(_CONTENT).tag != _DOCUMENT_CONTENT:
            raise BrokenFileError("the file is not of the format that its name says")
        # For each part, its paragraphs that have something to translate, by their place among all.
        self._parts: dict[str, dict[int, Paragraph[int]]] = {}
        for name in self._package.names:
            if name.rpartition("/")[2] in _TRANSLATED:
                self._parts[name] = dict(_translatable(self._package.xml(name), options))
            elif name == "meta.xml":
                self._parts[name] = {}
        self.documents = [paragraph for part in self._parts.values() for paragraph in part.values()]

    def write(self, target: str, translations: Sequence[Hypothesis]) -> bytes:
        """Return the file in the language `target`, which its styles say instead of English."""
        following = iter(translations)
        written = {}
        for name, translated in self._parts.items():
            root = self._package.xml(name)
            same_looks = looks(root)
            cells: dict[etree._Element | None, None] = {}
            for place, element in enumerate(list(_paragraphs(root))):
                if place in translated:
                    nodes = translated[place].nodes_of(next(following).text)
                    ParagraphContent(element, same_looks).replace(nodes)
                    cells[element.getparent()] = None
            for cell in cells:
                if cell is not None and cell.tag in _CELLS and _STRING_VALUE in cell.attrib:
                    lines = [ParagraphContent(line, same_looks).shown for line in cell.iterchildren(_PARAGRAPH)]
                    cell.set(_STRING_VALUE, "\n".join(lines))
            if _language_set(root, target) or translated:
                written[name] = written_xml(root)
        return self._package.with_parts(written)


def _translatable(root: etree._Element, options: Options) -> Iterator[tuple[int, Paragraph[int]]]:
    """Yield the paragraphs that have words, and their places among all."""
    same_looks = looks(root)
    for place, element in enumerate(_paragraphs(root)):
        content = ParagraphContent(element, same_looks)
        if not is_blank(content.shown):
            paragraph = Paragraph(content.nodes, options)
            if paragraph.segments:
                yield place, paragraph


def _paragraphs(root: etree._Element) -> Iterator[etree._Element]:
    """Yield the paragraphs that are for translation, in the order of the document."""
    # Each with whether the text in it is only how a value is shown, and how many paragraphs it is in.
    waiting = [(root, False, 0)]
    while waiting:
        element, is_value, depth = waiting.pop()
        if element.tag in _DELETED:
            continue
        if element.tag in _CELLS:
            is_value = _FORMULA in element.attrib or element.get(_VALUE_TYPE, "string") != "string"
        elif element.tag == _ANNOTATION or str(element.tag).startswith(_DRAWING):
            is_value = False
        elif element.tag in _PARAGRAPHS and not is_value and depth < _DEEPEST:
            yield element
            depth += 1
        waiting.extend((child, is_value, depth) for child in reversed(element))


def _language_set(root: etree._Element, target: str) -> bool:
    """Set all languages that are English to `target`; return whether there are any."""
    found = False
    for properties in root.iter(TEXT_PROPERTIES):
        if is_english(properties.get(LANGUAGE)):
            found = True
            properties.set(LANGUAGE, target)
            properties.set(COUNTRY, language_tag(target).partition("-")[2] or "none")
            for name in {_SCRIPT, _LANGUAGE_TAG}.intersection(properties.attrib):
                del properties.attrib[name]
    for language in root.iter(_DC_LANGUAGE):
        if is_english(language.text):
            found = True
            language.text = target
    return found
