"""Catalogues of gettext, read back with polib."""

import polib
import pytest

from api.errors import BrokenFileError
from api.files.formats import read_file
from api.text.hypotheses import Hypothesis
from tests.api.files.stand_in_models import LIMITS, OPTIONS, Model, backwards, shouting, texts_of, translated

HEADER = r"""# Some program.
msgid ""
msgstr ""
"Project-Id-Version: my program 1.0\n"
"Language: \n"
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=INTEGER; plural=EXPRESSION;\n"

"""
GERMAN = HEADER.replace("Language: ", "Language: de").replace(
    "nplurals=INTEGER; plural=EXPRESSION;", "nplurals=2; plural=(n != 1);"
)


def flagged(text: str) -> Hypothesis:
    return Hypothesis(text.upper(), -0.5, 0.9, flags=("repetition",))


def translation_of(source: str | bytes, model: Model = shouting, target: str = "de", name: str = "a.po") -> str:
    data = source if isinstance(source, bytes) else source.encode()
    return translated(read_file(name, data, OPTIONS, LIMITS), model, target).decode()


def read_back(written: str) -> polib.POFile:
    # Without a line break it would be the name of a file.
    return polib.pofile(written + "\n")


def test_empty_entries_are_filled_in_and_all_else_stays() -> None:
    source = (
        GERMAN
        + r"""#. a note
#: src/a.c:1
msgid "one two"
msgstr ""

#, fuzzy
#| msgid "old"
msgid "three"
msgstr "drei?"

msgid   "four"
msgstr ""
"vier"

# nothing else
#~ msgid "gone"
#~ msgstr ""
"""
    )
    assert translation_of(source) == source.replace('"one two"\nmsgstr ""', '"one two"\nmsgstr "ONE TWO"')


@pytest.mark.parametrize(("target", "plural"), [("de", "(n != 1)"), ("fr", "(n > 1)")])
def test_a_template_becomes_a_catalogue(target: str, plural: str) -> None:
    source = (
        "#, fuzzy\n"
        + HEADER.replace("UTF-8", "CHARSET")
        + '#, c-format\nmsgid "%d one"\nmsgid_plural "%d ones"\nmsgstr[0] ""\nmsgstr[1] ""\n'
    )
    catalogue = read_back(translation_of(source, target=target, name="a.pot"))
    assert catalogue.metadata["Language"] == target
    assert catalogue.metadata["Plural-Forms"] == f"nplurals=2; plural={plural};"
    assert catalogue.metadata["Content-Type"] == "text/plain; charset=UTF-8"
    assert catalogue.metadata["Project-Id-Version"] == "my program 1.0"
    assert not catalogue.metadata_is_fuzzy
    [entry] = catalogue
    assert entry.msgstr_plural == {0: "%d ONE", 1: "%d ONES"}
    assert entry.flags == ["c-format"]


def test_flags_of_the_header_stay_except_for_fuzzy() -> None:
    source = "#, fuzzy, no-wrap\n" + GERMAN + 'msgid "one"\nmsgstr ""\n'
    assert translation_of(source).startswith("#, no-wrap\n# Some")


def test_what_is_in_doubt_is_fuzzy() -> None:
    source = (
        GERMAN
        + 'msgid "one"\nmsgstr ""\n\n#, c-format\nmsgctxt "x"\nmsgid "two"\nmsgstr ""\n\n'
        + '#, fuzzy\nmsgid "three"\nmsgstr ""\n'
    )
    written = translation_of(source, flagged)
    assert [entry.flags for entry in read_back(written)] == [["fuzzy"], ["fuzzy", "c-format"], ["fuzzy"]]
    assert [entry.msgstr for entry in read_back(written)] == ["ONE", "TWO", "THREE"]


def test_line_breaks_at_the_ends_agree() -> None:
    source = (
        GERMAN
        + r"""msgid ""
"\n"
"one two\n"
"three\n"
msgstr ""
"""
    )
    [entry] = read_back(translation_of(source, backwards))
    assert entry.msgstr == "\nTWO ONE\nTHREE\n"


def test_long_translations_are_wrapped_as_gettext_does() -> None:
    msgid = " ".join(["eleven"] * 15) + r" \"quoted\"\ttab and back\\slash"
    written = translation_of(GERMAN + f'msgid "{msgid}"\nmsgstr ""\n')
    [entry] = read_back(written)
    assert entry.msgstr == entry.msgid.upper()
    assert max(map(len, written.split("msgstr")[-1].splitlines())) <= 79
    assert written.count('msgstr ""\n"ELEVEN') == 1


def test_escapes_by_number_are_read() -> None:
    document = read_file("a.po", (GERMAN + r'msgid "a\101\x42 \e one"' + '\nmsgstr ""\n').encode(), OPTIONS, LIMITS)
    assert texts_of(document) == ["aAB e one"]


def test_entries_keep_their_line_ends() -> None:
    source = (GERMAN + 'msgid "one"\nmsgstr ""').replace("\n", "\r\n")
    assert translation_of(source) == source[:-2] + '"ONE"\r\n'


def test_a_text_without_letters_is_copied() -> None:
    [entry] = read_back(translation_of(GERMAN + 'msgid "%d/%d"\nmsgstr ""\n'))
    assert entry.msgstr == "%d/%d"


def test_the_number_of_plurals_is_that_of_the_header() -> None:
    source = GERMAN.replace("Language: de", "Language: fr_CA").replace("nplurals=2", "nplurals=3")
    source += 'msgid "one"\nmsgid_plural "ones"\nmsgstr[0] ""\nmsgstr[1] ""\nmsgstr[2] ""\n'
    catalogue = read_back(translation_of(source, target="fr"))
    assert catalogue[0].msgstr_plural == {0: "ONE", 1: "ONES", 2: "ONES"}
    assert catalogue.metadata["Language"] == "fr_CA"


def test_a_header_without_plurals_gets_them() -> None:
    source = 'msgid ""\nmsgstr "Language: de\\n"\n\nmsgid "one"\nmsgstr ""\n'
    assert read_back(translation_of(source)).metadata["Plural-Forms"] == "nplurals=2; plural=(n != 1);"


def test_a_header_may_end_without_a_line_break() -> None:
    source = 'msgid ""\nmsgstr "Language: "\n\nmsgid "one"\nmsgstr ""\n'
    assert read_back(translation_of(source, target="fr")).metadata["Language"] == "fr"


def test_a_catalogue_without_header_gets_one() -> None:
    catalogue = read_back(translation_of('msgid "one"\nmsgstr ""\n'))
    assert catalogue.metadata["Language"] == "de"
    assert catalogue.metadata["Content-Type"] == "text/plain; charset=UTF-8"
    assert [entry.msgstr for entry in catalogue] == ["ONE"]


def test_translations_into_another_language_are_told_of() -> None:
    source = GERMAN + 'msgid "one"\nmsgstr "eins"\n\nmsgid "two"\nmsgstr ""\n'
    with pytest.raises(BrokenFileError, match="another language"):
        translation_of(source, target="fr")
    assert "Language: fr" in translation_of(source.replace('"eins"', '""'), target="fr")


def said(text: str) -> Model:
    return lambda _: Hypothesis(text, -0.5, 0.9)


@pytest.mark.parametrize("charset", ["ISO-8859-15", "iso8859-1"])
def test_the_declared_encoding_is_kept(charset: str) -> None:
    source = (GERMAN.replace("UTF-8", charset) + '# café\nmsgid "one"\nmsgstr ""\n').encode(charset)
    document = read_file("a.po", source, OPTIONS, LIMITS)
    assert translated(document, said("où")) == source[:-3] + '"où"\n'.encode(charset)


@pytest.mark.parametrize("charset", ["ISO-8859-1", "US-ASCII", "CHARSET"])
def test_an_encoding_that_lacks_a_character_becomes_utf_8(charset: str) -> None:
    source = (GERMAN.replace("UTF-8", charset) + 'msgid "one"\nmsgstr ""\n').encode()
    written = translated(read_file("a.po", source, OPTIONS, LIMITS), said("Œuvre")).decode()
    assert read_back(written).metadata["Content-Type"] == "text/plain; charset=UTF-8"
    assert read_back(written)[0].msgstr == "Œuvre"


def test_an_undeclared_windows_encoding_becomes_utf_8() -> None:
    source = (GERMAN.replace("UTF-8", "CHARSET") + '# café\nmsgid "one"\nmsgstr ""\n').encode("cp1252")
    written = translated(read_file("a.po", source, OPTIONS, LIMITS)).decode()
    assert "# café" in written
    assert "charset=UTF-8" in written


@pytest.mark.parametrize(
    "source",
    [
        "",
        "# only a comment\n",
        "just text\n",
        '"one"\n',
        'msgstr "one"\n',
        'msgid "one"\n',
        'msgid "one"\nmsgid "two"\nmsgstr ""\n',
        'msgid "one"\nmsgctxt "two"\nmsgstr ""\n',
        'msgid "one"\nmsgstr "a" "b"\n',
        'msgid "one\nmsgstr ""\n',
        'msgid "one"\nmsgstr[0] ""\nmsgid_plural "ones"\n',
        '<?xml version="1.0"?>',
    ],
)
def test_what_is_no_catalogue_is_told_of(source: str) -> None:
    with pytest.raises(BrokenFileError):
        translation_of(source)


def test_one_file_can_be_written_in_several_languages() -> None:
    document = read_file("a.po", (HEADER + 'msgid "one"\nmsgstr ""\n').encode(), OPTIONS, LIMITS)
    for target in ("de", "fr"):
        assert read_back(translated(document, target=target).decode()).metadata["Language"] == target
