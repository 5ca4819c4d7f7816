"""Subtitles: SubRip and WebVTT.

Everything but the words stays byte for byte: numbers and identifiers, times, settings, order, notes, styles, regions.
pysubs2, srt and webvtt-py write files anew from what they understand of them, and lose some of that; they only check
this module in the tests.

A sentence that runs across several cues is translated as one and shared out again; see `cue_words`. Text in capitals,
which models know little of, is translated in small letters and comes back in capitals.
"""

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from api.errors import BrokenFileError
from api.files.codes import Code, paired
from api.files.document import FileLimits
from api.files.inline import Atom, Node, Paragraph
from api.files.subtitles.cue_text import TIMESTAMP, Body, bodies
from api.files.subtitles.cue_words import BORDER, Piece, balanced, pieces_of, shared_out, written
from api.files.subtitles.cues import ARROW, Cue, subrip_cues, webvtt_cues
from api.files.text_files import Decoded
from api.text.documents import Document
from api.text.hypotheses import Hypothesis
from api.text.options import Options
from api.text.segmentation import sentence_bounds

__all__ = ["Subtitles"]

_LINE = re.compile(r"([^\r\n]*+)(\r\n|\r|\n|\Z)")
_SIGNATURE = re.compile(r"WEBVTT(?:[ \t]|$)")
_LANGUAGE = re.compile(r"(Language:[ \t]*)en(?:-[A-Za-z0-9-]+)?(?=\s*$)", re.IGNORECASE)
_LONGEST_PAUSE = 1000
# Milliseconds by which cues overlap that are made to follow each other.
_OVERLAP = 200
_MOST_CUES = 4
_LONGEST_SENTENCE = 300
_WINDOW = 200
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|[.!?…]+")
_CAPITALS = 4


@dataclass(frozen=True, slots=True)
class _Text:
    """The text of a cue, in parts."""

    cue: Cue
    parts: Sequence[str | Body]

    @property
    def bodies(self) -> list[Body]:
        return [part for part in self.parts if isinstance(part, Body)]


class _Sentences:
    """Bodies that are translated together: those that the same sentences run across."""

    def __init__(self, chain: Sequence[Body], options: Options) -> None:
        self.chain = chain
        self._is_capitals = all(_is_capitals(body.shown) for body in chain)
        nodes: list[Node[tuple[str, ...]]] = []
        lower = _Lowered()
        for body in chain:
            if nodes:
                nodes += [" ", Atom((BORDER,))]
            tokens = body.tokens
            if self._is_capitals:
                tokens = tuple(lower(token) if isinstance(token, str) else token for token in tokens)
            nodes += paired(tokens)
        self.paragraph = Paragraph(nodes, options)

    def shared_out(self, joined: str) -> list[list[Piece]]:
        """Return the pieces of the translation for each body."""
        pieces = list(pieces_of(self.paragraph.nodes_of(joined)))
        if self._is_capitals:
            pieces = [piece if piece.is_code else Piece(piece.text.upper(), False, piece.spans) for piece in pieces]
        return shared_out(_in_time(pieces), [len(body.shown) for body in self.chain])


class Subtitles:
    """A file of cues; see `FileDocument`. Raises BrokenFileError for what is none, or has no cue with times."""

    def __init__(self, data: bytes, options: Options, _limits: FileLimits, *, is_webvtt: bool) -> None:
        self._decoded = Decoded(data)
        self._is_webvtt = is_webvtt
        found = [(line[1], line[2]) for line in _LINE.finditer(self._decoded.text) if line[0]]
        self._lines = [line for line, _ in found]
        self._ends = [end for _, end in found]
        if is_webvtt and not (self._lines and _SIGNATURE.match(self._lines[0])):
            raise BrokenFileError("the file does not start with WEBVTT")
        cues = webvtt_cues(self._lines) if is_webvtt else subrip_cues(self._lines)
        if all(cue.begin is None for cue in cues):
            raise BrokenFileError("the file has no subtitles with times")
        self._texts = [
            _Text(cue, bodies("\n".join(self._lines[cue.first : cue.last]), has_references=is_webvtt)) for cue in cues
        ]
        self._sentences = [_Sentences(chain, options) for chain in _chains(self._texts)]
        self.documents: Sequence[Document] = tuple(each.paragraph for each in self._sentences)

    def write(self, target: str, translations: Sequence[Hypothesis]) -> bytes:
        """Return the file with the translations in its cues."""
        pieces: dict[Body, list[Piece]] = {}
        for sentences, translation in zip(self._sentences, translations, strict=True):
            pieces.update(zip(sentences.chain, sentences.shared_out(translation.text), strict=True))
        lines = [line + end for line, end in zip(self._lines, self._ends, strict=True)]
        if self._is_webvtt:
            head = self._lines.index("") if "" in self._lines else 0
            lines[:head] = [_LANGUAGE.sub(rf"\g<1>{target}", line) for line in lines[:head]]
        for text in self._texts:
            first, last = text.cue.first, text.cue.last
            # Without words, as a model's translation can be, a cue would be broken.
            if not text.bodies or not all(pieces[body] for body in text.bodies):
                continue
            written = self._written(text, pieces)
            # So it would be with what starts a new one, put together of parts.
            if ARROW not in written:
                newline = self._ends[first - 1]
                written = written.replace("\n", newline) + self._ends[last - 1]
                lines[first:last] = [written, *[""] * (last - first - 1)]
        return self._decoded.encoded("".join(lines))

    def _written(self, text: _Text, pieces: Mapping[Body, Sequence[Piece]]) -> str:
        parts: list[str] = []
        for part in text.parts:
            if isinstance(part, str):
                parts.append(part)
                continue
            found = balanced(
                pieces[part],
                lines=part.lines,
                source=len(part.shown),
                width=part.width,
                may_grow=len(text.bodies) == 1,
            )
            words = written(found, partial(html.escape, quote=False) if self._is_webvtt else str)
            parts.append(f"{part.opening}{words}{part.closing}")
        return "".join(parts)


def _chains(texts: Sequence[_Text]) -> Iterator[list[Body]]:
    """Yield the bodies that are translated together."""
    chain: list[Body] = []
    # Of the sentence that the last body ends with.
    cues = length = 0
    for before, text in zip([None, *texts], texts, strict=False):
        for number, body in enumerate(text.bodies):
            if (
                number == 0
                and before is not None
                and cues < _MOST_CUES
                and length + len(body.shown) <= _LONGEST_SENTENCE
                and _follows(before, text)
            ):
                chain.append(body)
            else:
                if chain:
                    yield chain
                chain, cues, length = [body], 0, 0
            start, end = sentence_bounds(body.shown, 0, len(body.shown))[-1]
            cues, length = (cues + 1, length + end) if start == 0 else (1, end - start)
    if chain:
        yield chain


def _follows(before: _Text, text: _Text) -> bool:
    """Whether the last body of a cue and the first of the next have parts of one sentence."""
    left, right = before.parts[-1], text.parts[0]
    if isinstance(left, str) or isinstance(right, str):
        return False
    if before.cue.begin is None or before.cue.end is None or text.cue.begin is None:
        return False
    pause = text.cue.begin - before.cue.end
    if not -_OVERLAP <= pause <= _LONGEST_PAUSE or text.cue.begin <= before.cue.begin:
        return False
    if _manner(left) != _manner(right):
        return False
    if any(TIMESTAMP.fullmatch(token.payload) for token in (*left.tokens, *right.tokens) if isinstance(token, Code)):
        return False
    shown = f"{left.shown[-_WINDOW:]} {right.shown[:_WINDOW]}"
    border = len(left.shown[-_WINDOW:])
    return all(not border <= end <= border + 1 for _, end in sentence_bounds(shown, 0, len(shown)))


def _manner(body: Body) -> tuple[str, str, bool]:
    return body.opening, body.closing, _is_capitals(body.shown)


def _is_capitals(text: str) -> bool:
    return text.isupper() and sum(map(str.isalpha, text)) >= _CAPITALS


class _Lowered:
    """Puts a text in capitals into small letters, token by token; sentences and `I` keep theirs."""

    def __init__(self) -> None:
        self._starts = True

    def __call__(self, text: str) -> str:
        return _WORD.sub(self._word, text)

    def _word(self, found: re.Match[str]) -> str:
        word = found[0]
        if not word[0].isalpha():
            self._starts = True
            return word
        keeps = self._starts or re.split("['’]", word)[0] == "I"
        self._starts = False
        return word.capitalize() if keeps else word.lower()


def _in_time(pieces: Sequence[Piece]) -> list[Piece]:
    """Return the pieces with the times in them in order: a player leaves out those that are not."""
    times = iter(sorted((piece.text for piece in pieces if _is_time(piece)), key=_time))
    return [Piece(next(times), True, piece.spans) if _is_time(piece) else piece for piece in pieces]


def _is_time(piece: Piece) -> bool:
    return piece.is_code and TIMESTAMP.fullmatch(piece.text) is not None


def _time(timestamp: str) -> tuple[int, list[str]]:
    parts = re.findall(r"\d+", timestamp)
    return len(parts), parts
