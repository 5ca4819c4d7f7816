"""Presentations of PowerPoint, `.pptx`: slides, their notes and comments, and the charts and diagrams on them.

Layouts and masters stay: what a reader sees of them on a slide is in the slide.
"""

from collections.abc import Sequence

from lxml import etree

from api.files.document import FileLimits
from api.files.office.conventions import main_part, parts_of
from api.files.office.drawing import DRAWING_TYPES, read_alternative_text, read_chart_text, read_paragraph, set_language
from api.files.office.embedded_workbooks import EmbeddedWorkbooks
from api.files.office.places import Found, Places, plain_text
from api.files.packages import Package, written_xml
from api.text.documents import Document
from api.text.hypotheses import Hypothesis
from api.text.options import Options

__all__ = ["Presentation"]

_OFFICE = "application/vnd.openxmlformats-officedocument"
_MAIN = (f"{_OFFICE}.presentationml.presentation.main+xml",)
_WITH_TEXT = (
    f"{_OFFICE}.presentationml.slide+xml",
    f"{_OFFICE}.presentationml.notesSlide+xml",
    *DRAWING_TYPES,
    "application/vnd.ms-powerpoint.comments+xml",
    f"{_OFFICE}.presentationml.comments+xml",
)
_COMMENT_TEXTS = (
    "{http://schemas.openxmlformats.org/presentationml/2006/main}text",
    "{http://purl.oclc.org/ooxml/presentationml/main}text",
)


class Presentation:
    """A presentation that has been read; see `api.files.document.FileDocument`."""

    def __init__(self, data: bytes, options: Options, limits: FileLimits) -> None:
        self._package = Package(data, unpacked_bytes=limits.unpacked_bytes)
        main_part(self._package, _MAIN)
        self._parts = {
            name: Places(self._package.xml(name), _READS, options) for name in parts_of(self._package, _WITH_TEXT)
        }
        self._workbooks = EmbeddedWorkbooks(self._package, options, limits)
        texts = [text for part in self._parts.values() for text in part.documents]
        self.documents: Sequence[Document] = [*texts, *self._workbooks.documents]

    def write(self, target: str, translations: Sequence[Hypothesis]) -> bytes:
        """Return the presentation in the language `target`."""
        following = iter(translations)
        written: dict[str, bytes] = {}
        for name, places in self._parts.items():
            root = self._package.xml(name)
            places.write(root, [next(following).text for _ in places.documents])
            set_language(root, target)
            written[name] = written_xml(root)
        written |= self._workbooks.write(target, following)
        return self._package.with_parts(written)


def _read_comment(element: etree._Element, options: Options) -> Found | None:
    """Return the text of a comment, which is plain up to PowerPoint 2019; see `api.files.office.places.Read`."""
    is_comment = element.tag in _COMMENT_TEXTS
    return (plain_text(element.text, options), _put_comment) if is_comment and element.text else None


def _put_comment(element: etree._Element, joined: str) -> None:
    element.text = joined


_READS = (read_paragraph, read_alternative_text, read_chart_text, _read_comment)
