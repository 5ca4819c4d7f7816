"""Glossaries at the server: their tables, and whose they are."""

import pytest

from api.errors import GlossaryNotFoundError, TooManyItemsError, TranslateError, ValidationFailedError
from api.glossaries import EntriesFormat, GlossaryStore, entries_as_tsv, parse_entries

ENTRIES = {"cart": "Warenkorb", "check out": "zur Kasse gehen"}


def add(store: GlossaryStore, account: str = "shop") -> str:
    return store.add(account, name="Shop", source="en", target="de", entries=ENTRIES).glossary_id


def test_a_table_of_tabs_comes_back_as_it_was() -> None:
    assert parse_entries(entries_as_tsv(ENTRIES), "tsv", most=5, longest=20) == ENTRIES


def test_blank_lines_and_white_space_around_terms_do_not_matter() -> None:
    assert parse_entries("\n cart \t Warenkorb\r\n\n", "tsv", most=5, longest=20) == {"cart": "Warenkorb"}


def test_a_table_of_commas_may_name_the_languages() -> None:
    assert parse_entries('cart,Warenkorb,en,de\n"a, b","c ""d"""\n', "csv", most=5, longest=20) == {
        "cart": "Warenkorb",
        "a, b": 'c "d"',
    }


@pytest.mark.parametrize(
    ("text", "entries_format", "message"),
    [
        ("", "tsv", "entries: there is none"),
        ("cart\tWarenkorb\ncart\tWagen", "tsv", "line 2 has a source term that stands above already"),
        ("cart", "tsv", "line 1 does not have two columns"),
        ("a\tb\tc\td", "tsv", "line 1 does not have two columns"),
        ("a,b,c", "csv", "line 1 does not have two columns"),
        ("\ncart\t ", "tsv", "line 2 needs two terms"),
        ("cart\t" + "x" * 21, "tsv", "line 1 needs two terms"),
        ('"a\nb",c', "csv", "line 1 needs two terms"),
        ("a\ud800\tb", "tsv", "line 1 needs two terms"),
        ('"a"b,c', "csv", "not a valid CSV table"),
    ],
)
def test_a_wrong_table_is_described(text: str, entries_format: EntriesFormat, message: str) -> None:
    with pytest.raises(ValidationFailedError, match=message):
        parse_entries(text, entries_format, most=5, longest=20)


def test_more_entries_than_allowed_are_refused() -> None:
    with pytest.raises(TooManyItemsError, match="at most 1"):
        parse_entries(entries_as_tsv(ENTRIES), "tsv", most=1, longest=20)


def test_an_account_has_no_more_glossaries_than_allowed() -> None:
    store = GlossaryStore(most=1)
    first = add(store)
    with pytest.raises(TooManyItemsError, match="at most 1"):
        add(store)
    store.remove("shop", first)
    add(store)


@pytest.mark.parametrize("method", ["get", "remove"])
def test_a_glossary_is_that_of_its_account_alone(method: str) -> None:
    store = GlossaryStore(most=1)
    made = add(store)
    error: type[TranslateError] = GlossaryNotFoundError
    with pytest.raises(error):
        getattr(store, method)("blog", made)
    assert store.all_of("blog") == []
    assert [glossary.glossary_id for glossary in store.all_of("shop")] == [made]
