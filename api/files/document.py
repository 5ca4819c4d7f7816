"""What every format makes of a file."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from api.text.documents import Document
from api.text.hypotheses import Hypothesis

__all__ = ["FileDocument", "FileLimits"]


@dataclass(frozen=True, slots=True)
class FileLimits:
    """How much a file may hold: bytes of all that is packed in it, and characters (code points) to translate."""

    unpacked_bytes: int
    characters: int


class FileDocument(Protocol):
    """A file that has been read."""

    @property
    def documents(self) -> Sequence[Document]:
        """The texts of the file, in its order. Everything else is kept."""

    def write(self, target: str, translations: Sequence[Hypothesis]) -> bytes:
        """Return the file in the language `target`, a code such as `de`.

        Each translation has what a document's `join` returned as its text, and the flags of its sentences. May be
        called once for every language.
        """
