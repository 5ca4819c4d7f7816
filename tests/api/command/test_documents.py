"""Files through the command on the application over real HTTP."""

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from api.client import Job, JobStatus
from api.command.progress import job_progress
from api.errors import InferenceFailedError, TritonUnavailableError
from api.keys import key_line
from tests.api.command.streams import Run, TerminalOutput, process
from tests.api.served import served
from tests.api.stand_in_triton import free_address
from tests.api.stand_ins import PATIENCE_SECONDS, StandInClient

Names = Callable[[], set[str]]


@pytest.fixture
def names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Names:
    """Work in an empty folder; the function says what is in it."""
    monkeypatch.chdir(tmp_path)
    return lambda: {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}


def test_a_file_becomes_one_for_each_language_beside_it(url: str, run: Run, names: Names) -> None:
    Path("texts").mkdir()
    Path("texts/notes.md").write_bytes(b"# One\n")
    code, out, err = run("--url", url, "--document", "texts/notes.md")
    assert (code, out, err) == (0, "texts/notes.de.md\ntexts/notes.fr.md\n", "")
    assert Path("texts/notes.fr.md").read_bytes() == b"# fr0:One\n"
    assert names() == {"texts/notes.md", "texts/notes.de.md", "texts/notes.fr.md"}


def test_several_files_go_into_a_folder(url: str, run: Run, names: Names) -> None:
    Path("a.txt").write_bytes(b"One.")
    Path("b.html").write_bytes(b"<p>Two.</p>")
    code, out, err = run("--url", url, "-t", "de", "-d", "a.txt", "b.html", "-o", "new/german")
    assert (code, out, err) == (0, "new/german/a.de.txt\nnew/german/b.de.html\n", "")
    assert Path("new/german/b.de.html").read_bytes() == b"<p>de0:Two.</p>"
    assert names() == {"a.txt", "b.html", "new/german/a.de.txt", "new/german/b.de.html"}


def test_only_what_was_asked_for_is_computed(url: str, run: Run, client: StandInClient, names: Names) -> None:
    Path("terms.tsv").write_text("en\tde\nboard\tVorstand\n")
    Path("a.txt").write_bytes(b"The board of Ada Co.")
    assert run("--url", url, "-t", "de", "-d", "a.txt", "--glossary", "terms.tsv", "--keep", "Ada Co")[0] == 0
    assert [request.model for request in client.requests] == ["translate_en_de"]
    assert all(word in Path("a.de.txt").read_text() for word in ("Vorstand", "Ada Co"))
    assert "a.fr.txt" not in names()


@pytest.mark.usefixtures("names")
def test_what_exists_is_left_alone_unless_it_is_forced(url: str, run: Run, client: StandInClient) -> None:
    Path("a.txt").write_bytes(b"One.")
    Path("a.fr.txt").write_bytes(b"mine")
    refused = run("--url", url, "-d", "a.txt")
    assert refused == (1, "", "tt: a.txt: a.fr.txt: exists already; --force overwrites it\n")
    assert (client.requests, Path("a.de.txt").exists(), Path("a.fr.txt").read_bytes()) == ([], False, b"mine")
    assert run("--url", url, "-d", "a.txt", "--force") == (0, "a.de.txt\na.fr.txt\n", "")
    assert Path("a.fr.txt").read_bytes() == b"fr0:One."


@pytest.mark.usefixtures("names")
def test_not_even_force_writes_over_one_of_the_files_given(url: str, run: Run) -> None:
    Path("a.txt").write_bytes(b"One.")
    Path("a.de.txt").write_bytes(b"mine")
    code, out, err = run("--url", url, "-t", "de", "--force", "-d", "a.txt", "./a.de.txt")
    assert (code, out) == (1, "a.de.de.txt\n")
    assert "another one of these files" in err
    assert Path("a.de.txt").read_bytes() == b"mine"


@pytest.mark.usefixtures("names")
def test_two_files_never_become_one(url: str, run: Run) -> None:
    for folder in ("a", "b"):
        Path(folder).mkdir()
        Path(folder, "notes.txt").write_text(f"Of {folder}.")
    code, out, err = run("--url", url, "-t", "de", "--force", "-d", "a/notes.txt", "b/notes.txt", "-o", "new")
    assert (code, out) == (1, "new/notes.de.txt\n")
    assert "b/notes.txt: new/notes.de.txt: that is another one of these files, or its translation" in err
    assert Path("new/notes.de.txt").read_text() == "de0:Of a."


@pytest.mark.usefixtures("names")
def test_a_file_that_fails_leaves_the_others_alone(url: str, run: Run) -> None:
    Path("a.txt").write_bytes(b"One.")
    Path("b.exe").write_bytes(b"MZ")
    Path("c.txt").write_bytes(b"\0")
    Path("d").mkdir()
    Path("e.txt").write_bytes(b"Two.")
    code, out, err = run("--url", url, "-t", "de", "-d", "missing.txt", "d", "b.exe", "c.txt", "a.txt", "e.txt")
    assert (code, out) == (1, "a.de.txt\ne.de.txt\n")
    missing, folder, unknown, broken = err.splitlines()
    assert missing == "tt: missing.txt: No such file or directory"
    assert folder == "tt: d: Is a directory"
    assert unknown.startswith("tt: b.exe: ")
    assert unknown.endswith(" (unsupported_file)")
    assert broken == "tt: c.txt: the file is not text (broken_file)"


@pytest.mark.usefixtures("names")
def test_a_job_that_fails_is_told(client: StandInClient, run: Run) -> None:
    Path("a.txt").write_bytes(b"One.")
    client.failures["One."] = TritonUnavailableError()
    with served(client, job_patience_seconds=0.001) as url:
        code, out, err = run("--url", url, "-d", "a.txt")
    assert (code, out) == (1, "")
    assert err.endswith("(triton_unavailable)\n")


@pytest.mark.usefixtures("names")
def test_sentences_that_stay_in_english_are_told(url: str, run: Run, client: StandInClient) -> None:
    Path("a.txt").write_bytes(b"One.\nTwo.")
    client.failures["Two."] = InferenceFailedError()
    told = run("--url", url, "-t", "de", "-d", "a.txt")
    assert told == (1, "a.de.txt\n", "tt: a.txt: 1 of 2 sentences stayed in English\n")
    assert Path("a.de.txt").read_bytes() == b"de0:One.\nTwo."


@pytest.mark.usefixtures("names")
def test_json_has_an_object_for_each_file(url: str, run: Run, client: StandInClient) -> None:
    Path("ä.txt").write_bytes(b"One.\nTwo.")
    Path("b.exe").write_bytes(b"MZ")
    client.failures["Two."] = InferenceFailedError()
    code, out, _ = run("--url", url, "--json", "-d", "ä.txt", "b.exe", "-t", "fr")
    first, second = map(json.loads, out.splitlines())
    assert code == 1
    assert first == {"source": "ä.txt", "target": "fr", "path": "ä.fr.txt", "untranslated": 1, "error": None}
    assert (second["source"], second["target"], second["path"], second["untranslated"]) == ("b.exe", "fr", None, None)
    assert second["error"]["error_type"] == "unsupported_file"


@pytest.mark.usefixtures("names")
@pytest.mark.parametrize("json_lines", [[], ["--json"]])
def test_a_name_may_be_any_bytes(url: str, json_lines: list[str]) -> None:
    Path(os.fsdecode(b"caf\xe9.txt")).write_bytes(b"One.")
    with process("--url", url, "-t", "de", *json_lines, "-d", os.fsdecode(b"caf\xe9.txt")) as started:
        out, err = started.communicate(timeout=PATIENCE_SECONDS)
    assert (started.returncode, err) == (0, b"")
    assert b"caf\xe9.de.txt" in out
    assert Path(os.fsdecode(b"caf\xe9.de.txt")).read_bytes() == b"de0:One."


@pytest.mark.usefixtures("names")
def test_a_folder_that_takes_no_files_is_told_before_the_work(
    url: str, run: Run, client: StandInClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("a.txt").write_bytes(b"One.")
    # For root there is no such folder.
    monkeypatch.setattr("api.command.documents.os.access", lambda *_: False)
    told = run("--url", url, "-t", "de", "-d", "a.txt")
    assert told == (1, "", "tt: a.txt: a.de.txt: Permission denied\n")
    assert client.requests == []


@pytest.mark.usefixtures("names")
def test_half_a_file_is_not_left(url: str, run: Run) -> None:
    Path("a.txt").write_bytes(b"One.")
    # Every write to it says that the disk is full.
    Path("a.fr.txt").symlink_to("/dev/full")
    code, out, err = run("--url", url, "--json", "--force", "-d", "a.txt")
    written, failed = map(json.loads, out.splitlines())
    assert (code, written["path"], failed["path"]) == (1, "a.de.txt", None)
    assert failed["error"]["error"] == "No space left on device"
    assert "No space left" in err
    assert not os.path.lexists("a.fr.txt")


@pytest.mark.usefixtures("names")
def test_a_server_that_is_not_there_is_4(run: Run) -> None:
    Path("a.txt").write_bytes(b"One.")
    code, out, err = run("--url", f"http://{free_address()}", "--attempts", "1", "-d", "a.txt", "a.txt")
    assert (code, out, len(err.splitlines())) == (4, "", 1)


@pytest.mark.usefixtures("names")
def test_a_key_that_is_missing_is_said_once(client: StandInClient, run: Run, tmp_path: Path) -> None:
    Path("a.txt").write_bytes(b"One.")
    Path("b.txt").write_bytes(b"One.")
    (tmp_path / "keys").write_text(key_line("shop", "tt_secret"))
    with served(client, api_keys_file=str(tmp_path / "keys")) as url:
        code, out, err = run("--url", url, "-d", "a.txt", "b.txt")
    assert (code, out) == (3, "")
    assert err == "tt: the server says: The service asks for an API key. (missing_api_key)\n"


@pytest.mark.usefixtures("names")
def test_a_bar_shows_the_sentences_on_a_terminal(url: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("notes [1].txt").write_bytes(b"One.\n" * 70)
    terminal = TerminalOutput()
    monkeypatch.setattr(sys, "stderr", terminal)
    assert run("--url", url, "-t", "de", "-d", "notes [1].txt")[:2] == (0, "notes [1].de.txt\n")
    assert "70/70" in terminal.getvalue()
    assert "notes [1].txt" in terminal.getvalue()


@pytest.mark.usefixtures("names")
def test_a_file_that_is_refused_has_no_bar(url: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("a.exe").write_bytes(b"MZ")
    terminal = TerminalOutput()
    monkeypatch.setattr(sys, "stderr", terminal)
    assert run("--url", url, "-d", "a.exe", "missing.txt")[0] == 1
    assert [line.partition(":")[0] for line in terminal.getvalue().splitlines()] == ["tt", "tt"]


def test_a_file_that_waits_for_others_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = TerminalOutput()
    monkeypatch.setattr(sys, "stderr", terminal)
    waiting = Job("1", JobStatus.QUEUED, "a.txt", ("de",), 5, 0, 0, 50, None, None)
    with job_progress("a.txt") as show:
        show(waiting)
    assert "a.txt (queued)" in terminal.getvalue()


def test_ctrl_c_cancels_it_on_the_server(url: str, client: StandInClient, names: Names) -> None:
    Path("a.txt").write_bytes(b"One.")
    client.hold(["One."])
    with process("--url", url, "--document", "a.txt", "a.txt") as started:
        deadline = time.monotonic() + 2 * PATIENCE_SECONDS
        while not client.started.is_set():
            assert time.monotonic() < deadline
            time.sleep(0.01)
        started.send_signal(signal.SIGINT)
        out, _ = started.communicate(timeout=PATIENCE_SECONDS)
    assert (started.returncode, out, client.cancelled) == (130, b"", 1)
    assert names() == {"a.txt"}


@pytest.mark.parametrize("arguments", [("", 1), ("--document rep", 2), ("--document a.docx rep", 3)])
def test_the_shell_completes_names_of_files(arguments: tuple[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    words, at = arguments
    monkeypatch.setenv("_TT_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", f"tt {words}")
    monkeypatch.setenv("COMP_CWORD", str(at))
    with process() as started:
        out, err = started.communicate(timeout=PATIENCE_SECONDS)
    # With nothing of ours to offer, it is the shell that does.
    assert (out.strip(), err) == (b"", b"")
