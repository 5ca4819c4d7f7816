"""Files that are ZIP archives, and the XML in them and elsewhere, read with limits."""

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Mapping
from copy import copy
from typing import cast

from lxml import etree

from api.errors import BrokenFileError, FileTooLargeError

__all__ = ["Package", "parsed_xml", "written_xml"]

_MOST_PARTS = 10_000
# A tree takes about ten times as much memory.
_LARGEST_XML_BYTES = 16 * 1024 * 1024
# What `zipfile` raises for a part that is not there, damaged, or packed in a way that it does not know.
_DAMAGED = (
    *(KeyError, zipfile.BadZipFile, zlib.error, lzma.LZMAError),
    *(struct.error, EOFError, OSError, NotImplementedError),
)
# The first bytes of the older binary formats of Office, and of newer files with a password.
_COMPOUND_FILE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED = 0x1


class Package:
    """The parts of a ZIP archive, by name. Raises BrokenFileError or FileTooLargeError for what is none in order."""

    def __init__(self, data: bytes, *, unpacked_bytes: int) -> None:
        if data.startswith(_COMPOUND_FILE):
            raise BrokenFileError("the file has a password, or is of an older format under a new name")
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise BrokenFileError("the file is not of the format that its name says") from error
        parts = self._archive.infolist()
        self.unpacked_bytes = sum(part.file_size for part in parts)
        if len(parts) > _MOST_PARTS or self.unpacked_bytes > unpacked_bytes:
            raise FileTooLargeError(f"unpacked, the file may have at most {unpacked_bytes} bytes")
        if any(part.flag_bits & _ENCRYPTED for part in parts):
            raise BrokenFileError("the file has a password")
        self.names = tuple(part.filename for part in parts)

    def read(self, name: str) -> bytes:
        """Return a part. Raises BrokenFileError if there is none, or it is damaged."""
        try:
            # Never more than the size that is told, which is within the limit.
            return self._archive.read(name)
        except _DAMAGED as error:
            raise BrokenFileError("a part of the file is missing or damaged") from error

    def xml(self, name: str) -> etree._Element:
        """Return the root of a part that is XML. Raises BrokenFileError or FileTooLargeError."""
        return parsed_xml(self.read(name))

    def with_parts(self, parts: Mapping[str, bytes]) -> bytes:
        """Return the archive with these parts in place of their namesakes; all else, and the order, is kept."""
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w") as archive:
            for part in self._archive.infolist():
                data = parts[part.filename] if part.filename in parts else self.read(part.filename)
                # A copy, for `writestr` notes in it where the part is in the new archive.
                archive.writestr(copy(part), data)
        return written.getvalue()


def parsed_xml(data: bytes) -> etree._Element:
    """Return the root of an XML document. No entities are expanded, nothing else is loaded.

    Raises BrokenFileError or FileTooLargeError.
    """
    if len(data) > _LARGEST_XML_BYTES:
        raise FileTooLargeError(f"a part of the file may have at most {_LARGEST_XML_BYTES} bytes of XML")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, strip_cdata=False)
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise BrokenFileError("a part of the file is not valid XML") from error


def written_xml(root: etree._Element) -> bytes:
    """Return the document of a root as UTF-8, with the declaration and document type that it had."""
    tree = root.getroottree()
    # lxml does not tell "no" from nothing, which means the same; its type stubs do not know None.
    standalone = cast(bool, tree.docinfo.standalone or None)
    return etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=standalone)
