"""Names shared with Triton's model repository: languages, ensembles, and the models behind them."""

from collections.abc import Collection, Mapping
from types import MappingProxyType

__all__ = [
    "ALL_TARGETS",
    "ENSEMBLE_TARGETS",
    "LANGUAGE_NAMES",
    "REQUIRED_MODELS",
    "SOURCE",
    "ensemble_for",
]

SOURCE = "en"
ALL_TARGETS = "translate_ensemble"

LANGUAGE_NAMES: Mapping[str, str] = MappingProxyType({"en": "English", "de": "German", "fr": "French"})

# Every step of an ensemble runs, so there is one ensemble for each set of targets.
ENSEMBLE_TARGETS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {ALL_TARGETS: ("de", "fr"), "translate_en_de": ("de",), "translate_en_fr": ("fr",)}
)

REQUIRED_MODELS: tuple[str, ...] = (*ENSEMBLE_TARGETS, "tokenize", "marian_en_de", "marian_en_fr")


def ensemble_for(targets: Collection[str]) -> str:
    """Return the smallest ensemble that translates into all of `targets`. Raises ValueError if there is none."""
    able = [name for name, served in ENSEMBLE_TARGETS.items() if set(targets) <= set(served)]
    return min(able, key=lambda name: len(ENSEMBLE_TARGETS[name]))
