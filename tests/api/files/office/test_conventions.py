"""What the parts of an office file are."""

import pytest

from api.errors import BrokenFileError
from api.files.office.conventions import main_part, parts_of, related_parts
from api.files.packages import Package
from tests.api.files.test_packages import archive

TYPES = (
    b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    b'<Default Extension="XML" ContentType="application/xml"/>'
    b'<Override PartName="/a/One.xml" ContentType="slide"/><Override PartName="/a/none.xml" ContentType="slide"/>'
    b'<Override PartName="/a/two.xml" ContentType="notes"/></Types>'
)
RELATIONS = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    b'<Relationship Id="r1" Type="t" Target="../b/three.xml"/><Relationship Id="r2" Type="t" Target="/a/TWO.xml"/>'
    b'<Relationship Id="r3" Type="t" Target="../../../b/with%20space.xml"/>'
    b'<Relationship Id="r4" Type="t" Target="two.xml" TargetMode="External"/>'
    b'<Relationship Id="r5" Type="t" Target="nowhere.xml"/></Relationships>'
)


def opened(**others: bytes) -> Package:
    parts = {
        "[Content_Types].xml": TYPES,
        "a/two.xml": b"<a/>",
        "a/one.xml": b"<a/>",
        "b/three.xml": b"<a/>",
        "b/with space.xml": b"<a/>",
        "a/_rels/one.xml.rels": RELATIONS,
        "picture": b"",
    }
    return Package(archive(parts | others), unpacked_bytes=100_000)


def test_parts_are_found_by_their_content_types() -> None:
    assert parts_of(opened(), ("slide", "notes")) == ["a/two.xml", "a/one.xml"]
    assert parts_of(opened(), ("application/xml",)) == ["[Content_Types].xml", "b/three.xml", "b/with space.xml"]


def test_the_main_part_makes_the_format() -> None:
    assert main_part(opened(), ("slide",)) == "a/one.xml"
    with pytest.raises(BrokenFileError, match="format that its name says"):
        main_part(opened(), ("worksheet",))


def test_an_archive_without_content_types_is_no_office_file() -> None:
    with pytest.raises(BrokenFileError):
        main_part(Package(archive({"a.xml": b"<a/>"}), unpacked_bytes=1000), ("slide",))


def test_a_part_refers_to_others() -> None:
    assert related_parts(opened(), "a/one.xml") == {"r1": "b/three.xml", "r2": "a/two.xml", "r3": "b/with space.xml"}
    assert related_parts(opened(), "a/two.xml") == {}
