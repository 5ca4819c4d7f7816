"""Batches of a few fixed shapes, drawn by weight, in an order that depends on the seed and the epoch alone.

Both sides are padded to lengths of one ladder, and each shape always holds the same number of pairs: a CPU runs ever
new shapes two to four times slower, and a GPU's allocator fragments.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from models_src.train.dataset import PairStore

__all__ = ["LADDER", "Batch", "BatchPlan", "collate", "draw", "prefetch", "rung"]

LADDER = (8, 12, 16, 20, 24, 32, 40, 48, 64, 96)

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Batch:
    """One language's pairs: int64 ``source`` [pairs, source time] and ``target`` [pairs, target time], padded."""

    language: str
    source: Tensor
    target: Tensor
    target_tokens: int


def rung(lengths: NDArray[np.int64]) -> Indices:
    """Index into the ladder of the smallest length that holds each sequence."""
    return np.searchsorted(np.array(LADDER), lengths).astype(np.int64)


def draw(weights: NDArray[np.float32], rng: np.random.Generator) -> Indices:
    """One virtual epoch: each pair ``floor(weight)`` times, once more with the probability of the rest; shuffled."""
    whole = np.floor(weights)
    counts = (whole + (rng.random(len(weights)) < weights - whole)).astype(np.int64)
    chosen = np.repeat(np.arange(len(weights), dtype=np.int64), counts)
    rng.shuffle(chosen)
    return chosen


class BatchPlan:
    """All batches of one epoch, as indices; the last, unfilled batch of each shape is left out.

    Weights are raised to ``power``: above 1, the favoured corpora are favoured more.
    """

    def __init__(
        self, stores: Mapping[str, PairStore], batch_tokens: int, seed: int, epoch: int, *, power: float = 1.0
    ) -> None:
        rng = np.random.default_rng((seed, epoch))
        self.batches: list[tuple[str, int, int, Indices]] = []
        for language in sorted(stores):
            store = stores[language]
            chosen = draw(np.asarray(store.weights) ** np.float32(power), rng)
            source_rungs = rung(np.diff(store.source_offsets))[chosen]
            target_rungs = rung(np.diff(store.target_offsets))[chosen]
            shapes = source_rungs * len(LADDER) + target_rungs
            by_shape = chosen[np.argsort(shapes, kind="stable")]
            starts = np.concatenate([[0], np.cumsum(np.bincount(shapes, minlength=len(LADDER) ** 2))])
            for shape in range(len(LADDER) ** 2):
                source_len, target_len = LADDER[shape // len(LADDER)], LADDER[shape % len(LADDER)]
                size = max(1, batch_tokens // max(source_len, target_len))
                for first in range(starts[shape], starts[shape + 1] - size + 1, size):
                    self.batches.append((language, source_len, target_len, by_shape[first : first + size]))
        order = rng.permutation(len(self.batches))
        self.batches = [self.batches[i] for i in order]

    def __len__(self) -> int:
        return len(self.batches)


def _pad(ids: NDArray[np.uint16], offsets: NDArray[np.int64], rows: Indices, length: int, pad_id: int) -> Tensor:
    columns = offsets[rows][:, None] + np.arange(length)
    inside = columns < offsets[rows + 1][:, None]
    padded = np.where(inside, ids[np.minimum(columns, len(ids) - 1)], pad_id)
    return torch.from_numpy(padded.astype(np.int64))


def collate(store: PairStore, language: str, rows: Indices, shape: tuple[int, int], pad_id: int) -> Batch:
    """Gather the ids of the chosen pairs into tensors of ``shape`` (source time, target time), all at once."""
    source_len, target_len = shape
    source = _pad(store.source_ids, store.source_offsets, rows, source_len, pad_id)
    target = _pad(store.target_ids, store.target_offsets, rows, target_len, pad_id)
    tokens = int((store.target_offsets[rows + 1] - store.target_offsets[rows]).sum())
    return Batch(language, source, target, tokens)


def prefetch(batches: Iterator[Batch], depth: int = 8) -> Generator[Batch, None, None]:
    """Collate ahead in a thread, so that a GPU never waits for it."""
    ready: queue.Queue[Batch | BaseException | None] = queue.Queue(depth)
    stopped = threading.Event()

    def put(item: Batch | BaseException | None) -> None:
        while not stopped.is_set():
            try:
                return ready.put(item, timeout=0.5)
            except queue.Full:
                continue

    def work() -> None:
        try:
            for batch in batches:
                put(batch)
                if stopped.is_set():
                    return
            put(None)
        except BaseException as error:  # handed over, so that it is raised where the batches are used
            put(error)

    threading.Thread(target=work, daemon=True).start()
    try:
        while (item := ready.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        stopped.set()
