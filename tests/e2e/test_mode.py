"""`MODE=… make serve`."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from models_src.serving.mode import mode_settings
from models_src.serving.settings import ServingSettings
from tests.e2e.service import Service, wait_until


@pytest.fixture(params=["latency", "throughput"])
def service_in_mode(request: pytest.FixtureRequest) -> Iterator[tuple[str, Service]]:
    with Service(MODE=request.param) as running:
        yield request.param, running


def test_a_mode_reaches_tritons_models(service_in_mode: tuple[str, Service], monkeypatch: pytest.MonkeyPatch) -> None:
    mode, service = service_in_mode
    for name, value in mode_settings({"MODE": mode}).items():
        monkeypatch.setenv(name, value)
    expected = ServingSettings()
    config: dict[str, Any] = httpx.get(f"{service.triton_url}/v2/models/marian_en_de/config").json()
    assert config["max_batch_size"] == expected.max_batch_size
    assert config["instance_group"][0]["count"] == expected.instances
    delay = config["dynamic_batching"].get("max_queue_delay_microseconds", 0)
    assert int(delay) == expected.queue_delay_microseconds


def test_an_unknown_mode_is_said_at_once() -> None:
    service = Service(MODE="ludicrous").start()
    try:
        wait_until(lambda: service.exit_code() is not None, 20, "the end of a service with an unknown mode")
        assert service.exit_code() != 0
        assert "MODE: there is no mode of this name; choose one of default, latency, throughput" in service.log()
    finally:
        service.stop()
