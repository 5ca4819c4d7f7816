"""Stage 3: the mean of the last checkpoints of a run, an alternative to the moving average that each of them holds."""

from __future__ import annotations

import argparse
import logging
from pathlib import Path

import torch

from models_src.train.checkpoint import average, latest, load

__all__ = ["add_arguments", "run"]

LOG = logging.getLogger(__name__)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the stage."""
    parser.add_argument("--run", type=Path, required=True, help="folder of the checkpoints")
    parser.add_argument(
        "--last", type=int, default=4, help="how many of the newest checkpoints to average (default: 4)"
    )
    parser.add_argument("--weights", choices=["model", "average"], default="model",
                        help="average the running weights or the moving averages (default: model)")  # fmt: skip
    parser.add_argument("--output", type=Path, required=True, help="checkpoint to write")


def run(args: argparse.Namespace) -> None:
    """Write the mean; the decoders must be the same in all of them, that is, all must be from after the split."""
    states = [load(path) for path in latest(args.run)[: args.last]]
    if not states:
        raise FileNotFoundError(f"no checkpoint in {args.run}")
    newest = states[0]
    same = [state for state in states if state["decoders"] == newest["decoders"]]
    LOG.info("mean of the checkpoints at steps %s", ", ".join(str(state["progress"]["step"]) for state in same))
    newest["average"] = average(same, args.weights)
    torch.save(newest, args.output)
