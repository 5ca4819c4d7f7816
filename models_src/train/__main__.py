"""Command line of the training recipe: ``python -m models_src.train <stage>``."""

from __future__ import annotations

import argparse
import importlib
import logging

_STAGES = {
    "prepare": "clean the corpora, learn the vocabulary, write binary data",
    "warmstart": "optional: begin from earlier compact models",
    "fit": "train a model, or go on from its newest checkpoint",
    "averaging": "mean of the last checkpoints of a run",
    "export": "write Hugging Face folders",
}


def main(argv: list[str] | None = None) -> None:
    """Parse the command line and run one stage."""
    parser = argparse.ArgumentParser(prog="python -m models_src.train", description=__doc__)
    stages = parser.add_subparsers(dest="stage", required=True)
    for name, purpose in _STAGES.items():
        module = importlib.import_module(f".{name}", __package__)
        module.add_arguments(stages.add_parser(name, help=purpose, description=module.__doc__))
    args = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    importlib.import_module(f".{args.stage}", __package__).run(args)


if __name__ == "__main__":
    main()
