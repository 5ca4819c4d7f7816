"""Stage 2: train a model on prepared data; the same command goes on from the newest checkpoint."""

from __future__ import annotations

import argparse
import ctypes
import logging
import signal
from pathlib import Path

import torch

from models_src.train.dataset import PairStore
from models_src.train.devset import DevSet
from models_src.train.model import ModelConfig
from models_src.train.schedule import Schedule
from models_src.train.threads import ThreadTuner
from models_src.train.trainer import Settings, Trainer
from models_src.train.vocabulary import Vocabulary

__all__ = ["add_arguments", "pick_device", "run"]

LOG = logging.getLogger(__name__)

CPU_BATCH_TOKENS = 2_000
CUDA_BATCH_TOKENS = 24_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the stage."""
    parser.add_argument("--data", type=Path, required=True, help="folder that the prepare stage wrote")
    parser.add_argument("--run", type=Path, required=True, help="folder of the checkpoints")
    parser.add_argument(
        "--languages", nargs="+", default=["de", "fr"], help="target languages to train (default: de fr)"
    )
    parser.add_argument("--minutes", type=float, default=0.0, help="budget in minutes of training (0: use --steps)")
    parser.add_argument("--steps", type=int, default=0, help="budget in steps, which makes a run repeatable")
    parser.add_argument("--session-minutes", type=float, default=0.0,
                        help="stop, with a checkpoint, after this many minutes of this call (0: no limit)")  # fmt: skip
    parser.add_argument("--init", type=Path, help="checkpoint whose averaged weights a new run starts from")
    parser.add_argument(
        "--dev", nargs="*", default=[], metavar="LANG=FILE", help="tab-separated dev pairs for early stopping"
    )
    parser.add_argument("--dev-size", type=int, default=150, help="dev pairs used of each language (default: 150)")
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda (default: auto)")
    parser.add_argument("--threads", type=int, default=0, help="CPU threads (0: PyTorch's choice)")
    parser.add_argument("--batch-tokens", type=int, default=0,
                        help=f"padded tokens (0: {CPU_BATCH_TOKENS}, {CUDA_BATCH_TOKENS} on a GPU)")  # fmt: skip
    parser.add_argument("--peak-rate", type=float, default=1e-3, help="highest learning rate (default: 1e-3)")
    parser.add_argument("--warmup", type=int, default=500, help="steps of warm-up (default: 500)")
    parser.add_argument("--split-at", type=float, default=0.5, help="share of the budget at which the decoder is split")
    parser.add_argument(
        "--focus-at", type=float, default=0.6, help="share of the budget from which the best data weighs more"
    )
    parser.add_argument("--save-every", type=float, default=240.0, help="seconds between checkpoints (default: 240)")
    parser.add_argument("--eval-every", type=float, default=480.0, help="seconds between dev scores (default: 480)")
    parser.add_argument("--patience", type=int, default=10, help="dev scores without a new best before stopping")
    parser.add_argument("--seed", type=int, default=1)


def pick_device(name: str) -> torch.device:
    """``auto`` is a GPU where there is one."""
    return torch.device(("cuda" if torch.cuda.is_available() else "cpu") if name == "auto" else name)


def _keep_freed_memory() -> None:
    """Ask glibc not to give large blocks back: page faults on fresh ones made steps up to twice as slow."""
    m_trim_threshold, m_mmap_threshold = -1, -3
    try:
        libc = ctypes.CDLL("libc.so.6")
        libc.mallopt(m_mmap_threshold, 1 << 30)
        libc.mallopt(m_trim_threshold, (1 << 31) - 4096)
    except (OSError, AttributeError):
        LOG.info("no glibc here: memory stays with the default policy")


def run(args: argparse.Namespace) -> None:
    """Train or continue."""
    device = pick_device(args.device)
    tuner = None
    if device.type == "cpu":
        _keep_freed_memory()
        torch.set_flush_denormal(True)
        tuner = ThreadTuner(args.threads or torch.get_num_threads())
    vocabulary = Vocabulary(args.data / "joint.model")
    stores = {language: PairStore.load(args.data, language) for language in sorted(args.languages)}
    config = ModelConfig(len(vocabulary), {language: vocabulary.tag_id(language) for language in stores})
    files = {language: Path(path) for language, _, path in (item.partition("=") for item in args.dev)}
    settings = Settings(
        run_folder=args.run,
        languages=tuple(stores),
        batch_tokens=args.batch_tokens or (CUDA_BATCH_TOKENS if device.type == "cuda" else CPU_BATCH_TOKENS),
        seed=args.seed,
        save_every=args.save_every,
        eval_every=args.eval_every,
        patience=args.patience,
        session_minutes=args.session_minutes,
    )
    schedule = Schedule(
        args.peak_rate,
        args.warmup,
        minutes=args.minutes,
        steps=args.steps,
        split_at=args.split_at,
        focus_at=args.focus_at,
    )
    dev = DevSet.read(vocabulary, files, args.dev_size)
    trainer = Trainer(settings, schedule, config, stores, device=device, dev=dev, initial=args.init, tuner=tuner)
    LOG.info("%d parameters on %s", sum(p.numel() for p in trainer.model.parameters()), device)
    signal.signal(signal.SIGTERM, trainer.stop)
    progress = trainer.run()
    LOG.info("stopped at step %d after %.1f M target tokens", progress.step, progress.target_tokens / 1e6)
