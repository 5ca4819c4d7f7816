"""Inline markup put around the words of a translation that come from the words it was around.

An element goes around the run of words that has the most links into the element and the fewest out of it (the maximum
subarray of +1 and -1). Children stay within their parents and siblings apart, so the tree is that of the source; only
the order of siblings may change. Without an alignment, words are taken for linked where they stand in proportion.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import itemgetter

from api.text.hypotheses import Hypothesis, Link
from api.text.inline import Node, Sentence

__all__ = ["project"]

_WORD = re.compile(r"\S+")
_CORE = re.compile(r"[^\W_](?:.*[^\W_])?", re.DOTALL)
# More than all words of a sentence together.
_FORCED = 1e6
_NEUTRAL = -0.01


@dataclass(frozen=True, slots=True, order=True)
class _Word:
    """A word of the translation: its characters, those of it without punctuation, and its origins in the source."""

    start: int
    end: int
    core_start: int
    core_end: int
    origins: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class _Placed:
    """A node at characters `start` to `end` of the translation."""

    node: Node
    start: int
    end: int
    children: tuple["_Placed", ...] = ()


class _UnplaceableError(Exception):
    """An opaque stretch ended up outside of the element that it belongs to."""


def project(sentence: Sentence, hypothesis: Hypothesis, escape: Callable[[str], str]) -> str:
    """Return the translation with the markup of the sentence; `escape` turns text into the source's form.

    Where the model moved an opaque stretch out of its element, which no markup can follow, the sentence is as it was.
    """
    links = hypothesis.links
    if sentence.nodes and all(link.exact for link in links):
        links = (*links, *_in_proportion(sentence.segment.text, hypothesis.text))
    projection = _Projection(sentence, hypothesis.text, links, escape)
    try:
        placed = projection.place(sentence.nodes, 0, len(hypothesis.text))
    except _UnplaceableError:
        return sentence.source
    return projection.render(placed, 0, len(hypothesis.text))


def _in_proportion(source: str, translation: str) -> list[Link]:
    words = [found.span() for found in _WORD.finditer(source)]
    # Where the word that is nearest to a place changes.
    borders = [(start + following) / 2 for (start, _), (_, following) in pairwise(words)]
    scale = len(source) / len(translation) if translation else 0
    return [
        Link(*words[bisect_right(borders, (found.start() + found.end()) / 2 * scale)], *found.span())
        for found in _WORD.finditer(translation)
    ]


class _Projection:
    def __init__(self, sentence: Sentence, text: str, links: Sequence[Link], escape: Callable[[str], str]) -> None:
        self._sentence = sentence
        self._source = sentence.segment.text
        self._text = text
        self._escape = escape
        self._exact = sorted((link for link in links if link.exact), key=lambda link: link.target_start)
        self._words = self._translated_words(links)
        self._starts = [word.start for word in self._words]

    def _translated_words(self, links: Sequence[Link]) -> list[_Word]:
        spans = [found.span() for found in _WORD.finditer(self._text)]
        linked: list[list[Link]] = [[] for _ in spans]
        for link in links:
            first = bisect_right(spans, link.target_start, key=itemgetter(1))
            last = bisect_left(spans, link.target_end, key=itemgetter(0))
            for index in range(first, last):
                linked[index].append(link)
        return [self._word(start, end, found) for (start, end), found in zip(spans, linked, strict=True)]

    def _word(self, start: int, end: int, links: Sequence[Link]) -> _Word:
        core_start, core_end = _core(self._text, start, end)
        exact = [link for link in links if link.exact]
        for link in exact:
            core_start = min(core_start, max(start, link.target_start))
            core_end = max(core_end, min(end, link.target_end))
        origins = {(link.source_start, link.source_end) for link in exact} or {
            _core(self._source, link.source_start, link.source_end) for link in links
        }
        return _Word(start, end, core_start, core_end, tuple(sorted(origins)))

    def place(self, nodes: Sequence[Node], start: int, end: int) -> list[_Placed]:
        """Place siblings within characters `start` to `end` of the translation; raises _UnplaceableError."""
        placed: list[_Placed] = []
        first = bisect_left(self._starts, start)
        if first > 0 and self._words[first - 1].end > start:
            first -= 1
        free = list(range(first, bisect_left(self._starts, end)))
        for node in nodes:
            if node.opaque:
                placed.append(self._opaque(node, start, end))
            elif node.start < node.end:
                within = self._within_word(node, placed, start, end)
                if within is not None:
                    low, high = within
                    free = [index for index in free if not self._overlaps(index, low, high)]
                else:
                    low, high, free = self._element(node, nodes, free, placed, start, end)
                placed.append(_Placed(node, low, high, tuple(self.place(node.children, low, high))))
        placed.sort(key=_order)
        if any(following.start < before.end for before, following in pairwise(placed)):
            raise _UnplaceableError
        for node in nodes:
            if not node.opaque and node.start == node.end:
                at = self._position(node, placed, start, end)
                placed.append(_Placed(node, at, at, tuple(self.place(node.children, at, at))))
        return sorted(placed, key=_order)

    def _opaque(self, node: Node, start: int, end: int) -> _Placed:
        for link in self._exact:
            if (link.source_start, link.source_end) == (node.start, node.end):
                if start <= link.target_start and link.target_end <= end:
                    return _Placed(node, link.target_start, link.target_end)
                break
        raise _UnplaceableError

    def _within_word(self, node: Node, placed: Sequence[_Placed], start: int, end: int) -> tuple[int, int] | None:
        """Return where the characters of an element that is a part of a word are in the translation, as in CO₂.

        Letters may be in another word by chance, so they count only if all of their word is there.
        """
        low, high = _word_around(self._source, node.start, node.end)
        if (low, high) == (node.start, node.end) or _opaque_in([node]):
            return None
        part = self._source[node.start : node.end]
        has_letters = any(map(str.isalpha, part))
        sought, before = (self._source[low:high], node.start - low) if has_letters else (part, 0)
        taken = [(each.start, each.end) for each in placed]
        taken += [(link.target_start, link.target_end) for link in self._exact]
        for word in self._words:
            if (
                start <= word.start
                and word.end <= end
                and any(a < node.end and node.start < b for a, b in word.origins)
            ):
                for found in re.finditer(re.escape(sought), self._text[word.start : word.end]):
                    at = word.start + found.start() + before
                    if not any(a < at + len(part) and at < b for a, b in taken):
                        return at, at + len(part)
        return None

    def _overlaps(self, index: int, start: int, end: int) -> bool:
        return self._words[index].start < end and start < self._words[index].end

    def _element(
        self,
        node: Node,
        siblings: Sequence[Node],
        free: list[int],
        placed: Sequence[_Placed],
        start: int,
        end: int,
    ) -> tuple[int, int, list[int]]:
        """Return the characters of an element, and the words that are left for its siblings."""
        inside = _opaque_in([node])
        outside = [span for sibling in siblings if sibling is not node for span in _opaque_in([sibling])]
        weights = [self._weight(self._words[index], node, inside, outside) for index in free]
        window = _best_window(free, weights)
        if window is None or sum(weights[window[0] : window[1] + 1]) <= -_FORCED / 2:
            if inside:
                raise _UnplaceableError
            at = max((each.end for each in placed), default=start)
            return at, at, free
        low, high = free[window[0]], free[window[1]]
        first, last = self._words[low], self._words[high]
        opening, closing = self._source[node.start], self._source[node.end - 1]
        low_at = first.core_start if opening.isalnum() else first.start
        high_at = last.core_end if closing.isalnum() else last.end
        # Markup starts and ends outside of what is protected.
        low_at = min([low_at, *(link.target_start for link in self._exact if _is_inside(low_at, link))])
        high_at = max([high_at, *(link.target_end for link in self._exact if _is_inside(high_at, link))])
        low_at, high_at = max(low_at, start), min(high_at, end)
        left = [index for index in free if self._words[index].end <= low_at or high_at <= self._words[index].start]
        return low_at, high_at, left

    @staticmethod
    def _weight(
        word: _Word, node: Node, inside: Sequence[tuple[int, int]], outside: Sequence[tuple[int, int]]
    ) -> float:
        if any(origin in inside for origin in word.origins):
            return _FORCED
        if any(origin in outside for origin in word.origins):
            return -_FORCED
        if not word.origins:
            return _NEUTRAL
        linked = sum(start < node.end and node.start < end for start, end in word.origins)
        return 2 * linked / len(word.origins) - 1

    def _position(self, node: Node, placed: Sequence[_Placed], start: int, end: int) -> int:
        """Return where a lone tag goes: behind what it stood behind, or before what it touched."""
        nearest_behind = max((b for word in self._words for _, b in word.origins if b <= node.start), default=None)
        nearest_before = min((a for word in self._words for a, _ in word.origins if a >= node.start), default=None)
        within = [word.end for word in self._words if any(a < node.start < b for a, b in word.origins)]
        at = max(within, default=start)
        if not within and nearest_before is not None and (not node.before_space or nearest_behind is None):
            word = min(word for word in self._words if any(a == nearest_before for a, _ in word.origins))
            at = word.core_start if self._source[node.start : node.start + 1].isalnum() else word.start
        elif not within and nearest_behind is not None:
            word = max(word for word in self._words if any(b == nearest_behind for _, b in word.origins))
            at = word.core_end if self._source[: node.start].rstrip()[-1:].isalnum() else word.end
        at = min(max(at, start), end)
        at = min(end, max([at, *(link.target_end for link in self._exact if _is_inside(at, link))]))
        for each in placed:
            if each.start < at < each.end:
                at = each.end
        return at

    def render(self, placed: Sequence[_Placed], start: int, end: int) -> str:
        """Return characters `start` to `end` of the translation with these nodes in them."""
        parts = []
        done = start
        for each in placed:
            parts.append(self._plain(done, each.start))
            node = each.node
            if node.opaque:
                parts.append(node.opening)
            elif node.start == node.end and self._stood_alone(node) and self._text[: each.start][-1:] not in ("", " "):
                parts.append(f" {node.opening}{self.render(each.children, each.start, each.end)}{node.closing}")
            else:
                parts.append(f"{node.opening}{self.render(each.children, each.start, each.end)}{node.closing}")
            done = each.end
        parts.append(self._plain(done, end))
        return "".join(parts)

    def _stood_alone(self, node: Node) -> bool:
        return node.before_space and self._source[: node.start][-1:].isspace()

    def _plain(self, start: int, end: int) -> str:
        """Return text in the form of the source; what was protected is as it was there."""
        parts = []
        for link in self._exact:
            if start <= link.target_start and link.target_end <= end:
                shown = self._text[link.target_start : link.target_end]
                if shown == self._source[link.source_start : link.source_end]:
                    parts.append(self._escape(self._text[start : link.target_start]))
                    parts.append("".join(self._sentence.raws[link.source_start : link.source_end]))
                    start = link.target_end
        parts.append(self._escape(self._text[start:end]))
        return "".join(parts)


def _order(placed: _Placed) -> tuple[int, int, int]:
    return placed.start, placed.end, placed.node.start


def _is_inside(at: int, link: Link) -> bool:
    return link.target_start < at < link.target_end


def _core(text: str, start: int, end: int) -> tuple[int, int]:
    found = _CORE.search(text, start, end)
    return found.span() if found else (start, end)


def _word_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the characters with the letters and digits that they touch."""
    while start > 0 and text[start - 1].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum():
        end += 1
    return start, end


def _opaque_in(nodes: Sequence[Node]) -> list[tuple[int, int]]:
    found = [(node.start, node.end) for node in nodes if node.opaque]
    return found + [span for node in nodes for span in _opaque_in(node.children)]


def _best_window(indices: Sequence[int], weights: Sequence[float]) -> tuple[int, int] | None:
    """Return the first and last of the consecutive words whose weights sum up to the most, the longest if several do.

    None if there are no words.
    """
    best: tuple[float, int, int, int] | None = None
    total, first = 0.0, 0
    for position, weight in enumerate(weights):
        if position == 0 or total < 0 or indices[position] != indices[position - 1] + 1:
            total, first = 0.0, position
        total += weight
        candidate = total, position - first, first, position
        if best is None or candidate[:2] > best[:2]:
            best = candidate
    return best[2:] if best is not None else None
