"""JSON files of strings, in the ways that there are of writing them."""

import json

import pytest

from api.errors import BrokenFileError
from api.files.formats import read_file
from api.files.strings import is_text
from api.text.hypotheses import Hypothesis
from tests.api.files.stand_in_models import LIMITS, OPTIONS, Model, backwards, shouting, texts_of, translated


def translation_of(source: str, model: Model = shouting) -> str:
    return translated(read_file("a.json", source.encode(), OPTIONS, LIMITS), model).decode()


def umlauts(_text: str) -> Hypothesis:
    return Hypothesis("über & <Ö>/", -0.5, 0.9)


def test_values_are_translated_where_they_stand() -> None:
    source = '{\r\n\t"b" : "one two",\n  "a":{"n":1.50e3,"x": [ "three", true, null , -0 ]}  }\n\n'
    expected = source.replace("one two", "ONE TWO").replace('"three"', '"THREE"')
    assert translation_of(source) == expected
    assert list(json.loads(expected)) == ["b", "a"]


def test_a_document_may_be_one_string() -> None:
    assert translation_of(' "one two"\n') == ' "ONE TWO"\n'


@pytest.mark.parametrize(
    "value",
    [
        "Save",
        "Save…",
        "Sign-in",
        "Don’t",
        "(optional)",
        "one two",
        "Hello,{{name}}!",
        "Ready?",
        "{{count}} items",
        "OK",
    ],
)
def test_words_are_texts(value: str) -> None:
    assert is_text(value)


@pytest.mark.parametrize(
    "value",
    [
        "",
        " ",
        "12:30",
        "#fff",
        "#A0b1C2",
        "rgb(1, 2, 3)",
        "https://example.org/a",
        "someone@example.org",
        "max_size",
        "com.example.app",
        "text/html",
        "iPhone",
        "v2",
        "en-US",
        "{{name}}",
        "{count} / {total}",
        "{n, plural, one {# day} other {# days}}",
        "2024-01-01T00:00:00Z",
    ],
)
def test_what_programs_read_is_not(value: str) -> None:
    assert not is_text(value)
    assert translation_of(json.dumps([value])) == json.dumps([value])


def test_placeholders_and_tags_come_back() -> None:
    source = json.dumps({"a": "the <b>red</b> car", "b": "see {{count}} here", "c": "use $t(common.car) now"})
    assert json.loads(translation_of(source, backwards))["a"] == "CAR <b>RED</b> THE"
    assert texts_of(read_file("a.json", source.encode(), OPTIONS, LIMITS))[1:] == [
        "see {{count}} here",
        "use $t(common.car) now",
    ]


def test_metadata_stays_and_the_locale_changes() -> None:
    source = (
        '{"@@locale": "en_GB", "@@note": "my note", "a": "one", "@a": {"description": "my a", "x": [{"b": "my b"}]}, '
        '"b": "two"}'
    )
    expected = source.replace("en_GB", "de").replace('"one"', '"ONE"').replace('"two"', '"TWO"')
    assert translation_of(source) == expected
    assert translation_of('{"@@locale": "fr"}') == '{"@@locale": "fr"}'


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('["one"]', '["über & <Ö>/"]'),
        ('["one", "é\\u00e9"]', '["über & <Ö>/", "über & <Ö>/"]'),
        (r'["one", "\u00e8"]', r'["\u00fcber & <\u00d6>/", "\u00fcber & <\u00d6>/"]'),
        (r'["one", "\u00C8"]', r'["\u00FCber & <\u00D6>/", "\u00FCber & <\u00D6>/"]'),
        (r'["one", "5\u003c6\/7"]', r'["über & \u003cÖ>\/"' + r', "5\u003c6\/7"]'),
        (r'["one", "\/", "/", "\\u003c", "<"]', r'["über & <Ö>/", "\/", "/", "\\u003c", "<"]'),
    ],
)
def test_characters_are_spelt_as_in_the_file(source: str, expected: str) -> None:
    written = translation_of(source, umlauts)
    assert json.loads(written)[0] == "über & <Ö>/"
    assert written.startswith(expected.split(",")[0].rstrip("]"))


def test_what_the_model_leaves_alone_stays_as_it_was_spelt() -> None:
    source = r'["caf\u00e9 one", "café two", "\u0041 three"]'
    assert translation_of(source, lambda text: Hypothesis(text, -0.5, 0.9)) == source


def test_line_breaks_in_a_value_stay() -> None:
    assert json.loads(translation_of(r'["one.\ntwo.\n"]')) == ["ONE.\nTWO.\n"]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ('{"a": 1,}', "not valid JSON"),
        ("", "not valid JSON"),
        ('{"a": "one", "a": "two"}', "same key twice"),
        ('{"a": NaN}', "NaN"),
        ("[" * 100_000 + "]" * 100_000, "in each other"),
        (r'["one \ud800"]', "surrogate"),
        (r'{"\udc00": 1}', "surrogate"),
        ("// note\n{}", "not valid JSON"),
    ],
)
def test_what_is_no_json_is_told_of(source: str, message: str) -> None:
    with pytest.raises(BrokenFileError, match=message):
        translation_of(source)


def test_what_is_not_unicode_becomes_utf_8() -> None:
    document = read_file("a.json", '["café one"]'.encode("cp1252"), OPTIONS, LIMITS)
    assert json.loads(translated(document)) == ["CAFÉ ONE"]


def test_pairs_of_surrogates_and_large_numbers_are_in_order() -> None:
    source = r'["\ud83d\ude00 one", ' + "1" * 5000 + "]"
    assert translation_of(source) == source.replace(r"\ud83d\ude00 one", r"\ud83d\ude00 ONE")


def test_one_file_can_be_written_in_several_languages() -> None:
    document = read_file("a.json", '\ufeff{"@@locale": "en", "a": "one"}'.encode(), OPTIONS, LIMITS)
    assert translated(document, target="de") == '\ufeff{"@@locale": "de", "a": "ONE"}'.encode()
    assert translated(document, backwards, target="fr") == '\ufeff{"@@locale": "fr", "a": "ONE"}'.encode()
