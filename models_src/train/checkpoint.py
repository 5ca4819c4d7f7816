"""Checkpoints: everything a run needs to go on exactly where it stopped, and averages of several."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from models_src.train.model import JOINT, CompactMarian, ModelConfig

__all__ = ["EMA_EVERY", "MovingAverage", "Progress", "average", "build_model", "latest", "load", "save"]

LOG = logging.getLogger(__name__)

EMA_EVERY = 8
"""Steps between two updates of the moving average."""

State = dict[str, Any]


@dataclass
class Progress:
    """Where a run stands; ``epoch`` and ``batch`` say which batch comes next, ``focused`` how it is drawn."""

    step: int = 0
    seconds: float = 0.0
    target_tokens: int = 0
    epoch: int = 0
    batch: int = 0
    best_chrf: float = 0.0
    stale: int = 0
    focused: bool = False
    scores: list[dict[str, float]] = field(default_factory=list)


class MovingAverage:
    """Exponential moving average of the weights over about the last ``share`` of the run so far.

    A horizon that grows with the run forgets the poor early weights (as in Defazio et al. 2024, schedule-free
    averaging).
    """

    def __init__(self, model: nn.Module, share: float = 0.04) -> None:
        self.share = share
        self.values = {name: p.detach().clone() for name, p in model.named_parameters()}

    def update(self, model: nn.Module, step: int) -> None:
        """Move towards the model's weights; call every ``EMA_EVERY`` steps."""
        rate = min(1.0, max(EMA_EVERY / max(1.0, self.share * step), 0.002))
        parameters = dict(model.named_parameters())
        values = [self.values[name] for name in parameters]
        torch._foreach_lerp_(values, [p.detach() for p in parameters.values()], rate)

    def split(self, languages: Sequence[str]) -> None:
        """Follow ``CompactMarian.split``."""
        self.values = split_names(self.values, languages)


def split_names(values: Mapping[str, Any], languages: Sequence[str]) -> dict[str, Any]:
    """Give each language its own copy of what belongs to the joint decoder."""
    joint, result = f"decoders.{JOINT}.", {}
    for name, value in values.items():
        if not name.startswith(joint):
            result[name] = value
            continue
        for language in languages:
            copied = {k: v.clone() for k, v in value.items()} if isinstance(value, dict) else value.clone()
            result[f"decoders.{language}.{name[len(joint) :]}"] = copied
    return result


def save(
    path: Path, model: CompactMarian, progress: Progress, average_of: MovingAverage, moments: Mapping[str, State]
) -> None:
    """Write a checkpoint; the file appears whole or not at all."""
    state = {
        "config": model.config.to_dict(),
        "decoders": list(model.decoders),
        "model": {name: p.detach() for name, p in model.named_parameters()},
        "average": average_of.values,
        "moments": dict(moments),
        "progress": asdict(progress),
    }
    partial = path.with_suffix(".partial")
    torch.save(state, partial)
    partial.replace(path)


def load(path: Path, device: torch.device | str = "cpu") -> State:
    """Read a checkpoint (tensors and plain values only)."""
    state: State = torch.load(path, map_location=device, weights_only=True)
    return state


def build_model(state: State, weights: str = "average") -> CompactMarian:
    """The network of a checkpoint with its running (``model``) or averaged (``average``) weights."""
    model = CompactMarian(ModelConfig(**state["config"]), state["decoders"])
    model.load_state_dict(state[weights])
    return model


def latest(folder: Path, keep: int = 0) -> list[Path]:
    """Checkpoints of a run, newest first; with ``keep``, older ones than that many are deleted."""
    found = sorted(folder.glob("step-*.pt"), reverse=True)
    if keep:
        for old in found[keep:]:
            old.unlink()
        found = found[:keep]
    return found


def average(states: Sequence[State], weights: str = "model") -> dict[str, Tensor]:
    """Plain mean of the weights of several checkpoints (Junczys-Dowmunt et al. 2016)."""
    names = states[0][weights].keys()
    return {name: torch.stack([state[weights][name].float() for state in states]).mean(0) for name in names}
