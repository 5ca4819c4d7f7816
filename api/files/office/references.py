"""What else in a workbook names texts of its cells, which would be lost if those were translated.

`=COUNTIF(A:A,"Done")` counts no cell that says `Erledigt`. So a text stays in English wherever it is in the workbook,
if it is all of a string in a formula, a rule of validation, a conditional format or a filter, or a column that a
formula names. Excel compares without regard to case. A formula that looks for a part of a text (`SEARCH`) is not
foreseen, but for the `*` of criteria.
"""

import fnmatch
import re
from collections.abc import Iterable

from lxml import etree

from api.files.office.cell_strings import decoded

__all__ = ["References"]

_STRING = re.compile(r'"((?:[^"]|"")*+)"')
# `Prices[[#Totals],[Net '[EUR']]]` and `[@Net]`: an apostrophe stands before what would end the name, which has
# 255 characters at most (18.5.1.2).
_COLUMN = re.compile(r"(?:\[|(?<=\]),)((?:'.|[^'\[\]]){1,510}+)\]", re.DOTALL)
_APOSTROPHE = re.compile(r"'(.)", re.DOTALL)
_OPERATOR = re.compile(r"(?:<>|[<>]=?|=)")
_BY_NAME = re.compile(r"\bINDIRECT\(", re.IGNORECASE)
_FORMULAS = ("f", "formula", "calculatedColumnFormula", "totalsRowFormula", "definedName")
_RULES = ("formula1", "formula2")
# Each takes time for each text.
_MOST_PATTERNS = 100


class References:
    """The texts that stay. `by_name`: whether formulas put the names of sheets and ranges together themselves."""

    def __init__(self) -> None:
        self._texts: set[str] = set()
        self._patterns: list[re.Pattern[str]] = []
        self.by_name = False

    def __contains__(self, text: str) -> bool:
        key = _key(text)
        return key in self._texts or any(pattern.match(key) for pattern in self._patterns)

    def add(self, texts: Iterable[str]) -> None:
        """Let these texts stay."""
        self._texts.update(_key(text) for text in texts)

    def add_part(self, root: etree._Element) -> None:
        """Let all stay that formulas, rules and filters of this part name."""
        for element in root.iter(*(f"{{*}}{name}" for name in _FORMULAS)):
            self._add_formula(element.text or "")
        for element in root.iter(*(f"{{*}}{name}" for name in _RULES)):
            rule = "".join(str(text) for text in element.itertext())
            self._add_formula(rule)
            # The items of a list to choose from.
            self.add(item for found in _STRING.findall(rule) for item in found.split(","))
        for element in root.iter("{*}filter", "{*}customFilter"):
            self._add_criterion(decoded(element.get("val", "")))
        for element in root.iter("{*}cfRule"):
            self._add_criterion(element.get("text", ""))

    def _add_formula(self, formula: str) -> None:
        for found in _STRING.findall(formula):
            self._add_criterion(found.replace('""', '"'))
        for found in _COLUMN.findall(formula):
            name = _APOSTROPHE.sub(r"\1", found)
            self.add((name, name.removeprefix("@")))
        self.by_name = self.by_name or _BY_NAME.search(formula) is not None

    def _add_criterion(self, text: str) -> None:
        """Let stay what a criterion such as `<>Done` or `Done*` says."""
        wanted = _OPERATOR.sub("", text, count=1) if _OPERATOR.match(text) else text
        self.add((text, wanted))
        if "*" in wanted and any(character.isalpha() for character in wanted) and len(self._patterns) < _MOST_PATTERNS:
            pattern = wanted.replace("[", "[[]").replace("~*", "[*]").replace("~?", "[?]")
            self._patterns.append(re.compile(fnmatch.translate(_key(pattern)), re.DOTALL))


def _key(text: str) -> str:
    return text.strip().casefold()
