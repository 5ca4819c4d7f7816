"""Postprocessing: each rule on hand-made cases, then what holds for any hypotheses."""

import math
import random
import unicodedata
from collections.abc import Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from models_src.postprocess import Candidate, Flag, PostprocessSettings, RankedHypothesis, postprocess

SETTINGS = PostprocessSettings()
SOURCE = "The old house beside the river belongs to my uncle."
SOUND = "Das alte Haus am Fluss gehört meinem Onkel."
OTHER = "Meinem Onkel gehört jenes betagte Gebäude neben dem Strom."
LOOP = "Das Haus am Fluss Fluss Fluss Fluss gehört meinem Onkel."


def flags(source: str, text: str, settings: PostprocessSettings = SETTINGS) -> tuple[Flag, ...]:
    return postprocess(source, [Candidate(text, -1.0, 8)], 1, settings)[0].flags


def texts(
    source: str, candidates: Sequence[Candidate], k: int = 8, settings: PostprocessSettings = SETTINGS
) -> list[str]:
    return [hypothesis.text for hypothesis in postprocess(source, candidates, k, settings)]


def test_a_sound_translation_has_no_flags() -> None:
    assert flags(SOURCE, SOUND) == ()


def test_no_candidates_give_no_hypotheses() -> None:
    assert postprocess(SOURCE, [], 3, SETTINGS) == []


class TestScore:
    def test_is_the_log_probability_divided_by_the_length_to_the_penalty(self) -> None:
        found = postprocess(SOURCE, [Candidate(SOUND, -6.0, 9)], 1, PostprocessSettings(length_penalty=0.5))
        assert found[0].score == pytest.approx(-2.0)

    def test_of_penalty_0_is_the_log_probability(self) -> None:
        settings = PostprocessSettings(length_penalty=0, score_threshold=-100)
        assert postprocess(SOURCE, [Candidate(SOUND, -6.0, 9)], 1, settings)[0].score == -6.0

    def test_does_not_change_the_confidence_which_is_the_mean_token_probability(self) -> None:
        found = postprocess(SOURCE, [Candidate(SOUND, 4 * math.log(0.5), 4)], 1, PostprocessSettings(length_penalty=0))
        assert found[0].confidence == pytest.approx(0.5)

    def test_above_0_by_rounding_counts_as_0(self) -> None:
        found = postprocess(SOURCE, [Candidate(SOUND, 1e-6, 4)], 1, SETTINGS)
        assert (found[0].score, found[0].confidence) == (0, 1)


class TestRepetition:
    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("Das alte Haus gehört gehört gehört meinem Onkel.", id="a word"),
            pytest.param("Das Haus von der Stadt von der Stadt von der Stadt.", id="an n-gram"),
            pytest.param(
                "Das alte Haus dort, das alte Haus dort und das alte Haus dort.",
                id="an n-gram with words between",
            ),
            pytest.param("Das alte Haus am Flussussussussuss gehört ihm.", id="inside a word"),
            pytest.param("Das alte Haaaaaus gehört meinem Onkel.", id="a letter"),
        ],
    )
    def test_is_flagged(self, text: str) -> None:
        assert flags(SOURCE, text) == (Flag.REPETITION,)

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("Das alte Haus gehört sehr, sehr wohl meinem Onkel.", id="a word twice"),
            pytest.param("Das alte Haus am Fluss ist das alte Haus am Fluss.", id="an n-gram twice"),
            pytest.param("Das alte Haus, und das alte Haus, oder das alte Haus.", id="three words three times"),
            pytest.param("Das alte Schlosssee-Haus gehört meinem Onkel.", id="three letters"),
        ],
    )
    def test_of_less_is_not_flagged(self, text: str) -> None:
        assert flags(SOURCE, text) == ()

    @pytest.mark.parametrize(
        ("source", "text"),
        [
            pytest.param("No, no, no, I said!", "Nein, nein, nein, sagte ich!", id="words"),
            pytest.param("He laughed: hahahaha", "Er lachte: hahahaha", id="inside a word"),
            pytest.param(
                "One for the black cat, two for the black cat, three for the black cat.",
                "Eins für die schwarze Katze, zwei für die schwarze Katze, drei für die schwarze Katze.",
                id="n-grams",
            ),
        ],
    )
    def test_that_the_source_has_too_is_not_flagged(self, source: str, text: str) -> None:
        assert flags(source, text) == ()

    def test_longer_than_that_of_the_source_is_flagged(self) -> None:
        assert flags("No, no, no, I said!", "Nein, nein, nein, nein, nein!") == (Flag.REPETITION,)


class TestLengthRatio:
    SOURCE = "x" * 40
    SETTINGS = PostprocessSettings(min_length_ratio=0.5, max_length_ratio=2.0, length_ratio_from=40)

    @pytest.mark.parametrize("characters", [19, 81])
    def test_outside_the_bounds_is_flagged(self, characters: int) -> None:
        assert Flag.LENGTH_RATIO in flags(self.SOURCE, "y" * characters, self.SETTINGS)

    @pytest.mark.parametrize("characters", [20, 80])
    def test_at_the_bounds_is_not_flagged(self, characters: int) -> None:
        assert Flag.LENGTH_RATIO not in flags(self.SOURCE, "y" * characters, self.SETTINGS)

    @pytest.mark.parametrize("characters", [1, 500])
    def test_of_a_short_source_is_not_judged(self, characters: int) -> None:
        assert Flag.LENGTH_RATIO not in flags(self.SOURCE[1:], "y" * characters, self.SETTINGS)

    def test_does_not_count_the_space_around_the_texts(self) -> None:
        assert Flag.LENGTH_RATIO not in flags(f"  {self.SOURCE}\n", f"{'y' * 80}  ", self.SETTINGS)


class TestUntranslatedCopy:
    def test_is_flagged(self) -> None:
        assert flags(SOURCE, SOURCE) == (Flag.UNTRANSLATED,)

    def test_in_other_case_and_punctuation_is_flagged(self) -> None:
        assert flags(SOURCE, SOURCE.upper().replace(".", "!")) == (Flag.UNTRANSLATED,)

    def test_of_fewer_than_four_words_is_not_flagged(self) -> None:
        assert flags("Hotel Restaurant Berlin", "Hotel Restaurant Berlin") == ()

    def test_of_names_and_numbers_in_a_translated_sentence_is_not_flagged(self) -> None:
        assert flags("Anna Becker and Tom Miller meet at 9.", "Anna Becker und Tom Miller treffen sich um 9.") == ()

    def test_with_less_than_the_overlap_set_is_not_flagged(self) -> None:
        assert flags("one two three four", "one two three vier", PostprocessSettings(copy_iou=0.6)) == ()

    def test_with_more_than_the_overlap_set_is_flagged(self) -> None:
        assert flags("one two three four", "one two three vier", PostprocessSettings(copy_iou=0.59)) != ()


class TestEmpty:
    @pytest.mark.parametrize("text", ["", "  ", "\n"])
    def test_translation_is_flagged(self, text: str) -> None:
        assert flags(SOURCE, text) == (Flag.EMPTY,)

    def test_translation_of_a_blank_source_is_not_flagged(self) -> None:
        assert flags("  ", "") == ()

    def test_translation_comes_last(self) -> None:
        candidates = [Candidate("", -0.1, 1), Candidate(LOOP, -9.0, 9)]
        assert texts(SOURCE, candidates) == [LOOP, ""]

    def test_translation_never_displaces_a_text_of_low_score(self) -> None:
        candidates = [Candidate("", -0.1, 1), Candidate(SOUND, -90.0, 9)]
        assert texts(SOURCE, candidates, k=1) == [SOUND]


def test_a_hypothesis_cut_at_the_maximum_length_is_flagged() -> None:
    found = postprocess(SOURCE, [Candidate(SOUND, -1.0, 8, finished=False)], 1, SETTINGS)
    assert found[0].flags == (Flag.TRUNCATED,)


class TestScoreThreshold:
    def test_drops_what_scores_lower(self) -> None:
        candidates = [Candidate(SOUND, -8.0, 8), Candidate(OTHER, -80.0, 8)]
        assert texts(SOURCE, candidates) == [SOUND]

    def test_keeps_what_scores_just_as_much(self) -> None:
        settings = PostprocessSettings(score_threshold=-2.0)
        assert flags(SOURCE, SOUND) == postprocess(SOURCE, [Candidate(SOUND, -16.0, 8)], 1, settings)[0].flags

    def test_never_drops_the_last(self) -> None:
        candidates = [Candidate(SOUND, -72.0, 8), Candidate(OTHER, -80.0, 8)]
        found = postprocess(SOURCE, candidates, 8, SETTINGS)
        assert [(hypothesis.text, hypothesis.flags) for hypothesis in found] == [(SOUND, (Flag.LOW_SCORE,))]

    def test_leaves_a_sound_hypothesis_of_log_probability_minus_infinity_usable(self) -> None:
        found = postprocess(SOURCE, [Candidate(SOUND, -math.inf, 8)], 1, SETTINGS)
        assert (found[0].score, found[0].confidence, found[0].flags) == (-math.inf, 0, (Flag.LOW_SCORE,))


class TestDemotion:
    def test_puts_a_degenerate_hypothesis_behind_a_sound_one_of_lower_score(self) -> None:
        assert texts(SOURCE, [Candidate(LOOP, -0.1, 9), Candidate(SOUND, -9.0, 9)]) == [SOUND, LOOP]

    def test_leaves_degenerate_hypotheses_in_the_order_of_their_scores(self) -> None:
        longer = LOOP.replace("Onkel", "lieben alten Herrn Nachbarn")
        assert texts(SOURCE, [Candidate(longer, -9.0, 9), Candidate(LOOP, -4.0, 9)]) == [LOOP, longer]

    def test_returns_the_best_with_its_flags_when_none_is_sound(self) -> None:
        found = postprocess(SOURCE, [Candidate(LOOP, -1.0, 9), Candidate("", -2.0, 1)], 1, SETTINGS)
        assert [(hypothesis.text, hypothesis.flags) for hypothesis in found] == [(LOOP, (Flag.REPETITION,))]

    def test_keeps_all_flags_of_a_hypothesis(self) -> None:
        found = postprocess(SOURCE, [Candidate("nein nein nein", -90.0, 9, finished=False)], 1, SETTINGS)
        assert found[0].flags == (Flag.REPETITION, Flag.LENGTH_RATIO, Flag.TRUNCATED, Flag.LOW_SCORE)


class TestSuppression:
    @pytest.mark.parametrize(
        ("first", "second"),
        [
            pytest.param(SOUND, SOUND, id="the same text"),
            pytest.param(SOUND, SOUND.upper(), id="case"),
            pytest.param(SOUND, SOUND.replace(".", " !"), id="punctuation"),
            pytest.param(SOUND, unicodedata.normalize("NFD", SOUND), id="Unicode form"),
            pytest.param("!!!", "!!!", id="the same text without words"),
        ],
    )
    def test_drops_the_lower_scored_of_two_alike(self, first: str, second: str) -> None:
        assert texts(SOURCE, [Candidate(second, -2.0, 8), Candidate(first, -1.0, 8)]) == [first]

    def test_keeps_what_differs(self) -> None:
        assert texts(SOURCE, [Candidate(SOUND, -1.0, 8), Candidate(OTHER, -2.0, 8)]) == [SOUND, OTHER]

    def test_keeps_different_texts_without_words(self) -> None:
        assert texts("Hi", [Candidate("?", -1.0, 2), Candidate("!", -2.0, 2)]) == ["?", "!"]

    def test_keeps_one_empty_text_at_most(self) -> None:
        assert len(texts(SOURCE, [Candidate("", -1.0, 1), Candidate(" ", -2.0, 2)])) == 1

    def test_keeps_an_overlap_of_exactly_the_threshold(self) -> None:
        # Unigrams and bigrams: 3 + 2 shared of 4 + 3 each.
        candidates = [Candidate("eins zwei drei vier", -1.0, 5), Candidate("eins zwei drei acht", -2.0, 5)]
        assert len(texts("Hi", candidates, settings=PostprocessSettings(suppression_iou=5 / 9))) == 2

    def test_drops_an_overlap_above_the_threshold(self) -> None:
        candidates = [Candidate("eins zwei drei vier", -1.0, 5), Candidate("eins zwei drei acht", -2.0, 5)]
        assert len(texts("Hi", candidates, settings=PostprocessSettings(suppression_iou=0.55))) == 1

    def test_compares_with_kept_hypotheses_only(self) -> None:
        chain = ["eins zwei drei vier", "eins zwei drei acht", "neun zwei drei acht"]
        candidates = [Candidate(text, -float(rank), 5) for rank, text in enumerate(chain, start=1)]
        assert texts("Hi", candidates, settings=PostprocessSettings(suppression_iou=0.5)) == [chain[0], chain[2]]

    def test_happens_before_k_is_counted(self) -> None:
        candidates = [Candidate(SOUND, -1.0, 8), Candidate(SOUND.upper(), -2.0, 8), Candidate(OTHER, -3.0, 8)]
        assert texts(SOURCE, candidates, k=2) == [SOUND, OTHER]


def test_no_more_than_k_hypotheses_are_returned() -> None:
    candidates = [Candidate(word, -1.0, 2) for word in ("eins", "zwei", "drei")]
    assert len(texts("Hi", candidates, k=2)) == 2


@pytest.mark.parametrize(
    "values",
    [{"length_penalty": -0.1}, {"score_threshold": 0.1}, {"suppression_iou": 0}, {"copy_iou": 1.1}, {"unheard_of": 1}],
)
def test_thresholds_out_of_range_are_refused(values: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        PostprocessSettings.model_validate(values)


sentences = st.one_of(
    st.lists(st.sampled_from(["ja", "Ja", "nein", "der", "Hund", "e\u0301", "é", "!"]), max_size=10).map(" ".join),
    st.text(max_size=30),
)
candidate = st.builds(
    Candidate,
    text=sentences,
    log_prob=st.one_of(st.floats(-90, 0.5), st.integers(-8, 0).map(float)),
    length=st.integers(1, 30),
    finished=st.booleans(),
)
candidates_lists = st.lists(candidate, max_size=8)
thresholds = st.builds(
    PostprocessSettings,
    length_penalty=st.sampled_from([0.0, 0.6, 1.0, 2.0]),
    score_threshold=st.sampled_from([-20.0, -4.0, -0.5]),
    suppression_iou=st.sampled_from([0.3, 0.8]),
)
ks = st.integers(1, 6)


def _class(hypothesis: RankedHypothesis) -> tuple[bool, bool]:
    return bool(hypothesis.flags), Flag.EMPTY in hypothesis.flags


@given(sentences, candidates_lists, ks, thresholds)
def test_sound_hypotheses_come_first_and_empty_ones_last(
    source: str, candidates: list[Candidate], k: int, settings: PostprocessSettings
) -> None:
    classes = [_class(hypothesis) for hypothesis in postprocess(source, candidates, k, settings)]
    assert classes == sorted(classes)


@given(sentences, candidates_lists, ks, thresholds)
def test_scores_fall_within_each_class(
    source: str, candidates: list[Candidate], k: int, settings: PostprocessSettings
) -> None:
    found = postprocess(source, candidates, k, settings)
    for kind in {_class(hypothesis) for hypothesis in found}:
        scores = [hypothesis.score for hypothesis in found if _class(hypothesis) == kind]
        assert scores == sorted(scores, reverse=True)


@given(sentences, candidates_lists, ks, thresholds)
def test_scores_and_confidences_stay_within_their_bounds(
    source: str, candidates: list[Candidate], k: int, settings: PostprocessSettings
) -> None:
    for hypothesis in postprocess(source, candidates, k, settings):
        assert hypothesis.score <= 0
        assert 0 <= hypothesis.confidence <= 1


@given(sentences, candidates_lists, ks, thresholds)
def test_between_one_and_k_hypotheses_come_back(
    source: str, candidates: list[Candidate], k: int, settings: PostprocessSettings
) -> None:
    assert min(1, len(candidates)) <= len(postprocess(source, candidates, k, settings)) <= min(k, len(candidates))


@given(sentences, candidates_lists, ks, thresholds)
def test_nothing_is_invented(source: str, candidates: list[Candidate], k: int, settings: PostprocessSettings) -> None:
    assert {hypothesis.text for hypothesis in postprocess(source, candidates, k, settings)} <= {
        candidate.text for candidate in candidates
    }


@given(sentences, candidates_lists, ks, thresholds)
def test_a_second_pass_changes_nothing(
    source: str, candidates: list[Candidate], k: int, settings: PostprocessSettings
) -> None:
    found = postprocess(source, candidates, k, settings)
    # Alone, a candidate always comes back: so the one behind each result is recognised.
    alone = {postprocess(source, [candidate], 1, settings)[0]: candidate for candidate in candidates}
    assert postprocess(source, [alone[hypothesis] for hypothesis in found], k, settings) == found


@given(sentences, candidates_lists, ks, thresholds, st.randoms(use_true_random=False))
@example(
    source="Hi",
    candidates=[Candidate("Hallo", -4.0, 4), Candidate("Hallo", -4.0, 8)],
    k=1,
    settings=PostprocessSettings(length_penalty=0.0),
    shuffler=random.Random(1),  # noqa: S311 - not for secrets
)
def test_the_order_of_the_candidates_does_not_matter(
    source: str, candidates: list[Candidate], k: int, settings: PostprocessSettings, shuffler: random.Random
) -> None:
    shuffled = candidates.copy()
    shuffler.shuffle(shuffled)
    assert postprocess(source, shuffled, k, settings) == postprocess(source, candidates, k, settings)
