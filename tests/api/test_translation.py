"""The service: what becomes of texts, their sentences and their errors."""

import asyncio

import pytest
from hypothesis import given

from api.errors import (
    InferenceFailedError,
    InferenceRejectedError,
    InvalidTextError,
    OverloadedError,
    TextTooLongError,
    TranslateError,
    TritonUnavailableError,
)
from api.text.hypotheses import Hypothesis
from api.text.segmentation import pieces
from api.translation import Options
from api.triton_client import ItemOutput
from tests.api.stand_ins import StandInClient, translated
from tests.api.text.test_segmentation import PUNCTUATED
from tests.api.translations import TWO_TEXTS, best, each, error_types, service_on, together


async def test_sentences_of_all_texts_share_a_batch_by_length_and_each_once(client: StandInClient) -> None:
    results = await together(service_on(client), TWO_TEXTS)
    assert [request.texts for request in client.requests] == [("A dog.", "A cat.", "It barks at the postman.")]
    assert [best(result, "de") for result in results] == [
        "de0:A dog. de0:It barks at the postman.",
        "de0:It barks at the postman.\n\nde0:A cat.",
    ]


async def test_texts_that_are_inferences_of_their_own_share_nothing(client: StandInClient) -> None:
    await each(service_on(client), TWO_TEXTS)
    assert sorted(request.texts for request in client.requests) == [
        ("A cat.", "It barks at the postman."),
        ("A dog.", "It barks at the postman."),
    ]


async def test_a_batch_has_sentences_of_similar_length(client: StandInClient) -> None:
    client.largest_batch = 2
    await together(service_on(client), ["A long sentence here. No.", "Yes. Another long sentence."])
    assert {request.texts for request in client.requests} == {
        ("No.", "Yes."),
        ("A long sentence here.", "Another long sentence."),
    }


async def test_the_translation_of_a_text_is_that_of_its_sentences(client: StandInClient) -> None:
    sentences = ["One dog.", "Two cats!", "And a heading"]
    [whole] = await together(service_on(client), [f" {sentences[0]}\t{sentences[1]}\r\n\r\n* {sentences[2]}\n"])
    parts = [best(result, "fr") for result in await together(service_on(client), sentences)]
    assert best(whole, "fr") == f" {parts[0]}\t{parts[1]}\r\n\r\n* {parts[2]}\n"


@given(text=PUNCTUATED)
async def test_the_translation_of_any_text_is_that_of_its_sentences(text: str) -> None:
    service = service_on(StandInClient())
    [whole] = await together(service, [text])
    found = pieces(text)
    sentences = [piece.text if piece.is_sentence else "" for piece in found]
    apart = await together(service, sentences, Options(split_sentences="off"))
    joined = [best(part, "de") if piece.is_sentence else piece.text for piece, part in zip(found, apart, strict=True)]
    assert best(whole, "de") == "".join(joined)


async def test_a_text_keeps_what_is_known_of_each_sentence(client: StandInClient) -> None:
    [result] = await together(service_on(client), ["One dog.  Two cats."])
    assert [(found.segment.text, found.segment.start, found.segment.end) for found in result.segments] == [
        ("One dog.", 0, 8),
        ("Two cats.", 10, 19),
    ]
    assert result.segments[1].hypotheses["de"][0].text == "de0:Two cats."


async def test_alternatives_of_a_text_combine_those_of_its_sentences(client: StandInClient) -> None:
    [result] = await together(service_on(client), ["One dog.\nTwo big cats."], Options(num_alternatives=2))
    assert result.hypotheses is not None
    assert [hypothesis.text for hypothesis in result.hypotheses["de"]] == [
        "de0:One dog.\nde0:Two big cats.",
        "de1:One dog.\nde0:Two big cats.",
        "de0:One dog.\nde1:Two big cats.",
    ]


async def test_an_error_of_a_sentence_is_that_of_its_texts_and_says_where(client: StandInClient) -> None:
    client.failures["It barks at the postman."] = InferenceFailedError()
    results = await together(service_on(client), [*TWO_TEXTS, "A cat."])
    assert [result.error and result.error.message for result in results] == [
        "sentence 2 (characters 7 to 31): The model failed on this text.",
        "sentence 1 (characters 0 to 24): The model failed on this text.",
        None,
    ]


def too_long_over(client: StandInClient, characters: int, texts: list[str]) -> None:
    """Make the model refuse those of `texts` that are longer."""
    refused = ItemOutput({"de": (), "fr": ()}, too_long=True)
    client.outputs.update({text: refused for text in texts if len(text) > characters})


async def test_a_sentence_with_too_many_tokens_is_split_at_clauses(client: StandInClient) -> None:
    clause = "the old dog sleeps under the table in the kitchen of the house by the sea"
    text = "; ".join([clause + f" {number}" for number in range(8)]) + "."
    too_long_over(client, 300, [text])
    [result] = await together(service_on(client), [text])
    assert [len(request.texts) for request in client.requests] == [1, 3]
    assert best(result, "de").replace("de0:", "") == text
    assert [found.flags for found in (result.hypotheses or {})["de"]] == [()]


async def test_a_sentence_that_has_to_be_cut_anywhere_is_flagged(client: StandInClient) -> None:
    text = "word " * 100
    too_long_over(client, 300, [text.strip()])
    [result] = await together(service_on(client), [text])
    assert best(result, "de").replace("de0:", "") == text
    assert (result.hypotheses or {})["de"][0].flags == ("forced_cut",)


async def test_a_word_of_fifty_thousand_characters_comes_back_flagged(client: StandInClient) -> None:
    text = "x" * 50_000
    too_long_over(client, 300, [text])
    [result] = await together(service_on(client), [text])
    assert (best(result, "de"), (result.hypotheses or {})["de"][0].flags) == (text, ("untranslated",))


async def test_each_text_is_an_inference_of_its_own(client: StandInClient) -> None:
    await each(service_on(client), ["one", "two", "three"])
    assert sorted(request.texts for request in client.requests) == [("one",), ("three",), ("two",)]


async def test_results_are_in_input_order_whatever_finishes_first(client: StandInClient) -> None:
    release = client.hold(["slow"])
    call = asyncio.create_task(each(service_on(client), ["slow", "quick"]))
    await client.started.wait()
    release.set()
    results = await call
    assert [best(result, "de") for result in results] == ["de0:slow", "de0:quick"]


async def test_both_targets_come_from_one_inference(client: StandInClient) -> None:
    [result] = await each(service_on(client), ["hello"])
    assert (best(result, "de"), best(result, "fr"), len(client.requests)) == ("de0:hello", "fr0:hello", 1)


async def test_one_bad_text_fails_alone(client: StandInClient) -> None:
    client.failures["bad"] = InferenceFailedError()
    results = await each(service_on(client), ["good", "bad", "fine"])
    assert error_types(results) == [None, InferenceFailedError, None]


async def test_a_batch_is_one_inference(client: StandInClient) -> None:
    await together(service_on(client), ["one", "two", "three"])
    assert [request.texts for request in client.requests] == [("one", "two", "three")]


async def test_a_batch_over_the_models_maximum_is_split_into_the_fewest_inferences(client: StandInClient) -> None:
    client.largest_batch = 4
    texts = [f"text {number}" for number in range(9)]
    results = await together(service_on(client), texts)
    assert [len(request.texts) for request in client.requests] == [3, 3, 3]
    assert [best(result, "fr") for result in results] == [f"fr0:{text}" for text in texts]


async def test_a_batch_that_fails_by_its_content_is_tried_again_text_by_text(client: StandInClient) -> None:
    client.failures["bad"] = InferenceRejectedError()
    results = await together(service_on(client), ["good", "bad", "fine"])
    assert error_types(results) == [None, InferenceRejectedError, None]
    assert [len(request.texts) for request in client.requests] == [3, 1, 1, 1]


@pytest.mark.parametrize("cause", [OverloadedError, TritonUnavailableError])
async def test_a_batch_that_fails_by_another_cause_is_not_tried_again(
    client: StandInClient, cause: type[TranslateError]
) -> None:
    client.batch_failure = cause()
    with pytest.raises(cause):
        await together(service_on(client), ["one", "two"])
    assert len(client.requests) == 1


async def test_only_the_chunk_that_failed_has_errors(client: StandInClient) -> None:
    client.largest_batch = 2
    client.failures["c"] = OverloadedError()
    results = await together(service_on(client), ["a", "b", "c", "d"])
    assert error_types(results) == [None, None, OverloadedError, OverloadedError]


async def test_blank_texts_are_echoed_without_an_inference(client: StandInClient) -> None:
    [result] = await together(service_on(client), [" \n"])
    echo = (Hypothesis(" \n", score=0.0, confidence=1.0),)
    assert (result.hypotheses, result.segments, client.requests) == ({"de": echo, "fr": echo}, [], [])


async def test_blank_texts_take_no_place_in_a_batch(client: StandInClient) -> None:
    results = await together(service_on(client), ["", "one", "🙂", "two"])
    assert [request.texts for request in client.requests] == [("one", "two")]
    assert [best(result, "de") for result in results] == ["", "de0:one", "🙂", "de0:two"]


async def test_a_text_of_exactly_the_limit_is_translated(client: StandInClient) -> None:
    results = await each(service_on(client, max_characters=5), ["abcde"])
    assert error_types(results) == [None]


async def test_a_text_over_the_limit_has_its_own_error(client: StandInClient) -> None:
    results = await together(service_on(client, max_characters=5), ["abcdef", "abc"])
    assert error_types(results) == [TextTooLongError, None]


async def test_a_text_with_a_lone_surrogate_has_its_own_error_and_can_be_sent_back(client: StandInClient) -> None:
    results = await together(service_on(client), ["a\ud800b", "abc"])
    assert (error_types(results), results[0].text) == ([InvalidTextError, None], "a\ufffdb")


async def test_a_text_with_a_nul_character_reaches_the_model(client: StandInClient) -> None:
    await together(service_on(client), ["a\x00b"])
    assert client.requests[0].texts == ("a\x00b",)


async def test_a_text_that_stays_too_long_however_short_has_its_own_error(client: StandInClient) -> None:
    client.outputs["long"] = ItemOutput({"de": (), "fr": ()}, too_long=True)
    results = await together(service_on(client), ["long", "short"])
    assert error_types(results) == [TextTooLongError, None]


async def test_a_text_for_which_the_model_returns_no_hypothesis_has_its_own_error(client: StandInClient) -> None:
    client.outputs["lost"] = ItemOutput({"de": (translated("lost", "de"),), "fr": ()})
    results = await together(service_on(client), ["lost", "found"])
    assert error_types(results) == [InferenceFailedError, None]


async def test_alternatives_are_further_hypotheses(client: StandInClient) -> None:
    await each(service_on(client), ["hello"], Options(num_alternatives=2, beam_size=6))
    assert (client.requests[0].num_hypotheses, client.requests[0].beam_size) == (3, 6)


async def test_a_cause_that_every_text_shares_is_the_error_of_the_request(client: StandInClient) -> None:
    client.failures = {"a": TritonUnavailableError(), "b": TritonUnavailableError()}
    with pytest.raises(TritonUnavailableError):
        await each(service_on(client), ["a", "b"])


async def test_a_failure_of_some_texts_leaves_the_others_their_translations(client: StandInClient) -> None:
    client.failures = {"a": TritonUnavailableError()}
    results = await each(service_on(client), ["a", "b"])
    assert error_types(results) == [TritonUnavailableError, None]


async def test_different_causes_stay_with_their_texts(client: StandInClient) -> None:
    client.failures = {"a": TritonUnavailableError(), "b": OverloadedError()}
    results = await each(service_on(client), ["a", "b"])
    assert error_types(results) == [TritonUnavailableError, OverloadedError]


async def test_a_shared_cause_that_lies_in_the_texts_stays_with_them(client: StandInClient) -> None:
    results = await each(service_on(client, max_characters=1), ["long", "longer"])
    assert error_types(results) == [TextTooLongError, TextTooLongError]
