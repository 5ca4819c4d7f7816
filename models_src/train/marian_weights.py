"""Names of the weights in transformers' MarianMTModel, and the mapping between them and the training network."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from models_src.train.model import CompactMarian

__all__ = ["from_marian", "to_marian"]

_FFN = {"ffn.up": "fc1", "ffn.down": "fc2", "ffn.norm": "final_layer_norm"}


def _layer_names(prefix: str, marian_prefix: str, *, decoder: bool) -> dict[str, tuple[str, ...]]:
    """Module of one training layer -> Marian modules whose rows it stacks."""
    own, theirs = f"{prefix}.attention", f"{marian_prefix}.self_attn"
    names: dict[str, tuple[str, ...]] = {
        f"{own}.q": (f"{theirs}.q_proj", f"{theirs}.k_proj", f"{theirs}.v_proj"),
        f"{own}.out": (f"{theirs}.out_proj",),
        f"{own}.norm": (f"{marian_prefix}.self_attn_layer_norm",),
    }
    if decoder:
        own, theirs = f"{prefix}.cross", f"{marian_prefix}.encoder_attn"
        names[f"{own}.q"] = (f"{theirs}.q_proj",)
        names[f"{own}.kv"] = (f"{theirs}.k_proj", f"{theirs}.v_proj")
        names[f"{own}.out"] = (f"{theirs}.out_proj",)
        names[f"{own}.norm"] = (f"{marian_prefix}.encoder_attn_layer_norm",)
    names.update({f"{prefix}.{mine}": (f"{marian_prefix}.{marian}",) for mine, marian in _FFN.items()})
    return names


def _all_names(encoder_layers: int, decoder_layers: int, decoder: str) -> dict[str, tuple[str, ...]]:
    names: dict[str, tuple[str, ...]] = {}
    for i in range(encoder_layers):
        names.update(_layer_names(f"encoder.{i}", f"model.encoder.layers.{i}", decoder=False))
    for i in range(decoder_layers):
        names.update(_layer_names(f"decoders.{decoder}.layers.{i}", f"model.decoder.layers.{i}", decoder=True))
    return names


def to_marian(model: CompactMarian, language: str) -> dict[str, Tensor]:
    """State of a MarianMTModel that translates into ``language`` as the training network does."""
    config, state = model.config, model.state_dict()
    result = {
        "model.shared.weight": state["embedding"],
        "final_logits_bias": state[f"decoders.{language}.output_bias"][None],
    }
    for mine, theirs in _all_names(config.encoder_layers, config.decoder_layers, language).items():
        for kind in ("weight", "bias"):
            parts = state[f"{mine}.{kind}"].chunk(len(theirs))
            result.update({f"{name}.{kind}": part for name, part in zip(theirs, parts, strict=True)})
    return {name: value.detach().clone().contiguous() for name, value in result.items()}


def from_marian(
    state: Mapping[str, Tensor], encoder_layers: int, decoder_layers: int, language: str
) -> dict[str, Tensor]:
    """The training network's weights from a MarianMTModel's, with its decoder under the name of the language."""
    result = {
        "embedding": state["model.shared.weight"].float(),
        f"decoders.{language}.output_bias": state["final_logits_bias"].float().flatten(),
    }
    for mine, theirs in _all_names(encoder_layers, decoder_layers, language).items():
        for kind in ("weight", "bias"):
            result[f"{mine}.{kind}"] = torch.cat([state[f"{name}.{kind}"].float() for name in theirs])
    return result
