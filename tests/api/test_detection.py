"""Which language a text is in, on sentences of our own."""

import time

import pytest

from api.detection import candidates, check_sources, detect, refusal, text_of
from api.errors import NotEnglishError

THRESHOLD = 0.9

FOREIGN = {
    "de": ["Wo hast du die Schlüssel zur Garage hingelegt?", "Die Besprechung wurde auf Donnerstag verschoben."],
    "fr": ["Où as-tu mis les clés du garage ?", "La réunion a été reportée à jeudi après-midi."],
    "es": ["¿Dónde pusiste las llaves del garaje?", "La reunión se ha aplazado al jueves por la tarde."],
    "it": ["Dove hai messo le chiavi del garage?", "Non ho mai visto un cane così grande."],
    "nl": ["Waar heb je de sleutels van de garage gelegd?", "Ik heb nog nooit zo'n grote hond gezien."],
    "pt": ["Por favor, envie-me a fatura antes de sexta-feira.", "A reunião foi adiada para quinta-feira à tarde."],
    "pl": ["Gdzie położyłeś klucze do garażu?", "Proszę przesłać mi fakturę przed piątkiem."],
    "sv": ["Jag har aldrig sett en så stor hund.", "Mötet har flyttats till torsdag eftermiddag."],
    "tr": ["Yeni makinemiz çok sessiz.", "Bugün hava çok güzel, denize gidelim."],
    "ru": ["Куда ты положил ключи от гаража?", "Пожалуйста, пришлите мне счёт до пятницы."],
    "zh": ["我从来没有见过这么大的狗。", "会议改到星期四下午。"],
    "ja": ["ガレージの鍵をどこに置きましたか。", "会議は木曜日の午後に変更されました。"],
    "ar": ["أين وضعت مفاتيح المرآب؟", "تم تأجيل الاجتماع إلى يوم الخميس."],
}
ENGLISH = [
    "Where did you put the keys to the garage?",
    "Angela Merkel met Emmanuel Macron in Strasbourg.",
    "We ate schnitzel and sauerkraut in Vienna.",
    "The Deutsche Bank raised its forecast for the euro area.",
    "Invalid argument: expected int, got str",
    "PRESS ANY KEY TO CONTINUE",
    "u coming tonite?",
    "Dr. Müller lives in Zürich.",
    "It works.",
    "Not found",
]
AMBIGUOUS = [
    *("OK", "Taxi", "Hotel", "No", "Radio", "Total", "Menu", "Info", "Restaurant", "Email", "Hallo", "Berlin", "Paris"),
    *("Madame", "Pizza", "Login", "Video", "Anna", "Café", "Software", "Name", "Status", "Admin", "Angst", "Déjà vu"),
    *("Kindergarten", "Import", "Export", "Panel", "Data", "Final", "Normal", "Original", "Microsoft Office", "km/h"),
    *("12:30", "Ctrl+C", "README.md", "v2.0", "https://example.com/a", "a", "x", "Ja", "Si", "", " \n", "👍🏽"),
]


@pytest.mark.parametrize(("language", "text"), [(code, text) for code, texts in FOREIGN.items() for text in texts])
async def test_a_foreign_sentence_is_recognised_and_refused(language: str, text: str) -> None:
    assert candidates(text)[0].language == language
    [check] = await check_sources([text], THRESHOLD)
    assert isinstance(check.refusal, NotEnglishError)
    assert f"seems to be in '{language}' (" in check.refusal.message


@pytest.mark.parametrize("text", [*ENGLISH, *AMBIGUOUS])
async def test_english_and_what_may_be_english_is_not_refused(text: str) -> None:
    [check] = await check_sources([text], THRESHOLD)
    assert check.refusal is None


async def test_english_is_likely_english() -> None:
    [check] = await check_sources([ENGLISH[0]], THRESHOLD)
    assert check.confidence > 0.9


def test_a_smaller_threshold_refuses_more() -> None:
    text = "The restaurant Chez Marie serves crème brûlée and coq au vin."
    found = candidates(text)
    assert found[0].language != "en"
    assert refusal(text, found, 0.95) is None
    assert refusal(text, found, 0.5) is not None


def test_a_text_without_letters_has_no_language() -> None:
    assert candidates("12 + 30 = 42") == []


async def test_detection_gives_the_most_likely_first() -> None:
    found = await detect("Das ist gut.")
    assert found[0].language == "de"
    assert [each.confidence for each in found] == sorted((each.confidence for each in found), reverse=True)


@pytest.mark.parametrize(
    "text", ["Wo ist der\nBahnhof, bitte?", "\x00Wo ist der Bahnhof?\x00", "Wo ist\ud800 der Bahnhof?"]
)
def test_line_breaks_and_odd_characters_change_nothing(text: str) -> None:
    assert candidates(text)[0].language == "de"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p class='wo ist der'>Fish &amp; chips</p>", "Fish & chips"),
        ("<style>p { color: rot }</style><SCRIPT>wo();\nist()</SCRIPT ><!-- der > Bahnhof -->tea", "tea"),
        ("5 < 6 and <b>7</b>", "5 < 6 and 7"),
    ],
)
def test_of_html_only_what_is_read_counts(html: str, text: str) -> None:
    assert text_of(html).split() == text.split()


def test_only_the_beginning_of_a_long_text_is_looked_at() -> None:
    text = "Wo ist der Bahnhof? " * 100
    started = time.perf_counter()
    found = candidates(text + "x" * 10_000_000)
    assert time.perf_counter() - started < 1
    assert found == candidates(text)
