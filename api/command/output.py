"""How results are written; pure."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from api.client import Result

__all__ = ["as_columns", "as_json", "as_paragraphs"]

_COLUMN_BREAKS = str.maketrans("\t\n\r", "   ")


def as_json(result: Result, targets: Sequence[str]) -> str:
    """Return one line of JSON, in the form of the server's results."""
    problem = result.problem
    translations = {target: asdict(result.translations[target]) for target in targets} if problem is None else None
    error = {"error": problem.message, "error_type": problem.error_type} if problem is not None else None
    return json.dumps({"text": result.text, "translations": translations, "error": error}, ensure_ascii=False)


def as_columns(result: Result, targets: Sequence[str]) -> str:
    """Return one line: the translations separated by tabs, all of them empty if there are none."""
    found = [result.translations[target].text if result.problem is None else "" for target in targets]
    return found[0] if len(found) == 1 else "\t".join(text.translate(_COLUMN_BREAKS) for text in found)


def as_paragraphs(result: Result, targets: Sequence[str]) -> str:
    """Return the translations for people: with the language in front if there are several, alternatives below."""
    lines: list[str] = []
    for target in targets:
        translation = result.translations[target]
        lines.append(f"{target}  {translation.text}" if len(targets) > 1 else translation.text)
        lines += [f"    {alternative.text}" for alternative in translation.alternatives]
    return "\n".join(lines)
