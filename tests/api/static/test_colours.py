"""The colours of the page can be read: WCAG 2.2, level AA."""

import re
from pathlib import Path

import pytest

import api

CSS = (Path(api.__file__).parent / "static" / "page.css").read_text(encoding="utf-8")
COLOURS = {name: pair for name, *pair in re.findall(r"--([\w-]+): light-dark\(#(\w{6}), #(\w{6})\)", CSS)}

TEXT_CONTRAST = 4.5
SHAPE_CONTRAST = 3.0

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
SHAPES = [("field-line", "surface"), ("accent", "paper"), ("accent", "surface"), ("accent", "wash")]


def luminance(colour: str) -> float:
    """The relative luminance of `rrggbb`, from 0 to 1."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted(map(luminance, (one, other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("front", "back", "least"),
    [(*pair, TEXT_CONTRAST) for pair in TEXTS] + [(*pair, SHAPE_CONTRAST) for pair in SHAPES],
)
def test_what_stands_out_has_contrast_enough(front: str, back: str, least: float, theme: int) -> None:
    assert contrast(COLOURS[front][theme], COLOURS[back][theme]) >= least


def test_black_on_white_has_the_contrast_that_the_standard_says() -> None:
    assert contrast("000000", "ffffff") == pytest.approx(21)
