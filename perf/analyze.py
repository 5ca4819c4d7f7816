"""`python -m perf.analyze -m MODEL …`: perf_analyzer by hand, installed when missing, with our sentences as its input.

All options go to perf_analyzer as they are; without `--input-data` it gets the input for the model, without `-u` the
address of `make serve`.
"""

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from models_src.serving.settings import ServingSettings
from perf.analyzer import HOME, AnalyzerError, PerfAnalyzer
from perf.bench import Inputs


def model_of(arguments: Sequence[str]) -> str | None:
    """The model that perf_analyzer's arguments name, None if they name none."""
    for index, argument in enumerate(arguments):
        if argument == "-m":
            return arguments[index + 1] if index + 1 < len(arguments) else None
        if argument.startswith("-m") and not argument.startswith("--"):
            return argument.removeprefix("-m")
    return None


def completed(arguments: Sequence[str], settings: ServingSettings, inputs: Inputs) -> list[str]:
    """``arguments`` with an address and input data, where they have none."""
    added = []
    if not any(argument.startswith("-u") for argument in arguments):
        added.append(f"-u{settings.triton_host}:{settings.triton_http_port}")
    model = model_of(arguments)
    if model and model in inputs and not any(argument.startswith("--input-data") for argument in arguments):
        added.append(f"--input-data={inputs[model]}")
    return [*arguments, *added]


def main() -> None:
    arguments = sys.argv[1:]
    if not arguments or arguments[0] in ("-h", "--help"):
        sys.exit(f"{(__doc__ or '').strip()}\n\nExample: -m translate_ensemble -b 8 --concurrency-range=1:4")
    settings = ServingSettings()
    try:
        analyzer = PerfAnalyzer.install(HOME)
    except AnalyzerError as error:
        sys.exit(f"error: {error}")
    with tempfile.TemporaryDirectory() as scratch:
        sys.exit(analyzer.run(completed(arguments, settings, Inputs(Path(scratch), settings))))


if __name__ == "__main__":
    main()
