"""The sentences of a document."""

from dataclasses import dataclass

from api.text.placeholders import Span
from api.text.preparation import Source

__all__ = ["Segment"]


@dataclass(frozen=True, slots=True)
class Segment:
    """One sentence to translate, found at `start` to `end` (code points) of the source.

    A line break that only wraps it is a space in its `text`. `opaque` and `boundaries` are those of its `Source`, for
    the formats that have such.
    """

    text: str
    start: int
    end: int
    opaque: tuple[Span, ...] = ()
    boundaries: tuple[int, ...] = ()

    @property
    def source(self) -> Source:
        """What becomes one translation: segments with the same source are translated once."""
        return Source(self.text, self.opaque, self.boundaries)
