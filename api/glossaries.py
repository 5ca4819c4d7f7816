"""Glossaries that callers keep at the server, in memory: what DeepL's `/v2/glossaries` manages."""

import csv
import io
import re
import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from api.errors import GlossaryNotFoundError, TooManyItemsError, ValidationFailedError

__all__ = ["EntriesFormat", "Glossary", "GlossaryStore", "entries_as_tsv", "parse_entries"]

EntriesFormat = Literal["tsv", "csv"]

_PAIR = 2
# DeepL's own export of a glossary has the two languages in further columns.
_COLUMNS = (2, 4)
_UNUSABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Glossary:
    """Terms and their translations into one language; the languages are ours, such as `en` and `de`."""

    glossary_id: str
    name: str
    source: str
    target: str
    created: datetime
    entries: Mapping[str, str]


def parse_entries(text: str, entries_format: EntriesFormat, *, most: int, longest: int) -> dict[str, str]:
    """Return source term -> target term of the lines of a table; blank lines are skipped.

    Raises ValidationFailedError with the number of the first wrong line, also for a term of more than `longest`
    code points, and TooManyItemsError for more than `most` entries.
    """
    entries: dict[str, str] = {}
    for number, row in enumerate(_rows(text, entries_format), start=1):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) not in (_COLUMNS if entries_format == "csv" else (_PAIR,)):
            raise ValidationFailedError(f"entries: line {number} does not have two columns")
        source, target = (cell.strip() for cell in row[:_PAIR])
        if not (_is_term(source, longest) and _is_term(target, longest)):
            raise ValidationFailedError(
                f"entries: line {number} needs two terms of 1 to {longest} characters, without controls"
            )
        if source in entries:
            raise ValidationFailedError(f"entries: line {number} has a source term that stands above already")
        entries[source] = target
        if len(entries) > most:
            raise TooManyItemsError(f"entries: a glossary may have at most {most}")
    if not entries:
        raise ValidationFailedError("entries: there is none")
    return entries


def _is_term(cell: str, longest: int) -> bool:
    return 0 < len(cell) <= longest and _UNUSABLE.search(cell) is None


def _rows(text: str, entries_format: EntriesFormat) -> list[list[str]]:
    if entries_format == "tsv":
        return [line.split("\t") for line in text.splitlines()]
    try:
        return list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise ValidationFailedError("entries: not a valid CSV table") from error


def entries_as_tsv(entries: Mapping[str, str]) -> str:
    """Return one line `source<TAB>target` for each entry."""
    return "\n".join(f"{source}\t{target}" for source, target in entries.items())


class GlossaryStore:
    """The glossaries of every account, until the process ends; at most `most` of each account."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._accounts: defaultdict[str, dict[str, Glossary]] = defaultdict(dict)

    def add(self, account: str, *, name: str, source: str, target: str, entries: Mapping[str, str]) -> Glossary:
        """Return a new glossary. Raises TooManyItemsError if the account has as many as it may."""
        kept = self._accounts[account]
        if len(kept) >= self._most:
            raise TooManyItemsError(f"there may be at most {self._most} glossaries")
        glossary = Glossary(str(uuid.uuid4()), name, source, target, datetime.now(UTC), dict(entries))
        kept[glossary.glossary_id] = glossary
        return glossary

    def all_of(self, account: str) -> list[Glossary]:
        """Return the glossaries of an account, the oldest first."""
        return list(self._accounts.get(account, {}).values())

    def get(self, account: str, glossary_id: str) -> Glossary:
        """Return a glossary. Raises GlossaryNotFoundError if the account has none of this id."""
        try:
            return self._accounts.get(account, {})[glossary_id]
        except KeyError:
            raise GlossaryNotFoundError from None

    def remove(self, account: str, glossary_id: str) -> None:
        """Forget a glossary. Raises GlossaryNotFoundError if the account has none of this id."""
        self.get(account, glossary_id)
        del self._accounts[account][glossary_id]
