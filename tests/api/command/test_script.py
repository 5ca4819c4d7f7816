"""The console script that the project declares."""

import tomllib
from importlib import import_module
from pathlib import Path

import api.command.main

ROOT = Path(__file__).parents[3]


def test_the_script_of_the_project_is_the_command() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    module, _, function = project["scripts"]["tt"].partition(":")
    assert getattr(import_module(module), function) is api.command.main.main
