"""Documents: texts of a format as the sentences to translate and what stands between them."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import Protocol

from api.text.html import HtmlDocument
from api.text.hypotheses import Hypothesis, Link
from api.text.markdown import MarkdownDocument
from api.text.options import Options
from api.text.segmentation import Piece, pieces
from api.text.segments import Segment
from api.text.wrapping import rewrap, unwrap

__all__ = ["Document", "PlainText", "Segment", "parse"]


class Document(Protocol):
    """A parsed text."""

    @property
    def segments(self) -> Sequence[Segment]:
        """What is to be translated, in the order of the text; everything else is kept."""

    def join(self, translations: Sequence[Hypothesis]) -> str:
        """Return the document with each segment replaced by the text of its translation."""


class PlainText:
    """Sentences with white space, list markers and blank stretches between them."""

    def __init__(self, text: str, found: Sequence[Piece]) -> None:
        self._pieces = found
        self.segments = tuple(
            Segment(unwrap(text, piece.breaks, piece.start, piece.end), piece.start, piece.end)
            for piece in found
            if piece.is_sentence
        )

    def join(self, translations: Sequence[Hypothesis]) -> str:
        """Return the text with each sentence replaced by its translation, and every separator where it was.

        A line break inside a sentence goes to where it was in proportion, between two words of the model's.
        """
        following = iter(translations)
        return "".join(_wrapped(piece, next(following)) if piece.is_sentence else piece.text for piece in self._pieces)


def _wrapped(piece: Piece, translation: Hypothesis) -> str:
    if not piece.breaks:
        return translation.text
    # Where each is in the sentence as the model got it: with a space for every break before.
    taken_out = accumulate((found.end - found.start - 1 for found in piece.breaks), initial=piece.start)
    length = len(piece.text) - sum(found.end - found.start - 1 for found in piece.breaks)
    exact = sorted((link for link in translation.links if link.exact), key=lambda link: link.source_start)
    starts = [link.source_start for link in exact]
    kept = {index for link in exact for index in range(link.target_start, link.target_end)}
    breaks: list[tuple[float, str]] = []
    for found, before in zip(piece.breaks, taken_out, strict=False):
        place = found.start - before
        share = place / length
        around = bisect_right(starts, place) - 1
        if around >= 0 and (index := _carried(exact[around], place, translation.text)) is not None:
            kept.discard(index)
            share = index / len(translation.text)
        breaks.append((share, piece.text[found.start - piece.start : found.end - piece.start]))
    return rewrap(translation.text, breaks, kept)


def _carried(link: Link, place: int, translation: str) -> int | None:
    """Return where the space at `place` of the source went if it was carried over by `link`, else None."""
    index = link.target_start + place - link.source_start
    return index if index < min(link.target_end, len(translation)) and translation[index] == " " else None


def parse(text: str, options: Options) -> Document:
    """Return the document that `text` is in the format of the options."""
    if options.format in ("html", "xml"):
        return HtmlDocument(text, options)
    if options.format == "markdown":
        return MarkdownDocument(text, options)
    return PlainText(text, pieces(text, options.split_sentences))
