"""Finding what must come back unchanged: placeholders, URLs, addresses, file paths, inline code, tags.

Every pattern starts where a run of its characters starts (a lookbehind) and repeats possessively, so that a search
takes time in proportion to the text, whatever is in it.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

__all__ = ["Span", "find_placeholders", "without_overlaps"]

_LONGEST_BRACES = 2000
_EXTENSIONS = (
    "aac|apk|avi|bak|bat|bin|bmp|bz2|c|cc|cfg|conf|cpp|cs|css|csv|db|deb|dll|doc|docx|dmg|env|epub|exe|flac|gif|go|gz|h|"
    "hpp|htm|html|ico|ini|ipynb|iso|jar|java|jpeg|jpg|js|json|jsonl|jsx|kt|lock|log|lua|md|mkv|mov|mp3|mp4|msi|odp|ods|"
    "odt|ogg|otf|pdf|php|pl|png|po|pot|ppt|pptx|properties|ps1|py|pyc|rar|rb|rpm|rs|rst|rtf|sh|so|sql|sqlite|srt|svg|"
    "swift|tar|tex|tgz|tif|tiff|toml|ts|tsv|tsx|ttf|txt|vtt|wasm|wav|webm|webp|whl|woff|woff2|xhtml|xls|xlsx|xml|xz|yaml|"
    "yml|zip|zst"
)

# Alternatives in order of precedence; the first that matches at a place wins.
_PATTERNS = {
    "code": r"(?<!`)(?P<ticks>`{1,3})(?!`)(?>(?:[^`\n]++|(?<!`)(?!(?P=ticks)(?!`))`++)+)(?P=ticks)(?!`)",
    "url": r"(?<![\w+.-])(?:[A-Za-z][A-Za-z0-9+.-]{0,15}+://|mailto:|www\.)[^\s<>\"`^\\|\u201c\u201d\u00bb]++",
    "email": r"(?<![\w.+%-])[\w.+%-]++@[\w-]++(?:\.[\w-]++)++",
    "template": r"\{%[^\n{}%]{1,200}+%\}|<%[^\n<>%]{1,200}+%>",
    "printf": (
        r"(?<!%)(?:%%)*+%(?:\([\w.]{1,64}+\)|[1-9]\d?\$)?[-+0#]{0,3}+(?:\d{1,3}|\*)?(?:\.(?:\d{1,3}|\*))?"
        r"(?:hh|h|ll|l|L|q|j|z|t)?[diouxXeEfFgGcrsapn@](?![A-Za-z])|(?<![\d%])%L?\d{1,2}(?!%|[.,]?\d)|%\{\w{1,64}+\}|%%"
    ),
    "variable": r"\$(?:[A-Za-z_]\w*+|\d(?![\d.,]*\d)(?!\s?(?:k|m|bn|thousand|million|billion)\b))",
    "colon": r"(?<![\w:])::?[A-Za-z_][\w-]{0,63}+::?(?![\w:])",
    "tag": r"</?[A-Za-z][\w:.-]{0,63}+(?:\s[^<>\n]{0,300}+)?/?>",
    "windows_path": r"(?<![\w\\])(?:[A-Za-z]:\\|\\\\)[^\s<>:\"|?*,;\u201c\u201d\u00bb]++",
    "path": (
        r"(?<![\w./~@-])(?:(?:~|\.{1,2})?/(?:[\w.+@-]++/)*+[\w+@-][\w.+@-]*+|(?:\.{0,2}[\w+@-]++[\w.+@-]*+/)++"
        rf"[\w.+@-]*?\.(?:{_EXTENSIONS})(?![\w-]))"
    ),
    "file": rf"(?<![\w./\\-])\.?[\w-]++(?:\.[\w-]++)*?\.(?:{_EXTENSIONS})(?![\w-]|\.\w)",
}
_COMBINED = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _PATTERNS.items()))
_SENTENCE_END = ".,;:!?'\"*_"
_CLOSING = {")": "(", "]": "[", "}": "{"}
_NAME = re.compile(
    r"\s*+[#/^&>!-]?\s*+[\w.$@-]{1,64}+(?:\[[\w'\"-]{0,64}+\][\w.$@-]{0,64}+){0,8}(?:![rsa])?(?::[^{}\s]{0,32}+)?\s*+"
)
_ICU = re.compile(r"\s*[\w.-]{1,64}\s*,\s*(?:plural|select|selectordinal|number|date|time|duration|spellout|ordinal)\b")


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to `end` of a text that come back as `replacement`, or unchanged where that is None.

    `term` is the source term of a glossary entry, None for everything else.
    """

    start: int
    end: int
    replacement: str | None = None
    term: str | None = None


def find_placeholders(text: str) -> list[Span]:
    """Return the places of what must not be translated, in order and without overlaps; linear in the text."""
    return without_overlaps(_regular(text))


def without_overlaps(*groups: Iterable[Span]) -> list[Span]:
    """Merge spans into one ordered list. Of two that overlap the one of the earlier group stays.

    Within a group it is the one that starts first, or the longer one.
    """
    kept: list[Span] = []
    for group in groups:
        merged: list[Span] = []
        others = deque(kept)
        for span in sorted(group, key=lambda span: (span.start, -span.end)):
            while others and others[0].end <= span.start:
                merged.append(others.popleft())
            free = not others or span.end <= others[0].start
            if free and span.start < span.end and (not merged or merged[-1].end <= span.start):
                merged.append(span)
        kept = [*merged, *others]
    return kept


def _regular(text: str) -> Iterator[Span]:
    yield from _braces(text)
    yield from _patterns(text)


def _patterns(text: str) -> Iterator[Span]:
    for match in _COMBINED.finditer(text):
        end = match.end()
        if match.lastgroup in ("url", "path", "windows_path", "email"):
            end = _trimmed(text, match.start(), end)
        if end - match.start() > 1:
            yield Span(match.start(), end)


def _trimmed(text: str, start: int, end: int) -> int:
    """Leave out punctuation that ends the sentence, and brackets that were opened before the address."""
    counts = {bracket: text.count(bracket, start, end) for pair in _CLOSING.items() for bracket in pair}
    while end > start + 1:
        last = text[end - 1]
        if last in _CLOSING and counts[last] > counts[_CLOSING[last]]:
            counts[last] -= 1
        elif last not in _SENTENCE_END:
            break
        end -= 1
    return end


def _braces(text: str) -> Iterator[Span]:
    """Yield `{name}`, `{{x.y}}`, `${x}`, `#{x}` and whole ICU messages, outermost only."""
    opened: list[int] = []
    closing: dict[int, int] = {}
    for index, character in enumerate(text):
        if character == "{":
            opened.append(index)
        elif character == "}" and opened:
            closing[opened.pop()] = index
    done = -1
    for start in sorted(closing):
        end = closing[start] + 1
        if start < done or end - start > _LONGEST_BRACES:
            continue
        if _is_placeholder(text, start, end):
            done = end
            yield Span(start - (start > 0 and text[start - 1] in "$#"), end)


def _is_placeholder(text: str, start: int, end: int) -> bool:
    if text.startswith("{{", start) and text.endswith("}}", start, end):
        return end - start > 4 and text.find("\n", start, end) < 0
    inside = start + 1, end - 1
    return end - start == 2 or _NAME.fullmatch(text, *inside) is not None or _ICU.match(text, *inside) is not None
