"""Triton's command line and environment."""

import os
import sys
from pathlib import Path

import pytest

from models_src.serving.install import TritonInstallation
from models_src.serving.settings import ServingSettings
from models_src.serving.triton_server import command, environment


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TritonInstallation:
    monkeypatch.setattr(TritonInstallation, "libpython_folder", lambda _installation: tmp_path / "libpython")
    return TritonInstallation(tmp_path)


def arguments(installation: TritonInstallation, settings: ServingSettings) -> dict[str, str]:
    _binary, *options = command(installation, settings, Path("/rendered"), "prefix-")
    return {name: value for name, _equals, value in (option.partition("=") for option in options)}


def test_the_command_is_the_installed_server(installation: TritonInstallation) -> None:
    assert command(installation, ServingSettings(), Path("/rendered"), "prefix-")[0] == str(installation.binary)


def test_the_command_serves_the_rendered_repository(installation: TritonInstallation) -> None:
    assert arguments(installation, ServingSettings())["--model-repository"] == "/rendered"


def test_the_command_completes_no_configuration(installation: TritonInstallation) -> None:
    assert "--disable-auto-complete-config" in arguments(installation, ServingSettings())


def test_the_command_names_the_shared_memory(installation: TritonInstallation) -> None:
    assert arguments(installation, ServingSettings())["--backend-config"] == "python,shm-region-prefix-name=prefix-"


@pytest.mark.parametrize(
    ("setting", "value", "option", "text"),
    [
        ("triton_host", "0.0.0.1", "--http-address", "0.0.0.1"),
        ("triton_host", "0.0.0.1", "--grpc-address", "0.0.0.1"),
        ("triton_host", "0.0.0.1", "--metrics-address", "0.0.0.1"),
        ("triton_http_port", 1, "--http-port", "1"),
        ("triton_grpc_port", 2, "--grpc-port", "2"),
        ("triton_metrics_port", 3, "--metrics-port", "3"),
        ("device", "cpu", "--allow-gpu-metrics", "false"),
        ("device", "cuda", "--allow-gpu-metrics", "true"),
        ("triton_log_info", True, "--log-info", "true"),
        ("triton_exit_timeout_seconds", 9, "--exit-timeout-secs", "9"),
    ],
)
def test_a_setting_reaches_its_option(
    installation: TritonInstallation, setting: str, value: object, option: str, text: str
) -> None:
    settings = ServingSettings.model_validate({setting: value})
    assert arguments(installation, settings)[option] == text


class TestEnvironment:
    def test_puts_this_python_first(self, installation: TritonInstallation, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", "/usr/bin")
        assert environment(installation)["PATH"] == f"{Path(sys.executable).parent}{os.pathsep}/usr/bin"

    def test_finds_libpython_first(self, installation: TritonInstallation, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("LD_LIBRARY_PATH", "/cuda")
        expected = f"{installation.libpython_folder()}{os.pathsep}/cuda"
        assert environment(installation)["LD_LIBRARY_PATH"] == expected

    def test_has_no_empty_library_folder(
        self, installation: TritonInstallation, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("LD_LIBRARY_PATH", raising=False)
        assert environment(installation)["LD_LIBRARY_PATH"] == str(installation.libpython_folder())

    def test_leaves_the_threads_to_the_engine(self, installation: TritonInstallation) -> None:
        assert environment(installation)["OMP_NUM_THREADS"] == "1"

    def test_passes_the_rest_on(self, installation: TritonInstallation, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SOMETHING_ELSE", "here")
        assert environment(installation)["SOMETHING_ELSE"] == "here"


def test_the_cache_gets_its_memory(installation: TritonInstallation) -> None:
    assert arguments(installation, ServingSettings(cache_bytes=4096))["--cache-config"] == "local,size=4096"


def test_without_memory_there_is_no_cache(installation: TritonInstallation) -> None:
    assert "--cache-config" not in arguments(installation, ServingSettings())
