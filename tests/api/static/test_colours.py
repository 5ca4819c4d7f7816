"""The colours of the page can be read: WCAG 2.2, level AA."""

import re
from pathlib import Path

import pytest

import api
from tests.api.static.contrasts import SHAPE_CONTRAST, TEXT_CONTRAST, contrast

CSS = (Path(api.__file__).parent / "static" / "page.css").read_text(encoding="utf-8")
COLOURS = {name: pair for name, *pair in re.findall(r"--([\w-]+): light-dark\(#(\w{6}), #(\w{6})\)", CSS)}

TEXTS = [
    ("ink", "paper"),
    ("ink", "surface"),
    ("ink", "wash"),
    ("ink", "warn-wash"),
    ("quiet", "paper"),
    ("quiet", "surface"),
    ("quiet", "warn-wash"),
    ("accent", "surface"),
    ("on-accent", "accent"),
    ("warn", "surface"),
]
SHAPES = [("field-line", "surface"), ("accent", "paper"), ("accent", "surface"), ("accent", "wash"), ("accent", "line")]


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("front", "back", "least"),
    [(*pair, TEXT_CONTRAST) for pair in TEXTS] + [(*pair, SHAPE_CONTRAST) for pair in SHAPES],
)
def test_what_stands_out_has_contrast_enough(front: str, back: str, least: float, theme: int) -> None:
    assert contrast(COLOURS[front][theme], COLOURS[back][theme]) >= least


def test_black_on_white_has_the_contrast_that_the_standard_says() -> None:
    assert contrast("000000", "ffffff") == pytest.approx(21)
