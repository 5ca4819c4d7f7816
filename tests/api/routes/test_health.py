"""`/health/live` and `/health/ready` over HTTP."""

import pytest

from api.triton_client import Readiness
from tests.api.stand_ins import StandInClient, serving

MODELS = (
    "translate_ensemble",
    "translate_en_de",
    "translate_en_fr",
    "tokenize",
    "marian_en_de",
    "marian_en_fr",
)


async def test_the_process_is_live_while_triton_is_not(client: StandInClient) -> None:
    client.health = Readiness(reachable=False, models={})
    async with serving(client) as http:
        response = await http.get("/health/live")
    assert (response.status_code, response.json()) == (200, {"status": "alive"})


async def test_it_is_ready_when_triton_reports_every_model_ready(client: StandInClient) -> None:
    async with serving(client) as http:
        response = await http.get("/health/ready")
    expected = {"status": "ready", "triton": "reachable", "models": dict.fromkeys(MODELS, True), "weights": {}}
    assert (response.status_code, response.json()) == (200, expected)


@pytest.mark.parametrize("missing", MODELS)
async def test_it_is_not_ready_while_one_model_is_not_and_says_which(client: StandInClient, missing: str) -> None:
    models = {name: name != missing for name in MODELS}
    client.health = Readiness(reachable=True, models=models)
    async with serving(client) as http:
        response = await http.get("/health/ready")
    expected = {"status": "not_ready", "triton": "reachable", "models": models, "weights": {}}
    assert (response.status_code, response.json()) == (503, expected)


async def test_it_is_not_ready_when_triton_takes_too_long_to_say(client: StandInClient) -> None:
    client.hold(["readiness"])
    async with serving(client, readiness_timeout_seconds=0.02) as http:
        response = await http.get("/health/ready")
    expected = {"status": "not_ready", "triton": "unreachable", "models": dict.fromkeys(MODELS, False), "weights": {}}
    assert (response.status_code, response.json()) == (503, expected)


async def test_it_says_which_weights_are_served(client: StandInClient) -> None:
    weights = {"marian_en_de": "some/model@1", "marian_en_fr": "other/model@2"}
    client.health = Readiness(reachable=True, models=dict.fromkeys(MODELS, True), weights=weights)
    async with serving(client) as http:
        response = await http.get("/health/ready")
    assert response.json()["weights"] == weights
