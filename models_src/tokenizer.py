"""SentencePiece tokenization with Marian's vocabulary mapping, equal to ``transformers.MarianTokenizer``.

Marian numbers its vocabulary in ``vocab.json``, not in the SentencePiece model: SentencePiece only cuts the text
into pieces. Serving uses this module so that it needs neither transformers nor torch.
"""

import re
from collections.abc import Iterable, Sequence

from sentencepiece import SentencePieceProcessor

from models_src.checkpoint import Checkpoint, CheckpointError

EOS, UNK, PAD = "</s>", "<unk>", "<pad>"

_SPECIAL_TOKENS = re.compile(f"({EOS}|{UNK}|{PAD})")
_LANGUAGE_CODE = re.compile(r">>.*?<<", re.DOTALL)


class Tokenizer:
    """Text to token ids and back, for one checkpoint.

    Args:
        checkpoint: the folder whose ``source.spm``, ``target.spm`` and vocabularies are used.

    Raises:
        CheckpointError: a SentencePiece model cannot be read, or a special token is not in the vocabulary.
    """

    def __init__(self, checkpoint: Checkpoint) -> None:
        self._vocabulary = checkpoint.vocabulary
        for token in (EOS, UNK, PAD):
            if token not in self._vocabulary:
                raise CheckpointError(f"{checkpoint.path / 'vocab.json'} has no {token}")
        self._source = _load(checkpoint, "source.spm")
        self._target = _load(checkpoint, "target.spm")
        self._unk_id = self._vocabulary[UNK]
        self._source_pieces = {index: piece for piece, index in checkpoint.vocabulary.items()}
        self._target_pieces = {index: piece for piece, index in checkpoint.target_vocabulary.items()}
        self.eos_id = checkpoint.eos_id
        self.pad_id = checkpoint.pad_id
        self.vocabulary_size = len(self._vocabulary)

    def encode(self, text: str) -> list[int]:
        """Source token ids of ``text``, end-of-sequence token included; nothing is truncated.

        As in ``MarianTokenizer``, a special token or a leading language code (``>>fr<<``) written in the text
        becomes that token.
        """
        ids: list[int] = []
        for part in _SPECIAL_TOKENS.split(text):
            if part in (EOS, UNK, PAD):
                ids.append(self._vocabulary[part])
            elif part:
                ids.extend(self._encode_plain(part))
        ids.append(self.eos_id)
        return ids

    def _encode_plain(self, text: str) -> Iterable[int]:
        code = _LANGUAGE_CODE.match(text)
        pieces = [code.group()] if code else []
        pieces += self._source.encode(text[code.end() :] if code else text, out_type=str)
        return (self._vocabulary.get(piece, self._unk_id) for piece in pieces)

    def source_pieces(self, ids: Iterable[int]) -> list[str]:
        """The source vocabulary's entries for ``ids``."""
        return [self._source_pieces[index] for index in ids]

    def target_pieces(self, ids: Iterable[int]) -> list[str]:
        """The target vocabulary's entries for ``ids``."""
        return [self._target_pieces[index] for index in ids]

    def decode(self, ids: Iterable[int]) -> str:
        """The text of target token ids, special tokens left out."""
        return _join(self._target, self._target_pieces, ids)

    def decode_source(self, ids: Iterable[int]) -> str:
        """The text of source token ids, special tokens left out; unknown characters are lost."""
        return _join(self._source, self._source_pieces, ids)


def _load(checkpoint: Checkpoint, name: str) -> SentencePieceProcessor:
    try:
        return SentencePieceProcessor(model_file=str(checkpoint.path / name))
    except (OSError, RuntimeError) as error:
        raise CheckpointError(f"{checkpoint.path / name} is not a SentencePiece model: {error}") from None


def _join(processor: SentencePieceProcessor, pieces: dict[int, str], ids: Iterable[int]) -> str:
    words: Sequence[str] = [pieces[index] for index in ids]
    text: str = processor.decode_pieces([word for word in words if word not in (EOS, UNK, PAD)])
    return text.replace("\u2581", " ").strip()
