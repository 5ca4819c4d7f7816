"""A MarianMT checkpoint folder: where its files are, and a clear error when one is missing or unusable."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROJECT_ROOT = Path(__file__).resolve().parent.parent

CTRANSLATE2_FOLDER = "ctranslate2"
ORIGIN_FILE = "origin.json"
TOKENIZER_FILES = ("source.spm", "target.spm", "vocab.json")


class CheckpointError(Exception):
    """A checkpoint folder cannot be used; the message says what is wrong and what to do about it."""


@dataclass(frozen=True)
class Checkpoint:
    """A folder in the form that Hugging Face publishes MarianMT models in.

    It holds ``config.json``, ``source.spm``, ``target.spm``, ``vocab.json`` (and ``target_vocab.json`` when the
    two sides have vocabularies of their own), ``model.safetensors`` for the transformers engine and the folder
    ``ctranslate2/`` for the CTranslate2 engine (``python -m models_src.convert`` makes it).
    """

    path: Path
    vocabulary: dict[str, int]
    target_vocabulary: dict[str, int]
    eos_id: int
    pad_id: int
    max_length: int

    @classmethod
    def load(cls, path: str | Path) -> "Checkpoint":
        """Read the small files of the checkpoint at ``path``; a relative path starts at the project's root.

        Raises:
            CheckpointError: the folder or one of its files is missing or malformed.
        """
        folder = PROJECT_ROOT / path
        if not folder.is_dir():
            raise CheckpointError(
                f"no checkpoint folder at {folder}: set TRANSLATE_WEIGHTS to a folder that holds en-de/ and en-fr/, "
                "or leave it unset to serve the bundled models"
            )
        for name in ("config.json", *TOKENIZER_FILES):
            if not (folder / name).is_file():
                raise CheckpointError(f"{folder} has no {name}: it is not a complete MarianMT checkpoint")
        config = _read_json(folder / "config.json")
        vocabulary = _read_json(folder / "vocab.json")
        target = folder / "target_vocab.json"
        try:
            return cls(
                path=folder,
                vocabulary=vocabulary,
                target_vocabulary=_read_json(target) if target.is_file() else vocabulary,
                eos_id=int(config["eos_token_id"]),
                pad_id=int(config["pad_token_id"]),
                max_length=int(config["max_position_embeddings"]),
            )
        except KeyError as missing:
            raise CheckpointError(f"{folder / 'config.json'} has no {missing}: is this a MarianMT model?") from None
        except (TypeError, ValueError) as error:
            raise CheckpointError(f"{folder / 'config.json'} is not that of a MarianMT model: {error}") from None

    def origin(self) -> str:
        """Which model this is, in the words of whoever made the folder; its name where they left none."""
        file = self.path / ORIGIN_FILE
        return str(_read_json(file).get("name")) if file.is_file() else self.path.name

    def ctranslate2_folder(self) -> Path:
        """The converted form that CTranslate2 reads.

        Raises:
            CheckpointError: the checkpoint has not been converted.
        """
        folder = self.path / CTRANSLATE2_FOLDER
        if not (folder / "model.bin").is_file():
            raise CheckpointError(
                f"{self.path} has no {CTRANSLATE2_FOLDER}/model.bin: convert it with `python -m models_src.convert "
                f"{self.path} {self.path}`, or serve it with TRANSLATE_ENGINE=transformers"
            )
        return folder


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise CheckpointError(f"{path} is not valid JSON: {error}") from None
    if not isinstance(content, dict):
        raise CheckpointError(f"{path} does not hold a JSON object")
    return content
