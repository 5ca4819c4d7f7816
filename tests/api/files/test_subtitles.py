"""SubRip and WebVTT, read back with pysubs2 and webvtt-py."""

import io

import pysubs2
import pytest
import webvtt

from api.errors import BrokenFileError
from api.files.formats import read_file
from api.text.hypotheses import Hypothesis
from tests.api.files.stand_in_models import LIMITS, OPTIONS, Model, backwards, shouting, texts_of, translated


def translation_of(name: str, source: str, model: Model = shouting) -> str:
    return translated(read_file(name, source.encode(), OPTIONS, LIMITS), model).decode()


def sentences_of(*texts: str, name: str = "a.srt", pause: int = 100) -> list[str]:
    return texts_of(read_file(name, subrip(*texts, pause=pause).encode(), OPTIONS, LIMITS))


def subrip(*texts: str, pause: int = 100) -> str:
    """Return a file of cues of two seconds each."""
    cues = []
    for number, text in enumerate(texts):
        begin = number * (2000 + pause)
        cues.append(f"{number + 1}\n{clock(begin)} --> {clock(begin + 2000)}\n{text}\n")
    return "\n".join(cues)


def clock(milliseconds: int) -> str:
    return f"00:{milliseconds // 60_000:02}:{milliseconds // 1000 % 60:02},{milliseconds % 1000:03}"


def cues_of(source: str, model: Model = shouting) -> list[str]:
    """Return the texts of the translated cues."""
    written = pysubs2.SSAFile.from_string(translation_of("a.srt", source, model), "srt", keep_html_tags=True)
    return [event.text.replace("\\N", "\n") for event in written]


def said(**translations: str) -> Model:
    """Return a model that knows translations by the first word of the text."""
    return lambda text: Hypothesis(translations[text.split()[0].strip(",.")], -0.5, 0.9)


def test_everything_but_the_words_stays() -> None:
    source = (
        "\ufeff7\r\n00:00:01,000-->00:00:02,500  X1:10 X2:20\r\n<i>one two</i>\r\n\r\n\r\n"
        'again\r\n1:0:3.5 --> 1:00:04,000\r\n{\\an8}three\r\n<font color="#fff">four</font> now\r\n\r\n'
        "9\r\n00:00:05,000 --> 00:00:06,000\r\n\r\n10\r\n00:00:07,000 --> 00:00:08,000\r\n1984\r\n"
    )
    expected = (
        source.replace("one two", "ONE TWO")
        .replace("again", "AGAIN")
        .replace("three", "THREE")
        .replace("four", "FOUR")
        .replace("now", "NOW")
    )
    assert translation_of("a.srt", source) == expected


def test_times_and_order_are_those_of_the_source() -> None:
    source = subrip("one two", "three", "- four\n- five")
    read, written = (pysubs2.SSAFile.from_string(each, "srt") for each in (source, translation_of("a.srt", source)))
    assert [(event.start, event.end) for event in read] == [(event.start, event.end) for event in written]
    assert [event.text for event in written] == ["ONE TWO", "THREE", "- FOUR\\N- FIVE"]


WEBVTT = """WEBVTT - a title
Kind: captions
Language: en-GB

STYLE
::cue(.red) { color: red }

REGION
id:top
lines:3

NOTE this is
a note

intro
00:01.000 --> 00:02.000 align:start line:0 region:top
<v Ann>the <c.red>red</c> car &amp; I</v>

00:03.000 --> 00:04.000
<v Bob>Is it &lt; 3?

NOTE the end

1:00:05.000 --> 1:00:06.000
one <00:05.500>two <b>three</b>&nbsp;<i>four
"""


def test_everything_in_webvtt_but_the_words_stays() -> None:
    expected = (
        WEBVTT.replace("en-GB", "de")
        .replace("the <c.red>red</c> car &amp; I", "THE <c.red>RED</c> CAR &amp; I")
        .replace("Is it &lt; 3?", "IS IT &lt; 3?")
        .replace("one <00:05.500>two <b>three</b>&nbsp;<i>four", "ONE <00:05.500>TWO <b>THREE</b>\u00a0<i>FOUR")
    )
    written = translation_of("a.vtt", WEBVTT)
    assert written == expected
    read = webvtt.from_buffer(io.StringIO(written)).captions
    assert [caption.voice for caption in read][:2] == ["Ann", "Bob"]
    assert [caption.identifier for caption in read] == ["intro", None, None]
    assert read[2].start == "01:00:05.000"


def test_tags_follow_their_words() -> None:
    [text] = cues_of(subrip("the <i>red</i> car"), backwards)
    assert text == "CAR <i>RED</i> THE"


def test_times_in_a_cue_stay_in_order() -> None:
    source = "WEBVTT\n\n00:01.000 --> 00:09.000\none <00:02.000><c>two</c> <00:03.000><c>three</c>\n"
    written = translation_of("a.vtt", source, backwards)
    assert written.index("<00:02.000>") < written.index("<00:03.000>")


def test_a_sentence_across_cues_is_translated_as_one() -> None:
    cues = "I think that\nthe house", "is too old. But", "we buy it."
    assert sentences_of(*cues) == ["I think that the house is too old.", "But we buy it."]
    assert cues_of(subrip(*cues)) == ["I THINK THAT\nTHE HOUSE", "IS TOO OLD. BUT", "WE BUY IT."]


@pytest.mark.parametrize(
    ("cues", "pause"),
    [
        (("It is old.", "we buy it"), 100),
        (("It is Dr.", "[DOOR] Smith"), 100),
        (("It is old", "- we buy it"), 100),
        (("It is old", "♪ we buy it ♪"), 100),
        (("It is old", "JOHN: we buy it"), 100),
        (("It is old", "<i>we buy it</i>"), 100),
        (("CHAPTER ONE", "We buy it"), 100),
        (("It is old", "we buy it"), 1001),
        (("It is old", "we buy it"), -500),
        (("It is old", "♪", "we buy it"), 100),
        (("It is", "{\\an8}old"), 100),
        (("It <00:01.000>is", "old"), 100),
    ],
)
def test_what_is_not_one_sentence_stays_apart(cues: tuple[str, ...], pause: int) -> None:
    assert len(sentences_of(*cues, pause=pause)) >= 2


@pytest.mark.parametrize("cues", [("It is Dr.", "Smith"), ("<i>It is</i>", "<i>old</i>"), ("IT IS VERY", "OLD NOW")])
def test_what_is_one_sentence_is_joined(cues: tuple[str, ...]) -> None:
    assert len(sentences_of(*cues)) == 1


def test_only_a_few_cues_are_joined() -> None:
    assert [len(sentence.split()) for sentence in sentences_of(*["one"] * 10)] == [4, 4, 2]
    assert len(sentences_of("word " * 50, "word " * 50)) == 2


def test_cues_at_unknown_times_are_translated_alone() -> None:
    source = subrip("It is", "very", "old").replace("00:00:02,100", "soon")
    assert texts_of(read_file("a.srt", source.encode(), OPTIONS, LIMITS)) == ["It is", "very", "old"]
    assert "soon --> 00:00:04,100\nVERY\n" in translation_of("a.srt", source)


def test_a_cue_that_the_model_left_without_words_gets_its_share() -> None:
    # The words of both cues became words of the first.
    cues = cues_of(subrip("one two", "three four"), said(one="eins zwei drei vier"))
    assert cues == ["eins zwei", "drei vier"]


def test_a_cue_that_the_model_made_too_short_gets_its_share() -> None:
    def model(text: str) -> Hypothesis:
        # All words but the last became the first.
        last = len(text.split()) - 1
        return Hypothesis(text.upper(), -0.5, 0.9, alignment=(*((index, 0) for index in range(last)), (last, last)))

    cues = cues_of(subrip("one two three four five six", "seven eight nine ten eleven"), model)
    assert cues == ["ONE TWO THREE FOUR FIVE SIX", "SEVEN EIGHT NINE TEN ELEVEN"]


def test_cues_show_the_same_if_there_are_fewer_words_than_cues() -> None:
    assert cues_of(subrip("one two", "three four"), said(one="eins")) == ["eins", "eins"]


def test_a_cue_without_a_translation_stays() -> None:
    assert cues_of(subrip("one two", "three four"), said(one="")) == ["one two", "three four"]


def test_a_translation_that_would_start_a_new_cue_is_not_used() -> None:
    assert cues_of(subrip("one -</b>-> two", "three")) == ["one -</b>-> two", "THREE"]


def test_tags_around_words_that_are_shared_out_are_closed_in_each_cue() -> None:
    cues = cues_of(subrip("<i>one two</i> three", "four five"), said(one="eins zwei drei vier"))
    assert len(cues) == 2
    assert all(text.count("<i>") == text.count("</i>") for text in cues)
    assert "".join(cues).count("<i>")


def test_lines_are_balanced() -> None:
    long = "Das ist ein ziemlich langer Satz, der in zwei Zeilen gehört."
    for source in ("this is", "this is\na sentence"):
        [text] = cues_of(subrip(source), said(this=long))
        assert text == "Das ist ein ziemlich langer Satz,\nder in zwei Zeilen gehört."


def test_a_short_translation_of_a_long_text_has_one_line() -> None:
    assert cues_of(subrip("this is a text for which one\nline is not long enough"), said(this="Kurz und gut")) == [
        "Kurz und gut"
    ]
    assert cues_of(subrip("this\nis"), said(this="das ist")) == ["das\nist"]
    assert cues_of(subrip("this\nis"), said(this="das")) == ["das"]


def test_lines_as_long_as_those_of_the_source_are_left_alone() -> None:
    long = "word " * 15
    assert cues_of(subrip(long)) == [long.strip().upper()]


def test_three_lines_stay_three_lines() -> None:
    assert cues_of(subrip("one two\nthree four\nfive six")) == ["ONE TWO\nTHREE FOUR\nFIVE SIX"]


def test_no_line_is_empty() -> None:
    written = translation_of("a.srt", subrip("one.  {\\an1}two\nthree\nfour"))
    assert written.split("\n", 2)[2] == "ONE. \n{\\an1}TWO THREE\nFOUR\n"


def test_the_lines_of_a_dialogue_stay_apart() -> None:
    assert sentences_of("- Where are you\n- Here, in the\nkitchen") == ["Where are you", "Here, in the kitchen"]
    assert cues_of(subrip("- Where is he?\n– Over there."), backwards) == ["- HE? IS WHERE\n– THERE. OVER"]


@pytest.mark.parametrize(
    ("source", "sentences", "translation"),
    [
        ("[MUSIC PLAYS]", ["Music plays"], "[PLAYS MUSIC]"),
        ("(music plays\nsoftly)", ["music plays softly"], "(SOFTLY\nPLAYS MUSIC)"),
        ("(sighs) not again", ["sighs", "not again"], "(SIGHS) AGAIN NOT"),
        ("not again [sighs]", ["not again", "sighs"], "AGAIN NOT [SIGHS]"),
        ("not (my own) car", ["not (my own) car"], "CAR OWN) (MY NOT"),
        ("JOHN: not again", ["not again"], "JOHN: AGAIN NOT"),
        (">> not again", ["not again"], ">> AGAIN NOT"),
        ("♪ not again ♪", ["not again"], "♪ AGAIN NOT ♪"),
        ("♪ not\nagain ♪", ["not again"], "♪ AGAIN\nNOT ♪"),
        ("NOT AGAIN! I'M OLD", ["Not again!", "I'm old"], "AGAIN! NOT OLD I'M"),
        ("OK", ["OK"], "OK"),
        ("♪ ♪", [], "♪ ♪"),
        ("...", [], "..."),
        ("<i>- not\n- again</i>", ["not", "again"], "<i>- NOT\n- AGAIN</i>"),
        ("<b><i>not again</i></b>", ["not again"], "<b><i>AGAIN NOT</i></b>"),
        ("{\\an8}not again{\\r}", ["not again"], "{\\an8}AGAIN NOT{\\r}"),
        ("<i>not</i> <b>again</b>", ["not again"], "<b>AGAIN</b> <i>NOT</i>"),
        ("a]", ["a]"], "A]"),
        ("{y:i}not again", ["not again"], "{y:i}AGAIN NOT"),
        ("not &amp; again", ["not &amp; again"], "AGAIN &AMP; NOT"),
    ],
)
def test_what_is_spoken_is_told_from_what_is_not(source: str, sentences: list[str], translation: str) -> None:
    assert sentences_of(source) == sentences
    written = translation_of("a.srt", subrip(source), backwards)
    assert written.split("\n", 2)[2] == translation + "\n"


@pytest.mark.parametrize("data", ['{"id": "some text"}', "sprite.jpg#xywh=0,0,160,90"])
def test_data_in_cues_stays(data: str) -> None:
    source = f"WEBVTT\n\n00:01.000 --> 00:02.000\n{data}\n"
    assert translation_of("a.vtt", source) == source


def test_numbers_without_an_empty_line_before_them_are_no_text() -> None:
    source = subrip("one", "two").replace("\n\n", "\n")
    assert translation_of("a.srt", source) == source.replace("one", "ONE").replace("two", "TWO")


def test_windows_1252_comes_back() -> None:
    source = subrip("a café – here").encode("cp1252")
    written = translated(read_file("a.srt", source, OPTIONS, LIMITS))
    assert written == subrip("A CAFÉ – HERE").encode("cp1252")


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("a.srt", ""),
        ("a.srt", "one two\n"),
        ("a.srt", "1\nsoon --> later\none\n"),
        ("a.vtt", ""),
        ("a.vtt", "WEBVTTX\n\n00:01.000 --> 00:02.000\none\n"),
        ("a.vtt", "WEBVTT\n\nNOTE one\n"),
        ("a.vtt", "WEBVTT"),
    ],
)
def test_what_has_no_cues_is_told_of(name: str, source: str) -> None:
    with pytest.raises(BrokenFileError):
        translation_of(name, source)


def test_a_cue_ends_where_the_next_starts() -> None:
    source = "WEBVTT\n00:01.000 --> 00:02.000\none\n00:02.000 --> 00:03.000\n\n00:04.000 --> 00:05.000\ntwo"
    assert translation_of("a.vtt", source) == source.replace("one", "ONE").replace("two", "TWO")


def test_one_file_can_be_written_in_several_languages() -> None:
    document = read_file("a.vtt", WEBVTT.encode(), OPTIONS, LIMITS)
    assert b"Language: de\n" in translated(document, target="de")
    assert b"Language: fr\n" in translated(document, backwards, target="fr")
    assert translated(document, target="de").decode() == translation_of("a.vtt", WEBVTT)


def test_long_files_and_cues_take_time_in_proportion() -> None:
    text = "-" * 15_000 + "[" * 15_000 + "<" * 15_000 + "( " * 7_000 + "word " * 3_000
    assert len(translation_of("a.srt", subrip(text, " " * 50_000 + "x"))) > len(text)
