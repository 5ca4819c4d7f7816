"""How results are written; pure."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from api.client import Problem, Result
from api.command.documents import Document

__all__ = ["as_columns", "as_json", "as_paragraphs", "document_as_json", "document_problems"]

_COLUMN_BREAKS = str.maketrans("\t\n\r", "   ")


def as_json(result: Result, targets: Sequence[str]) -> str:
    """Return one line of JSON, in the form of the server's results."""
    problem = result.problem
    translations = {target: asdict(result.translations[target]) for target in targets} if problem is None else None
    return json.dumps({"text": result.text, "translations": translations, "error": _error(problem)}, ensure_ascii=False)


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


def document_as_json(document: Document, targets: Sequence[str]) -> list[str]:
    """Return a line of JSON for each language of a file: `path` is null, and `error` not, if it was not written."""
    lines: list[str] = []
    for target in targets:
        path = document.written.get(target)
        found = {
            "source": str(document.source),
            "target": target,
            "path": None if path is None else str(path),
            "untranslated": None if path is None else document.untranslated,
            "error": _error(document.problem) if path is None else None,
        }
        lines.append(json.dumps(found, ensure_ascii=False))
    return lines


def document_problems(document: Document) -> list[str]:
    """Return what people should know about a file, a line each; nothing if all of it is translated."""
    problems: list[str] = []
    if document.untranslated:
        problems.append(f"{document.untranslated} of {document.sentences} sentences stayed in English")
    if document.problem is not None:
        kind = f" ({document.problem.error_type})" if document.problem.error_type else ""
        problems.append(f"{document.problem.message}{kind}")
    return [f"{document.source}: {problem}" for problem in problems]


def _error(problem: Problem | None) -> dict[str, str] | None:
    return {"error": problem.message, "error_type": problem.error_type} if problem is not None else None
