"""Installing Triton: what is fetched, and what is said when it cannot be had. Nothing here uses the network."""

import platform
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest

from models_src.serving import install as install_module
from models_src.serving.install import TRITON_WHEEL, InstallError, TritonInstallation, install, main

Runner = Callable[[Sequence[str]], int]


class Commands:
    """Stands in for ``subprocess.run``: notes the commands, and lets ``effect`` say how each ends."""

    def __init__(self) -> None:
        self.noted: list[list[str]] = []
        self.effect: Runner = lambda _command: 0

    def run(self, command: Sequence[str], **_options: object) -> SimpleNamespace:
        self.noted.append([str(part) for part in command])
        return SimpleNamespace(returncode=self.effect(self.noted[-1]))


@pytest.fixture(autouse=True)
def commands(monkeypatch: pytest.MonkeyPatch) -> Commands:
    noted = Commands()
    monkeypatch.setattr(subprocess, "run", noted.run)
    monkeypatch.setattr(platform, "system", lambda: "Linux")
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    return noted


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where to install; libpython counts as found there."""
    monkeypatch.setattr(TritonInstallation, "libpython_folder", lambda _installation: tmp_path)
    return tmp_path / "triton"


def unpack_wheel(home: Path) -> int:
    """Leave behind what pip would, with its exit code."""
    installation = TritonInstallation(home)
    for file in (installation.binary, installation.stub_source, installation.backends / "python" / "libtriton.so"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("binary")
    return 0


def test_the_wheel_is_fetched_alone(home: Path, commands: Commands) -> None:
    commands.effect = lambda _command: unpack_wheel(home)
    install(home)
    (command,) = commands.noted
    assert command[:4] == [sys.executable, "-m", "pip", "install"]
    assert {"--no-deps", str(home), TRITON_WHEEL} <= set(command)


def test_the_stub_of_this_python_is_put_beside_the_backend(home: Path, commands: Commands) -> None:
    commands.effect = lambda _command: unpack_wheel(home)
    assert install(home).is_complete()


@pytest.mark.parametrize("name", ["binary", "stub"])
def test_the_binaries_can_be_executed(home: Path, commands: Commands, name: str) -> None:
    commands.effect = lambda _command: unpack_wheel(home)
    file: Path = getattr(install(home), name)
    assert file.stat().st_mode & 0o111 == 0o111


def test_an_installation_that_is_there_is_left_alone(home: Path, commands: Commands) -> None:
    unpack_wheel(home)
    install(home)
    install(home)
    assert commands.noted == []


def test_a_stub_of_another_python_is_replaced(home: Path) -> None:
    unpack_wheel(home)
    TritonInstallation(home).stub.write_text("of another Python")
    assert install(home).stub.read_text() == "binary"


def test_the_layout_of_nvidias_images_is_complete_as_it_is(home: Path, commands: Commands) -> None:
    for file in ("bin/tritonserver", "backends/python/triton_python_backend_stub"):
        (home / file).parent.mkdir(parents=True)
        (home / file).touch()
    installation = install(home)
    assert commands.noted == []
    assert (installation.binary, installation.backends) == (home / "bin" / "tritonserver", home / "backends")


@pytest.mark.parametrize(("system", "machine"), [("Darwin", "x86_64"), ("Linux", "aarch64")])
def test_a_platform_without_binaries_is_sent_to_docker(
    home: Path, monkeypatch: pytest.MonkeyPatch, system: str, machine: str
) -> None:
    monkeypatch.setattr(platform, "system", lambda: system)
    monkeypatch.setattr(platform, "machine", lambda: machine)
    with pytest.raises(InstallError, match="Linux on x86-64; on other machines use Docker"):
        install(home)


def test_a_failing_pip_is_reported(home: Path, commands: Commands) -> None:
    commands.effect = lambda _command: 1
    with pytest.raises(InstallError, match=f"pip could not install {TRITON_WHEEL}"):
        install(home)


def test_a_python_without_a_stub_is_reported(home: Path) -> None:
    with pytest.raises(InstallError, match=r"has no backend for Python .*; use Python 3\.11 or 3\.12"):
        install(home)


def test_a_python_without_a_stub_is_reported_over_an_installation_for_another_python(home: Path) -> None:
    unpack_wheel(home)
    installation = TritonInstallation(home)
    installation.stub_source.unlink()
    installation.stub.write_text("of another Python")
    with pytest.raises(InstallError, match="has no backend for Python"):
        install(home)


class TestLibpython:
    @pytest.fixture
    def home(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """An installed Triton on a machine without libpython."""
        home = tmp_path / "triton"
        unpack_wheel(home)
        monkeypatch.setattr(install_module, "_LIBPYTHON", "libpython-of-a-test.so")
        monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
        return home

    def library(self, home: Path) -> Path:
        """Where the unpacked package has the library."""
        multiarch = sysconfig.get_config_var("MULTIARCH") or ""
        return home / "libpython" / "usr" / "lib" / multiarch / "libpython-of-a-test.so"

    def test_is_downloaded_and_found(self, home: Path, commands: Commands) -> None:
        def effect(_command: Sequence[str]) -> int:
            self.library(home).parent.mkdir(parents=True, exist_ok=True)
            self.library(home).touch()
            return 0

        commands.effect = effect
        assert install(home).libpython_folder() == self.library(home).parent

    def test_is_downloaded_without_root(self, home: Path, commands: Commands) -> None:
        with pytest.raises(InstallError):
            install(home)
        assert [command[:2] for command in commands.noted] == [["/usr/bin/apt-get", "download"]]

    def test_that_cannot_be_downloaded_is_reported_with_what_to_do(self, home: Path, commands: Commands) -> None:
        commands.effect = lambda _command: 100
        with pytest.raises(InstallError, match=r"needs libpython.*sudo apt-get install libpython3"):
            install(home)

    def test_is_reported_where_there_is_no_apt(
        self, home: Path, commands: Commands, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(shutil, "which", lambda _name: None)
        with pytest.raises(InstallError, match="sudo apt-get install"):
            install(home)
        assert commands.noted == []

    def test_that_is_there_is_not_downloaded(self, home: Path, commands: Commands) -> None:
        self.library(home).parent.mkdir(parents=True)
        self.library(home).touch()
        install(home)
        assert commands.noted == []


def test_the_command_ends_with_the_message(home: Path, commands: Commands, monkeypatch: pytest.MonkeyPatch) -> None:
    commands.effect = lambda _command: 1
    monkeypatch.setenv("TRANSLATE_TRITON_HOME", str(home))
    monkeypatch.setattr(sys, "argv", ["install"])
    with pytest.raises(SystemExit, match="error: pip could not install"):
        main()
