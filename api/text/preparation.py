"""From the text of a segment to what the model gets, and back."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.text.clauses import Part
from api.text.options import Options

__all__ = ["Prepared", "prepare"]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A segment on its way to one target language.

    `model_text` is what the model translates; the same one for several targets or segments is translated once.
    """

    model_text: str

    def restore(self, translation: str) -> str | None:
        """Return the translation with what was protected back in it, None if that went wrong."""
        return translation

    def fallback(self) -> Sequence[Part]:
        """Return the parts to translate on their own when no hypothesis could be restored."""
        return [Part(self.model_text, translate=True)]


def prepare(text: str, target: str, options: Options) -> Prepared:  # noqa: ARG001
    """Return the text as the model shall get it for this target."""
    return Prepared(text)
