"""Files, as LibreOffice sees them."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

# It takes some seconds, the first time on a busy machine a minute.
_SECONDS = 180
# The part of it that opens files with these suffixes: Debian has a package for each.
_LIBRARIES = {".pptx": "libsdlo", ".xlsx": "libsclo"}


def converted(data: bytes, name: str, to: str, folder: Path) -> bytes:
    """Return a file with this name as LibreOffice converts it to the format with the suffix `to`; skip without it."""
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice (soffice) is not installed")
    library = _LIBRARIES.get(Path(name).suffix, "libswlo")
    if not list(Path(program).resolve().parent.glob(f"{library}.*")):
        pytest.skip(f"LibreOffice is installed without what opens {name}")
    source, results = folder / name, folder / "converted"
    source.write_bytes(data)
    profile = (folder / "profile").as_uri()
    command = [program, f"-env:UserInstallation={profile}", "--headless", "--convert-to", to]
    command += ["--outdir", str(results), str(source)]
    # The program that one starts starts another one.
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        output, _ = process.communicate(timeout=_SECONDS)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    result = results / f"{source.stem}.{to}"
    assert result.is_file(), output.decode(errors="replace")
    return result.read_bytes()
