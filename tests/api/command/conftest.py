"""Fixtures of the command's tests."""

import io
import sys
from collections.abc import Iterator

import pytest

from api.command.main import main
from tests.api.command.streams import Run, TerminalInput
from tests.api.served import served
from tests.api.stand_ins import StandInClient


@pytest.fixture
def url(client: StandInClient) -> Iterator[str]:
    with served(client) as address:
        yield address


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command in this process: exit code, standard output, and standard error without the server's log."""

    def command(*arguments: str, stdin: bytes = b"", typed: bool = False) -> tuple[int, str, str]:
        wrapper = TerminalInput if typed else io.TextIOWrapper
        monkeypatch.setattr(sys, "stdin", wrapper(io.BytesIO(stdin), encoding="utf-8"))
        capsys.readouterr()
        code = main(arguments)
        out, err = capsys.readouterr()
        lines = [line for line in out.splitlines(keepends=True) if "[info     ] request" not in line]
        return code, "".join(lines), err

    return command
