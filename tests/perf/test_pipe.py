"""The command against direct requests."""

import sys

import pytest

from api.errors import InferenceFailedError
from perf.pipe import PipeError, direct, main, piped
from tests.api.served import served
from tests.api.stand_ins import StandInClient


def test_both_ways_are_measured(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with served(StandInClient()) as url:
        monkeypatch.setattr(sys, "argv", ["pipe", "--url", url, "--lines", "150"])
        main()
    first, second = [line for line in capsys.readouterr().out.splitlines() if "lines/s" in line]
    assert first.startswith("directly")
    assert "MiB" in second


def test_every_line_reaches_the_server_both_ways() -> None:
    client = StandInClient()
    lines = [f"Line {number}." for number in range(70)]
    with served(client) as url:
        assert direct(url, lines) > 0
        assert piped(url, lines).peak_mib > 1
    asked = [text for request in client.requests for text in request.texts]
    assert sorted(asked) == sorted(lines * 2)


def test_a_line_that_fails_is_no_measurement() -> None:
    client = StandInClient(failures={"Bad.": InferenceFailedError()})
    with served(client) as url, pytest.raises(PipeError):
        piped(url, ["Good.", "Bad."])
