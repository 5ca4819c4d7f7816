"""Writes the committed `openapi.json`: `python -m api.openapi`."""

import json
from pathlib import Path

from api.main import create_app

__all__ = ["COMMITTED", "render", "write"]

COMMITTED = Path(__file__).with_name("openapi.json")


def render() -> str:
    """Return the OpenAPI document of the application as it is committed."""
    return json.dumps(create_app().openapi(), indent=2, ensure_ascii=False) + "\n"


def write(path: Path = COMMITTED) -> None:
    """Write the document to a file."""
    path.write_text(render(), encoding="utf-8")


if __name__ == "__main__":
    write()
