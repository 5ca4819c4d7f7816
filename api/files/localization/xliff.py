"""XLIFF 1.2 and 2.x, the exchange format of translation tools: targets are added, what has one stays.

The rules are those of the OASIS standards: http://docs.oasis-open.org/xliff/v1.2/os/xliff-core.html and
https://docs.oasis-open.org/xliff/xliff-core/v2.1/xliff-core-v2.1.html. A translation with flags gets the state that
asks for a reviewer: `needs-review-translation` in 1.2; 2.x has none, so that it stays `initial`.
"""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass

from lxml import etree

from api.errors import BrokenFileError
from api.files.document import FileLimits
from api.files.inline import Paragraph
from api.files.localization.xliff_content import Payload, fill, nodes_of
from api.files.packages import parsed_xml, written_xml
from api.text.documents import Document
from api.text.hypotheses import Hypothesis
from api.text.options import Options

__all__ = ["XliffFile"]

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
# A target in such a state is no translation if it says what the source says.
_UNTRANSLATED = frozenset({"new", "needs-translation", "initial"})


@dataclass(frozen=True, slots=True)
class _Unit:
    """A unit of 1.2 or a segment of 2.x to fill in: the number of its element in the document, and its texts.

    If it is segmented (1.2), each text has the `mid` of its segment.
    """

    number: int
    texts: "tuple[tuple[str | None, Paragraph[tuple[Payload, ...]]], ...]"


class XliffFile:
    """An XLIFF file; see `FileDocument`.

    Raises BrokenFileError for what is none, or not from English, and FileTooLargeError.
    """

    def __init__(self, data: bytes, options: Options, _limits: FileLimits) -> None:
        self._data = data
        self._options = options
        root = parsed_xml(data)
        name, version = etree.QName(root), root.get("version", "")
        if name.localname != "xliff" or version[:2] not in ("1.", "2."):
            raise BrokenFileError("the file is not XLIFF of version 1 or 2")
        self._is_2 = version.startswith("2.")
        self._namespace = f"{{{name.namespace}}}" if name.namespace else ""
        self._has_translations = False
        for element in self._with_languages(root):
            language = element.get("srcLang" if self._is_2 else "source-language", "")
            if _base(language) != "en":
                raise BrokenFileError("the source language of the XLIFF file is not English")
        self._units = list(self._units_of(root))
        self.documents: Sequence[Document] = tuple(paragraph for unit in self._units for _, paragraph in unit.texts)

    def write(self, target: str, translations: Sequence[Hypothesis]) -> bytes:
        """Return the file with the targets; raises BrokenFileError if it has some in another language already."""
        root = parsed_xml(self._data)
        elements = list(root.iter())
        for element in self._with_languages(root):
            attribute = "trgLang" if self._is_2 else "target-language"
            declared = element.get(attribute, "")
            if declared and _base(declared) != target and self._has_translations:
                raise BrokenFileError("the file has translations into another language already")
            if _base(declared) != target:
                element.set(attribute, target)
        following = iter(translations)
        for unit in self._units:
            self._fill(elements[unit.number], unit, [next(following) for _ in unit.texts], target)
        written = written_xml(root)
        if self._data.count(b"\r\n") == self._data.count(b"\n"):
            written = written.replace(b"\n", b"\r\n")
        return written + self._data[len(self._data.rstrip()) :]

    def _with_languages(self, root: etree._Element) -> Iterator[etree._Element]:
        """Yield the elements that say from which language to which."""
        if self._is_2:
            yield root
        else:
            yield from root.iterchildren(f"{self._namespace}file")

    def _units_of(self, root: etree._Element) -> Iterator[_Unit]:
        wanted = self._namespace + ("segment" if self._is_2 else "trans-unit")
        for number, element in enumerate(root.iter()):
            if element.tag != wanted or not _is_translatable(element):
                continue
            source, target = self._child(element, "source"), self._child(element, "target")
            if source is None or _is_empty(source):
                continue
            segments = self._segments(self._child(element, "seg-source"))
            is_translated = target is not None and self._is_translated(element, source, target)
            self._has_translations |= is_translated
            if is_translated:
                filled = self._segments(target)
                segments = {mid: each for mid, each in segments.items() if mid in filled and _is_empty(filled[mid])}
            if segments:
                yield _Unit(number, tuple((mid, self._paragraph(each)) for mid, each in segments.items()))
            elif not is_translated:
                yield _Unit(number, ((None, self._paragraph(source)),))

    def _child(self, element: etree._Element, name: str) -> etree._Element | None:
        return element.find(f"{self._namespace}{name}")

    def _segments(self, content: etree._Element | None) -> dict[str, etree._Element]:
        """Return the segments of a segmented source or target by their `mid`."""
        if content is None:
            return {}
        marks = (each for each in content.iter(f"{self._namespace}mrk") if each.get("mtype") == "seg")
        return {mark.get("mid", ""): mark for mark in marks}

    def _is_translated(self, unit: etree._Element, source: etree._Element, target: etree._Element) -> bool:
        state = (unit if self._is_2 else target).get("state", "")
        return not _is_empty(target) and not (state in _UNTRANSLATED and _text(target) == _text(source))

    def _paragraph(self, content: etree._Element) -> "Paragraph[tuple[Payload, ...]]":
        return Paragraph(nodes_of(content), self._options)

    def _fill(self, element: etree._Element, unit: _Unit, translations: Sequence[Hypothesis], language: str) -> None:
        """Put the translations into the target of a unit."""
        target = self._target(element)
        contents = [
            (mid, paragraph.nodes_of(translation.text))
            for (mid, paragraph), translation in zip(unit.texts, translations, strict=True)
        ]
        for mid, content in contents:
            if mid is None:
                fill(target, content)
                continue
            if mid not in self._segments(target):
                for source in element.iterchildren(f"{self._namespace}seg-source"):
                    target[:] = [deepcopy(child) for child in source]
                    target.text = source.text
            fill(self._segments(target)[mid], content)
        is_sound = not any(translation.flags for translation in translations)
        if self._is_2:
            element.set("state", "translated" if is_sound else "initial")
            # It says more of the state that was.
            element.attrib.pop("subState", "")
        else:
            target.set("state", "translated" if is_sound else "needs-review-translation")
        if _LANG in target.attrib:
            target.set(_LANG, language)

    def _target(self, element: etree._Element) -> etree._Element:
        """Return the target of a unit, a new one behind its source if it has none."""
        target = self._child(element, "target")
        if target is not None:
            return target
        sources = (self._child(element, name) for name in ("seg-source", "source"))
        before = next(source for source in sources if source is not None)
        target = etree.Element(f"{self._namespace}target")
        target.tail = before.tail
        before.tail = element.text
        element.insert(element.index(before) + 1, target)
        return target


def _base(language: str) -> str:
    return language.replace("_", "-").split("-")[0].lower()


def _text(content: etree._Element) -> str:
    return " ".join("".join(map(str, content.itertext())).split())


def _is_empty(content: etree._Element) -> bool:
    """Whether there are neither words nor codes; marks of segments are neither."""
    return not _text(content) and all(
        etree.QName(child).localname == "mrk" for child in content.iterdescendants() if isinstance(child.tag, str)
    )


def _is_translatable(unit: etree._Element) -> bool:
    holders = (unit, *unit.iterancestors())
    return next((holder.get("translate") for holder in holders if holder.get("translate")), "yes") != "no"
