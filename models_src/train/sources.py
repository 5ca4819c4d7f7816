"""How often a pair of each corpus is drawn in one virtual epoch.

A weight of 2.5 shows a pair two or three times an epoch, one of 0.3 shows three pairs in ten. The weights favour
everyday sentences and prose, and hold back dictionary entries, labels and statutes, which would otherwise be most of
the material.
"""

from __future__ import annotations

__all__ = ["DEFAULT_WEIGHT", "SOURCE_WEIGHTS", "source_weight"]

DEFAULT_WEIGHT = 1.0

SOURCE_WEIGHTS: dict[str, float] = {
    "tatoeba": 2.5,
    "europarl-sample": 4.0,
    "debian-webwml": 1.5,
    "debian-ddtp": 1.3,
    "debian-docs": 1.5,
    "gnome-help": 1.5,
    "wesnoth": 2.0,
    "freeciv": 2.0,
    "freeorion": 1.5,
    "hedgewars": 1.5,
    "fillets-ng": 2.0,
    "shattered-pixel-dungeon": 1.5,
    "isosceles-literature": 1.5,
    "mediawiki-messages": 1.0,
    "kde-gnome-app-docs": 0.9,
    "libreoffice-help": 0.7,
    "php-docs": 0.5,
    "lilypond-docs": 0.6,
    "gimp-help": 0.8,
    "debian-po-docs": 0.5,
    "manpages-l10n": 0.4,
    "desktop-ui-strings": 0.35,
    "ding-dictionary": 0.5,
    "canada-laws": 0.6,
}


def source_weight(name: str) -> float:
    """Weight of a corpus by its file name's first part; a version such as ``wesnoth-1.16`` is matched by its stem."""
    if name in SOURCE_WEIGHTS:
        return SOURCE_WEIGHTS[name]
    stem = name.rsplit("-", 1)[0]
    return SOURCE_WEIGHTS.get(stem, DEFAULT_WEIGHT)
