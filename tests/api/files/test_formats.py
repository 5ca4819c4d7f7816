"""Which format a file has."""

import pytest

from api.errors import FileTooLargeError, UnsupportedFileError
from api.files.document import FileLimits
from api.files.formats import FORMATS, format_of, read_file
from tests.api.files.stand_in_models import OPTIONS


def test_every_suffix_has_one_format() -> None:
    suffixes = [suffix for known in FORMATS for suffix in known.suffixes]
    assert len(suffixes) == len(set(suffixes))
    assert all(suffix.startswith(".") and suffix == suffix.lower() for suffix in suffixes)


@pytest.mark.parametrize(("name", "media_type"), [("a.txt", "text/plain"), ("A.B.HTM", "text/html")])
def test_the_suffix_says_the_format(name: str, media_type: str) -> None:
    assert format_of(name).media_type == media_type


@pytest.mark.parametrize("name", ["", "a", ".txt", "a.txt.exe"])
def test_other_files_are_refused(name: str) -> None:
    with pytest.raises(UnsupportedFileError, match=r"\.txt, \.md"):
        format_of(name)


def test_a_file_with_more_text_than_the_limit_is_refused() -> None:
    limits = FileLimits(unpacked_bytes=1000, characters=6)
    assert read_file("a.txt", b"one\n\ntwo", OPTIONS, limits)
    with pytest.raises(FileTooLargeError, match="at most 6"):
        read_file("a.txt", b"one\n\nfour", OPTIONS, limits)
