"""Triton's HTTP client against a stand-in Triton: tensors, batch sizes, readiness."""

import json
import math
import struct

import pytest
from aiohttp import web
from asgi_correlation_id import correlation_id
from structlog.testing import capture_logs

from api.errors import OverloadedError, TranslateError, TritonUnavailableError
from api.text.hypotheses import Hypothesis
from api.triton_client import InferenceRequest, Readiness
from tests.api.stand_in_triton import (
    GERMAN,
    StandInTriton,
    answering,
    bytes_tensor,
    client_of,
    failing,
    free_address,
    one_target,
)

MODELS = ("tokenize", "marian_en_de")


async def hypotheses_from(triton: StandInTriton) -> tuple[Hypothesis, ...]:
    async with triton.running(), client_of(triton.address) as client:
        [output] = await client.infer(GERMAN)
    return output.hypotheses["de"]


async def test_texts_and_options_are_sent_as_tensors_of_n_by_one() -> None:
    triton = answering(one_target("DE", [["a"], ["b"]]))
    async with triton.running(), client_of(triton.address) as client:
        await client.infer(InferenceRequest("translate_en_de", ("hé", "b\x00"), num_hypotheses=3, beam_size=6))
    sent = [(tensor["name"], tensor["datatype"], tensor["shape"]) for tensor in triton.heads[0]["inputs"]]
    assert sent == [
        ("TEXT", "BYTES", [2, 1]),
        ("NUM_HYPOTHESES", "INT32", [2, 1]),
        ("BEAM_SIZE", "INT32", [2, 1]),
        ("ALIGNMENT", "INT32", [2, 1]),
    ]
    assert triton.bodies == [struct.pack("<I3sI2s6i", 3, "hé".encode(), 2, b"b\x00", 3, 3, 6, 6, 0, 0)]


async def test_the_models_default_beam_is_sent_as_zero() -> None:
    triton = answering(one_target("DE", [["a"]]))
    async with triton.running(), client_of(triton.address) as client:
        await client.infer(GERMAN)
    assert triton.bodies[0].endswith(struct.pack("<3i", 1, 0, 0))


async def test_the_request_id_goes_along() -> None:
    triton = answering(one_target("DE", [["a"]]))
    token = correlation_id.set("order-66")
    async with triton.running(), client_of(triton.address) as client:
        await client.infer(GERMAN)
    correlation_id.reset(token)
    assert triton.heads[0]["id"] == "order-66"


async def test_hypotheses_come_back_per_text_and_target() -> None:
    triton = answering(one_target("DE", [["Hallo"], ["Tschüs"]]), one_target("FR", [["Salut"], ["Adieu"]]))
    async with triton.running(), client_of(triton.address) as client:
        outputs = await client.infer(InferenceRequest("translate_ensemble", ("hello", "bye")))
    texts = [{target: found[0].text for target, found in output.hypotheses.items()} for output in outputs]
    assert texts == [{"de": "Hallo", "fr": "Salut"}, {"de": "Tschüs", "fr": "Adieu"}]


async def test_a_hypothesis_has_score_confidence_and_flags() -> None:
    triton = answering(one_target("DE", [["x x"]], [[-1.1]], [[0.3]], [["repetition,low_score"]]))
    assert await hypotheses_from(triton) == (Hypothesis("x x", -1.1, 0.3, ("repetition", "low_score")),)


async def test_an_alignment_is_asked_for_as_one() -> None:
    triton = answering(one_target("DE", [["a"]]))
    async with triton.running(), client_of(triton.address) as client:
        await client.infer(InferenceRequest("translate_en_de", ("hello",), alignment=True))
    assert triton.bodies[0].endswith(struct.pack("<i", 1))


async def test_an_alignment_comes_back_as_pairs_of_words() -> None:
    [hypothesis] = await hypotheses_from(answering(one_target("DE", [["a b"]], alignments=[["0-1 12-0"]])))
    assert hypothesis.alignment == ((0, 1), (12, 0))


async def test_padding_is_dropped() -> None:
    triton = answering(
        one_target("DE", [["Hallo", ""]], [[-0.5, -math.inf]], [[0.5, 0.0]], [["", "padding"]]),
    )
    assert await hypotheses_from(triton) == (Hypothesis("Hallo", -0.5, 0.5),)


async def test_a_text_that_is_too_long_for_one_target_is_too_long() -> None:
    triton = answering(
        one_target("DE", [["Hallo"]]),
        one_target("FR", [[""]], [[-math.inf]], [[0.0]], [["too_long"]]),
    )
    async with triton.running(), client_of(triton.address) as client:
        [output] = await client.infer(InferenceRequest("translate_ensemble", ("hello",)))
    assert output.too_long


@pytest.mark.parametrize("strange", [math.nan, math.inf, -math.inf])
async def test_scores_and_confidences_are_always_finite(strange: float) -> None:
    [hypothesis] = await hypotheses_from(answering(one_target("DE", [["a"]], [[strange]], [[strange]])))
    assert json.loads(json.dumps(hypothesis.score, allow_nan=False)) == hypothesis.score
    assert 0.0 <= hypothesis.confidence <= 1.0


async def test_a_score_that_is_not_a_number_is_the_worst() -> None:
    scores = [[math.nan, -9.0]]
    worst, other = await hypotheses_from(answering(one_target("DE", [["a", "b"]], scores)))
    assert worst.score < other.score


@pytest.mark.parametrize(("given", "expected"), [(1.5, 1.0), (-0.5, 0.0)])
async def test_a_confidence_stays_between_zero_and_one(given: float, expected: float) -> None:
    [hypothesis] = await hypotheses_from(answering(one_target("DE", [["a"]], None, [[given]])))
    assert hypothesis.confidence == expected


async def test_bytes_that_are_no_utf8_do_not_fail_the_batch() -> None:
    tensors = {**one_target("DE", [["a"]]), "HYPOTHESES_DE": bytes_tensor([[b"a\xff"]])}
    [hypothesis] = await hypotheses_from(answering(tensors))
    assert hypothesis.text == "a\ufffd"


async def test_the_batch_size_comes_from_the_models_configuration() -> None:
    triton = StandInTriton(max_batch_size=16)
    async with triton.running(), client_of(triton.address) as client:
        assert await client.max_batch_size("translate_ensemble") == 16


async def test_the_batch_size_is_asked_for_once() -> None:
    triton = StandInTriton()
    async with triton.running(), client_of(triton.address) as client:
        for _ in range(3):
            await client.max_batch_size("translate_ensemble")
    assert triton.configs_asked == 1


@pytest.mark.parametrize(("status", "asked"), [(503, 2), (400, 2)])
async def test_the_batch_size_is_asked_for_again_after_a_failure(status: int, asked: int) -> None:
    triton = failing(status, "restarting")
    async with triton.running(), client_of(triton.address) as client:
        await client.max_batch_size("translate_en_de")
        with pytest.raises(TranslateError):
            await client.infer(GERMAN)
        await client.max_batch_size("translate_en_de")
    assert triton.configs_asked == asked


async def test_a_full_queue_does_not_make_the_batch_size_uncertain() -> None:
    triton = failing(503, "Exceeds maximum queue size")
    async with triton.running(), client_of(triton.address) as client:
        await client.max_batch_size("translate_en_de")
        with pytest.raises(OverloadedError):
            await client.infer(GERMAN)
        await client.max_batch_size("translate_en_de")
    assert triton.configs_asked == 1


async def test_a_model_without_batching_takes_one_text_at_a_time() -> None:
    triton = StandInTriton(max_batch_size=0)
    async with triton.running(), client_of(triton.address) as client:
        assert await client.max_batch_size("translate_ensemble") == 1


async def test_a_configuration_without_a_batch_size_means_unavailable() -> None:
    async def config(_request: web.Request) -> web.StreamResponse:
        return web.json_response({})

    triton = StandInTriton(config=config)
    async with triton.running(), client_of(triton.address) as client:
        with pytest.raises(TritonUnavailableError):
            await client.max_batch_size("translate_ensemble")


async def test_all_is_ready_when_triton_says_so() -> None:
    triton = StandInTriton()
    async with triton.running(), client_of(triton.address) as client:
        readiness = await client.readiness(MODELS)
    assert readiness == Readiness(reachable=True, models=dict.fromkeys(MODELS, True))
    assert readiness.ready


async def test_one_model_that_is_not_ready_is_named() -> None:
    triton = StandInTriton(not_ready=frozenset({"tokenize"}))
    async with triton.running(), client_of(triton.address) as client:
        readiness = await client.readiness(MODELS)
    assert readiness == Readiness(reachable=True, models={"tokenize": False, "marian_en_de": True})
    assert not readiness.ready


async def test_no_model_is_ready_while_triton_is_not_live() -> None:
    triton = StandInTriton(live=False)
    async with triton.running(), client_of(triton.address) as client:
        readiness = await client.readiness(MODELS)
    assert readiness == Readiness(reachable=True, models=dict.fromkeys(MODELS, False))


async def test_no_model_is_ready_while_triton_cannot_be_reached() -> None:
    async with client_of(free_address()) as client:
        readiness = await client.readiness(MODELS)
    assert readiness == Readiness(reachable=False, models=dict.fromkeys(MODELS, False))
    assert not readiness.ready


async def test_polling_an_unreachable_triton_does_not_bury_the_log() -> None:
    with capture_logs() as logs:
        async with client_of(free_address()) as client:
            await client.readiness(MODELS)
    assert {entry["log_level"] for entry in logs} == {"debug"}


async def test_the_weights_are_those_that_the_configurations_name() -> None:
    async def config(request: web.Request) -> web.StreamResponse:
        origin = {"origin": {"string_value": "some/model@1"}} if "marian" in request.match_info["model"] else {}
        return web.json_response({"max_batch_size": 8, "parameters": origin})

    triton = StandInTriton(config=config)
    async with triton.running(), client_of(triton.address) as client:
        readiness = await client.readiness(MODELS)
    assert readiness.weights == {"marian_en_de": "some/model@1"}
