"""What the service counts."""

import pytest
from prometheus_client import CollectorRegistry

from api.errors import (
    InferenceFailedError,
    TranslateError,
    TritonUnavailableError,
)
from api.metrics import Metrics
from api.translation import TranslationService
from tests.api.stand_ins import StandInClient, settings
from tests.api.translations import TWO_TEXTS, each, together


def sample(registry: CollectorRegistry, name: str, **labels: str) -> float:
    return registry.get_sample_value(name, labels) or 0.0


async def test_texts_are_counted_by_what_became_of_them(client: StandInClient) -> None:
    metrics = Metrics()
    client.failures["bad"] = InferenceFailedError()
    await each(TranslationService(client, settings(), metrics), ["four", "", "bad", "sixsix"])
    outcomes = {
        name: sample(metrics.registry, "translate_items_total", outcome=name)
        for name in ("translated", "echoed", "failed")
    }
    assert outcomes == {"translated": 2, "echoed": 1, "failed": 1}
    assert sample(metrics.registry, "translate_characters_total") == 10


async def test_sentences_are_counted_and_those_that_are_the_same_apart(client: StandInClient) -> None:
    metrics = Metrics()
    await together(TranslationService(client, settings(), metrics), [*TWO_TEXTS, "12"])
    outcomes = {
        name: sample(metrics.registry, "translate_segments_total", outcome=name)
        for name in ("translated", "deduplicated")
    }
    assert outcomes == {"translated": 3, "deduplicated": 1}


async def test_errors_of_texts_are_counted_by_type(client: StandInClient) -> None:
    metrics = Metrics()
    client.failures["bad"] = InferenceFailedError()
    await each(TranslationService(client, settings(), metrics), ["good", "bad"])
    counted = sample(metrics.registry, "translate_errors_total", scope="item", error_type="inference_failed")
    assert counted == 1


@pytest.mark.parametrize(("failure", "outcome"), [(None, "ok"), (TritonUnavailableError(), "triton_unavailable")])
async def test_inferences_are_timed_by_outcome(
    client: StandInClient, failure: TranslateError | None, outcome: str
) -> None:
    metrics = Metrics()
    client.failures = {} if failure is None else {"bad": failure}
    await each(TranslationService(client, settings(), metrics), ["bad", ""])
    count = sample(
        metrics.registry,
        "translate_triton_request_seconds_count",
        model="translate_ensemble",
        outcome=outcome,
    )
    assert count == 1
