"""Which formats there are, and how a file is read and written in its own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import PurePath

from api.errors import FileTooLargeError, UnsupportedFileError
from api.files.document import FileDocument, FileLimits
from api.files.epub import EpubFile
from api.files.localization.gettext_catalog import GettextCatalog
from api.files.localization.json_strings import JsonStrings
from api.files.localization.xliff import XliffFile
from api.files.office.presentation import Presentation
from api.files.office.spreadsheet import Spreadsheet
from api.files.office.wordprocessing import WordDocument
from api.files.opendocument import OpenDocumentFile
from api.files.subtitles.subtitles import Subtitles
from api.files.text_files import TextFile
from api.text.options import Options

__all__ = ["FORMATS", "FileFormat", "format_of", "read_file"]


@dataclass(frozen=True, slots=True)
class FileFormat:
    """A format of files: its usual suffix (with the dot) first, and what reads it."""

    suffixes: tuple[str, ...]
    media_type: str
    read: Callable[[bytes, Options, FileLimits], FileDocument]


FORMATS: tuple[FileFormat, ...] = (
    FileFormat((".txt",), "text/plain", partial(TextFile, text_format="text")),
    FileFormat((".md", ".markdown"), "text/markdown", partial(TextFile, text_format="markdown")),
    FileFormat((".html", ".htm"), "text/html", partial(TextFile, text_format="html")),
    FileFormat((".docx",), "application/vnd.openxmlformats-officedocument.wordprocessingml.document", WordDocument),
    FileFormat((".pptx",), "application/vnd.openxmlformats-officedocument.presentationml.presentation", Presentation),
    FileFormat((".srt",), "application/x-subrip", partial(Subtitles, is_webvtt=False)),
    FileFormat((".vtt",), "text/vtt", partial(Subtitles, is_webvtt=True)),
    FileFormat((".xlsx",), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Spreadsheet),
    FileFormat((".po", ".pot"), "text/x-gettext-translation", GettextCatalog),
    FileFormat((".json",), "application/json", JsonStrings),
    FileFormat((".xlf", ".xliff"), "application/xliff+xml", XliffFile),
    FileFormat((".odt",), "application/vnd.oasis.opendocument.text", OpenDocumentFile),
    FileFormat((".odp",), "application/vnd.oasis.opendocument.presentation", OpenDocumentFile),
    FileFormat((".ods",), "application/vnd.oasis.opendocument.spreadsheet", OpenDocumentFile),
    FileFormat((".epub",), "application/epub+zip", EpubFile),
)

_BY_SUFFIX: Mapping[str, FileFormat] = {suffix: known for known in FORMATS for suffix in known.suffixes}


def format_of(filename: str) -> FileFormat:
    """Return the format that the name of a file says. Raises UnsupportedFileError."""
    found = _BY_SUFFIX.get(PurePath(filename).suffix.lower())
    if found is None:
        raise UnsupportedFileError(f"files of these kinds can be translated: {', '.join(_BY_SUFFIX)}")
    return found


def read_file(filename: str, data: bytes, options: Options, limits: FileLimits) -> FileDocument:
    """Return a file as what is to be translated of it.

    `options` are those of the caller; the format decides on what concerns markup. Raises UnsupportedFileError,
    BrokenFileError, or FileTooLargeError for more than the limits.
    """
    document = format_of(filename).read(data, options, limits)
    characters = sum(len(segment.text) for text in document.documents for segment in text.segments)
    if characters > limits.characters:
        raise FileTooLargeError(f"a file may have at most {limits.characters} characters to translate")
    return document
