"""Tokenised pairs on disk: flat id arrays with offsets, memory-mapped, so that no text is touched while training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

__all__ = ["PairStore", "PairWriter"]

Ids = NDArray[np.uint16]
_PARTS = ("source_ids", "source_offsets", "target_ids", "target_offsets", "weights")


@dataclass(frozen=True)
class PairStore:
    """Pairs of one target language.

    ``source_ids``/``target_ids``: uint16, all sequences end to end, each closed by ``</s>``; ``*_offsets``: int64
    [pairs + 1]; ``weights``: float32 [pairs], the expected number of times a pair is drawn in one virtual epoch.
    """

    source_ids: Ids
    source_offsets: NDArray[np.int64]
    target_ids: Ids
    target_offsets: NDArray[np.int64]
    weights: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.weights)

    @classmethod
    def load(cls, folder: Path, language: str) -> PairStore:
        """Memory-map what ``PairWriter`` wrote."""
        return cls(*(np.load(folder / f"{language}.{part}.npy", mmap_mode="r") for part in _PARTS))


class PairWriter:
    """Collects encoded pairs and writes them in one go."""

    def __init__(self, eos_id: int, max_tokens: int) -> None:
        self._eos = eos_id
        self._max_tokens = max_tokens
        self._flat: tuple[list[Ids], list[Ids]] = ([], [])
        self._lengths: tuple[list[int], list[int]] = ([], [])
        self._weights: list[float] = []

    def add(self, sources: Sequence[Sequence[int]], targets: Sequence[Sequence[int]], weight: float) -> int:
        """Add pairs of one weight, but none longer than ``max_tokens`` with ``</s>``; returns how many were added."""
        kept = 0
        for source, target in zip(sources, targets, strict=True):
            if not source or not target or max(len(source), len(target)) >= self._max_tokens:
                continue
            for side, ids in enumerate((source, target)):
                self._flat[side].append(np.array([*ids, self._eos], dtype=np.uint16))
                self._lengths[side].append(len(ids) + 1)
            self._weights.append(weight)
            kept += 1
        return kept

    def save(self, folder: Path, language: str) -> None:
        """Write the arrays as ``<language>.<part>.npy``."""
        folder.mkdir(parents=True, exist_ok=True)
        arrays = {"weights": np.array(self._weights, dtype=np.float32)}
        for side, name in enumerate(("source", "target")):
            arrays[f"{name}_ids"] = np.concatenate([np.empty(0, np.uint16), *self._flat[side]])
            arrays[f"{name}_offsets"] = np.concatenate([[0], np.cumsum(self._lengths[side], dtype=np.int64)]).astype(
                np.int64
            )
        for part in _PARTS:
            np.save(folder / f"{language}.{part}.npy", arrays[part])
