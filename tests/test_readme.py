"""The README's tables say what the code says."""

import re
from pathlib import Path

import pytest
from pydantic_settings import BaseSettings

from api.errors import error_rows
from api.files.formats import FORMATS
from api.main import create_app
from api.settings import Settings, setting_rows
from models_src.serving.settings import ServingSettings

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def table_below(heading: str) -> list[list[str]]:
    """The cells of the first table after ``heading``, its head left out."""
    section = README.split(f"\n{heading}\n", 1)[1]
    rows = re.search(r"(?:^\|.*\|$\n)+", section, re.MULTILINE)
    assert rows is not None
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in rows.group().splitlines()[2:]]


@pytest.mark.parametrize(
    ("heading", "settings"), [("### Settings of the API", Settings), ("### Settings of Triton", ServingSettings)]
)
def test_the_settings_tables_list_every_setting_with_its_default(heading: str, settings: type[BaseSettings]) -> None:
    assert table_below(heading) == [
        [f"`{env}`", default and f"`{default}`", text] for env, default, text in setting_rows(settings)
    ]


def test_the_error_table_lists_every_error() -> None:
    assert table_below("## Errors") == [
        [str(status), f"`{error_type}`", meaning, "yes" if retry_after else ""]
        for status, error_type, meaning, retry_after in error_rows()
    ]


def test_the_table_of_files_lists_every_suffix() -> None:
    listed = [suffix for kinds, _ in table_below("## Files") for suffix in re.findall(r"`(.*?)`", kinds)]
    assert sorted(listed) == sorted(suffix for known in FORMATS for suffix in known.suffixes)


def test_the_endpoint_table_lists_every_path() -> None:
    listed = {tuple(row[0].strip("`").split()) for row in table_below("## Endpoints")}
    served = {(method.upper(), path) for path, methods in create_app().openapi()["paths"].items() for method in methods}
    assert listed == served | {("GET", "/"), ("GET", "/docs"), ("GET", "/openapi.json")}
