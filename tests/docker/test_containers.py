"""The two containers as a caller and as an administrator see them."""

import json
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from models_src.serving.mode import mode_settings
from tests.docker.stack import Stack

pytestmark = pytest.mark.docker

TEXTS = ["Where is the station?", "She has two brothers.", "Can you help me?"]
SERVICES = ["api", "triton"]
OVERLAYS = [None, "docker-compose.perf.yml", "docker-compose.gpu.yml"]


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_the_compose_files_are_valid(stack: Stack, overlay: str | None) -> None:
    stack.compose("config", "--quiet", overlay=overlay)


@pytest.mark.parametrize("mode", ["latency", "throughput"])
def test_a_mode_reaches_both_containers(stack: Stack, mode: str) -> None:
    services = json.loads(stack.compose("config", "--format", "json", MODE=mode))["services"]
    expected = mode_settings({"MODE": mode})
    for service in SERVICES:
        assert expected.items() <= services[service]["environment"].items()


@pytest.mark.parametrize("path", ["/infer", "/infer_batch"])
def test_german_and_french_come_from_the_triton_container(stack: Stack, path: str) -> None:
    before = stack.inferences("translate_ensemble")
    results = stack.post(path, {"texts": TEXTS}).raise_for_status().json()["results"]
    assert "Bahnhof" in results[0]["translations"]["de"]["text"]
    assert "frères" in results[1]["translations"]["fr"]["text"]
    assert stack.inferences("translate_ensemble") - before == len(TEXTS)


def test_translate_comes_from_the_triton_container(stack: Stack) -> None:
    before = stack.inferences("translate_en_fr")
    body = {"q": TEXTS, "source": "en", "target": "fr"}
    assert "gare" in stack.post("/translate", body).raise_for_status().json()["translatedText"][0]
    assert stack.inferences("translate_en_fr") - before == len(TEXTS)


@pytest.mark.parametrize("path", ["/", "/static/app.js", "/static/page.css", "/static/icon.svg"])
def test_the_page_is_in_the_image(stack: Stack, path: str) -> None:
    assert httpx.get(f"{stack.api_url}{path}", timeout=10).status_code == 200


def test_metrics_are_there(stack: Stack) -> None:
    assert "translate_" in httpx.get(f"{stack.api_url}/metrics", timeout=10).text
    code = "from urllib.request import urlopen; print(urlopen('http://triton:8002/metrics').read().decode())"
    assert "nv_inference_request_success" in stack.python("api", code)


@pytest.mark.parametrize("service", SERVICES)
def test_a_container_runs_without_privileges(stack: Stack, service: str) -> None:
    assert stack.python(service, "import os; print(os.getuid())").strip() == "65532"
    host = stack.inspect(service)["HostConfig"]
    assert (host["ReadonlyRootfs"], host["CapDrop"], host["SecurityOpt"]) == (
        True,
        ["ALL"],
        ["no-new-privileges:true"],
    )
    assert min(host["Memory"], host["NanoCpus"]) > 0


def test_the_ports_of_triton_are_not_published(stack: Stack) -> None:
    assert not any(stack.inspect("triton")["NetworkSettings"]["Ports"].values())


def test_the_overlay_for_perf_analyzer_publishes_them(stack: Stack) -> None:
    stack.up(overlay="docker-compose.perf.yml")
    assert httpx.get(f"{stack.triton_url}/v2/health/ready", timeout=10).status_code == 200
    assert "nv_inference" in httpx.get(stack.metrics_url, timeout=10).text
    stack.up()


def test_down_and_up_again_needs_no_build_and_logs_no_error(stack: Stack) -> None:
    stack.compose("down")
    stack.up()
    stack.post("/infer_batch", {"texts": TEXTS}).raise_for_status()
    assert {json.loads(line)["level"] for line in stack.log("api")} == {"info"}
    assert stack.log("triton") == []


def test_two_triton_containers_share_the_requests(stack: Stack) -> None:
    stack.compose("down")
    stack.up("--scale", "triton=2")
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: stack.post("/infer", {"texts": TEXTS}), range(64)))
    assert {answer.status_code for answer in answers} == {200}
    shares = [stack.inferences("translate_ensemble", index) for index in (1, 2)]
    assert sum(shares) == 64 * len(TEXTS)
    assert min(shares) > 0.25 * sum(shares)
    stack.up("--scale", "triton=1")
