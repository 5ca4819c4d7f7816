"""One stack for all tests: each leaves it running and healthy."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docker.stack import Stack, check_out, engine_runs


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not engine_runs():
        pytest.skip("no Docker engine with compose runs here: `docker info` and `docker compose version` must succeed")
    destination = tmp_path_factory.mktemp("checkout")
    check_out(destination)
    return destination


@pytest.fixture(scope="session")
def stack(checkout: Path) -> Iterator[Stack]:
    stack = Stack(checkout)
    try:
        stack.compose("build")
        stack.up()
        yield stack
    finally:
        stack.compose("down", "--volumes", "--remove-orphans", "--rmi", "local")
