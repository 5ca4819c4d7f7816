"""API keys: the file, the comparison, and the command that makes one."""

import hashlib
from pathlib import Path

import pytest

from api.keys import key_line, load_keys, main, new_key, parse_keys


def test_a_new_key_is_recognised_by_the_line_stored_for_it() -> None:
    key = new_key()
    assert parse_keys(key_line("shop", key)).owner(key) == "shop"


def test_a_line_has_the_sha256_of_the_key() -> None:
    assert key_line("shop", "secret") == f"shop:{hashlib.sha256(b'secret').hexdigest()}"


def test_keys_differ() -> None:
    assert new_key() != new_key()


@pytest.mark.parametrize("key", ["", "secret ", "Secret", "\ud800"])
def test_another_key_has_no_owner(key: str) -> None:
    assert parse_keys(key_line("shop", "secret")).owner(key) is None


def test_each_key_has_its_own_owner() -> None:
    ring = parse_keys("\n".join([key_line("shop", "a"), "", "# the blog", key_line("blog", "b")]))
    assert [ring.owner(key) for key in ("a", "b")] == ["shop", "blog"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "there is no key"),
        ("# none\n", "there is no key"),
        ("shop:abc", "line 1 is not of the form name:sha256"),
        ("shop", "line 1 is not of the form name:sha256"),
        ("\nmy shop:" + "0" * 64, "line 2 is not of the form name:sha256"),
        (f"shop:{'0' * 64}\nshop:{'1' * 64}", "line 2 has a name that stands above already"),
    ],
)
def test_a_wrong_file_is_described(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        parse_keys(text)


def test_a_key_in_clear_text_is_not_repeated_in_the_error() -> None:
    with pytest.raises(ValueError, match="line 1") as error:
        parse_keys("shop:tt_clear-text")
    assert "tt_clear-text" not in str(error.value)


def test_keys_are_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text(key_line("shop", "secret"))
    assert load_keys(file).owner("secret") == "shop"


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cannot be read: FileNotFoundError"):
        load_keys(tmp_path / "none")


def test_the_command_prints_a_key_and_the_line_for_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "shop"]) == 0
    _, key, _, _, line = capsys.readouterr().out.splitlines()
    assert parse_keys(line).owner(key) == "shop"


@pytest.mark.parametrize("arguments", [[], ["new"], ["old", "shop"], ["new", "my shop"]])
def test_the_command_refuses_wrong_arguments(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().out == ""
