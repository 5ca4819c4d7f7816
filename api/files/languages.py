"""The languages that files say their words are in, for spelling, hyphenation and reading aloud."""

import re

__all__ = ["in_language", "is_english", "language_tag"]

# With the region that office programs write themselves; without one, some take the text for unchecked.
_TAGS = {"de": "de-DE", "fr": "fr-FR"}
# Not past the next tag: the time would be quadratic.
_ROOT = re.compile(r"<html(?=[\s/>])(?>(?:[^<>\"']|\"[^<\"]*+\"|'[^<']*+')*)>", re.IGNORECASE)
_LANGUAGE = re.compile(
    r"(?P<before>\s(?:xml:)?lang\s*=\s*)(?P<quote>[\"']?)en(?:-[A-Za-z0-9-]+)?(?P=quote)(?=[\s/>])", re.IGNORECASE
)


def is_english(tag: str | None) -> bool:
    """Whether a tag such as `en-US` or `eng` says English."""
    return tag is not None and tag.strip().lower().replace("_", "-").split("-")[0] in ("en", "eng")


def language_tag(target: str) -> str:
    """Return the tag for the language with the code `target`, such as `de-DE` for `de`."""
    return _TAGS.get(target, target)


def in_language(html: str, target: str) -> str:
    """Return a document of HTML or XHTML whose root says the language `target` where it said English."""
    root = _ROOT.search(html)
    if root is None:
        return html
    tag = _LANGUAGE.sub(rf"\g<before>\g<quote>{target}\g<quote>", root[0])
    return f"{html[: root.start()]}{tag}{html[root.end() :]}"
