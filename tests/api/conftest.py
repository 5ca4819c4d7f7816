"""Fixtures of the API's tests."""

import logging
import os
from collections.abc import Iterator

import pytest
import structlog

from tests.api.stand_ins import StandInClient


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("TRANSLATE_"):
            monkeypatch.delenv(name)


@pytest.fixture
def client() -> StandInClient:
    return StandInClient()


@pytest.fixture
def logging_as_before() -> Iterator[None]:
    """Undo what a test configures."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()
