"""One service for all tests that do not break it."""

from collections.abc import Iterator

import pytest

from tests.e2e.service import Service


@pytest.fixture(scope="session")
def service() -> Iterator[Service]:
    with Service() as running:
        yield running
