"""Optional stage: begin from earlier compact models of the same width instead of from random weights.

The encoders and embeddings of the given models are averaged (which is sensible only for models that were fine-tuned
from one ancestor), each keeps its own decoder, embeddings move to the new vocabulary by piece, and feed-forward
layers that are wider than wanted lose their weakest neurons. ``fit --init`` takes the result.
"""

from __future__ import annotations

import argparse
import json
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

import sentencepiece as spm
import torch
from safetensors.torch import load_file
from torch import Tensor

from models_src.train.checkpoint import MovingAverage, Progress, save
from models_src.train.marian_weights import from_marian
from models_src.train.model import CompactMarian, ModelConfig
from models_src.train.vocabulary import Vocabulary

__all__ = ["OldVocabulary", "add_arguments", "move_rows", "narrow_ffn", "run"]

LOG = logging.getLogger(__name__)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the stage."""
    parser.add_argument("--data", type=Path, required=True, help="folder that the prepare stage wrote")
    parser.add_argument(
        "--models", nargs="+", required=True, metavar="LANG=FOLDER", help="Hugging Face folders to begin from"
    )
    parser.add_argument(
        "--decoder-ffn", type=int, default=704, help="width of the decoder's feed-forward layers (default: 704)"
    )
    parser.add_argument("--output", type=Path, required=True, help="checkpoint to write")


def narrow_ffn(weights: dict[str, Tensor], prefix: str, width: int) -> None:
    """Keep the ``width`` inner neurons with the largest product of input and output norms, in place."""
    up, down = weights[f"{prefix}.up.weight"], weights[f"{prefix}.down.weight"]
    strength = up.norm(dim=1) * down.norm(dim=0)
    kept = strength.topk(min(width, len(strength))).indices.sort().values
    weights[f"{prefix}.up.weight"], weights[f"{prefix}.up.bias"] = up[kept], weights[f"{prefix}.up.bias"][kept]
    weights[f"{prefix}.down.weight"] = down[:, kept]


class OldVocabulary:
    """Pieces and ids of a Marian folder, whatever the numbering inside its SentencePiece file."""

    def __init__(self, folder: Path) -> None:
        self.ids: dict[str, int] = json.loads((folder / "vocab.json").read_text(encoding="utf-8"))
        self.processor = spm.SentencePieceProcessor(model_file=str(folder / "source.spm"))

    def parts(self, piece: str) -> list[int]:
        """Ids of the old pieces that spell a new piece."""
        if piece in self.ids:
            return [self.ids[piece]]
        text = piece.replace("▁", " ")
        spelt = self.processor.encode(text.strip(), out_type=str)
        if not text.startswith(" ") and spelt and spelt[0].startswith("▁"):
            spelt[0] = spelt[0][1:]
        return [self.ids[part] for part in spelt if self.ids.get(part, 1) > 1]


def move_rows(rows: Tensor, old: OldVocabulary, tokens: Sequence[str]) -> Tensor:
    """Rows [old vocabulary, ...] rearranged for the new tokens; a new piece gets the mean of those that spell it."""
    moved = torch.zeros(len(tokens), *rows.shape[1:])
    for i, token in enumerate(tokens):
        parts = old.parts(token)
        moved[i] = rows[parts].mean(0) if parts else rows.mean(0)
    return moved


def _mean(states: Sequence[Mapping[str, Tensor]]) -> dict[str, Tensor]:
    """Mean over the models that have each weight (decoders are in one model only)."""
    names = dict.fromkeys(name for state in states for name in state)
    return {name: torch.stack([state[name] for state in states if name in state]).mean(0) for name in names}


def run(args: argparse.Namespace) -> None:
    """Write the initial checkpoint."""
    vocabulary = Vocabulary(args.data / "joint.model")
    states, configs = [], []
    for item in args.models:
        language, _, folder = item.partition("=")
        config = json.loads((Path(folder) / "config.json").read_text())
        old = OldVocabulary(Path(folder))
        file = load_file(Path(folder) / "model.safetensors")
        state = from_marian(file, config["encoder_layers"], config["decoder_layers"], language)
        for name in ("embedding", f"decoders.{language}.output_bias"):
            state[name] = move_rows(state[name], old, vocabulary.tokens)
        for layer in range(config["decoder_layers"]):
            narrow_ffn(state, f"decoders.{language}.layers.{layer}.ffn", args.decoder_ffn)
        states.append(state)
        configs.append(config)
        LOG.info("%s: %d of %d pieces are known to %s", language, len(old.ids.keys() & vocabulary.ids.keys()),
                 len(vocabulary), folder)  # fmt: skip
    first = configs[0]
    languages = [item.partition("=")[0] for item in args.models]
    shape = ModelConfig(
        vocab_size=len(vocabulary),
        tags={language: vocabulary.tag_id(language) for language in languages},
        d_model=first["d_model"],
        heads=first["encoder_attention_heads"],
        encoder_layers=first["encoder_layers"],
        decoder_layers=first["decoder_layers"],
        encoder_ffn=first["encoder_ffn_dim"],
        decoder_ffn=args.decoder_ffn,
    )
    model = CompactMarian(shape, languages)
    weights = _mean(states)
    weights["embedding"][shape.pad_id] = 0.0
    model.load_state_dict(weights)
    args.output.parent.mkdir(parents=True, exist_ok=True)
    save(args.output, model, Progress(), MovingAverage(model), {})
