"""Stage 1: corpora to a vocabulary and tokenised, weighted binary data."""

from __future__ import annotations

import argparse
import json
import logging
import random
from collections.abc import Iterator
from pathlib import Path

from models_src.train.augment import VARIANTS, concatenate, copy_pairs, variants
from models_src.train.corpus import Pair, corpus_files, held_out_keys, read_clean_pairs
from models_src.train.dataset import PairWriter
from models_src.train.vocabulary import EOS_ID, Vocabulary, train_sentencepiece

__all__ = ["add_arguments", "run"]

LOG = logging.getLogger(__name__)

Pool = tuple[str, float, list[Pair]]

COPY_SHARE = 0.015
CONCATENATED_SHARE = 0.06
VARIANT_SHARE = 0.02
PROSE_WEIGHT = 0.8
"""Corpora weighted at least this much are taken for sentences, and lend them to the augmentation."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the stage."""
    parser.add_argument("--corpus", type=Path, required=True, help="folder of <source>.<language>.tsv[.xz] files")
    parser.add_argument("--data", type=Path, required=True, help="folder to write the prepared data to")
    parser.add_argument("--languages", nargs="+", default=["de", "fr"], help="target languages (default: de fr)")
    parser.add_argument(
        "--exclude", type=Path, nargs="*", default=[], help="held-out files whose English sides are removed"
    )
    parser.add_argument(
        "--vocab-size", type=int, default=8000, help="entries of vocab.json, <pad> included (default: 8000)"
    )
    parser.add_argument(
        "--vocab-lines", type=int, default=400_000, help="lines the vocabulary is learnt from (default: 400000)"
    )
    parser.add_argument(
        "--max-tokens", type=int, default=96, help="longest side in tokens, </s> included (default: 96)"
    )
    parser.add_argument("--limit", type=int, default=0, help="pairs read per file, 0 for all (for a quick trial)")
    parser.add_argument("--seed", type=int, default=1)


def _augmented(pools: list[Pool], language: str, rng: random.Random) -> list[Pool]:
    """Extra pools, sized as shares of an epoch's draws."""
    draws = sum(weight * len(pairs) for _, weight, pairs in pools)
    prose = [pair for _, weight, pairs in pools if weight >= PROSE_WEIGHT for pair in pairs]
    extra: list[Pool] = [("copy", 1.0, copy_pairs(language, int(COPY_SHARE * draws), rng))]
    extra += [(kind, 1.0, variants(prose, kind, int(VARIANT_SHARE * draws), rng)) for kind in VARIANTS]
    for name, weight, pairs in pools:
        if weight > PROSE_WEIGHT:
            extra.append(
                (f"{name}+concat", 1.0, concatenate(pairs, int(CONCATENATED_SHARE * weight * len(pairs)), rng))
            )
    return extra


def _vocabulary_lines(pools: dict[str, list[Pool]], count: int, rng: random.Random) -> Iterator[str]:
    """Lines drawn as training will draw them, half English and half target, evenly over the languages."""
    for language_pools in pools.values():
        weights = [weight * len(pairs) for _, weight, pairs in language_pools]
        for _, _, pairs in rng.choices(language_pools, weights, k=count // (2 * len(pools))):
            yield from rng.choice(pairs)


def run(args: argparse.Namespace) -> None:
    """Clean, augment, learn the vocabulary, tokenise, write."""
    rng = random.Random(args.seed)  # noqa: S311
    held_out = held_out_keys(args.exclude)
    pools: dict[str, list[Pool]] = {}
    for language in args.languages:
        clean = read_clean_pairs(corpus_files(args.corpus, language), held_out, args.limit)
        real = [(file.name, file.weight, pairs) for file, pairs in clean if pairs]
        pools[language] = real + _augmented(real, language, rng)
    args.data.mkdir(parents=True, exist_ok=True)
    lines = _vocabulary_lines(pools, args.vocab_lines, rng)
    train_sentencepiece(lines, args.vocab_size, args.languages, args.data / "joint")
    vocabulary = Vocabulary(args.data / "joint.model")
    summary: dict[str, dict[str, dict[str, float]]] = {}
    for language, language_pools in pools.items():
        writer = PairWriter(EOS_ID, args.max_tokens)
        summary[language] = {}
        for name, weight, pairs in language_pools:
            sources = vocabulary.encode([source for source, _ in pairs])
            targets = vocabulary.encode([target for _, target in pairs])
            kept = writer.add(sources, targets, weight)
            tokens = sum(map(len, targets)) + kept
            summary[language][name] = {"pairs": kept, "weight": weight, "target_tokens": tokens}
            LOG.info("%s %s: %d pairs, %d target tokens, weight %.2f", language, name, kept, tokens, weight)
        writer.save(args.data, language)
    (args.data / "summary.json").write_text(
        json.dumps({"vocabulary": len(vocabulary), "pools": summary}, indent=1) + "\n"
    )
