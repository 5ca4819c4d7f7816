"""Stage 4: for each language a folder that transformers loads as any MarianMT model."""

from __future__ import annotations

import argparse
import json
import logging
import shutil
from pathlib import Path
from typing import Any

from transformers import GenerationConfig, MarianConfig, MarianMTModel

from models_src.train.checkpoint import build_model, load
from models_src.train.marian_weights import to_marian
from models_src.train.model import CompactMarian, ModelConfig
from models_src.train.vocabulary import EOS_ID, Vocabulary

__all__ = ["add_arguments", "export", "marian_config", "run", "write_tokenizer"]

LOG = logging.getLogger(__name__)

MAX_LENGTH = 512
BEAMS = 4
ISO_639_3 = {"en": "eng", "de": "deu", "fr": "fra"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the stage."""
    parser.add_argument("--checkpoint", type=Path, required=True, help="checkpoint whose averaged weights are exported")
    parser.add_argument(
        "--data", type=Path, required=True, help="folder that the prepare stage wrote (for the vocabulary)"
    )
    parser.add_argument("--output", type=Path, required=True, help="folder to write en-<language> folders to")
    parser.add_argument(
        "--weights", choices=["average", "model"], default="average", help="which weights (default: average)"
    )


def marian_config(config: ModelConfig) -> MarianConfig:
    """The same network in transformers' terms."""
    settings: dict[str, Any] = {
        "vocab_size": config.vocab_size,
        "decoder_vocab_size": config.vocab_size,
        "d_model": config.d_model,
        "encoder_layers": config.encoder_layers,
        "decoder_layers": config.decoder_layers,
        "encoder_attention_heads": config.heads,
        "decoder_attention_heads": config.heads,
        "encoder_ffn_dim": config.encoder_ffn,
        "decoder_ffn_dim": config.decoder_ffn,
        "max_position_embeddings": config.max_positions,
        "activation_function": "relu",
        "dropout": 0.1,
        "attention_dropout": 0.0,
        "activation_dropout": 0.0,
        "scale_embedding": True,
        "static_position_embeddings": True,
        "share_encoder_decoder_embeddings": True,
        "tie_word_embeddings": True,
        "bos_token_id": EOS_ID,
        "eos_token_id": EOS_ID,
        "forced_eos_token_id": EOS_ID,
        "pad_token_id": config.pad_id,
        "decoder_start_token_id": config.pad_id,
    }
    return MarianConfig(**settings)


def write_tokenizer(folder: Path, vocabulary: Vocabulary, language: str) -> None:
    """``source.spm``, ``target.spm`` (one file twice), ``vocab.json`` and ``tokenizer_config.json``."""
    for name in ("source.spm", "target.spm"):
        shutil.copyfile(vocabulary.model_path, folder / name)
    vocabulary.write_vocab_json(folder / "vocab.json")
    settings = {
        "source_lang": ISO_639_3["en"],
        "target_lang": ISO_639_3.get(language, language),
        "tokenizer_class": "MarianTokenizer",
        "model_max_length": MAX_LENGTH,
        "unk_token": "<unk>",
        "eos_token": "</s>",
        "pad_token": "<pad>",
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")


def export(model: CompactMarian, vocabulary: Vocabulary, language: str, folder: Path) -> None:
    """Write one language's model in float16."""
    if model.start_id(language) != model.config.pad_id:
        raise ValueError(f"there is no decoder for {language} alone yet: train on, past the split")
    marian: Any = MarianMTModel(marian_config(model.config))
    weights = to_marian(model, language)
    missing, unexpected = marian.load_state_dict(weights, strict=False)
    # The tied copies of the embeddings and the computed positions are the only weights that need no value of their own.
    untied = [name for name in missing if "embed_" not in name and name != "lm_head.weight"]
    if untied or unexpected:
        raise ValueError(f"weights do not fit: missing {untied}, unexpected {unexpected}")
    marian.tie_weights()
    pad = model.config.pad_id
    marian.generation_config = GenerationConfig(  # type: ignore[no-untyped-call]
        bad_words_ids=[[pad]],
        bos_token_id=EOS_ID,
        eos_token_id=EOS_ID,
        forced_eos_token_id=EOS_ID,
        decoder_start_token_id=pad,
        pad_token_id=pad,
        max_length=MAX_LENGTH,
        num_beams=BEAMS,
    )
    folder.mkdir(parents=True, exist_ok=True)
    marian.half().save_pretrained(folder)
    write_tokenizer(folder, vocabulary, language)
    LOG.info("%s: %.2f MB", folder, sum(f.stat().st_size for f in folder.iterdir()) / 1e6)


def run(args: argparse.Namespace) -> None:
    """Export every language of a checkpoint."""
    vocabulary = Vocabulary(args.data / "joint.model")
    model = build_model(load(args.checkpoint), args.weights)
    for language in model.config.tags:
        export(model, vocabulary, language, args.output / f"en-{language}")
