"""From outcomes to translations: what is protected comes back, whatever the model answers."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.assembly import Assembly
from api.errors import InferenceFailedError, TextTooLongError, TranslateError
from api.text.documents import parse
from api.text.hypotheses import Hypothesis
from api.text.options import Options
from api.text.placeholders import find_placeholders
from api.text.protection import CANDIDATES

PLACEHOLDERS = ["{name}", "{{a.b}}", "%s", "%1$d", "https://example.com/x?y=1", "me@example.org", "`x y`", "/etc/hosts"]
ICU = "{count, plural,\n  one {# file. Yes.}\n  other {# files}}"
TEXTS = st.lists(
    st.sampled_from([*PLACEHOLDERS, ICU, "Acme", "board", "{data}", "1987", "word", "We go.", "\n", "{", "%", "<b>"]),
    min_size=1,
    max_size=8,
).map(" ".join)
# What a model may make of a text.
GARBLERS: list[Callable[[str], str]] = [
    lambda text: text,
    str.upper,
    lambda text: text.replace("{", "").replace("9", ""),
    lambda text: f"{text} {text}",
    lambda text: f"{text} {{name}} %s {{x}}",
    lambda text: " ".join(reversed(text.split(" "))),
    lambda _text: "nichts",
    lambda _text: "",
]

Model = Callable[[str], str | TranslateError]


def translated(text: str, model: Model, options: Options | None = None) -> Hypothesis:
    """Return the German translation of a text as the service gets it, but for the errors."""
    options = options or Options()
    document = parse(text, options)
    assembly = Assembly(["de"], options)
    while needed := assembly.needed(document.segments):
        for sent in needed:
            made = model(sent)
            outcome = made if isinstance(made, TranslateError) else (Hypothesis(made, score=-1.0, confidence=0.5),)
            assembly.outcomes[sent, "de"] = outcome
    for segment in document.segments:
        assembly.segment(segment)
    return assembly.join(document)["de"][0]


def asked(text: str, model: Model, options: Options | None = None) -> list[str]:
    """Return what the model is asked for, in order."""
    texts: list[str] = []

    def noting(sent: str) -> str | TranslateError:
        texts.append(sent)
        return model(sent)

    translated(text, noting, options)
    return texts


def forgetful(text: str) -> str:
    """Translate, and lose every stand-in."""
    return text.replace("{", "").replace("19", "")


def placeholders(text: str) -> list[str]:
    return sorted(text[span.start : span.end] for span in find_placeholders(text))


@given(text=TEXTS, garble=st.sampled_from(GARBLERS))
def test_every_placeholder_comes_back_exactly_once_whatever_the_model_does(
    text: str, garble: Callable[[str], str]
) -> None:
    found = translated(text, garble).text
    for placeholder in (*PLACEHOLDERS, ICU):
        assert found.count(placeholder) == text.count(placeholder)


@given(text=TEXTS, garble=st.sampled_from(GARBLERS[:6]))
def test_every_term_to_keep_comes_back_whatever_the_model_does(text: str, garble: Callable[[str], str]) -> None:
    found = translated(text, garble, Options(do_not_translate=("Acme",)))
    assert found.text.count("Acme") >= text.count("Acme")


def test_a_sentence_whose_stand_ins_survive_needs_one_inference() -> None:
    assert asked("Hello {name}!", str) == ["Hello {data}!"]


def test_another_stand_in_is_tried_before_the_stretches_between() -> None:
    assert asked("Hello {name}, go home!", forgetful) == [
        "Hello {data}, go home!", "Hello 1987, go home!", "Hello", "go home!",
    ]  # fmt: skip


def test_stretches_keep_their_spacing_and_are_flagged() -> None:
    found = translated("Hello  {name}, (go) home!", forgetful)
    assert (found.text, found.flags) == ("Hello  {name}, (go) home!", ("placeholder_fallback",))


def test_a_stretch_stays_in_english_when_the_model_invents_a_placeholder_in_it() -> None:
    found = translated("Hello {name}!", lambda text: f"{forgetful(text)} %s")
    assert (found.text, found.flags) == ("Hello {name}!", ("untranslated", "placeholder_fallback"))


def test_links_of_stretches_are_links_of_the_sentence() -> None:
    document = parse("Hello {name}, go home!", Options())
    assembly = Assembly(["de"], Options())
    while needed := assembly.needed(document.segments):
        for sent in needed:
            words = tuple((word, word) for word in range(len(sent.split())))
            assembly.outcomes[sent, "de"] = (Hypothesis(forgetful(sent), -1.0, 0.5, alignment=words),)
    found = assembly.segment(document.segments[0])
    assert found is not None
    [hypothesis] = found.hypotheses["de"]
    links = {(link.source_start, link.source_end): (link.target_start, link.target_end) for link in hypothesis.links}
    assert links == {place: place for place in ((0, 5), (6, 12), (14, 16), (17, 22))}


def test_a_sentence_of_placeholders_only_needs_no_model() -> None:
    assert asked("{count} / https://example.com!", str) == []
    assert translated("{count} / https://example.com!", str).text == "{count} / https://example.com!"


def test_a_placeholder_with_line_breaks_is_one_sentence_with_the_text_around_it() -> None:
    assert asked(f"You have {ICU} left.\nFine.", str) == ["You have {data} left.", "Fine."]


def test_a_refused_sentence_goes_on_in_stretches() -> None:
    def short_sighted(text: str) -> str | TranslateError:
        return TextTooLongError() if len(text) > 12 else text

    assert translated("Hello {name}, go home!", short_sighted).text == "Hello {name}, go home!"


def test_an_error_of_the_model_is_the_error_of_the_segment() -> None:
    def failing(_text: str) -> TranslateError:
        return InferenceFailedError()

    assembly = Assembly(["de"], Options())
    [segment] = parse("Hello {name}!", Options()).segments
    assert assembly.needed([segment]) == {"Hello {data}!": frozenset({"de"})}
    assembly.outcomes["Hello {data}!", "de"] = failing("")
    assert assembly.needed([segment]) == {}
    with pytest.raises(InferenceFailedError):
        assembly.segment(segment)


def test_a_sentence_stays_in_english_when_the_model_invents_a_placeholder() -> None:
    found = translated("Hello!", lambda _: "Hallo %s!")
    assert (found.text, found.confidence, found.flags) == ("Hello!", 0.0, ("untranslated",))


class TestGlossary:
    OPTIONS = Options(glossary={"de": {"board": "Vorstand", "API": "Schnittstelle"}, "fr": {"board": "conseil"}})

    def test_terms_come_back_as_the_glossary_says(self) -> None:
        assert translated("The Board uses an API.", str, self.OPTIONS).text == "The Vorstand uses an Schnittstelle."

    def test_applied_terms_are_named(self) -> None:
        found = translated("The board met. The board left.", str, self.OPTIONS)
        assert found.glossary == ("board",)

    def test_terms_are_honoured_when_the_model_loses_them(self) -> None:
        found = translated("The board met.", forgetful, self.OPTIONS)
        assert (found.text, found.glossary) == ("The Vorstand met.", ("board",))

    def test_a_text_of_a_term_alone_needs_no_model(self) -> None:
        assert translated("Board", forgetful, self.OPTIONS).text == "Vorstand"

    def test_of_another_language_does_not_matter(self) -> None:
        assert translated("A board.", str, Options(glossary={"fr": {"board": "conseil"}})).text == "A board."


class TestNumberOfHypotheses:
    @pytest.mark.parametrize(
        ("text", "options", "number"),
        [
            ("Hello!", Options(), 1),
            ("Hello {name}!", Options(), CANDIDATES),
            ("Hello {name}!", Options(beam_size=2), 2),
            ("Hello {name}!", Options(num_alternatives=5), 6),
        ],
    )
    def test_leaves_a_choice_where_something_is_protected(self, text: str, options: Options, number: int) -> None:
        assembly = Assembly(["de"], options)
        assembly.needed(parse(text, options).segments)
        assert assembly.num_hypotheses == number

    def test_the_first_sound_hypothesis_is_used(self) -> None:
        assembly = Assembly(["de"], Options())
        document = parse("Hello {name}!", Options())
        made = [Hypothesis(text, -1.0, 0.5) for text in ("Hallo!", "Hi {data}!", "Hallo {data}!")]
        assembly.outcomes["Hello {data}!", "de"] = tuple(made)
        [result] = [assembly.segment(segment) for segment in document.segments]
        assert result is not None
        assert [hypothesis.text for hypothesis in result.hypotheses["de"]] == ["Hi {name}!"]
