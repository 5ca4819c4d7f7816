"""What callers get while the Triton container is away."""

import httpx
import pytest

from tests.docker.stack import Stack
from tests.e2e.service import wait_until
from tests.load import Load

pytestmark = pytest.mark.docker

NO_HANG_SECONDS = 10
KILL_SERVER = """
import psutil
for process in psutil.process_iter():
    if process.name() == "tritonserver":
        process.kill()
"""


def _is_ready(stack: Stack) -> bool:
    return httpx.get(f"{stack.api_url}/health/ready", timeout=10).status_code == 200


def _expect_only_503_meanwhile(load: Load) -> None:
    assert load.failures == []
    assert set(load.statuses) == {200, 503}
    assert load.slowest_seconds < NO_HANG_SECONDS


def test_a_killed_triton_container_is_missed_only_until_it_is_started_again(stack: Stack) -> None:
    api = stack.run_of("api")
    with Load(stack.post) as load:
        wait_until(lambda: 200 in load.statuses, 10, "a first answer")
        stack.compose("kill", "triton")
        # From every thread: the first answers are quick, and later ones have nothing left to connect to.
        wait_until(lambda: load.statuses.count(503) > 12, 30, "503")
        assert not _is_ready(stack)
        stack.compose("start", "triton")
        wait_until(lambda: load.statuses[-1] == 200, 30, "answers again")
    _expect_only_503_meanwhile(load)
    assert stack.run_of("api") == api


def test_a_triton_container_whose_server_dies_comes_back_by_itself(stack: Stack) -> None:
    api, triton = stack.run_of("api"), stack.run_of("triton")
    with Load(stack.post) as load:
        wait_until(lambda: 200 in load.statuses, 10, "a first answer")
        stack.python("triton", KILL_SERVER)
        wait_until(lambda: 503 in load.statuses, 10, "a 503")
        wait_until(lambda: load.statuses[-1] == 200, 30, "answers again")
    _expect_only_503_meanwhile(load)
    assert stack.run_of("api") == api
    assert stack.run_of("triton") != triton
    stack.up()
