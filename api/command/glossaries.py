"""Files of glossaries; pure."""

import csv
import json
from collections.abc import Mapping

__all__ = ["parse_glossary"]

_SOURCE = "en"


def parse_glossary(text: str) -> Mapping[str, Mapping[str, str]]:
    """Return target language -> source term -> target term.

    The text is JSON of that very form, or a table with tabs whose first line names the languages: `en`, then targets;
    an empty cell is no term. Raises ValueError with what is wrong.
    """
    if text.lstrip().startswith("{"):
        return _checked(json.loads(text))
    head, *rows = [
        row for row in csv.reader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE) if any(row)
    ] or [[]]
    if len(head) < 2 or head[0].strip().lower() != _SOURCE:
        raise ValueError("the first line must name the languages, separated by tabs: en, then de or fr or both")
    glossary: dict[str, dict[str, str]] = {target.strip().lower(): {} for target in head[1:]}
    for number, (source, *targets) in enumerate(rows, start=2):
        if len(targets) > len(glossary):
            raise ValueError(f"row {number} has more columns than the first")
        for target, term in zip(glossary, targets, strict=False):
            if term.strip():
                glossary[target][source.strip()] = term.strip()
    return glossary


def _checked(found: object) -> Mapping[str, Mapping[str, str]]:
    if not isinstance(found, dict) or not all(
        isinstance(terms, dict) and all(isinstance(term, str) for term in terms.values()) for terms in found.values()
    ):
        raise ValueError('the JSON must be like {"de": {"board": "Vorstand"}}')
    return found
