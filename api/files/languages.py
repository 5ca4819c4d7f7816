"""The languages that office files say their words are in, for spelling and hyphenation."""

__all__ = ["is_english", "language_tag"]

# With the region that office programs write themselves; without one, some take the text for unchecked.
_TAGS = {"de": "de-DE", "fr": "fr-FR"}


def is_english(tag: str | None) -> bool:
    """Whether a tag such as `en-US` says English."""
    return tag is not None and tag.lower().replace("_", "-").split("-")[0] == "en"


def language_tag(target: str) -> str:
    """Return the tag for the language with the code `target`, such as `de-DE` for `de`."""
    return _TAGS.get(target, target)
