"""Cues of SubRip and WebVTT: where in a file their texts are, and when they are shown."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

__all__ = ["ARROW", "Cue", "subrip_cues", "webvtt_cues"]

ARROW = "-->"
_TIME = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})[,.:](\d{1,3})(?!\d)"
_TIMING = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}")


@dataclass(frozen=True, slots=True)
class Cue:
    """Text from line `first` to before line `last` of the file, shown from `begin` to `end` in milliseconds.

    These are None where the line with the times is broken.
    """

    first: int
    last: int
    begin: int | None
    end: int | None


def webvtt_cues(lines: Sequence[str]) -> list[Cue]:
    """Return the cues of a WebVTT file: behind a line with times, up to an empty line."""
    cues = []
    for number, line in enumerate(lines):
        if ARROW in line:
            last = number + 1
            while last < len(lines) and lines[last].strip() and ARROW not in lines[last]:
                last += 1
            if number + 1 < last:
                cues.append(Cue(number + 1, last, *_times(line)))
    return cues


def subrip_cues(lines: Sequence[str]) -> list[Cue]:
    """Return the cues of a SubRip file: behind a line with times, up to the number of the next, if it has one.

    Where empty lines part a cue's text, each part is a cue of its own.
    """
    timings = [number for number, line in enumerate(lines) if ARROW in line]
    cues: list[Cue] = []
    for number, timing in enumerate(timings):
        last = len(lines)
        if number + 1 < len(timings):
            last = timings[number + 1]
            # The number of the next cue.
            if lines[last - 1].strip().isdecimal():
                last -= 1
        begin, end = _times(lines[timing])
        cues += [Cue(first, behind, begin, end) for first, behind in _blocks(lines, timing + 1, last)]
    return cues


def _blocks(lines: Sequence[str], start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield where lines that are not empty stand together."""
    first = start
    for number in range(start, end + 1):
        if number == end or not lines[number].strip():
            if first < number:
                yield first, number
            first = number + 1


def _times(line: str) -> tuple[int, int] | tuple[None, None]:
    found = _TIMING.match(line)
    if found is None:
        return None, None
    hours, minutes, seconds, fraction, *end = found.groups()
    return _milliseconds(hours, minutes, seconds, fraction), _milliseconds(*end)


def _milliseconds(hours: str | None, minutes: str, seconds: str, fraction: str) -> int:
    return (int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)) * 1000 + int(fraction.ljust(3, "0"))
