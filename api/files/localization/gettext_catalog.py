"""Catalogues of gettext: what is empty is filled in, what has a translation stays.

The lines of a `msgstr` are replaced in place, so that a comparison shows nothing but the new translations. polib, the
library for these files, does not say where in a file an entry is, writes all of them in lines and an order of its own,
and opens a text as a file if there is one of that name; so it only checks this module in the tests.
"""

import codecs
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from api.errors import BrokenFileError
from api.files.document import FileLimits
from api.files.strings import StringText
from api.files.text_files import Decoded
from api.text.documents import Document
from api.text.hypotheses import Hypothesis
from api.text.options import Options

__all__ = ["GettextCatalog"]

# https://www.gnu.org/software/gettext/manual/html_node/Plural-forms.html
_PLURAL_FORMS: Mapping[str, str] = {"de": "nplurals=2; plural=(n != 1);", "fr": "nplurals=2; plural=(n > 1);"}
_FORMS = 2
_CHARSET = re.compile(rb"charset=([A-Za-z0-9_.:-]{1,40})")
_CHARSET_WITHIN = 8192
_CONTENT_TYPE = "text/plain; charset=UTF-8"
_LINE = re.compile(r"([^\r\n]*+)(\r\n|\r|\n|\Z)")
_FIELD = re.compile(r'(?:(msgctxt|msgid_plural|msgid|msgstr(?:\[\d\])?)\s*)?"((?:[^"\\]|\\.)*+)"')
_ESCAPE = re.compile(r"\\(?:([0-7]{1,3})|x([0-9A-Fa-f]{2})|(.))")
_ESCAPED = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\v": "\\v", "\b": "\\b", "\f": "\\f"}
_ESCAPED["\a"] = "\\a"
_UNESCAPED = {escape[1]: character for character, escape in _ESCAPED.items()}
_FUZZY = re.compile(r",\s*fuzzy\b")
_PLURALS = re.compile(r"nplurals\s*=\s*([1-6])\s*;")
_WIDTH = 79


@dataclass(slots=True)
class _Entry:
    """An entry, with the numbers of its lines: of its flags, the first behind its comments, those of its msgstrs."""

    first: int
    flags: int | None
    fields: dict[str, str] = field(default_factory=dict)
    msgstr_lines: list[int] = field(default_factory=list)

    @property
    def is_header(self) -> bool:
        return not self.fields["msgid"] and "msgctxt" not in self.fields

    @property
    def is_translated(self) -> bool:
        return any(text for name, text in self.fields.items() if name.startswith("msgstr"))


class GettextCatalog:
    """A `.po` or `.pot` file; see `FileDocument`. Raises BrokenFileError."""

    def __init__(self, data: bytes, options: Options, _limits: FileLimits) -> None:
        declared = _CHARSET.search(data[:_CHARSET_WITHIN])
        self._charset = declared[1].decode() if declared else None
        self._decoded = Decoded(data, self._charset)
        found = [(line[1], line[2]) for line in _LINE.finditer(self._decoded.text) if line[0]]
        self._lines = [line for line, _ in found]
        self._newline = found[0][1] or "\n" if found else "\n"
        self._ends = [end for _, end in found]
        entries = list(_entries(self._lines))
        if not entries:
            raise BrokenFileError("the file has no entries of a gettext catalogue")
        self._header = next((entry for entry in entries if entry.is_header), None)
        self._has_translations = any(entry.is_translated for entry in entries if entry.fields["msgid"])
        self._missing = [
            (
                entry,
                [StringText(entry.fields[name], options) for name in ("msgid", "msgid_plural") if name in entry.fields],
            )
            for entry in entries
            if entry.fields["msgid"] and not entry.is_translated
        ]
        self.documents: Sequence[Document] = tuple(text for _, texts in self._missing for text in texts)

    def write(self, target: str, translations: Sequence[Hypothesis]) -> bytes:
        """Return the catalogue with the translations; what has flags is fuzzy.

        Raises BrokenFileError if it has translations into another language already.
        """
        header = self._header_in(target)
        plurals = _PLURALS.search(header)
        forms = int(plurals[1]) if plurals else _FORMS
        lines: dict[int, list[str]] = {}
        following = iter(translations)
        for entry, sources in self._missing:
            chosen = [next(following) for _ in sources]
            texts = [source.text_of(each.text) for source, each in zip(sources, chosen, strict=True)]
            if "msgid_plural" in entry.fields:
                fields = {f"msgstr[{form}]": texts[min(form, 1)] for form in range(forms)}
            else:
                fields = {"msgstr": texts[0]}
            lines |= self._filled(entry, fields)
            if any(each.flags for each in chosen):
                lines |= self._fuzzy(entry)
        if self._keeps_charset(line for group in lines.values() for line in group):
            return self._decoded.encoded(self._joined(lines | self._header_lines(header)))
        header = _with_field(header, "Content-Type", _CONTENT_TYPE)
        written = self._joined(lines | self._header_lines(header))
        return self._decoded.encoded(written) if self._decoded.encoding == "utf-8" else written.encode()

    def _keeps_charset(self, lines: Iterator[str]) -> bool:
        """Whether the header is right about the encoding, and that has room for these lines."""
        try:
            declared = codecs.lookup(self._charset or "").name
        except LookupError:
            return False
        return declared == codecs.lookup(self._decoded.encoding).name and self._decoded.holds("".join(lines))

    def _header_in(self, target: str) -> str:
        """Return the text of the header for the language; raises BrokenFileError."""
        header = self._header.fields.get("msgstr", "") if self._header else ""
        found = re.search(r"^Language:[ \t]*([^\s_@-]*)", header, re.MULTILINE)
        language = found[1].lower() if found else ""
        if language == target and _PLURALS.search(header):
            return header
        if language not in ("", target) and self._has_translations:
            raise BrokenFileError("the catalogue has translations into another language already")
        if language != target:
            header = _with_field(header, "Language", target)
        return _with_field(header, "Plural-Forms", _PLURAL_FORMS[target])

    def _header_lines(self, header: str) -> dict[int, list[str]]:
        """Return the lines of the header; those at -1 come before all others."""
        if self._header is None:
            header = _with_field(header, "Content-Transfer-Encoding", "8bit")
            return {-1: [*_written("msgid", ""), *_written("msgstr", header), ""]}
        lines: dict[int, list[str]] = {}
        if header != self._header.fields.get("msgstr"):
            lines = self._filled(self._header, {"msgstr": header})
        if self._header.flags is not None:
            # As msginit does: it is no longer that of a template.
            flags = _FUZZY.sub("", self._lines[self._header.flags])
            lines[self._header.flags] = [flags] if "," in flags else []
        return lines

    @staticmethod
    def _filled(entry: _Entry, fields: Mapping[str, str]) -> dict[int, list[str]]:
        """Return new lines for an entry, by the number of the line that they take the place of."""
        lines: dict[int, list[str]] = {number: [] for number in entry.msgstr_lines}
        lines[entry.msgstr_lines[0]] = [line for name, text in fields.items() for line in _written(name, text)]
        return lines

    def _fuzzy(self, entry: _Entry) -> dict[int, list[str]]:
        if entry.flags is None:
            return {entry.first: ["#, fuzzy", self._lines[entry.first]]}
        flags = self._lines[entry.flags]
        return {} if _FUZZY.search(flags) else {entry.flags: [flags.replace("#,", "#, fuzzy,", 1)]}

    def _joined(self, changed: Mapping[int, Sequence[str]]) -> str:
        parts = [line + self._newline for line in changed.get(-1, [])]
        for number, (line, end) in enumerate(zip(self._lines, self._ends, strict=True)):
            parts += [each + (end or self._newline) for each in changed[number]] if number in changed else [line + end]
        return "".join(parts)


def _entries(lines: Sequence[str]) -> Iterator[_Entry]:
    """Yield the entries that are not obsolete. Raises BrokenFileError for lines that are none of a catalogue's."""
    entry: _Entry | None = None
    name = ""
    flags: int | None = None
    for number, line in enumerate(lines):
        content = line.strip()
        if not content or content.startswith("#"):
            if content.startswith("#~"):
                flags = None
            elif content.startswith("#,"):
                flags = number
            continue
        found = _FIELD.fullmatch(content)
        if found is None:
            raise BrokenFileError(f"line {number + 1} of the file is not one of a gettext catalogue")
        if found[1] in ("msgctxt", "msgid") and (entry is None or entry.msgstr_lines):
            if entry is not None:
                yield entry
            entry, flags = _Entry(number, flags), None
        name = found[1] or name
        if entry is None or (found[1] is None) != (name in entry.fields) or not _may_follow(name, entry):
            raise BrokenFileError(f"line {number + 1} of the file is out of place in a gettext catalogue")
        entry.fields[name] = entry.fields.get(name, "") + _unescaped(found[2])
        if name.startswith("msgstr"):
            entry.msgstr_lines.append(number)
    if entry is not None:
        if not entry.msgstr_lines:
            raise BrokenFileError("the last entry of the gettext catalogue is not complete")
        yield entry


def _may_follow(name: str, entry: _Entry) -> bool:
    """Whether an entry may have this after what it has."""
    if name == "msgctxt":
        return "msgid" not in entry.fields
    return name == "msgid" or ("msgid" in entry.fields and (name != "msgid_plural" or not entry.msgstr_lines))


def _with_field(header: str, name: str, value: str) -> str:
    """Return a header with a field of this value, at the end if it was not there."""
    line = f"{name}: {value}\n"
    pattern = re.compile(rf"^{re.escape(name)}:.*\n?", re.MULTILINE | re.IGNORECASE)
    if pattern.search(header):
        return pattern.sub(lambda _: line, header, count=1)
    return f"{header}{'' if header.endswith(chr(10)) or not header else chr(10)}{line}"


def _unescaped(literal: str) -> str:
    def character(found: re.Match[str]) -> str:
        if found[3]:
            return _UNESCAPED.get(found[3], found[3])
        return chr(int(found[1], 8) if found[1] else int(found[2], 16))

    return _ESCAPE.sub(character, literal)


def _escaped(text: str) -> str:
    return "".join(_ESCAPED.get(character, character) for character in text)


def _written(name: str, text: str) -> list[str]:
    """Return a field in lines, as the tools of gettext do: on one if it has room there, else below its name."""
    whole = f'{name} "{_escaped(text)}"'
    if len(whole) <= _WIDTH and "\n" not in text[:-1]:
        return [whole]
    lines = [f'{name} ""']
    for paragraph in re.findall(r"[^\n]*\n|[^\n]+", text):
        lines += _wrapped(paragraph)
    return lines


def _wrapped(paragraph: str) -> Iterator[str]:
    """Yield a paragraph as literals of at most 79 characters where spaces allow it."""
    line = ""
    for word in re.findall(r"\S*\s+|\S+", paragraph):
        escaped = _escaped(word)
        if line and len(line) + len(escaped.rstrip()) + 2 > _WIDTH:
            yield f'"{line}"'
            line = ""
        line += escaped
    yield f'"{line}"'
