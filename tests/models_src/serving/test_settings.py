"""Settings from the environment."""

from pathlib import Path

import pytest

from models_src.serving.settings import ServingSettings, SettingsError, read_settings


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ServingSettings.model_fields:
        monkeypatch.delenv(f"TRANSLATE_{name.upper()}", raising=False)


def test_a_variable_sets_its_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRANSLATE_WEIGHTS", "elsewhere/weights")
    assert read_settings(ServingSettings).weights == Path("elsewhere/weights")


def test_every_wrong_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRANSLATE_BEAM_SIZE", "99")
    monkeypatch.setenv("TRANSLATE_ENGINE", "magic")
    with pytest.raises(SettingsError) as raised:
        read_settings(ServingSettings)
    assert "TRANSLATE_BEAM_SIZE: Input should be less than or equal to 16" in str(raised.value)
    assert "TRANSLATE_ENGINE: Input should be" in str(raised.value)
