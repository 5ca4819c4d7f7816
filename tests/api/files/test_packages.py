"""ZIP archives and XML from strangers."""

import io
import zipfile

import pytest

from api.errors import BrokenFileError, FileTooLargeError
from api.files import packages
from api.files.packages import Package, parsed_xml, written_xml

LIMIT = 10_000


def archive(parts: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", compression) as opened:
        for name, data in parts.items():
            opened.writestr(name, data)
    return written.getvalue()


def opened(data: bytes) -> Package:
    return Package(data, unpacked_bytes=LIMIT)


def test_the_parts_are_read_by_name() -> None:
    package = opened(archive({"a/b.xml": b"<r>one</r>", "c": b"two"}))
    assert package.names == ("a/b.xml", "c")
    assert (package.read("c"), package.xml("a/b.xml").text) == (b"two", "one")


def test_a_changed_part_leaves_the_others_alone() -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as source:
        source.writestr("mimetype", b"x", zipfile.ZIP_STORED)
        source.writestr("a.xml", b"old" * 100, zipfile.ZIP_DEFLATED)
        source.writestr("b", b"same", zipfile.ZIP_DEFLATED)
    changed = opened(written.getvalue()).with_parts({"a.xml": b"new" * 100})
    with zipfile.ZipFile(io.BytesIO(changed)) as result:
        assert [(part.filename, part.compress_type) for part in result.infolist()] == [
            ("mimetype", zipfile.ZIP_STORED),
            ("a.xml", zipfile.ZIP_DEFLATED),
            ("b", zipfile.ZIP_DEFLATED),
        ]
        assert [result.read(name) for name in ("mimetype", "a.xml", "b")] == [b"x", b"new" * 100, b"same"]


def test_an_archive_can_be_changed_several_times() -> None:
    package = opened(archive({"a": b"one" * 100, "b": b"two"}))
    for text in (b"", b"three", b"four" * 100):
        assert opened(package.with_parts({"a": text})).read("a") == text
        assert (package.read("a"), package.read("b")) == (b"one" * 100, b"two")


@pytest.mark.parametrize(
    "data", [b"", b"plain text", b"PK\3\4", archive({"a": b"x" * 50})[:-30], bytes.fromhex("d0cf11e0a1b11ae1") + b"x"]
)
def test_what_is_no_archive_is_refused(data: bytes) -> None:
    with pytest.raises(BrokenFileError):
        opened(data)


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = archive({"a": b"\0" * (LIMIT + 1)})
    assert len(bomb) < LIMIT / 10
    with pytest.raises(FileTooLargeError, match=str(LIMIT)):
        opened(bomb)


def test_a_bomb_that_lies_about_its_size_is_not_unpacked() -> None:
    bomb = bytearray(archive({"a": b"\0" * 50_000_000}))
    told = (50_000_000).to_bytes(4, "little")
    while (at := bomb.find(told)) >= 0:
        bomb[at : at + 4] = (100).to_bytes(4, "little")
    with pytest.raises(BrokenFileError):
        opened(bytes(bomb)).read("a")


def test_too_many_parts_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "_MOST_PARTS", 2)
    with pytest.raises(FileTooLargeError):
        opened(archive({"a": b"", "b": b"", "c": b""}))


def test_a_password_is_told_of() -> None:
    data = bytearray(archive({"a": b"x"}))
    data[data.find(b"PK\1\2") + 8] |= 1
    with pytest.raises(BrokenFileError, match="password"):
        opened(bytes(data))


def test_a_part_packed_in_an_unknown_way_is_told_of() -> None:
    data = bytearray(archive({"a": b"x"}))
    data[8:10] = bytes([97, 0])
    directory = data.find(b"PK\1\2")
    data[directory + 10 : directory + 12] = bytes([97, 0])
    with pytest.raises(BrokenFileError):
        opened(bytes(data)).read("a")


def test_an_archive_of_a_version_to_come_is_told_of() -> None:
    data = bytearray(archive({"a": b"x"}))
    data[data.find(b"PK\1\2") + 6] = 99
    with pytest.raises(BrokenFileError):
        opened(bytes(data))


def test_a_missing_part_is_told_of() -> None:
    with pytest.raises(BrokenFileError):
        opened(archive({"a": b"x"})).read("b")


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_damaged_part_is_told_of(compression: int) -> None:
    data = bytearray(archive({"a": bytes(range(256))}, compression))
    # Inside of the part's bytes, wherever its packing puts its own head.
    data[40] ^= 0xFF
    with pytest.raises(BrokenFileError):
        opened(bytes(data)).read("a")


@pytest.mark.parametrize("data", [b"", b"<a>", b"<a></b>", b"\xff\xfe\xff", b"<a>" * 300 + b"</a>" * 300, b"<a>\0</a>"])
def test_what_is_no_xml_is_refused(data: bytes) -> None:
    with pytest.raises(BrokenFileError):
        parsed_xml(data)


def test_xml_of_many_bytes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "_LARGEST_XML_BYTES", 10)
    with pytest.raises(FileTooLargeError):
        parsed_xml(b"<a>12345</a>")


def test_entities_are_not_expanded() -> None:
    laughs = b'<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;"><!ENTITY f SYSTEM "file:///etc/passwd">]><a>&c;&f;</a>'
    root = parsed_xml(laughs)
    assert root.text is None
    assert b"&c;&f;" in written_xml(root)


@pytest.mark.parametrize("standalone", [b"", b" standalone='yes'"])
def test_xml_is_written_as_it_was(standalone: bytes) -> None:
    declaration = b"<?xml version='1.0' encoding='UTF-8'" + standalone + b"?>\n"
    source = declaration + b'<!--a--><a x="1">\xc3\xa9<b/><![CDATA[<c>]]></a>'
    assert written_xml(parsed_xml(source)) == source
