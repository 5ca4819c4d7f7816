"""The README's Python does what its comments say."""

import re
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.service import Service

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
SNIPPETS = re.findall(r"^```python\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_every_expression_has_the_value_that_stands_behind_it(service: Service, snippet: str) -> None:
    names: dict[str, Any] = {}
    shown = 0
    for line in snippet.replace("http://127.0.0.1:8080", service.api_url).splitlines():
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
