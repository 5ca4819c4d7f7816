"""Does memory grow? On stand-ins, and for a few seconds on the real service."""

from itertools import count
from pathlib import Path

import httpx
import pytest

from api.errors import InferenceFailedError
from perf.server import Server, Usage
from perf.soak import KINDS, Kind, Part, SoakError, growth, soak
from perf.workload import sentences
from tests.api.served import served
from tests.api.stand_ins import StandInClient

# In a few seconds the largest batches may still come for the first time; minutes are stricter.
MOST_GROWTH_MIB = 50.0


def test_growth_is_from_the_second_quarter_to_the_last() -> None:
    memory = [1.0, 5.0, 10.0, 12.0, 50.0, 50.0, 20.0, 24.0]
    readings = [{"api": mib, "triton": 7.0} for mib in memory]
    assert growth(readings) == {"api": Part(22.0, 11.0), "triton": Part(7.0, 0.0)}


def test_a_process_that_was_not_always_there_is_left_out() -> None:
    assert set(growth([{"api": 1.0, "helper": 1.0}, *[{"api": 1.0}] * 3])) == {"api"}


def test_requests_are_sent_while_memory_is_read() -> None:
    client = StandInClient()
    memory = count()
    with served(client) as url:
        sent, parts = soak(url, lambda: Usage({}, {"api": float(next(memory))}), seconds=1.0)
    assert sent > len(KINDS)
    assert client.requests
    assert parts == {"api": Part(memory_mib=34.5, growth_mib=20.0)}


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.__name__ != "_mistakes"])
def test_a_translation_that_fails_is_told_of(kind: Kind) -> None:
    lines = sentences(4)
    client = StandInClient(failures=dict.fromkeys(lines, InferenceFailedError()))
    with served(client) as url, httpx.Client(base_url=url) as http, pytest.raises(SoakError):
        kind(http, lines)


def test_one_answer_that_is_not_as_it_should_be_ends_it() -> None:
    with served(StandInClient(), max_items=30) as url, pytest.raises(SoakError, match="too_many_items"):
        soak(url, lambda: Usage({}, {}), seconds=60.0)


def test_no_process_of_the_service_grows_fast(tmp_path: Path) -> None:
    with Server({}, tmp_path / "service.log") as server:
        _, parts = soak(server.api_url, server.usage, seconds=8.0)
    assert {"triton", "tokenize", "marian_en_de", "marian_en_fr", "api"} <= set(parts)
    assert max(part.growth_mib for part in parts.values()) < MOST_GROWTH_MIB
