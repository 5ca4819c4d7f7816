"""Word documents: WordprocessingML (ISO/IEC 29500-1, section 17), transitional and strict.

Every paragraph of the text, its headers, footers, notes, comments and text boxes is translated, and what charts,
diagrams and the descriptions of images say. All else is kept.
"""

from collections.abc import Iterator, Sequence

from lxml import etree

from api.files.document import FileLimits
from api.files.inline import Paragraph
from api.files.office import drawing
from api.files.office.conventions import main_part, parts_of
from api.files.office.embedded_workbooks import EmbeddedWorkbooks
from api.files.office.places import Places
from api.files.office.wordprocessing_content import Content
from api.files.office.wordprocessing_tokens import Tokenizer, all_named, w
from api.files.office.wordprocessing_writing import set_language, write_paragraph
from api.files.packages import Package, written_xml
from api.text.documents import Document
from api.text.hypotheses import Hypothesis
from api.text.options import Options

__all__ = ["WordDocument"]

_OFFICE = "application/vnd.openxmlformats-officedocument"
# Templates and documents with macros are written the same, and come back as what they were.
_MAIN = (
    f"{_OFFICE}.wordprocessingml.document.main+xml",
    f"{_OFFICE}.wordprocessingml.template.main+xml",
    "application/vnd.ms-word.document.macroEnabled.main+xml",
    "application/vnd.ms-word.template.macroEnabledTemplate.main+xml",
)
_OTHERS = (
    *(f"{_OFFICE}.wordprocessingml.{name}+xml" for name in ("header", "footer", "footnotes", "endnotes", "comments")),
    *(f"{_OFFICE}.drawingml.{name}+xml" for name in ("chart", "chartshapes", "diagramData")),
    "application/vnd.ms-office.chartex+xml",
    "application/vnd.ms-office.drawingml.diagramDrawing+xml",
)
_STYLES = (f"{_OFFICE}.wordprocessingml.styles+xml",)
_DRAWINGS = (drawing.read_paragraph, drawing.read_alternative_text, drawing.read_chart_text)
# What paragraphs of their own are in; fields do not reach across.
_STORIES = frozenset({"comment", "endnote", "footnote", "txbxContent"})


class WordDocument:
    """A Word document; see `FileDocument`."""

    def __init__(self, data: bytes, options: Options, limits: FileLimits) -> None:
        self._package = Package(data, unpacked_bytes=limits.unpacked_bytes)
        names = dict.fromkeys((main_part(self._package, _MAIN), *parts_of(self._package, _OTHERS)))
        parts = {name: _Part(self._package.xml(name), options) for name in names}
        self._parts = {name: part for name, part in parts.items() if part.documents}
        self._workbooks = EmbeddedWorkbooks(self._package, options, limits)
        texts = [text for part in self._parts.values() for text in part.documents]
        self.documents: Sequence[Document] = [*texts, *self._workbooks.documents]

    def write(self, target: str, translations: Sequence[Hypothesis]) -> bytes:
        """Return the document in the language `target`; its spelling is checked as such."""
        following = iter(translations)
        written: dict[str, bytes] = {}
        for name, part in self._parts.items():
            root = self._package.xml(name)
            part.write(root, [next(following).text for _ in part.documents], target)
            written[name] = written_xml(root)
        for name in parts_of(self._package, _STYLES):
            styles = self._package.xml(name)
            if set_language(styles, target):
                written[name] = written_xml(styles)
        written |= self._workbooks.write(target, following)
        return self._package.with_parts(written)


class _Part:
    """The texts of a part. Keeps no tree, so that a document can be written in several languages."""

    def __init__(self, root: etree._Element, options: Options) -> None:
        self._places = Places(root, _DRAWINGS, options)
        paragraphs = (Paragraph(content.nodes, options) for _, content in _contents(root))
        # By their place among all paragraphs of the part.
        self._paragraphs = {at: paragraph for at, paragraph in enumerate(paragraphs) if paragraph.segments}
        self.documents: Sequence[Document] = [*self._places.documents, *self._paragraphs.values()]

    def write(self, root: etree._Element, joined: Sequence[str], target: str) -> None:
        """Put what the `join` of each document returned into the tree of the same part, read anew."""
        placed = len(self._places.documents)
        self._places.write(root, joined[:placed])
        drawing.set_language(root, target)
        following = iter(joined[placed:])
        for at, (element, content) in enumerate(_contents(root)):
            if at in self._paragraphs:
                write_paragraph(element, content, self._paragraphs[at].nodes_of(next(following)), target)


def _contents(root: etree._Element) -> Iterator[tuple[etree._Element, Content]]:
    """Yield the paragraphs of a part with what is in them, which may be written anew before the next is asked for."""
    tokenizers: dict[etree._Element, Tokenizer] = {}
    for paragraph in list(all_named(root, "p")):
        story = next((each for each in paragraph.iterancestors(etree.Element) if w(each) in _STORIES), root)
        yield paragraph, Content(tokenizers.setdefault(story, Tokenizer()).tokens(paragraph))
