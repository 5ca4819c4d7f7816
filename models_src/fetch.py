"""Fetch OPUS-MT from the model hub and convert it for serving.

Needs the reference extras (torch and transformers)::

    python -m models_src.fetch weights
    TRANSLATE_WEIGHTS=weights make serve

What is there already is not fetched again, and an interrupted download goes on where it stopped. The hub library's
own variables apply: ``HF_HOME``, ``HF_TOKEN``, ``HF_ENDPOINT``, ``HF_HUB_OFFLINE``. Any other MarianMT pair is taken
from a folder or a repository of the hub::

    python -m models_src.fetch weights --en-de path/to/folder --en-fr some/repository@revision
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from huggingface_hub import snapshot_download
from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError, OfflineModeIsEnabled

from models_src.checkpoint import ORIGIN_FILE, TOKENIZER_FILES, Checkpoint, CheckpointError
from models_src.convert import convert
from models_src.engines import DecodingOptions
from models_src.engines.ctranslate2_engine import CTranslate2Engine
from models_src.tokenizer import Tokenizer

_WEIGHTS_FILES = ("model.safetensors", "pytorch_model.bin")
_CONFIG_FILES = ("config.json", "generation_config.json", "tokenizer_config.json", "target_vocab.json")
_PROBE = "The weather is nice today."


@dataclass(frozen=True)
class HubModel:
    """A repository of the hub at a revision; ``sha256`` of its ``pytorch_model.bin`` where it is known."""

    repository: str
    revision: str
    sha256: str | None = None

    def __str__(self) -> str:
        return f"{self.repository}@{self.revision}"


OPUS_MT = {
    "en-de": HubModel(
        "Helsinki-NLP/opus-mt-en-de",
        "6183067f769a302e3861815543b9f312c71b0ca4",
        "da068344b1b0c20e6d4a8f77f48e06646b90d679029006b18579e68977206bdd",
    ),
    "en-fr": HubModel(
        "Helsinki-NLP/opus-mt-en-fr",
        "dd7f6540a7a48a7f4db59e5c0b9c42c8eea67f18",
        "cc1de10b49342ad2f33e06bc4474ddd6eaca278474903c4a8636ce15680d64de",
    ),
}


class FetchError(Exception):
    """A model cannot be had; the message says why and what to do."""


def parse_source(text: str) -> HubModel | Path:
    """``folder`` or ``repository@revision``; a name that is no folder is a repository's newest revision."""
    if Path(text).is_dir():
        return Path(text)
    repository, _, revision = text.partition("@")
    return HubModel(repository, revision or "main")


def fetch(source: HubModel | Path, output: Path) -> bool:
    """Make ``output`` a checkpoint that serving reads; False when it was there already.

    Raises:
        FetchError: there is no hub, or no such model there, or its files are not those that were pinned.
        CheckpointError: the source is not a MarianMT checkpoint, or does not translate.
    """
    if _is_there(source, output):
        return False
    folder = source if isinstance(source, Path) else _download(source)
    checkpoint = convert(folder, output)
    _check_translates(checkpoint)
    # Written last: without it the next run starts over.
    name = str(source) if isinstance(source, HubModel) else source.resolve().name
    (output / ORIGIN_FILE).write_text(json.dumps({"name": name}) + "\n", encoding="utf-8")
    return True


def _is_there(source: HubModel | Path, output: Path) -> bool:
    # A folder may have changed since, and so may a revision that is only a branch.
    if not isinstance(source, HubModel) or source.revision == "main":
        return False
    try:
        checkpoint = Checkpoint.load(output)
        checkpoint.ctranslate2_folder()
    except CheckpointError:
        return False
    return checkpoint.origin() == str(source)


def _download(model: HubModel) -> Path:
    """The folder of the hub's cache that holds the model's files."""
    patterns = [*TOKENIZER_FILES, *_CONFIG_FILES, *_WEIGHTS_FILES]
    if model.sha256 is not None:
        patterns.remove("model.safetensors")
    try:
        folder = Path(snapshot_download(model.repository, revision=model.revision, allow_patterns=patterns))
    except (LocalEntryNotFoundError, OfflineModeIsEnabled) as error:
        raise FetchError(
            f"{model} is not in the cache and the model hub cannot be reached. With a network, check HF_ENDPOINT and "
            "HF_HUB_OFFLINE; without one, copy the model's folder here and name it with --en-de or --en-fr. "
            "The bundled models are served without TRANSLATE_WEIGHTS."
        ) from error
    except HfHubHTTPError as error:
        raise FetchError(f"the model hub does not give out {model}: {error}") from error
    weights = folder / "pytorch_model.bin"
    if model.sha256 is not None and _sha256(weights) != model.sha256:
        raise FetchError(f"{weights} is not the file that was pinned: delete it and fetch again")
    return folder


def _sha256(path: Path) -> str:
    if not path.is_file():
        raise FetchError(f"the download is incomplete: there is no {path}")
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check_translates(checkpoint: Checkpoint) -> None:
    """Decode one sentence, so that a model that serving could not use is found now."""
    engine = CTranslate2Engine(checkpoint, threads=1)
    options = DecodingOptions(beam_size=1, length_penalty=1.0, max_length=32)
    [[hypothesis]] = engine.decode([Tokenizer(checkpoint).encode(_PROBE)], options)
    if not hypothesis.ids:
        raise CheckpointError(f"{checkpoint.path} translates a plain sentence into nothing")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m models_src.fetch", description="Fetch OPUS-MT from the model hub and convert it for serving."
    )
    parser.add_argument("output", type=Path, help="folder to write en-de/ and en-fr/ in; serve it as TRANSLATE_WEIGHTS")
    for pair, model in OPUS_MT.items():
        parser.add_argument(
            f"--{pair}",
            dest=pair,
            type=parse_source,
            default=model,
            metavar="SOURCE",
            help=f"a MarianMT folder, or REPOSITORY[@REVISION] of the hub (default: {model.repository})",
        )
    options = vars(parser.parse_args(arguments))
    for pair in OPUS_MT:
        source, output = options[pair], options["output"] / pair
        try:
            fetched = fetch(source, output)
        except (FetchError, CheckpointError) as error:
            sys.exit(f"error: {error}")
        sys.stdout.write(f"{output}: {source}{'' if fetched else ' (already there)'}\n")


if __name__ == "__main__":
    main()
