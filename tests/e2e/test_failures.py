"""What happens when parts of the service die, and when it cannot start."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from perf.workload import sentences
from tests.e2e.service import STOP_SECONDS, Service, wait_until
from tests.load import Load

ANSWERED = {200, 503}


@pytest.fixture
def service_to_break() -> Iterator[Service]:
    service = Service().start()
    try:
        yield service.wait_until_ready()
    finally:
        service.stop()


def test_a_killed_model_process_is_replaced_and_every_request_is_answered(service_to_break: Service) -> None:
    with Load(service_to_break.post) as load:
        wait_until(lambda: 200 in load.statuses, 10, "a first answer")
        service_to_break.find("triton_python_backend_stub", "marian_en_fr").kill()
        wait_until(lambda: 503 in load.statuses, 10, "a 503")
        wait_until(lambda: load.statuses[-1] == 200, 30, "answers again")
    assert (set(load.statuses), load.failures) == (ANSWERED, [])
    assert service_to_break.exit_code() is None


def test_when_triton_dies_everything_ends_and_the_exit_code_says_so(service_to_break: Service) -> None:
    tree = service_to_break.descendants()
    service_to_break.find("tritonserver").kill()
    wait_until(lambda: service_to_break.exit_code() is not None, STOP_SECONDS, "the end")
    assert service_to_break.exit_code() != 0
    assert not [process for process in tree if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]


def test_requests_under_way_when_triton_dies_are_answered_before_the_api_ends(service_to_break: Service) -> None:
    statuses: list[int] = []
    lines = sentences(4 * 128)

    def post(texts: list[str]) -> None:
        statuses.append(service_to_break.post("/infer_batch", {"texts": texts}).status_code)

    threads = [threading.Thread(target=post, args=(lines[start : start + 128],)) for start in range(0, len(lines), 128)]
    for thread in threads:
        thread.start()
    wait_until(lambda: "requests_in_flight 4.0" in _metrics(service_to_break), 10, "requests under way")
    service_to_break.find("tritonserver").kill()
    for thread in threads:
        thread.join()
    assert len(statuses) == 4
    assert set(statuses) <= ANSWERED


def test_when_the_api_dies_triton_is_stopped(service_to_break: Service) -> None:
    service_to_break.find("python", "api").kill()
    wait_until(lambda: service_to_break.exit_code() is not None, STOP_SECONDS, "the end")
    assert service_to_break.exit_code() != 0


def test_ctrl_c_stops_everything_with_exit_code_0() -> None:
    service = Service().start().wait_until_ready()
    tree = service.descendants()
    assert service.stop() == 0
    assert not [process for process in tree if process.is_running()]


def test_a_taken_port_gives_one_clear_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        service = Service(TRANSLATE_TRITON_GRPC_PORT=str(port)).start()
        wait_until(lambda: service.exit_code() is not None, 20, "the end")
    assert service.exit_code() == 1
    assert service.log().splitlines() == [
        f"error: port {port} on 127.0.0.1 is taken: stop what listens there, or choose another with "
        "TRANSLATE_TRITON_GRPC_PORT"
    ]


def test_missing_weights_are_named_with_what_to_do(tmp_path: Path) -> None:
    service = Service(TRANSLATE_WEIGHTS=str(tmp_path)).start()
    wait_until(lambda: service.exit_code() is not None, 20, "the end")
    assert service.exit_code() == 1
    assert "set TRANSLATE_WEIGHTS to a folder that holds en-de/ and en-fr/" in service.log()


def _metrics(service: Service) -> str:
    return httpx.get(f"{service.api_url}/metrics", timeout=10).text
