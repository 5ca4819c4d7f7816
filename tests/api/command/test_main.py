"""The command on the application over real HTTP."""

import json
import os
import sys
from pathlib import Path

import pytest

from api.errors import InferenceFailedError, OverloadedError
from api.keys import key_line
from api.text.hypotheses import Hypothesis
from api.triton_client import ItemOutput
from tests.api.command.streams import Run, TerminalOutput, process
from tests.api.served import served
from tests.api.stand_in_triton import free_address
from tests.api.stand_ins import PATIENCE_SECONDS, StandInClient


def test_arguments_are_translated_into_both_languages(url: str, run: Run) -> None:
    assert run("--url", url, "One.", "Two.") == (0, "de  de0:One.\nfr  fr0:One.\nde  de0:Two.\nfr  fr0:Two.\n", "")


def test_alternatives_stand_below(url: str, run: Run) -> None:
    assert run("--url", url, "--to", "fr", "-a", "1", "Hello.") == (0, "fr0:Hello.\n    fr1:Hello.\n", "")


@pytest.mark.parametrize(
    ("to", "model"), [("de", "translate_en_de"), ("fr", "translate_en_fr"), ("fr,de", "translate_ensemble")]
)
def test_a_language_that_nobody_asked_for_is_not_computed(
    url: str, run: Run, client: StandInClient, to: str, model: str
) -> None:
    assert run("--url", url, "--to", to, "Hello.")[0] == 0
    assert [request.model for request in client.requests] == [model]


def test_the_server_and_its_key_may_be_in_the_environment(
    client: StandInClient, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    keys = tmp_path / "keys"
    keys.write_text(key_line("shop", "tt_secret"))
    with served(client, api_keys_file=str(keys)) as url:
        monkeypatch.setenv("TRANSLATE_URL", url)
        without = run("--to", "de", "Hello.")
        monkeypatch.setenv("TRANSLATE_API_KEY", "tt_secret")
        assert run("--to", "de", "Hello.") == (0, "de0:Hello.\n", "")
    assert without == (3, "", "tt: the server says: The service asks for an API key. (missing_api_key)\n")


def test_a_line_in_is_a_line_out(url: str, run: Run) -> None:
    lines = b"\xef\xbb\xbfOne.\n\n  Two.\r\n\n"
    assert run("--url", url, "-t", "de", stdin=lines) == (0, "de0:One.\n\n  de0:Two.\n\n", "")


def test_several_languages_are_columns(url: str, run: Run, client: StandInClient) -> None:
    odd = (Hypothesis("a\tb", -1.0, 0.5),)
    client.outputs["Two."] = ItemOutput({"de": odd, "fr": odd})
    table = "fr0:One.\tde0:One.\n\t\na b\ta b\n"
    assert run("--url", url, "-t", "fr,de", stdin=b"One.\n\nTwo.") == (0, table, "")


def test_files_and_standard_input_follow_one_another(url: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("One.\n")
    arguments = ("--url", url, "-t", "de", "-f", str(tmp_path / "a.txt"), "-f", "-")
    assert run(*arguments, stdin=b"Two.\n") == (0, "de0:One.\nde0:Two.\n", "")


def test_a_whole_text_keeps_its_layout(url: str, run: Run) -> None:
    text = b"One.\n\n* Two.\n"
    assert run("--url", url, "-t", "de", "--whole", stdin=text) == (0, "de0:One.\n\n* de0:Two.\n", "")


def test_markup_stays(url: str, run: Run, client: StandInClient) -> None:
    code, out, _ = run("--url", url, "-t", "de", "--format", "html", stdin=b"<p>One.</p>\n<p>Two.</p>")
    assert (code, out) == (0, "<p>de0:One.</p>\n<p>de0:Two.</p>")
    assert client.requests[0].texts == ("One.", "Two.")


def test_json_has_everything(url: str, run: Run) -> None:
    code, out, _ = run("--url", url, "-t", "de", "--json", "-a", "1", stdin=b"Caf\xc3\xa9.\n\n")
    first, second = map(json.loads, out.splitlines())
    assert (code, second["text"]) == (0, "")
    assert first == {
        "text": "Café.",
        "translations": {
            "de": {
                "text": "de0:Café.",
                "score": -0.5,
                "confidence": 0.75,
                "alternatives": [{"text": "de1:Café.", "score": -1.5}],
                "flags": [],
                "glossary_applied": [],
            }
        },
        "error": None,
    }


def test_terms_are_handed_on(url: str, run: Run, tmp_path: Path) -> None:
    glossary = tmp_path / "terms.tsv"
    glossary.write_text("en\tde\ncart\tWagen\n")
    arguments = ("--url", url, "-t", "de", "--json", "--glossary", str(glossary), "--keep", "Acme")
    code, out, _ = run(*arguments, "The cart of Acme.")
    german = json.loads(out)["translations"]["de"]
    assert (code, german["glossary_applied"]) == (0, ["cart"])
    assert "Wagen" in german["text"]
    assert "Acme" in german["text"]


@pytest.mark.parametrize("json_lines", [[], ["--json"]])
def test_a_line_that_fails_leaves_the_others_alone(
    url: str, run: Run, client: StandInClient, json_lines: list[str]
) -> None:
    client.failures["Bad."] = InferenceFailedError()
    code, out, err = run("--url", url, "-t", "de", *json_lines, stdin=b"One.\nBad.\ncaf\xe9\nTwo.\n")
    assert (code, len(out.splitlines())) == (1, 4)
    assert err == "tt: line 2: The model failed on this text.\ntt: line 3: the line is not valid UTF-8\n"
    if json_lines:
        assert json.loads(out.splitlines()[1])["error"]["error_type"] == "inference_failed"
    else:
        assert out == "de0:One.\n\n\nde0:Two.\n"


def test_an_argument_that_fails_is_told(url: str, run: Run, client: StandInClient) -> None:
    client.failures["Bad."] = InferenceFailedError()
    assert run("--url", url, "-t", "de", "Bad.", "Good.") == (
        1,
        "de0:Good.\n",
        "tt: text 1: The model failed on this text.\n",
    )


def test_whoever_names_a_file_hears_that_it_was_not_opened(url: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("One.")
    name = str(tmp_path / "notes.txt")
    code, out, err = run("--url", url, "-t", "de", name, str(tmp_path), "x" * 300)
    assert (code, len(out.splitlines())) == (0, 3)
    assert [line.partition(" ")[0] for line in err.splitlines()] == ["tt:"]
    assert all(word in err for word in (name, "--document", "--file"))


@pytest.mark.parametrize(
    "arguments",
    [
        ["--to", "es", "x"],
        ["--to", "", "x"],
        ["--file", "a.txt", "x"],
        ["-a", "1"],
        ["--whole"],
        ["--format", "html"],
        ["--format", "pdf"],
        ["--glossary", "/nonexistent", "x"],
        ["--batch-size", "0"],
        ["--unknown"],
        ["--output", "folder", "x"],
        ["--force", "x"],
        ["--document"],
        ["--document", "--file", "a.txt", "a.txt"],
        ["--document", "--whole", "a.txt"],
        ["--document", "--format", "html", "a.html"],
        ["--document", "-a", "1", "a.txt"],
        ["--document", "--output", "/dev/null", "a.txt"],
        ["--to", "de", "--file", "/nonexistent"],
        ["--to", "de", "--whole", "--file", "/nonexistent"],
    ],
)
def test_wrong_usage_is_2(run: Run, arguments: list[str]) -> None:
    code, out, err = run("--url", "http://127.0.0.1:1", *arguments)
    assert (code, out) == (2, "")
    assert err


def test_a_server_that_is_not_there_is_4(run: Run) -> None:
    code, _, err = run("--url", f"http://{free_address()}", "--attempts", "1", "x")
    assert (code, err.partition(":")[0]) == (4, "tt")
    assert "is it running" in err


@pytest.mark.parametrize("address", ["nowhere", "ftp://127.0.0.1"])
def test_an_address_that_is_none_is_3(run: Run, address: str) -> None:
    assert run("--url", address, "x")[0] == 3


def test_a_server_that_stays_overloaded_is_3(url: str, run: Run, client: StandInClient) -> None:
    client.failures["x"] = OverloadedError()
    code, _, err = run("--url", url, "--attempts", "1", "x")
    assert (code, "(overloaded)" in err) == (3, True)


def test_an_answer_that_takes_too_long_is_3(run: Run, client: StandInClient) -> None:
    client.hold(["slow"])
    with served(client, deadline_seconds=1) as url:
        assert run("--url", url, "--timeout", "0.2", "slow") == (3, "", "tt: the answer took too long\n")


def test_someone_at_a_terminal_is_told_what_to_do(url: str, run: Run) -> None:
    code, out, err = run("--url", url, "-t", "de", stdin=b"One.\n", typed=True)
    assert (code, out) == (0, "de0:One.\n")
    assert "Ctrl-D" in err


def test_a_bar_shows_the_progress_on_a_terminal(
    url: str, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lines = tmp_path / "lines.txt"
    lines.write_text("One.\n" * 70)
    terminal = TerminalOutput()
    monkeypatch.setattr(sys, "stderr", terminal)
    code, out, _ = run("--url", url, "-t", "de", "-f", str(lines))
    assert (code, out) == (0, "de0:One.\n" * 70)
    assert "70/70" in terminal.getvalue()


def test_ctrl_c_is_130(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(**_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("api.command.main.app", interrupted)
    assert run("x")[0] == 130


def test_nobody_who_reads_is_no_error(url: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as stdout:
        monkeypatch.setattr(sys, "stdout", stdout)
        assert run("--url", url, stdin=b"One.\n")[0] == 0


def test_version_and_help_say_what_there_is(run: Run) -> None:
    assert run("--version")[:2] == (0, "tt 0.1.0\n")
    code, out, _ = run("--help")
    assert code == 0
    assert all(word in out for word in ("Examples:", "Exit codes:", "--glossary", "--document", "TRANSLATE_URL"))


def test_a_pipe_gets_each_line_as_it_comes(url: str) -> None:
    with process("--url", url, "--to", "de") as started:
        assert started.stdin is not None
        assert started.stdout is not None
        for line in (b"One.\n", b"\n", b"Two.\n"):
            started.stdin.write(line)
            started.stdin.flush()
            assert started.stdout.readline() == (b"de0:" + line if line.strip() else line)
        started.stdin.close()
        assert started.wait(PATIENCE_SECONDS) == 0


def test_whoever_has_read_enough_may_go(url: str) -> None:
    with process("--url", url, "--to", "de") as started:
        assert started.stdin is not None
        assert started.stdout is not None
        assert started.stderr is not None
        started.stdin.write(b"One.\n")
        started.stdin.flush()
        assert started.stdout.readline() == b"de0:One.\n"
        started.stdout.close()
        started.stdin.write(b"Two.\n")
        started.stdin.close()
        assert (started.wait(PATIENCE_SECONDS), started.stderr.read()) == (0, b"")
