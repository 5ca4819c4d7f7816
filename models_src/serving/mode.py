"""``MODE=latency`` or ``MODE=throughput``: named sets of settings, chosen from measurements by ``make perf``."""

import os
from collections.abc import Mapping

from dotenv import dotenv_values

from models_src.checkpoint import PROJECT_ROOT
from models_src.serving.settings import SettingsError

MODES_FOLDER = PROJECT_ROOT / "perf" / "modes"


def mode_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """The settings of the mode that ``MODE`` names, without those that ``environment`` sets itself.

    Raises:
        SettingsError: there is no such mode.
    """
    name = environment.get("MODE") or "default"
    known = sorted(file.stem for file in MODES_FOLDER.glob("*.env"))
    if name not in known:
        raise SettingsError(f"MODE: there is no mode of this name; choose one of {', '.join(known)}")
    values = dotenv_values(MODES_FOLDER / f"{name}.env", interpolate=False)
    return {key: value for key, value in values.items() if value is not None and key not in environment}


def apply_mode() -> None:
    """Put the settings of the mode into this process's environment, for it and its children.

    Raises:
        SettingsError: there is no such mode.
    """
    os.environ.update(mode_settings(os.environ))
