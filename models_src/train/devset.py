"""The dev set that early stopping looks at, and the sample translations in the log."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import sacrebleu

from models_src.train.corpus import Pair, read_tsv
from models_src.train.decoding import translate
from models_src.train.model import CompactMarian
from models_src.train.samples import SAMPLE_SENTENCES
from models_src.train.vocabulary import Vocabulary

__all__ = ["DevSet"]

LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class DevSet:
    """Pairs of each language; small, because it is translated every few minutes."""

    vocabulary: Vocabulary
    pairs: Mapping[str, Sequence[Pair]]

    @classmethod
    def read(cls, vocabulary: Vocabulary, files: Mapping[str, Path], size: int) -> DevSet:
        """Take ``size`` pairs spread evenly over each file."""
        pairs = {}
        for language, path in files.items():
            everything = list(read_tsv(path))
            pairs[language] = everything[:: max(1, len(everything) // size)][:size]
        return cls(vocabulary, pairs)

    def score(self, model: CompactMarian, language: str) -> float:
        """chrF2 of greedy translations; logs those of the sample sentences."""
        for source, output in zip(
            SAMPLE_SENTENCES, translate(model, self.vocabulary, language, SAMPLE_SENTENCES), strict=True
        ):
            LOG.info("  %s | %s", source, output)
        pairs = self.pairs.get(language, ())
        if not pairs:
            return 0.0
        outputs = translate(model, self.vocabulary, language, [source for source, _ in pairs])
        return float(sacrebleu.corpus_chrf(outputs, [[target for _, target in pairs]]).score)
