"""Batching, grouping and retrying, with an engine that does as it is told."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models_src.engines import DecodingOptions, Hypothesis
from models_src.postprocess import Flag, PostprocessSettings
from models_src.tokenizer import Tokenizer
from models_src.translator import Row, Translator
from tests.models_src.stand_ins import ScriptedEngine, attending_in_order, echo, hypothesis

SETTINGS = PostprocessSettings()
LOOP = "ja ja ja ja"
WORDS = ["dog", "house", "the old car", "I like tea", "water", "we see a big red bus today"]


@pytest.fixture
def engine() -> ScriptedEngine:
    return ScriptedEngine(echo)


@pytest.fixture
def translator(tokenizer: Tokenizer, engine: ScriptedEngine) -> Translator:
    return Translator(tokenizer, engine, SETTINGS, max_length=512)


def rows(tokenizer: Tokenizer, texts: Sequence[str], num_hypotheses: int = 1, beam_size: int = 4) -> list[Row]:
    return [Row(tokenizer.encode(text), num_hypotheses, beam_size) for text in texts]


def best(translator: Translator, batch: Sequence[Row]) -> list[str]:
    return [ranked[0].text for ranked in translator.translate(batch)]


def test_an_empty_batch_calls_no_engine(translator: Translator, engine: ScriptedEngine) -> None:
    assert (translator.translate([]), engine.calls) == ([], [])


def test_results_come_in_the_order_of_the_rows(translator: Translator, tokenizer: Tokenizer) -> None:
    assert best(translator, rows(tokenizer, WORDS)) == WORDS


@given(
    batch=st.lists(st.tuples(st.sampled_from([*WORDS, "", "  "]), st.integers(1, 4), st.integers(1, 4)), max_size=12)
)
def test_results_come_in_the_order_of_the_rows_whatever_their_options(
    tokenizer: Tokenizer, batch: list[tuple[str, int, int]]
) -> None:
    translator = Translator(tokenizer, ScriptedEngine(echo), SETTINGS, max_length=512)
    found = best(translator, [Row(tokenizer.encode(text), num, beam) for text, num, beam in batch])
    assert found == [text.strip() for text, _num, _beam in batch]


def test_rows_of_one_beam_size_share_one_engine_call(
    translator: Translator, engine: ScriptedEngine, tokenizer: Tokenizer
) -> None:
    translator.translate(rows(tokenizer, WORDS))
    assert len(engine.calls) == 1


def test_a_call_is_sorted_by_length_with_the_longest_first(
    translator: Translator, engine: ScriptedEngine, tokenizer: Tokenizer
) -> None:
    translator.translate(rows(tokenizer, WORDS))
    lengths = [len(source) for source in engine.calls[0][0]]
    assert lengths == sorted((len(tokenizer.encode(text)) for text in WORDS), reverse=True)


def test_each_beam_size_has_its_own_engine_call(
    translator: Translator, engine: ScriptedEngine, tokenizer: Tokenizer
) -> None:
    beams = [1, 4, 1, 4, 2, 4]
    translator.translate([Row(tokenizer.encode(text), 1, beam) for text, beam in zip(WORDS, beams, strict=True)])
    assert sorted((options.beam_size, len(sources)) for sources, options in engine.calls) == [(1, 2), (2, 1), (4, 3)]


def test_the_beam_is_as_wide_as_the_hypotheses_wanted(
    translator: Translator, engine: ScriptedEngine, tokenizer: Tokenizer
) -> None:
    translator.translate(rows(tokenizer, ["dog"], num_hypotheses=5, beam_size=2))
    assert engine.calls[0][1].beam_size == 5


def test_the_engine_gets_the_length_penalty_of_the_settings(tokenizer: Tokenizer, engine: ScriptedEngine) -> None:
    settings = PostprocessSettings(length_penalty=0.6)
    Translator(tokenizer, engine, settings, max_length=512).translate(rows(tokenizer, ["dog"]))
    assert engine.calls[0][1].length_penalty == 0.6


def test_decoding_may_not_go_far_beyond_the_length_of_the_longest_source(
    translator: Translator, engine: ScriptedEngine, tokenizer: Tokenizer
) -> None:
    translator.translate(rows(tokenizer, WORDS))
    longest = max(len(tokenizer.encode(text)) for text in WORDS)
    assert longest < engine.calls[0][1].max_length <= 4 * longest + 16


def test_decoding_may_not_go_beyond_the_positions_of_the_model(tokenizer: Tokenizer, engine: ScriptedEngine) -> None:
    Translator(tokenizer, engine, SETTINGS, max_length=5).translate(rows(tokenizer, WORDS))
    assert engine.calls[0][1].max_length == 5


def test_no_more_hypotheses_come_back_than_wanted(tokenizer: Tokenizer) -> None:
    def all_words(_source: Sequence[int], _options: DecodingOptions) -> list[Hypothesis]:
        return [hypothesis(tokenizer.encode(word)[:-1]) for word in ("Haus", "Wasser", "Tee")]

    translator = Translator(tokenizer, ScriptedEngine(all_words), SETTINGS, max_length=512)
    batch = [*rows(tokenizer, ["dog"], num_hypotheses=2), *rows(tokenizer, ["tea"], num_hypotheses=3)]
    assert [len(found) for found in translator.translate(batch)] == [2, 3]


def test_an_unfinished_hypothesis_is_flagged(tokenizer: Tokenizer) -> None:
    def cut(source: Sequence[int], _options: DecodingOptions) -> list[Hypothesis]:
        return [hypothesis(source[:-1], finished=False)]

    translator = Translator(tokenizer, ScriptedEngine(cut), SETTINGS, max_length=512)
    assert translator.translate(rows(tokenizer, ["dog"]))[0][0].flags == (Flag.TRUNCATED,)


class TestAlignment:
    @pytest.fixture
    def engine(self) -> ScriptedEngine:
        return ScriptedEngine(attending_in_order)

    def test_comes_with_the_hypotheses_of_the_rows_that_ask(self, translator: Translator, tokenizer: Tokenizer) -> None:
        asking = Row(tokenizer.encode("the old car."), 1, 4, alignment=True)
        found = translator.translate([*rows(tokenizer, ["dog"]), asking])
        assert [ranked[0].alignment for ranked in found] == ["", "0-0 1-1 2-2"]

    @pytest.mark.parametrize("asked", [False, True])
    def test_costs_attention_only_when_a_row_asks(
        self, translator: Translator, engine: ScriptedEngine, tokenizer: Tokenizer, asked: bool
    ) -> None:
        translator.translate([*rows(tokenizer, ["dog"]), Row(tokenizer.encode("tea"), 1, 4, alignment=asked)])
        assert [options.attention for _sources, options in engine.calls] == [asked]

    def test_survives_the_second_search(self, tokenizer: Tokenizer) -> None:
        def script(source: Sequence[int], options: DecodingOptions) -> list[Hypothesis]:
            looping = hypothesis(tokenizer.encode(LOOP)[:-1], -0.5)
            return attending_in_order(source, options) if options.no_repeat_ngram_size else [looping]

        translator = Translator(tokenizer, ScriptedEngine(script), SETTINGS, max_length=512)
        found = translator.translate([Row(tokenizer.encode("a dog"), 1, 4, alignment=True)])
        assert found[0][0].alignment == "0-0 1-1"


class TestBlankRows:
    def test_become_an_empty_text_without_flags(self, translator: Translator, tokenizer: Tokenizer) -> None:
        found = translator.translate(rows(tokenizer, ["  "]))
        assert [(ranked.text, ranked.score, ranked.confidence, ranked.flags) for ranked in found[0]] == [("", 0, 1, ())]

    def test_call_no_engine(self, translator: Translator, engine: ScriptedEngine, tokenizer: Tokenizer) -> None:
        translator.translate(rows(tokenizer, ["", "\n"]))
        assert engine.calls == []


class TestRetry:
    """A script that loops unless repeated n-grams are forbidden, for the sources that say so."""

    @pytest.fixture
    def engine(self, tokenizer: Tokenizer) -> ScriptedEngine:
        looping = {tuple(tokenizer.encode(text)) for text in ("dog", "the old car")}

        def script(source: Sequence[int], options: DecodingOptions) -> list[Hypothesis]:
            if tuple(source) in looping and not options.no_repeat_ngram_size:
                return [hypothesis(tokenizer.encode(LOOP)[:-1], -0.5)]
            return [hypothesis(source[:-1], -6.0)]

        return ScriptedEngine(script)

    def test_replaces_a_loop_by_a_sound_hypothesis_of_lower_score(
        self, translator: Translator, tokenizer: Tokenizer
    ) -> None:
        assert best(translator, rows(tokenizer, ["tea", "dog", "the old car"])) == ["tea", "dog", "the old car"]

    def test_decodes_only_the_rows_that_loop(
        self, translator: Translator, engine: ScriptedEngine, tokenizer: Tokenizer
    ) -> None:
        translator.translate(rows(tokenizer, ["tea", "dog", "the old car"]))
        assert [len(sources) for sources, _options in engine.calls] == [3, 2]

    def test_forbids_repeated_ngrams_in_the_second_search_only(
        self, translator: Translator, engine: ScriptedEngine, tokenizer: Tokenizer
    ) -> None:
        translator.translate(rows(tokenizer, ["dog"]))
        assert [options.no_repeat_ngram_size for _sources, options in engine.calls] == [0, 3]

    def test_keeps_the_first_loop_as_an_alternative(self, translator: Translator, tokenizer: Tokenizer) -> None:
        found = translator.translate(rows(tokenizer, ["dog"], num_hypotheses=4))
        assert [ranked.text for ranked in found[0]] == ["dog", LOOP]

    def test_does_not_happen_when_one_hypothesis_is_sound(self, tokenizer: Tokenizer) -> None:
        engine = ScriptedEngine(
            lambda source, _options: [hypothesis(tokenizer.encode(LOOP)[:-1], -0.5), hypothesis(source[:-1], -6.0)]
        )
        Translator(tokenizer, engine, SETTINGS, max_length=512).translate(rows(tokenizer, ["dog"]))
        assert len(engine.calls) == 1

    def test_forbids_more_when_the_second_search_loops_too(self, tokenizer: Tokenizer) -> None:
        def script(source: Sequence[int], options: DecodingOptions) -> list[Hypothesis]:
            return [hypothesis(source[:-1] if options.no_repeat_ngram_size == 2 else tokenizer.encode(LOOP)[:-1])]

        engine = ScriptedEngine(script)
        found = Translator(tokenizer, engine, SETTINGS, max_length=512).translate(rows(tokenizer, ["dog"]))
        assert [options.no_repeat_ngram_size for _sources, options in engine.calls] == [0, 3, 2]
        assert (found[0][0].text, found[0][0].flags) == ("dog", ())

    def test_ends_after_the_third_search_even_when_that_loops_too(self, tokenizer: Tokenizer) -> None:
        engine = ScriptedEngine(lambda _source, _options: [hypothesis(tokenizer.encode(LOOP)[:-1])])
        found = Translator(tokenizer, engine, SETTINGS, max_length=512).translate(rows(tokenizer, ["dog"]))
        assert (len(engine.calls), found[0][0].flags) == (3, (Flag.REPETITION,))
