"""Names shared with Triton's model repository: languages, ensembles, and the models behind them."""

from collections.abc import Mapping
from types import MappingProxyType

__all__ = [
    "ALL_TARGETS",
    "ENSEMBLE_TARGETS",
    "LANGUAGE_NAMES",
    "REQUIRED_MODELS",
    "SOURCE",
    "single_target_ensemble",
]

SOURCE = "en"
ALL_TARGETS = "translate_ensemble"

LANGUAGE_NAMES: Mapping[str, str] = MappingProxyType({"en": "English", "de": "German", "fr": "French"})

# Every step of an ensemble runs, so there is one ensemble for each set of targets.
ENSEMBLE_TARGETS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {ALL_TARGETS: ("de", "fr"), "translate_en_de": ("de",), "translate_en_fr": ("fr",)}
)

REQUIRED_MODELS: tuple[str, ...] = (*ENSEMBLE_TARGETS, "tokenize", "marian_en_de", "marian_en_fr")


def single_target_ensemble(target: str) -> str | None:
    """Return the ensemble that translates into `target` alone, or None if there is none."""
    name = f"translate_{SOURCE}_{target}"
    return name if name in ENSEMBLE_TARGETS else None
