"""Convert a Hugging Face MarianMT checkpoint into the folder that serving reads.

The result holds the tokenizer's files, float16 weights (``model.safetensors``, for the transformers engine) and the
int8 form that CTranslate2 serves (``ctranslate2/``). Needs the reference extras (torch and transformers)::

    python -m models_src.convert path/to/opus-mt-en-de path/to/weights/en-de
"""

import argparse
import shutil
import tempfile
from pathlib import Path

import ctranslate2
import torch
from safetensors import SafetensorError
from transformers import MarianMTModel

from models_src.checkpoint import CTRANSLATE2_FOLDER, TOKENIZER_FILES, Checkpoint, CheckpointError

_OPTIONAL_FILES = ("target_vocab.json", "tokenizer_config.json")


def convert(source: Path, output: Path, quantization: str = "int8") -> Checkpoint:
    """Write the serving form of the checkpoint ``source`` to the folder ``output``, which may be the same folder.

    Args:
        source: a folder with ``config.json``, tokenizer files and weights.
        output: where to write; files of the same names are replaced.
        quantization: CTranslate2's storage type of the weights.

    Raises:
        CheckpointError: ``source`` is not a MarianMT checkpoint.
    """
    source = source.resolve()
    output = output.resolve()
    Checkpoint.load(source)
    output.mkdir(parents=True, exist_ok=True)
    if source != output:
        for name in (*TOKENIZER_FILES, *_OPTIONAL_FILES):
            if (source / name).is_file():
                shutil.copyfile(source / name, output / name)
        try:
            model = MarianMTModel.from_pretrained(source, local_files_only=True, dtype=torch.float16)
        except (OSError, ValueError, SafetensorError) as error:
            raise CheckpointError(f"transformers cannot load {source}: {error}") from error
        model.save_pretrained(output)
    # Converted beside its place and moved there whole: an interrupted conversion leaves no half-written model.
    with tempfile.TemporaryDirectory(dir=output) as scratch:
        converter = ctranslate2.converters.TransformersConverter(str(source))
        converted = Path(converter.convert(str(Path(scratch) / CTRANSLATE2_FOLDER), quantization=quantization))
        shutil.rmtree(output / CTRANSLATE2_FOLDER, ignore_errors=True)
        converted.rename(output / CTRANSLATE2_FOLDER)
    return Checkpoint.load(output)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m models_src.convert", description="Convert a Hugging Face MarianMT checkpoint for serving."
    )
    parser.add_argument("source", type=Path, help="checkpoint folder (config.json, *.spm, vocab.json, weights)")
    parser.add_argument("output", type=Path, help="folder to write")
    parser.add_argument("--quantization", default="int8", help="CTranslate2 storage type (default: %(default)s)")
    arguments = parser.parse_args()
    checkpoint = convert(arguments.source, arguments.output, arguments.quantization)
    parser.exit(message=f"wrote {checkpoint.path}\n")


if __name__ == "__main__":
    main()
