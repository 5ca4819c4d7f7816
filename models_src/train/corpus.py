"""Reads the parallel corpora: ``<source>.<language>.tsv[.xz]`` files of ``english<TAB>target`` lines."""

from __future__ import annotations

import logging
import lzma
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from models_src.train.cleaning import keep_pair, normalise, pair_key, source_key
from models_src.train.sources import source_weight

__all__ = ["Pair", "corpus_files", "held_out_keys", "read_clean_pairs", "read_tsv"]

LOG = logging.getLogger(__name__)

MAX_TARGETS_PER_SOURCE = 4
"""More renderings of one English side than this teach indecision (labels such as "Open" have dozens)."""

Pair = tuple[str, str]


@dataclass(frozen=True)
class CorpusFile:
    """One file of pairs and the weight its pairs are drawn with."""

    path: Path
    name: str
    weight: float


def corpus_files(folder: Path, language: str) -> list[CorpusFile]:
    """Files of one target language, heaviest first, so that duplicates stay with the better source."""
    found = []
    for path in sorted(folder.iterdir()):
        name, _, rest = path.name.rpartition(f".{language}.tsv")
        if name and rest in ("", ".xz"):
            found.append(CorpusFile(path, name, source_weight(name)))
    if not found:
        raise FileNotFoundError(f"no *.{language}.tsv or *.{language}.tsv.xz file in {folder}")
    return sorted(found, key=lambda file: (-file.weight, file.name))


def _open(path: Path) -> TextIO:
    if path.suffix == ".xz":
        return lzma.open(path, "rt", encoding="utf-8")
    return path.open(encoding="utf-8")


def read_tsv(path: Path) -> Iterator[Pair]:
    """Yield the first two tab-separated columns; lines with fewer are skipped."""
    with _open(path) as lines:
        for line in lines:
            columns = line.rstrip("\n").split("\t")
            if len(columns) >= 2:
                yield columns[0], columns[1]


def held_out_keys(paths: Iterable[Path]) -> set[str]:
    """Keys of the English sides that must never be trained on (first column, or whole lines of a plain file)."""
    keys: set[str] = set()
    for path in paths:
        with _open(path) as lines:
            keys.update(source_key(line.split("\t", 1)[0]) for line in lines)
    return keys - {""}


def read_clean_pairs(
    files: Iterable[CorpusFile], held_out: set[str], limit: int = 0
) -> Iterator[tuple[CorpusFile, list[Pair]]]:
    """Yield each file with its clean pairs (the first ``limit``, if given), without duplicates of earlier files."""
    seen: set[int] = set()
    renderings: Counter[str] = Counter()
    for file in files:
        kept: list[Pair] = []
        total = 0
        for raw_source, raw_target in read_tsv(file.path):
            total += 1
            source, target = normalise(raw_source), normalise(raw_target)
            if not keep_pair(source, target):
                continue
            english, key = source_key(source), pair_key(source, target)
            if english in held_out or key in seen or renderings[english] >= MAX_TARGETS_PER_SOURCE:
                continue
            seen.add(key)
            renderings[english] += 1
            kept.append((source, target))
            if len(kept) == limit:
                break
        LOG.info("%s: %d of %d pairs kept, weight %.2f", file.path.name, len(kept), total, file.weight)
        yield file, kept
