"""How well a colour can be seen on another: WCAG 2.2, level AA."""

__all__ = ["SHAPE_CONTRAST", "TEXT_CONTRAST", "contrast", "hexadecimal"]

TEXT_CONTRAST = 4.5
SHAPE_CONTRAST = 3.0


def luminance(colour: str) -> float:
    """The relative luminance of `rrggbb`, from 0 to 1."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted(map(luminance, (one, other)))
    return (lighter + 0.05) / (darker + 0.05)


def hexadecimal(colour: str) -> str:
    """Return `rrggbb` for what a browser calls `rgb(r, g, b)`."""
    red, green, blue = map(int, colour.removeprefix("rgb(").removesuffix(")").split(","))
    return f"{red:02x}{green:02x}{blue:02x}"
