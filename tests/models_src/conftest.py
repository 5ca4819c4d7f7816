"""Fixtures of the tests of `models_src`: the bundled checkpoints, loaded once."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import hypothesis
import pytest

from models_src.checkpoint import Checkpoint
from models_src.engines import Engine, Hypothesis, load_engine
from models_src.tokenizer import Tokenizer
from tests.models_src.stand_ins import BEAM_SEARCH, BUNDLED_WEIGHTS, LANGUAGES

# The processors of a test machine are shared: the time of one example says nothing.
hypothesis.settings.register_profile("shared-machine", deadline=None)
hypothesis.settings.load_profile("shared-machine")


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("TRANSLATE_"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def sentences() -> list[dict[str, str]]:
    """English sentences with their German and French reference translations."""
    path = Path(__file__).parent.parent / "data" / "sentences.json"
    content: list[dict[str, str]] = json.loads(path.read_text(encoding="utf-8"))
    return content


@pytest.fixture(scope="session", params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    """Runs a test once for each target language."""
    return str(request.param)


@pytest.fixture(scope="session")
def checkpoints() -> dict[str, Checkpoint]:
    return {language: Checkpoint.load(BUNDLED_WEIGHTS / f"en-{language}") for language in LANGUAGES}


@pytest.fixture(scope="session")
def tokenizers(checkpoints: dict[str, Checkpoint]) -> dict[str, Tokenizer]:
    return {language: Tokenizer(checkpoint) for language, checkpoint in checkpoints.items()}


@pytest.fixture(scope="session")
def tokenizer(tokenizers: dict[str, Tokenizer]) -> Tokenizer:
    return tokenizers["de"]


@pytest.fixture(scope="session")
def ctranslate2_engines(checkpoints: dict[str, Checkpoint]) -> dict[str, Engine]:
    return {language: load_engine("ctranslate2", checkpoint, 1) for language, checkpoint in checkpoints.items()}


@pytest.fixture(scope="session")
def transformers_engines(checkpoints: dict[str, Checkpoint]) -> dict[str, Engine]:
    # One thread: on a busy machine the threads of a parallel product wait for each other most of the time.
    return {language: load_engine("transformers", checkpoint, 1) for language, checkpoint in checkpoints.items()}


@pytest.fixture(scope="session")
def sources(sentences: list[dict[str, str]], tokenizers: dict[str, Tokenizer]) -> dict[str, list[list[int]]]:
    """Token ids of the English sentences, for each target language."""
    return {
        language: [tokenizer.encode(sentence["en"]) for sentence in sentences]
        for language, tokenizer in tokenizers.items()
    }


@pytest.fixture(scope="session")
def reference(
    language: str, transformers_engines: dict[str, Engine], sources: dict[str, list[list[int]]]
) -> list[list[Hypothesis]]:
    """What the transformers engine makes of the sentences."""
    return transformers_engines[language].decode(sources[language], BEAM_SEARCH)


@pytest.fixture
def copy_checkpoint(tmp_path: Path) -> Callable[..., Path]:
    """Copies the bundled en-de checkpoint to a folder of the test's own, but for the files named."""

    def copy(*without: str) -> Path:
        return Path(
            shutil.copytree(
                BUNDLED_WEIGHTS / "en-de", tmp_path / "checkpoint", ignore=lambda _folder, _names: list(without)
            )
        )

    return copy
