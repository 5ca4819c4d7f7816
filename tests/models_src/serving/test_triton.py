"""The watchdog over a stand-in for ``tritonserver`` that starts real processes."""

import os
import shutil
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from models_src.engines import Device
from models_src.serving import triton, triton_server
from models_src.serving.install import TritonInstallation
from models_src.serving.settings import ServingSettings
from models_src.serving.triton import Watchdog

LIVES = "60"

WatchdogOver = Callable[..., Watchdog]


@pytest.fixture
def stub(tmp_path: Path) -> Path:
    """A process of the name that Triton's model processes have."""
    path = tmp_path / "triton_python_backend_stub"
    shutil.copy("/bin/sleep", path)
    return path


@pytest.fixture
def regions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of shared memory."""
    folder = tmp_path / "shm"
    folder.mkdir()
    monkeypatch.setattr(triton, "_SHARED_MEMORY", folder)
    return folder


@pytest.fixture
def watchdog_over(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, regions: Path) -> WatchdogOver:
    """A watchdog over a shell script in the place of ``tritonserver``."""
    assert regions.is_dir()

    def watchdog(script: str, device: Device = "cpu") -> Watchdog:
        monkeypatch.setattr(triton_server, "command", lambda *_: ["/bin/sh", "-c", script])
        return Watchdog(TritonInstallation(tmp_path), ServingSettings(device=device), tmp_path)

    return watchdog


def starts(tmp_path: Path) -> int:
    return len((tmp_path / "starts").read_text().splitlines())


def test_the_exit_code_of_triton_is_passed_on(watchdog_over: WatchdogOver) -> None:
    assert watchdog_over("exit 3").run() == 3


def test_triton_that_ends_without_being_asked_is_a_failure(watchdog_over: WatchdogOver) -> None:
    assert watchdog_over("exit 0").run() == 1


def test_triton_is_started_anew_when_a_model_process_dies(
    watchdog_over: WatchdogOver, stub: Path, tmp_path: Path
) -> None:
    first = tmp_path / "first"
    script = f"echo >> {tmp_path}/starts; [ -e {first} ] && exit 7; touch {first}; {stub} 0.5 & exec sleep {LIVES}"
    assert watchdog_over(script).run() == 7
    assert starts(tmp_path) == 2


def test_model_processes_that_die_again_and_again_end_the_watchdog(
    watchdog_over: WatchdogOver, stub: Path, tmp_path: Path
) -> None:
    script = f"echo >> {tmp_path}/starts; {stub} 0.3 & exec sleep {LIVES}"
    assert watchdog_over(script).run() == 1
    assert starts(tmp_path) == 5


def test_a_signal_ends_triton_with_exit_code_0(watchdog_over: WatchdogOver, stub: Path) -> None:
    watchdog = watchdog_over(f"{stub} {LIVES} & exec sleep {LIVES}")
    threading.Timer(0.5, watchdog.stop, (signal.SIGTERM, None)).start()
    assert watchdog.run() == 0


def test_shared_memory_of_this_triton_alone_is_removed(watchdog_over: WatchdogOver, regions: Path) -> None:
    (regions / f"triton-translate-{os.getpid()}-a").touch()
    (regions / "triton-translate-1-b").touch()
    watchdog_over("exit 3").run()
    assert [region.name for region in regions.iterdir()] == ["triton-translate-1-b"]


def test_noise_about_a_missing_gpu_is_kept_from_the_log(
    watchdog_over: WatchdogOver, capsys: pytest.CaptureFixture[str]
) -> None:
    watchdog_over('echo "CudaDriverHelper has not been initialized"; echo "model failed to load"; exit 3').run()
    assert capsys.readouterr().out.splitlines() == ["model failed to load", "Triton ended with exit code 3"]


def test_on_a_gpu_what_is_said_about_it_is_kept(
    watchdog_over: WatchdogOver, capsys: pytest.CaptureFixture[str]
) -> None:
    watchdog_over('echo "CUDA out of memory"; exit 3', device="cuda").run()
    assert capsys.readouterr().out.splitlines()[0] == "CUDA out of memory"
