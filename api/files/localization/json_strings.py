"""JSON files of strings, as i18next, Vue, Flutter (ARB) and many others have them.

The values that are texts are replaced in place; every other character stays: order, indentation, spelling of numbers.

Which values are texts: those with white space between words, and single words. Not: what has no letters outside of
placeholders (numbers, colours such as `#fff`, addresses, `{{name}}`), and a lone word that has digits, underscores,
dots, slashes or capitals inside (`max_size`, `com.example.app`, `text/html`, `iPhone`) or is a locale (`en-US`).
Keys are never translated, nor is anything below a key that starts with `@`: those describe, in ARB and JSON-LD. Only
`@@locale`, the language of an ARB file, becomes the target.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from api.errors import BrokenFileError
from api.files.document import FileLimits
from api.files.strings import StringText, is_text
from api.files.text_files import Decoded
from api.text.documents import Document
from api.text.hypotheses import Hypothesis
from api.text.options import Options

__all__ = ["JsonStrings"]

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|[{}\[\],:]')
_ESCAPE = re.compile(r"\\(?:u(?P<code>[0-9A-Fa-f]{4})|(?P<slash>/)|.)")
_SURROGATE = re.compile("[\ud800-\udfff]")
_ENGLISH = re.compile(r"en(?:[-_].*)?", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Value:
    """A literal at characters `start` to `end` of the file, and its text."""

    start: int
    end: int
    text: StringText


class JsonStrings:
    """A JSON file; see `FileDocument`.

    Raises BrokenFileError for what is no JSON of strict readers: with `NaN`, a key twice in an object, half of a
    surrogate pair, or nesting deeper than Python reads.
    """

    def __init__(self, data: bytes, options: Options, _limits: FileLimits) -> None:
        self._decoded = Decoded(data)
        self._source = self._decoded.text
        _check(self._source)
        self._spelling = _Spelling(self._source)
        self._values: list[_Value] = []
        self._locales: list[tuple[int, int]] = []
        for key, start, end in _string_values(self._source):
            value = json.loads(self._source[start:end])
            if key == "@@locale" and _ENGLISH.fullmatch(value):
                self._locales.append((start, end))
            elif not key.startswith("@") and is_text(value):
                self._values.append(_Value(start, end, StringText(value, options)))
        self.documents: Sequence[Document] = tuple(value.text for value in self._values)

    def write(self, target: str, translations: Sequence[Hypothesis]) -> bytes:
        """Return the file with the translations in place of the texts."""
        changes = [(start, end, json.dumps(target)) for start, end in self._locales]
        for value, translation in zip(self._values, translations, strict=True):
            text = value.text.text_of(translation.text)
            if text != value.text.source:
                changes.append((value.start, value.end, self._spelling.literal(text)))
        parts: list[str] = []
        done = 0
        for start, end, literal in sorted(changes):
            parts += [self._source[done:start], literal]
            done = end
        written = "".join([*parts, self._source[done:]])
        # What is not Unicode is no JSON, and readers take it for UTF-8.
        return self._decoded.encoded(written) if self._decoded.encoding.startswith("utf") else written.encode()


def _check(text: str) -> None:
    """Raise BrokenFileError for what is no JSON."""
    try:
        json.loads(text, object_pairs_hook=_checked_keys, parse_constant=_refuse, parse_int=str, parse_float=str)
    except RecursionError as error:
        raise BrokenFileError("the JSON file has too many arrays and objects in each other") from error
    except ValueError as error:
        raise BrokenFileError("the file is not valid JSON") from error


def _checked_keys(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise BrokenFileError("an object of the JSON file has the same key twice")
    return found


def _refuse(_constant: str) -> None:
    raise BrokenFileError("the JSON file has a number that is none: NaN or Infinity")


def _string_values(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield the strings of valid JSON that are no keys: the key of the innermost object, or the first above that
    starts with `@`; and where the literal starts and ends. Raises BrokenFileError for half of a surrogate pair.
    """
    # For each array or object that is open, the key that counts in it.
    keys = [""]
    found = list(_TOKEN.finditer(text))
    for index, token in enumerate(found):
        literal = token[0]
        if literal in "[{":
            keys.append(keys[-1])
        elif literal in "]}":
            keys.pop()
        elif literal not in ",:":
            if _SURROGATE.search(json.loads(literal)):
                raise BrokenFileError("a string of the JSON file has half of a surrogate pair")
            if index + 1 == len(found) or found[index + 1][0] != ":":
                yield keys[-1], token.start(), token.end()
            elif not keys[-2].startswith("@"):
                keys[-1] = json.loads(literal)


class _Spelling:
    """How a file writes the characters of its strings: which of them as escapes."""

    def __init__(self, text: str) -> None:
        escapes = [found for found in _ESCAPE.finditer(text) if found["code"] or found["slash"]]
        bare = set(_ESCAPE.sub("", text))
        self._ascii = all(character.isascii() for character in bare) and any(
            int(found["code"], 16) > 0x7F for found in escapes if found["code"]
        )
        self._upper = any(re.search("[A-F]", found["code"]) for found in escapes if found["code"])
        written = {"/" if found["slash"] else chr(int(found["code"], 16)): found[0] for found in escapes}
        # Some writers protect HTML so: `\u003c`, `\/`.
        self._written = {each: how for each, how in written.items() if each in "/<>&'=" and each not in bare}

    def literal(self, text: str) -> str:
        """Return a text as the literal of a string."""
        literal = json.dumps(text, ensure_ascii=self._ascii)
        if self._ascii and self._upper:
            literal = _ESCAPE.sub(lambda found: rf"\u{found['code'].upper()}" if found["code"] else found[0], literal)
        return "".join(self._written.get(character, character) for character in literal)
