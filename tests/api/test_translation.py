"""The service: echoing, refusing, chunking, fan-out, deadlines."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

from api.errors import (
    DeadlineExceededError,
    InferenceFailedError,
    InferenceRejectedError,
    InvalidTextError,
    OverloadedError,
    TextTooLongError,
    TooManyItemsError,
    TranslateError,
    TritonUnavailableError,
    UnsupportedLanguageError,
    ValidationFailedError,
)
from api.metrics import Metrics
from api.translation import ItemResult, Options, TranslationService, is_blank, split_evenly
from api.triton_client import Hypothesis, ItemOutput
from tests.api.stand_ins import StandInClient, settings, translated

PLAIN = Options()
SHORTLY = 0.1


def service_on(client: StandInClient, **limits: object) -> TranslationService:
    return TranslationService(client, settings(**limits), Metrics())


def best(result: ItemResult, target: str) -> str:
    assert result.hypotheses is not None
    return result.hypotheses[target][0].text


def error_types(results: list[ItemResult]) -> list[type[TranslateError] | None]:
    return [None if result.error is None else type(result.error) for result in results]


@pytest.mark.parametrize("text", ["", " ", "\n\t\u00a0", "?!…", "🙂🎉", "—", "\u0301", "\x00", "$ % &"])
def test_a_text_without_letter_or_digit_is_blank(text: str) -> None:
    assert is_blank(text)


@pytest.mark.parametrize("text", ["a", " é ", "7", "½", "?x", "日本", "🙂 ok"])
def test_a_text_with_a_letter_or_a_digit_is_not_blank(text: str) -> None:
    assert not is_blank(text)


@given(count=st.integers(0, 300), largest=st.integers(1, 64))
def test_chunks_are_the_fewest_of_nearly_equal_sizes_and_keep_the_order(count: int, largest: int) -> None:
    chunks = split_evenly(range(count), largest)
    sizes = [len(chunk) for chunk in chunks]
    assert [index for chunk in chunks for index in chunk] == list(range(count))
    assert len(chunks) == -(-count // largest)
    assert all(1 <= size <= largest for size in sizes)
    assert max(sizes, default=0) - min(sizes, default=0) <= 1


async def test_each_text_is_an_inference_of_its_own(client: StandInClient) -> None:
    await service_on(client).translate_each(["one", "two", "three"], PLAIN)
    assert sorted(request.texts for request in client.requests) == [("one",), ("three",), ("two",)]


async def test_results_are_in_input_order_whatever_finishes_first(client: StandInClient) -> None:
    release = client.hold(["slow"])
    call = asyncio.create_task(service_on(client).translate_each(["slow", "quick"], PLAIN))
    await client.started.wait()
    release.set()
    results = await call
    assert [best(result, "de") for result in results] == ["de0:slow", "de0:quick"]


async def test_both_targets_come_from_one_inference(client: StandInClient) -> None:
    [result] = await service_on(client).translate_each(["hello"], PLAIN)
    assert (best(result, "de"), best(result, "fr"), len(client.requests)) == ("de0:hello", "fr0:hello", 1)


async def test_one_bad_text_fails_alone(client: StandInClient) -> None:
    client.failures["bad"] = InferenceFailedError()
    results = await service_on(client).translate_each(["good", "bad", "fine"], PLAIN)
    assert error_types(results) == [None, InferenceFailedError, None]


async def test_a_batch_is_one_inference(client: StandInClient) -> None:
    await service_on(client).translate_batch(["one", "two", "three"], PLAIN)
    assert [request.texts for request in client.requests] == [("one", "two", "three")]


async def test_a_batch_over_the_models_maximum_is_split_into_the_fewest_inferences(client: StandInClient) -> None:
    client.largest_batch = 4
    texts = [f"text {number}" for number in range(9)]
    results = await service_on(client).translate_batch(texts, PLAIN)
    assert [len(request.texts) for request in client.requests] == [3, 3, 3]
    assert [best(result, "fr") for result in results] == [f"fr0:{text}" for text in texts]


async def test_a_batch_that_fails_by_its_content_is_tried_again_text_by_text(client: StandInClient) -> None:
    client.failures["bad"] = InferenceRejectedError()
    results = await service_on(client).translate_batch(["good", "bad", "fine"], PLAIN)
    assert error_types(results) == [None, InferenceRejectedError, None]
    assert [len(request.texts) for request in client.requests] == [3, 1, 1, 1]


@pytest.mark.parametrize("cause", [OverloadedError, TritonUnavailableError])
async def test_a_batch_that_fails_by_another_cause_is_not_tried_again(
    client: StandInClient, cause: type[TranslateError]
) -> None:
    client.batch_failure = cause()
    with pytest.raises(cause):
        await service_on(client).translate_batch(["one", "two"], PLAIN)
    assert len(client.requests) == 1


async def test_only_the_chunk_that_failed_has_errors(client: StandInClient) -> None:
    client.largest_batch = 2
    client.failures["c"] = OverloadedError()
    results = await service_on(client).translate_batch(["a", "b", "c", "d"], PLAIN)
    assert error_types(results) == [None, None, OverloadedError, OverloadedError]


async def test_blank_texts_are_echoed_without_an_inference(client: StandInClient) -> None:
    [result] = await service_on(client).translate_batch([" \n"], PLAIN)
    echo = (Hypothesis(" \n", score=0.0, confidence=1.0),)
    assert (result.hypotheses, client.requests) == ({"de": echo, "fr": echo}, [])


async def test_blank_texts_take_no_place_in_a_batch(client: StandInClient) -> None:
    results = await service_on(client).translate_batch(["", "one", "🙂", "two"], PLAIN)
    assert [request.texts for request in client.requests] == [("one", "two")]
    assert [best(result, "de") for result in results] == ["", "de0:one", "🙂", "de0:two"]


async def test_a_text_of_exactly_the_limit_is_translated(client: StandInClient) -> None:
    results = await service_on(client, max_characters=5).translate_each(["abcde"], PLAIN)
    assert error_types(results) == [None]


async def test_a_text_over_the_limit_has_its_own_error(client: StandInClient) -> None:
    results = await service_on(client, max_characters=5).translate_batch(["abcdef", "abc"], PLAIN)
    assert error_types(results) == [TextTooLongError, None]


async def test_a_text_with_a_lone_surrogate_has_its_own_error_and_can_be_sent_back(client: StandInClient) -> None:
    results = await service_on(client).translate_batch(["a\ud800b", "abc"], PLAIN)
    assert (error_types(results), results[0].text) == ([InvalidTextError, None], "a\ufffdb")


async def test_a_text_with_a_nul_character_reaches_the_model(client: StandInClient) -> None:
    await service_on(client).translate_batch(["a\x00b"], PLAIN)
    assert client.requests[0].texts == ("a\x00b",)


async def test_a_text_with_too_many_tokens_has_its_own_error(client: StandInClient) -> None:
    client.outputs["long"] = ItemOutput({"de": (), "fr": ()}, too_long=True)
    results = await service_on(client).translate_batch(["long", "short"], PLAIN)
    assert error_types(results) == [TextTooLongError, None]


async def test_a_text_for_which_the_model_returns_no_hypothesis_has_its_own_error(client: StandInClient) -> None:
    client.outputs["lost"] = ItemOutput({"de": (translated("lost", "de"),), "fr": ()})
    results = await service_on(client).translate_batch(["lost", "found"], PLAIN)
    assert error_types(results) == [InferenceFailedError, None]


async def test_alternatives_are_further_hypotheses(client: StandInClient) -> None:
    await service_on(client).translate_each(["hello"], Options(num_alternatives=2, beam_size=6))
    assert (client.requests[0].num_hypotheses, client.requests[0].beam_size) == (3, 6)


async def test_more_texts_than_the_limit_are_refused(client: StandInClient) -> None:
    with pytest.raises(TooManyItemsError):
        await service_on(client, max_items=2).translate_each(["a", "b", "c"], PLAIN)


async def test_more_alternatives_than_the_limit_are_refused(client: StandInClient) -> None:
    with pytest.raises(ValidationFailedError, match="num_alternatives"):
        await service_on(client, max_alternatives=2).translate_each(["a"], Options(num_alternatives=3))


async def test_a_wider_beam_than_the_limit_is_refused(client: StandInClient) -> None:
    with pytest.raises(ValidationFailedError, match="beam_size"):
        await service_on(client, max_beam_size=4).translate_each(["a"], Options(beam_size=5))


async def test_a_cause_that_every_text_shares_is_the_error_of_the_request(client: StandInClient) -> None:
    client.failures = {"a": TritonUnavailableError(), "b": TritonUnavailableError()}
    with pytest.raises(TritonUnavailableError):
        await service_on(client).translate_each(["a", "b"], PLAIN)


async def test_a_failure_of_some_texts_leaves_the_others_their_translations(client: StandInClient) -> None:
    client.failures = {"a": TritonUnavailableError()}
    results = await service_on(client).translate_each(["a", "b"], PLAIN)
    assert error_types(results) == [TritonUnavailableError, None]


async def test_different_causes_stay_with_their_texts(client: StandInClient) -> None:
    client.failures = {"a": TritonUnavailableError(), "b": OverloadedError()}
    results = await service_on(client).translate_each(["a", "b"], PLAIN)
    assert error_types(results) == [TritonUnavailableError, OverloadedError]


async def test_a_shared_cause_that_lies_in_the_texts_stays_with_them(client: StandInClient) -> None:
    results = await service_on(client, max_characters=1).translate_each(["long", "longer"], PLAIN)
    assert error_types(results) == [TextTooLongError, TextTooLongError]


async def test_a_batch_needs_triton_to_say_its_batch_size(client: StandInClient) -> None:
    client.batch_size_failure = TritonUnavailableError()
    with pytest.raises(TritonUnavailableError):
        await service_on(client).translate_batch(["a", "b"], PLAIN)


async def test_a_deadline_that_passes_for_every_text_is_the_error_of_the_request(client: StandInClient) -> None:
    client.hold(["never"])
    with pytest.raises(DeadlineExceededError):
        await service_on(client, deadline_seconds=SHORTLY).translate_each(["never"], PLAIN)


async def test_a_deadline_cancels_what_is_unfinished(client: StandInClient) -> None:
    client.hold(["never"])
    with pytest.raises(DeadlineExceededError):
        await service_on(client, deadline_seconds=SHORTLY).translate_batch(["never", "ever"], PLAIN)
    assert (client.cancelled, client.running) == (1, 0)


async def test_a_deadline_leaves_what_is_finished(client: StandInClient) -> None:
    client.hold(["never"])
    results = await service_on(client, deadline_seconds=SHORTLY).translate_each(["quick", "never"], PLAIN)
    assert error_types(results) == [None, DeadlineExceededError]


async def test_a_request_over_the_limit_in_flight_is_refused(client: StandInClient) -> None:
    release = client.hold(["held"])
    service = service_on(client, max_in_flight=1)
    first = asyncio.create_task(service.translate_each(["held"], PLAIN))
    await client.started.wait()
    with pytest.raises(OverloadedError):
        await service.translate_each(["second"], PLAIN)
    release.set()
    await first


async def test_a_finished_request_makes_room_for_the_next(client: StandInClient) -> None:
    service = service_on(client, max_in_flight=1)
    await service.translate_each(["first"], PLAIN)
    assert error_types(await service.translate_each(["second"], PLAIN)) == [None]


async def test_one_request_keeps_to_its_share_of_inferences(client: StandInClient) -> None:
    texts = [f"text {number}" for number in range(20)]
    release = client.hold(texts)
    call = asyncio.create_task(service_on(client, max_triton_requests_per_request=3).translate_each(texts, PLAIN))
    await client.started.wait()
    release.set()
    await call
    assert client.most_running == 3


async def test_all_requests_together_keep_to_the_limit_of_inferences(client: StandInClient) -> None:
    requests = [[f"{name}{number}" for number in range(8)] for name in "abc"]
    release = client.hold([text for texts in requests for text in texts])
    service = service_on(client, max_triton_requests=4, max_triton_requests_per_request=3)
    calls = asyncio.gather(*(service.translate_each(texts, PLAIN) for texts in requests))
    await client.started.wait()
    release.set()
    await calls
    assert client.most_running == 4


@pytest.mark.parametrize(("target", "model"), [("de", "translate_en_de"), ("fr", "translate_en_fr")])
async def test_one_target_uses_the_ensemble_of_that_target(client: StandInClient, target: str, model: str) -> None:
    translations = await service_on(client).translate_into(["a", "b"], source="en", target=target)
    assert [request.model for request in client.requests] == [model]
    assert translations == [f"{target}0:a", f"{target}0:b"]


@pytest.mark.parametrize(("source", "target"), [("de", "fr"), ("auto", "de"), ("en", "es"), ("en", "en")])
async def test_another_language_is_refused(client: StandInClient, source: str, target: str) -> None:
    with pytest.raises(UnsupportedLanguageError):
        await service_on(client).translate_into(["a"], source=source, target=target)


async def test_the_first_text_without_translation_is_the_error_of_a_single_target_request(
    client: StandInClient,
) -> None:
    client.failures["bad"] = InferenceFailedError()
    with pytest.raises(InferenceFailedError, match=r"^q\[1\]: "):
        await service_on(client).translate_into(["good", "bad"], source="en", target="de")


async def test_a_single_text_needs_no_index_in_its_error(client: StandInClient) -> None:
    client.failures["bad"] = InferenceFailedError()
    with pytest.raises(InferenceFailedError, match=r"^The model failed"):
        await service_on(client).translate_into(["bad"], source="en", target="de")


async def test_a_single_target_request_with_a_refused_text_costs_no_inference(client: StandInClient) -> None:
    with pytest.raises(TextTooLongError, match=r"^q\[1\]: "):
        await service_on(client, max_characters=3).translate_into(["abc", "abcd"], source="en", target="fr")
    assert client.requests == []


def sample(registry: CollectorRegistry, name: str, **labels: str) -> float:
    return registry.get_sample_value(name, labels) or 0.0


async def test_texts_are_counted_by_what_became_of_them(client: StandInClient) -> None:
    metrics = Metrics()
    client.failures["bad"] = InferenceFailedError()
    await TranslationService(client, settings(), metrics).translate_each(["four", "", "bad", "sixsix"], PLAIN)
    outcomes = {
        name: sample(metrics.registry, "translate_items_total", outcome=name)
        for name in ("translated", "echoed", "failed")
    }
    assert outcomes == {"translated": 2, "echoed": 1, "failed": 1}
    assert sample(metrics.registry, "translate_characters_total") == 10


async def test_errors_of_texts_are_counted_by_type(client: StandInClient) -> None:
    metrics = Metrics()
    client.failures["bad"] = InferenceFailedError()
    await TranslationService(client, settings(), metrics).translate_each(["good", "bad"], PLAIN)
    counted = sample(metrics.registry, "translate_errors_total", scope="item", error_type="inference_failed")
    assert counted == 1


@pytest.mark.parametrize(("failure", "outcome"), [(None, "ok"), (TritonUnavailableError(), "triton_unavailable")])
async def test_inferences_are_timed_by_outcome(
    client: StandInClient, failure: TranslateError | None, outcome: str
) -> None:
    metrics = Metrics()
    client.failures = {} if failure is None else {"bad": failure}
    await TranslationService(client, settings(), metrics).translate_each(["bad", ""], PLAIN)
    count = sample(
        metrics.registry,
        "translate_triton_request_seconds_count",
        model="translate_ensemble",
        outcome=outcome,
    )
    assert count == 1
