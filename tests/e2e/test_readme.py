"""The README's examples do what stands beside them."""

import json
import os
import re
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.e2e.service import Service

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
URL = "http://127.0.0.1:8080"
SNIPPETS = re.findall(r"^```python\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
# A request with a body, and the answer in the block after it.
REQUESTS = re.findall(
    rf"^curl -s {URL}(\S+) [^']*'[^']*' \\\n +-d '(.*?)'\n```\n\n```json\n(.*?)^```", README, re.MULTILINE | re.DOTALL
)
SESSIONS = re.findall(r"^```console\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
# What is only drawn on a terminal.
PROGRESS = "━"


def about(value: Any) -> Any:
    """Return what an answer may be: another processor rounds otherwise."""
    if isinstance(value, dict):
        return {name: about(each) for name, each in value.items()}
    if isinstance(value, list):
        return [about(each) for each in value]
    return pytest.approx(value, abs=0.02) if isinstance(value, float) else value


@pytest.mark.parametrize(("path", "body", "answer"), REQUESTS, ids=[path for path, *_ in REQUESTS])
def test_every_request_has_the_answer_that_stands_below_it(service: Service, path: str, body: str, answer: str) -> None:
    response = httpx.post(f"{service.api_url}{path}", json=json.loads(body), timeout=30)
    assert response.json() == about(json.loads(answer))


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_every_expression_has_the_value_that_stands_behind_it(service: Service, snippet: str) -> None:
    names: dict[str, Any] = {}
    shown = 0
    for line in snippet.replace(URL, service.api_url).splitlines():
        code, _, value = line.partition("  # ")
        if value:
            assert repr(eval(code, names)) == value  # noqa: S307 - it is ours
            shown += 1
        else:
            exec(code, names)  # noqa: S102 - it is ours
    if hasattr(names["server"], "close"):
        with closing(names["server"]):
            pass
    assert shown


@pytest.mark.parametrize("session", SESSIONS)
def test_every_command_prints_what_stands_below_it(service: Service, tmp_path: Path, session: str) -> None:
    (tmp_path / "lines.txt").write_text("Good night.\n" * 150)
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, "TRANSLATE_URL": service.api_url}
    commands = re.findall(r"^\$ (.*\n)((?:(?!\$ ).*\n)*)", session, re.MULTILINE)
    printed = [
        subprocess.run(["bash", "-c", command], cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True).stdout
        for command, _ in commands
    ]
    shown = ["".join(line for line in lines.splitlines(True) if PROGRESS not in line) for _, lines in commands]
    assert printed == shown


def test_there_is_something_to_compare() -> None:
    assert all((REQUESTS, SNIPPETS, SESSIONS))
