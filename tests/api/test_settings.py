"""Settings from the environment, and the rows that document them."""

import pytest
from pydantic import ValidationError

from api.settings import Settings, setting_rows


def test_settings_come_from_prefixed_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRANSLATE_MAX_ITEMS", "7")
    assert Settings().max_items == 7


def test_variables_of_others_with_the_prefix_are_no_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRANSLATE_SOMETHING_ELSE", "x")
    assert Settings().port == 8080


def test_texts_are_not_logged_unless_asked_for() -> None:
    assert Settings().log_texts is False


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "0"),
        ("PORT", "http"),
        ("TRITON_URL", "http://127.0.0.1:8000"),
        ("MAX_ITEMS", "0"),
        ("DEADLINE_SECONDS", "0"),
        ("DEADLINE_SECONDS", "nan"),
        ("LOG_LEVEL", "loud"),
        ("API_KEYS_FILE", "/nowhere/keys"),
        ("REQUESTS_PER_MINUTE", "-1"),
        ("FOREIGN_CONFIDENCE", "1.1"),
    ],
)
def test_a_wrong_value_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"TRANSLATE_{name}", value)
    with pytest.raises(ValidationError):
        Settings()


def test_each_setting_has_a_row_with_a_description() -> None:
    rows = setting_rows()
    assert [row.env for row in rows] == [f"TRANSLATE_{name.upper()}" for name in Settings.model_fields]
    assert all(row.description.endswith(".") for row in rows)


def test_a_row_shows_the_default_as_one_types_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for row in setting_rows():
        monkeypatch.setenv(row.env, row.default)
    assert Settings() == Settings.model_construct()
