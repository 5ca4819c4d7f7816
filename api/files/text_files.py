"""Plain text, Markdown and HTML: files that are one text, in some encoding."""

import codecs
import re
from collections.abc import Sequence
from dataclasses import replace

from api.errors import BrokenFileError
from api.files.document import FileLimits
from api.files.languages import in_language
from api.text.documents import Document, parse
from api.text.hypotheses import Hypothesis
from api.text.options import Options, TextFormat

__all__ = ["Decoded", "TextFile"]

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
_DECLARED_WITHIN = 1024
# What English was written in before UTF-8; five of its bytes mean nothing.
_FALLBACK = "cp1252"


class Decoded:
    """The text of a file in its encoding: by its byte order mark, by what HTML declares, UTF-8 or Windows-1252.

    Raises BrokenFileError for what is no text.
    """

    def __init__(self, data: bytes, declared: str | None = None) -> None:
        self._mark, self.encoding = next(
            ((mark, encoding) for mark, encoding in _BYTE_ORDER_MARKS if data.startswith(mark)), (b"", "")
        )
        candidates = [self.encoding] if self.encoding else [*_known(declared), "utf-8", _FALLBACK]
        for encoding in candidates:
            try:
                self.text = data[len(self._mark) :].decode(encoding)
            except UnicodeDecodeError:
                continue
            self.encoding = encoding
            break
        else:
            raise BrokenFileError("the file is not text in UTF-8")
        if "\0" in self.text:
            raise BrokenFileError("the file is not text")

    def holds(self, text: str) -> bool:
        """Whether the encoding of the file has all characters of a text."""
        try:
            text.encode(self.encoding)
        except UnicodeEncodeError:
            return False
        return True

    def encoded(self, text: str, *, errors: str = "strict") -> bytes:
        """Return a text in the encoding of the file, or in UTF-8 where that cannot hold it."""
        try:
            return self._mark + text.encode(self.encoding, errors)
        except UnicodeEncodeError:
            return text.encode()


class TextFile:
    """A file that is one text; see `FileDocument`."""

    def __init__(self, data: bytes, options: Options, _limits: FileLimits, *, text_format: TextFormat) -> None:
        declared = _DECLARED.search(data[:_DECLARED_WITHIN]) if text_format == "html" else None
        self._decoded = Decoded(data, declared[1].decode() if declared else None)
        self._format = text_format
        self.documents: Sequence[Document] = (parse(self._decoded.text, replace(options, format=text_format)),)

    def write(self, target: str, translations: Sequence[Hypothesis]) -> bytes:
        """Return the file in the language `target`; HTML says which that is."""
        [whole] = translations
        if self._format != "html":
            return self._decoded.encoded(whole.text)
        return self._decoded.encoded(in_language(whole.text, target), errors="xmlcharrefreplace")


def _known(encoding: str | None) -> list[str]:
    """Return the encoding in a list, or nothing if Python cannot read text in it."""
    try:
        "".encode(encoding or "")
    except LookupError:
        return []
    return [encoding] if encoding else []
