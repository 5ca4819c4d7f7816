"""Install Triton's binaries from the wheel ``nvidia-pytriton``, which carries a complete server, without Docker.

``python -m models_src.serving.install`` fetches the wheel alone (its Python API is not used), puts the stub of the
running Python beside the Python backend, and makes sure that the stub finds its shared ``libpython``.
"""

import argparse
import filecmp
import platform
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from models_src.checkpoint import PROJECT_ROOT
from models_src.serving.settings import ServingSettings, SettingsError, read_settings

TRITON_WHEEL = "nvidia-pytriton==0.7.0"
TRITON_VERSION = "2.51.0"

_PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
_LIBPYTHON = f"libpython{_PYTHON}.so.1.0"


class InstallError(Exception):
    """Triton cannot be set up on this machine; the message says why and what to do."""


class TritonInstallation:
    """The files of an installed Triton below ``home``: unpacked from the wheel, or as in NVIDIA's images."""

    def __init__(self, home: Path) -> None:
        self.home = home
        is_nvidias = (home / "bin" / "tritonserver").is_file()
        root = home if is_nvidias else home / "pytriton" / "tritonserver"
        self.binary = root / "bin" / "tritonserver"
        self.backends = root / "backends"
        self.caches = root / "caches"
        self.stub = self.backends / "python" / "triton_python_backend_stub"
        # NVIDIA's images have one stub, for the Python that they come with.
        stubs = root / "python_backend_stubs" / _PYTHON
        self.stub_source = self.stub if is_nvidias else stubs / "triton_python_backend_stub"
        self.libpython_fetched = home / "libpython"

    def is_complete(self) -> bool:
        """Whether the server, and a stub for this very Python, are in place."""
        files = (self.binary, self.stub, self.stub_source)
        return all(file.is_file() for file in files) and filecmp.cmp(self.stub, self.stub_source)

    def libpython_folder(self) -> Path | None:
        """The folder of the shared ``libpython`` that the stub needs; None when there is none on this machine."""
        multiarch = sysconfig.get_config_var("MULTIARCH") or ""
        folders = [
            Path(sysconfig.get_config_var("LIBDIR") or "/usr/lib"),
            Path("/usr/lib") / multiarch,
            self.libpython_fetched / "usr" / "lib" / multiarch,
        ]
        return next((folder for folder in folders if (folder / _LIBPYTHON).is_file()), None)


def install(home: Path) -> TritonInstallation:
    """Install what is missing below ``home``; does nothing when all is there.

    Raises:
        InstallError: the platform or Python version has no binaries, or libpython cannot be had.
    """
    installation = TritonInstallation(home)
    if not installation.is_complete():
        if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
            raise InstallError("Triton's wheel is for Linux on x86-64; on other machines use Docker")
        if not installation.stub_source.is_file():
            _fetch_wheel(home)
        if not installation.stub_source.is_file():
            raise InstallError(f"Triton {TRITON_VERSION} has no backend for Python {_PYTHON}; use Python 3.11 or 3.12")
        shutil.copy2(installation.stub_source, installation.stub)
        installation.stub.chmod(0o755)
        installation.binary.chmod(0o755)
    if installation.libpython_folder() is None:
        _fetch_libpython(installation.libpython_fetched)
        if installation.libpython_folder() is None:
            raise InstallError(_missing_libpython())
    return installation


def _fetch_wheel(home: Path) -> None:
    home.mkdir(parents=True, exist_ok=True)
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-deps",
        "--upgrade",
        "--target",
        str(home),
    ]
    if subprocess.run([*command, TRITON_WHEEL], check=False).returncode:
        raise InstallError(f"pip could not install {TRITON_WHEEL}: its message is above")


def _fetch_libpython(destination: Path) -> None:
    """Unpack Debian's or Ubuntu's libpython package, which needs no root, for a Python built without the library."""
    apt_get, dpkg_deb = shutil.which("apt-get"), shutil.which("dpkg-deb")
    if not apt_get or not dpkg_deb:
        return
    with tempfile.TemporaryDirectory() as scratch:
        download = [apt_get, "download", f"libpython{_PYTHON}"]
        if subprocess.run(download, cwd=scratch, check=False, capture_output=True).returncode == 0:
            for package in Path(scratch).glob("*.deb"):
                subprocess.run([dpkg_deb, "--extract", str(package), str(destination)], check=False)


def _missing_libpython() -> str:
    return (
        f"Triton's Python backend needs {_LIBPYTHON}, and this Python was built without it: "
        f"install it with `sudo apt-get install libpython{_PYTHON}` and run the command again"
    )


def main() -> None:
    argparse.ArgumentParser(prog="python -m models_src.serving.install", description=__doc__).parse_args()
    try:
        install(PROJECT_ROOT / read_settings(ServingSettings).triton_home)
    except (SettingsError, InstallError) as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
