"""Named sets of settings."""

import pytest
from dotenv import dotenv_values

from api.settings import Settings
from models_src.serving.mode import MODES_FOLDER, apply_mode, mode_settings
from models_src.serving.settings import ServingSettings, SettingsError

MODES = sorted(file.stem for file in MODES_FOLDER.glob("*.env"))


def test_there_is_a_default_and_a_mode_for_each_aim() -> None:
    assert MODES == ["default", "latency", "throughput"]


@pytest.mark.parametrize("environment", [{}, {"MODE": ""}, {"MODE": "default"}])
def test_the_default_changes_nothing(environment: dict[str, str]) -> None:
    assert mode_settings(environment) == {}


@pytest.mark.parametrize("mode", MODES)
def test_a_mode_names_only_settings_that_exist(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    known = {f"TRANSLATE_{name.upper()}" for kind in (ServingSettings, Settings) for name in kind.model_fields}
    values = dotenv_values(MODES_FOLDER / f"{mode}.env")
    assert set(values) <= known
    for name, value in values.items():
        monkeypatch.setenv(name, value or "")
    ServingSettings()
    Settings()


def test_a_setting_of_the_environment_wins() -> None:
    values = dotenv_values(MODES_FOLDER / "latency.env")
    assert values
    name = next(iter(values))
    assert name not in mode_settings({"MODE": "latency", name: "7"})
    assert mode_settings({"MODE": "latency"})[name] == values[name]


def test_an_unknown_mode_is_refused_by_name() -> None:
    with pytest.raises(SettingsError, match=r"MODE: .* choose one of default, latency, throughput"):
        mode_settings({"MODE": "ludicrous"})


def test_applying_a_mode_sets_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    values = dotenv_values(MODES_FOLDER / "latency.env")
    for name in values:
        monkeypatch.delenv(name, raising=False)
    environment: dict[str, str] = {"MODE": "latency"}
    monkeypatch.setattr("models_src.serving.mode.os.environ", environment)
    apply_mode()
    assert environment == {"MODE": "latency", **values}
