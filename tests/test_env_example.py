"""The settings for docker compose are those of the code."""

import re
from pathlib import Path

from api.settings import Settings, setting_rows
from models_src.serving.settings import ServingSettings

EXAMPLE = (Path(__file__).parents[1] / ".env.example").read_text(encoding="utf-8")


def test_every_setting_is_listed_with_its_default() -> None:
    rows = [*setting_rows(Settings), *setting_rows(ServingSettings)]
    assert re.findall(r"^#(TRANSLATE_\w+)=(.*)$", EXAMPLE, re.MULTILINE) == [(row.env, row.default) for row in rows]
