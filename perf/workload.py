"""The sentences of every measurement, and the files that perf_analyzer reads them from.

`sentences.txt` holds templates of our own. Their lengths follow real text, a third each of everyday, news and
encyclopaedic sentences: 10, 25, 50, 75 and 90 % of them have at most 5, 6, 14, 27 and 31 words (in a mixture of equal
parts of the Tatoeba, newstest and FLORES development sets it is 5, 7, 14, 21 and 28). The slots of a template are
filled anew each time round, so that no sentence occurs twice and no cache can help.
"""

import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from string import Formatter
from typing import Any

from models_src.tokenizer import Tokenizer

TEMPLATES = Path(__file__).with_name("sentences.txt")
SENTENCES = 4096
_SEED = 20

_SLOTS: dict[str, Sequence[str]] = {
    "name": [
        "Anna", "Mr Bell", "Clara", "David", "Mrs Evans", "Felix", "Hannah", "Ines", "Julia", "Karim", "Laura", "Maria",
        "Nina", "Oliver", "Paul", "Dr Quinn", "Rosa", "Simon", "Teresa", "Victor", "Wendy", "Yusuf", "Zoe", "Emily",
    ],
    "city": [
        "Athens", "Berlin", "Bristol", "Brussels", "Cairo", "Dublin", "Geneva", "Glasgow", "Hamburg", "Kyoto", "Leeds",
        "Lisbon", "London", "Lyon", "Madrid", "Munich", "Naples", "Nice", "Oslo", "Paris", "Porto", "Prague", "Rome",
    ],
    "day": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    "month": [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    ],
    "hour": [f"{hour} o'clock" for hour in range(3, 12)],
    "number": [str(number) for number in range(3, 99)],
}  # fmt: skip


def templates() -> list[str]:
    """The lines of `sentences.txt`."""
    return TEMPLATES.read_text(encoding="utf-8").splitlines()


def sentences(count: int = SENTENCES, seed: int = _SEED) -> list[str]:
    """``count`` different sentences, always the same ones for the same seed.

    Every template comes once, in an order of its own, before any comes again with other fillings.

    Raises:
        ValueError: the templates do not have so many different fillings.
    """
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    found: dict[str, None] = {}
    for template in _rounds(templates(), chance):
        if len(found) >= count:
            return list(found)
        found[_fill(template, chance)] = None
    raise ValueError(f"there are no {count} different sentences")


def _rounds(lines: Sequence[str], chance: random.Random) -> Iterator[str]:
    most = 1000
    for _ in range(most):
        yield from chance.sample(lines, len(lines))


def _fill(template: str, chance: random.Random) -> str:
    slots = [name for _, name, _, _ in Formatter().parse(template) if name]
    return template.format(**{name: chance.choice(_SLOTS[name]) for name in slots})


def text_input(lines: Sequence[str], *, options: bool = True, beam_size: int = 0) -> dict[str, Any]:
    """perf_analyzer's data for the ensembles, with ``options`` as the API sends them, or for `tokenize`."""
    extra = {"NUM_HYPOTHESES": [1], "BEAM_SIZE": [beam_size], "ALIGNMENT": [0]} if options else {}
    return {"data": [{"TEXT": [line], **extra} for line in lines]}


def token_input(lines: Sequence[str], tokenizer: Tokenizer, target: str) -> dict[str, Any]:
    """perf_analyzer's data for ``marian_en_xx``.

    perf_analyzer refuses batches of entries of different shapes. The ids are therefore padded to one width, as the
    `tokenize` step does within a batch; the model reads their true number from INPUT_LENGTH.
    """
    encoded = [tokenizer.encode(line) for line in lines]
    width = max(map(len, encoded))
    suffix = target.upper()
    return {
        "data": [
            {
                f"INPUT_IDS_{suffix}": {"content": ids + [tokenizer.pad_id] * (width - len(ids)), "shape": [width]},
                f"INPUT_LENGTH_{suffix}": [len(ids)],
                "NUM_HYPOTHESES": [1],
                "BEAM_SIZE": [0],
                "ALIGNMENT": [0],
            }
            for ids in encoded
        ]
    }


def write(path: Path, data: dict[str, Any]) -> Path:
    """Write perf_analyzer's data to ``path``."""
    path.write_text(json.dumps(data), encoding="utf-8")
    return path
