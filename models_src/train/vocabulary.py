"""One SentencePiece model for English, German and French, in the layout of a Marian vocabulary.

Ids: ``</s>`` 0, ``<unk>`` 1, the language tags, the pieces, and ``<pad>`` last, because CTranslate2's Marian converter
drops the last row of the embeddings. ``MarianTokenizer`` maps pieces to ids through ``vocab.json``, so SentencePiece's
own numbering does not matter.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import sentencepiece as spm
from numpy.typing import NDArray

__all__ = ["EOS_ID", "UNK_ID", "Vocabulary", "tag_token", "train_sentencepiece"]

EOS_ID = 0
UNK_ID = 1
_RESERVED_PIECES = ("</s>", "<unk>", "<s>", "<pad>")


def tag_token(language: str) -> str:
    """The token that names a target language, OPUS-MT style."""
    return f">>{language}<<"


def train_sentencepiece(
    lines: Iterable[str], size: int, languages: Sequence[str], prefix: Path, threads: int = 2
) -> None:
    """Write ``<prefix>.model``: unigram pieces (Kudo 2018) with byte fallback and NFKC, without case folding.

    ``size`` counts everything in ``vocab.json``: the final ``<pad>`` is added there, hence one piece fewer here.
    """
    spm.SentencePieceTrainer.train(
        sentence_iterator=iter(lines),
        model_prefix=str(prefix),
        vocab_size=size - 1,
        model_type="unigram",
        byte_fallback=True,
        character_coverage=0.9998,
        normalization_rule_name="nmt_nfkc",
        user_defined_symbols=[tag_token(language) for language in languages],
        unk_id=1,
        eos_id=0,
        bos_id=-1,
        pad_id=-1,
        num_threads=threads,
        max_sentence_length=2000,
        minloglevel=1,
    )


class Vocabulary:
    """Text to ids and back, exactly as ``MarianTokenizer`` does it for this layout."""

    def __init__(self, model: Path) -> None:
        self.model_path = model
        self.processor = spm.SentencePieceProcessor(model_file=str(model))
        pieces = [self.processor.id_to_piece(i) for i in range(self.processor.get_piece_size())]
        tokens = [*pieces, "<pad>"]
        if tokens[:2] != ["</s>", "<unk>"] or len(set(tokens)) != len(tokens):
            raise ValueError(f"{model} does not number </s> 0, <unk> 1, and every piece once")
        self.tokens = tokens
        self.ids = {token: i for i, token in enumerate(tokens)}

    def __len__(self) -> int:
        return len(self.tokens)

    @property
    def pad_id(self) -> int:
        """Id of ``<pad>``, always the last."""
        return len(self.tokens) - 1

    def tag_id(self, language: str) -> int:
        """Id of a language's tag."""
        return self.ids[tag_token(language)]

    def encode(self, texts: Sequence[str], threads: int = 2) -> list[list[int]]:
        """Ids of each text, without ``</s>``."""
        encoded: list[list[int]] = self.processor.encode(list(texts), num_threads=threads)
        return encoded

    def decode(self, ids: Sequence[int] | NDArray[np.int64]) -> str:
        """Text of ids up to the first ``</s>``; tags and padding are dropped."""
        kept = []
        for i in ids:
            if i == EOS_ID:
                break
            if i < self.pad_id:
                kept.append(int(i))
        text: str = self.processor.decode(kept)
        return text

    def write_vocab_json(self, path: Path) -> None:
        """Write the token-to-id map that ``MarianTokenizer`` reads."""
        path.write_text(json.dumps(self.ids, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
