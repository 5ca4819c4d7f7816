"""Open Packaging Conventions (ECMA-376 part 2): what the parts of an office file are, and which belong together."""

import posixpath
from collections.abc import Collection
from urllib.parse import unquote

from api.errors import BrokenFileError
from api.files.packages import Package

__all__ = ["main_part", "parts_of", "related_parts"]

_CONTENT_TYPES = "[Content_Types].xml"


def parts_of(package: Package, content_types: Collection[str]) -> list[str]:
    """Return the names of the parts with one of these content types, in the order of the archive.

    Raises BrokenFileError if the archive is no office file.
    """
    defaults: dict[str, str] = {}
    overrides: dict[str, str] = {}
    for element in package.xml(_CONTENT_TYPES).iter("{*}Default", "{*}Override"):
        content_type = element.get("ContentType", "")
        if (extension := element.get("Extension")) is not None:
            defaults[extension.lower()] = content_type
        else:
            overrides[element.get("PartName", "").lstrip("/").lower()] = content_type
    return [
        name
        for name in package.names
        if overrides.get(name.lower(), defaults.get(name.rpartition(".")[2].lower())) in content_types
    ]


def main_part(package: Package, content_types: Collection[str]) -> str:
    """Return the name of the part that makes a file one of its format. Raises BrokenFileError if there is none."""
    found = parts_of(package, content_types)
    if not found:
        raise BrokenFileError("the file is not of the format that its name says")
    return found[0]


def related_parts(package: Package, name: str) -> dict[str, str]:
    """Return the parts that a part refers to: the identifier of each relationship, and the name of its target.

    Those outside of the file, and those that are not there, are left out.
    """
    folder, base = posixpath.split(name)
    relationships = posixpath.join(folder, "_rels", f"{base}.rels")
    if relationships not in package.names:
        return {}
    by_name = {known.lower(): known for known in package.names}
    found: dict[str, str] = {}
    for element in package.xml(relationships).iter("{*}Relationship"):
        target = posixpath.normpath(posixpath.join("/", folder, unquote(element.get("Target", ""))))
        part = by_name.get(target.lstrip("/").lower())
        if part is not None and element.get("TargetMode") != "External":
            found[element.get("Id", "")] = part
    return found
