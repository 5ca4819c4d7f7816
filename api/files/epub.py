"""EPUB 2 and 3: the content documents, their navigation, and what says the language of the book.

Of the metadata only that is changed (EPUB 3.3, section 5.5.3.1.3): titles and identifiers are the publisher's.
"""

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Protocol
from urllib.parse import unquote

from lxml import etree

from api.errors import BrokenFileError
from api.files.document import FileLimits
from api.files.languages import in_language, is_english
from api.files.packages import Package, parsed_xml, written_xml
from api.files.text_files import Decoded
from api.text.documents import Document, parse
from api.text.html import HtmlDocument
from api.text.hypotheses import Hypothesis
from api.text.options import Options

__all__ = ["EpubFile"]

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_ROOT_FILE = "{urn:oasis:names:tc:opendocument:xmlns:container}rootfile"
_ENCRYPTION_METHOD = "{http://www.w3.org/2001/04/xmlenc#}EncryptionMethod"
_FONT_OBFUSCATION = frozenset({"http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"})
_ITEM = "{http://www.idpf.org/2007/opf}item"
_DC_LANGUAGE = "{http://purl.org/dc/elements/1.1/}language"
_LABEL = "{http://www.daisy.org/z3986/2005/ncx/}navLabel"
_LABEL_TEXT = "{http://www.daisy.org/z3986/2005/ncx/}text"
_XML_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_PACKAGE_TYPE = "application/oebps-package+xml"
_XHTML_TYPE = "application/xhtml+xml"
_NCX_TYPE = "application/x-dtbncx+xml"
_DECLARED_WITHIN = 1024
_DECLARED = re.compile(rb"\s*<\?xml[^>]+encoding\s*=\s*[\"']([A-Za-z0-9_.:-]{1,40})[\"']")


class EpubFile:
    """A book; see `FileDocument`."""

    def __init__(self, data: bytes, options: Options, limits: FileLimits) -> None:
        self._package = Package(data, unpacked_bytes=limits.unpacked_bytes)
        _check_not_protected(self._package)
        self._opf_names = tuple(dict.fromkeys(_opf_names(self._package)))
        self._parts: dict[str, _Part] = {}
        names = frozenset(self._package.names)
        for opf_name in self._opf_names:
            for name, media_type in _items(self._package.xml(opf_name), opf_name):
                if name not in names or name in self._parts:
                    continue
                if media_type == _XHTML_TYPE:
                    self._parts[name] = _ContentDocument(self._package.read(name), options)
                elif media_type == _NCX_TYPE:
                    self._parts[name] = _Ncx(self._package.read(name), options)
        self.documents: Sequence[Document] = [text for part in self._parts.values() for text in part.documents]

    def write(self, target: str, translations: Sequence[Hypothesis]) -> bytes:
        """Return the book in the language `target`."""
        following = iter(translations)
        written = {
            name: part.write(target, [next(following).text for _ in part.documents])
            for name, part in self._parts.items()
        }
        for name in self._opf_names:
            root = self._package.xml(name)
            if _languages_set(root, target):
                written[name] = written_xml(root)
        return self._package.with_parts(written)


class _Part(Protocol):
    @property
    def documents(self) -> Sequence[Document]: ...

    def write(self, target: str, texts: Sequence[str]) -> bytes: ...


class _ContentDocument:
    """A chapter, or the navigation document."""

    def __init__(self, data: bytes, options: Options) -> None:
        declared = _DECLARED.match(data[:_DECLARED_WITHIN])
        self._decoded = Decoded(data, declared[1].decode() if declared else None)
        self.documents = (HtmlDocument(self._decoded.text, replace(options, format="html"), xhtml=True),)

    def write(self, target: str, texts: Sequence[str]) -> bytes:
        [text] = texts
        return self._decoded.encoded(in_language(text, target), errors="xmlcharrefreplace")


class _Ncx:
    """The table of contents of EPUB 2. The title and the author of the book are metadata."""

    def __init__(self, data: bytes, options: Options) -> None:
        self._data = data
        plain = replace(options, format="text")
        self.documents = [parse(label.text or "", plain) for label in _labels(parsed_xml(data))]

    def write(self, target: str, texts: Sequence[str]) -> bytes:
        root = parsed_xml(self._data)
        for label, text in zip(_labels(root), texts, strict=True):
            label.text = text or None
        if is_english(root.get(_XML_LANGUAGE)):
            root.set(_XML_LANGUAGE, target)
        return written_xml(root)


def _labels(root: etree._Element) -> Iterator[etree._Element]:
    for label in root.iter(_LABEL):
        yield from label.iterchildren(_LABEL_TEXT)


def _check_not_protected(package: Package) -> None:
    """Raise BrokenFileError for a book with DRM; fonts that are only obfuscated stay as they are."""
    if _ENCRYPTION in package.names:
        methods = package.xml(_ENCRYPTION).iter(_ENCRYPTION_METHOD)
        if any(method.get("Algorithm") not in _FONT_OBFUSCATION for method in methods):
            raise BrokenFileError("the book is encrypted (DRM)")


def _opf_names(package: Package) -> Iterator[str]:
    """Yield the names of the package documents. Raises BrokenFileError if there is none."""
    found = [
        root_file.get("full-path")
        for root_file in package.xml(_CONTAINER).iter(_ROOT_FILE)
        if root_file.get("media-type") == _PACKAGE_TYPE
    ]
    if not found:
        raise BrokenFileError("the file is not of the format that its name says")
    yield from (name or "" for name in found)


def _items(opf: etree._Element, opf_name: str) -> Iterator[tuple[str, str | None]]:
    """Yield the name and the media type of everything that the book consists of."""
    for item in opf.iter(_ITEM):
        path = unquote(item.get("href", ""))
        yield posixpath.normpath(posixpath.join(posixpath.dirname(opf_name), path)), item.get("media-type")


def _languages_set(opf: etree._Element, target: str) -> bool:
    """Set the languages of the book that are English to `target`; return whether there are any."""
    found: Iterable[etree._Element] = [language for language in opf.iter(_DC_LANGUAGE) if is_english(language.text)]
    for language in found:
        language.text = target
    return bool(found)
