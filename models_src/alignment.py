"""Which word of a hypothesis comes from which word of its source, read from the decoder's attention.

Words are what white space separates: in SentencePiece's terms, runs of pieces of which the first begins with ``▁``.
A model attends to the end of the sentence and to its punctuation where it needs no word (a sink), so pieces without a
letter or digit neither give nor take an alignment.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

__all__ = ["Attention", "align_words", "pharaoh"]

Attention = npt.NDArray[np.float32]
Links = list[tuple[int, int]]

_WORD_START = "\u2581"


def align_words(attention: Attention, source: Sequence[str], target: Sequence[str]) -> Links:
    """Links (source word, target word), both counted from 0, sorted.

    Each target word is linked to the source word that its pieces attend to most; a source word that none chose is
    linked to the target word that attends to it most, so that every word with a letter or digit has a link.

    Args:
        attention: float32 [target pieces, source pieces]; further columns (the end of the sequence) are ignored.
        source: the pieces of the source.
        target: the pieces of the hypothesis.
    """
    from_target, from_source = _membership(target), _membership(source)
    # Of a source word's pieces the attention adds up, of a target word's it is averaged.
    weights = from_target @ attention[:, : len(source)] @ from_source.T
    weights /= from_target.sum(axis=1, keepdims=True).clip(1)
    targets, sources = from_target.any(axis=1).nonzero()[0], from_source.any(axis=1).nonzero()[0]
    if not len(targets) or not len(sources):
        return []
    weights = weights[np.ix_(targets, sources)]
    links = set(zip(sources[weights.argmax(axis=1)].tolist(), targets.tolist(), strict=True))
    chosen = {source_word for source_word, _ in links}
    for column, word in enumerate(sources.tolist()):
        if word not in chosen:
            links.add((word, int(targets[weights[:, column].argmax()])))
    return sorted(links)


def _membership(pieces: Sequence[str]) -> npt.NDArray[np.float32]:
    """float32 [words, pieces]: 1 where a piece belongs to a word and holds a letter or digit."""
    starts = [index > 0 and piece.startswith(_WORD_START) for index, piece in enumerate(pieces)]
    words = np.cumsum(starts, dtype=np.intp)
    content = [any(character.isalnum() for character in piece) for piece in pieces]
    members = np.zeros((int(words[-1]) + 1 if len(words) else 0, len(pieces)), dtype=np.float32)
    members[words[content], np.flatnonzero(content)] = 1
    return members


def pharaoh(links: Links) -> str:
    """Links in the form of Pharaoh and Moses: ``0-0 1-2``, source word first."""
    return " ".join(f"{source}-{target}" for source, target in links)
