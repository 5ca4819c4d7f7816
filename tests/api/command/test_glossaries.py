"""Files of glossaries."""

import pytest

from api.command.glossaries import parse_glossary


def test_a_table_has_a_column_for_each_language() -> None:
    table = "en\tde\tfr\n\nboard\tVorstand\tconseil\ncart \t\tpanier\nonly\tnur\n"
    assert parse_glossary(table) == {
        "de": {"board": "Vorstand", "only": "nur"},
        "fr": {"board": "conseil", "cart": "panier"},
    }


def test_quotes_in_a_table_are_quotes() -> None:
    assert parse_glossary('en\tde\n12" screen\t12-Zoll-Bildschirm\n') == {"de": {'12" screen': "12-Zoll-Bildschirm"}}


def test_json_is_as_in_the_interface() -> None:
    assert parse_glossary(' {"fr": {"cart": "panier"}}') == {"fr": {"cart": "panier"}}


@pytest.mark.parametrize(
    "text", ["", "board\tVorstand", "en", "en\tde\na\tb\tc", '{"de": "x"}', '{"de": {"a": 1}}', "{", "en de\na b"]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - what is wrong is for people
        parse_glossary(text)
