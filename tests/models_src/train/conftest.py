"""A tiny made-up language pair, so that the recipe's tests need no corpus and no weights."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from models_src.train.dataset import PairStore, PairWriter
from models_src.train.model import ModelConfig
from models_src.train.vocabulary import EOS_ID, Vocabulary, train_sentencepiece

LANGUAGES = ("de", "fr")
VOCABULARY_SIZE = 300


def made_up_sentences(count: int, seed: int) -> list[str]:
    """Sentences of a small artificial lexicon."""
    rng = random.Random(seed)  # noqa: S311
    words = [a + b for a in ("ka", "lo", "mi", "ne", "tu", "so") for b in ("ra", "pel", "tig", "von", "dus", "mek")]
    return [" ".join(rng.choice(words) for _ in range(rng.randint(2, 9))) + "." for _ in range(count)]


@pytest.fixture(scope="session")
def sentences() -> Callable[[int, int], list[str]]:
    """Made-up sentences: a count and a seed."""
    return made_up_sentences


@pytest.fixture(scope="session")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Vocabulary:
    """A SentencePiece model learnt in a moment."""
    prefix = tmp_path_factory.mktemp("vocabulary") / "joint"
    train_sentencepiece(made_up_sentences(600, 3), VOCABULARY_SIZE, LANGUAGES, prefix)
    return Vocabulary(prefix.with_suffix(".model"))


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory, vocabulary: Vocabulary) -> Path:
    """Prepared data in which the target is the source."""
    folder = tmp_path_factory.mktemp("data")
    for seed, language in enumerate(LANGUAGES):
        writer = PairWriter(EOS_ID, max_tokens=48)
        ids = vocabulary.encode(made_up_sentences(200, seed))
        writer.add(ids, ids, weight=1.5)
        writer.save(folder, language)
    return folder


@pytest.fixture(scope="session")
def stores(data: Path) -> dict[str, PairStore]:
    """Both languages of the prepared data."""
    return {language: PairStore.load(data, language) for language in LANGUAGES}


@pytest.fixture
def config(vocabulary: Vocabulary) -> ModelConfig:
    """A network small enough for a laptop's blink."""
    return ModelConfig(
        vocab_size=len(vocabulary),
        tags={language: vocabulary.tag_id(language) for language in LANGUAGES},
        d_model=32,
        heads=2,
        encoder_layers=2,
        decoder_layers=1,
        encoder_ffn=48,
        decoder_ffn=40,
        max_positions=128,
    )


@pytest.fixture
def rng() -> np.random.Generator:
    """A seeded generator."""
    return np.random.default_rng(5)
