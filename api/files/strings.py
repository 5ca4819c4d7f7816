"""Strings of programs: short texts that may have tags, references to characters and line breaks."""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from api.files.codes import Code, Token, paired, pairs_of, unpaired
from api.files.inline import Paragraph
from api.text.documents import Document, Segment, parse
from api.text.hypotheses import Hypothesis
from api.text.options import Options
from api.text.placeholders import find_placeholders
from api.text.wrapping import soft_breaks

__all__ = ["StringText", "is_text", "string_tokens"]

_CODE = re.compile(
    # What is for machines, with all that is in it; a reference to another string of i18next; a tag.
    r"<(?P<kept>code|kbd|samp|var|pre)\b[^<>]{0,200}+>(?P<shown>[^<>]{0,500}+)</(?P=kept)>"
    r"|(?P<nested>\$t\([^()]{1,200}+\))"
    r"|<(?P<end>/?)(?P<name>[A-Za-z][\w:.-]{0,63}+|\d{1,3})(?P<attributes>(?:\s[^<>]{0,2000}+)?)/?>"
    r"|(?P<newline>[^\S\n]*+\n\s*+)"
)
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_LONE = frozenset({"area", "img", "input", "wbr"})
_BLOCK = re.compile(r"blockquote|br|d[dlt]|div|h[1-6r]|li|[ou]l|p|t(?:able|body|d|h|head|r)")
_WORD = re.compile(r"[(\[{<«“‘\"'¡¿*•–—-]*[^\W\d_]+(?:[-‐'’][^\W\d_]+)*[.,:;!?…)\]}>»”’\"'*–—-]*")  # noqa: RUF001
_CAMEL_CASE = re.compile(r"[^\W\d_A-Z][A-Z]")
_FUNCTION = re.compile(r"(?:rgb|rgba|hsl|hsla|var|calc|url)\([^()]*\)")
_LOCALE = re.compile(r"[a-z]{2,3}[-_][A-Z]{2}")


def is_text(value: str) -> bool:
    """Whether a value is for people to read."""
    kept: list[str] = []
    done = 0
    for span in find_placeholders(value):
        kept.append(value[done : span.start])
        done = span.end
    words = " ".join([*kept, value[done:]]).split()
    if not any(character.isalpha() for word in words for character in word) or _FUNCTION.fullmatch(value.strip()):
        return False
    if len(value.split()) > 1:
        return True
    return not _LOCALE.fullmatch(value.strip()) and all(
        (_WORD.fullmatch(word) and not _CAMEL_CASE.search(word)) or not any(map(str.isalpha, word)) for word in words
    )


def string_tokens(text: str) -> list[Token[str]]:
    """Return a string as text and codes: tags that have a partner or need none, and line breaks.

    A tag without a partner is more likely a name to fill in, `<file>`, and stays in the text, where it is protected.
    """
    tokens = list(_tokens(text))
    pairs = pairs_of(tokens)
    known = {*pairs, *(closing for closing, _ in pairs.values())}
    return [
        token.payload if not isinstance(token, str) and index not in known and (token.opens or token.closes) else token
        for index, token in enumerate(tokens)
    ]


def _tokens(text: str) -> Iterator[Token[str]]:
    wraps = {found.start for found in soft_breaks(text)}
    done = 0
    for found in _CODE.finditer(text):
        if done < found.start():
            yield text[done : found.start()]
        done = found.end()
        if found["kept"] or found["nested"]:
            yield Code(found[0], shown=found["shown"] or found[0])
        elif found["newline"]:
            yield " " if found.start() in wraps else Code(found[0], is_break=True)
        else:
            yield _tag(found)
    if done < len(text):
        yield text[done:]


def _tag(found: re.Match[str]) -> Code[str]:
    raw, name = found[0], found["name"].lower()
    if _BLOCK.fullmatch(name):
        return Code(raw, is_break=True)
    if name in _LONE:
        return Code(raw)
    if raw.endswith("/>"):
        # It stands for something that the program puts there.
        return Code(raw, shown=raw)
    return Code(raw, closes=name) if found["end"] else Code(raw, opens=name)


class StringText:
    """A string as a `Document`, the translations of which `text_of` reads."""

    def __init__(self, text: str, options: Options) -> None:
        self.source = text
        tokens = string_tokens(text)
        self._references = {html.unescape(found[0]): found[0] for found in _REFERENCE.finditer(text)}
        self._paragraph: Paragraph[tuple[str, ...]] | None = None
        self._document: Document
        if self._references or any(isinstance(token, Code) and not token.payload.isspace() for token in tokens):
            nodes = [html.unescape(token) if isinstance(token, str) and self._references else token for token in tokens]
            self._document = self._paragraph = Paragraph(paired(nodes), options)
        else:
            self._document = parse(text, replace(options, format="text"))

    @property
    def segments(self) -> Sequence[Segment]:
        """The sentences of the string."""
        return self._document.segments

    def join(self, translations: Sequence[Hypothesis]) -> str:
        """Return the string with each sentence replaced by its translation, for `text_of` to read."""
        return self._document.join(translations)

    def text_of(self, joined: str) -> str:
        """Return what `join` returned as a string of the program, with tags and references as they were."""
        if self._paragraph is None:
            return joined
        return "".join(unpaired(self._paragraph.nodes_of(joined), self._referring))

    def _referring(self, text: str) -> str:
        """Return the text with references for characters, if the string has any."""
        if not self._references:
            return text
        references = {"&": "&amp;", "<": "&lt;", ">": "&gt;", **self._references}
        return "".join(references.get(character, character) for character in text)
