"""HTML documents: everything but the text stays byte for byte, and inline tags go with their words.

The tokenizer is a few patterns after the tokenization of the HTML standard (section 13.2.5), because it must say what
every token is in the source: parsers that build a tree do not, and `html.parser` takes quadratic time for some broken
input in Python versions that we support. A tag that never ends hides the rest of the document, as in browsers: that
stays untranslated. Attributes are not translated.
"""

import html
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from api.text.hypotheses import Hypothesis
from api.text.inline import Cell, Sentence, sentences
from api.text.options import Options
from api.text.projection import project

__all__ = ["HtmlDocument"]

# Atomic groups: in Python 3.11 before 3.11.5 a possessive quantifier forgets how to go back inside of what it repeats.
_ATTRIBUTE = r"[^\s/>=][^\s/>=]*+(?>(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|(?![\"'])[^\s>]*+))?)"
_TAG = re.compile(rf"<(/?)([A-Za-z][^\s/>]*+)((?>(?:[\s/]++|=(?!\s*+[\"'])|{_ATTRIBUTE})*))>")
_TAG_START = re.compile(r"</?[A-Za-z]")
_OTHER = re.compile(
    r"<!--(?:>|->|.*?(?:--!?>|\Z))|<!\[CDATA\[.*?(?:\]\]>|\Z)|<[!?][^>]*+>?|</[^A-Za-z][^>]*+>?", re.DOTALL
)
_REFERENCE = re.compile(r"&(?:#[xX]?[0-9A-Fa-f]++|[A-Za-z][A-Za-z0-9]*+);?")
_NOT_TRANSLATED = re.compile(
    r"""(?:^|[\s"'/])(?:translate\s*=\s*["']?no(?=["'\s/]|$)|class\s*=\s*(?:"(?:[^"]*\s)?notranslate(?=["\s])"""
    r"""|'(?:[^']*\s)?notranslate(?=['\s])|notranslate(?=[\s/]|$)))""",
    re.IGNORECASE,
)


def _names(names: str) -> frozenset[str]:
    return frozenset(names.split())


_VOID = _names("area base br col embed hr img input link meta param source track wbr")
_TEXT_ONLY = _names("title")
_RAW = _names("iframe noembed noframes plaintext script style textarea xmp")
_KEPT = _names("canvas code kbd math object pre samp svg template tt var")
_INLINE = _names(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i img input ins kbd label mark math nobr output q rb "
    "rp rt ruby s samp slot small span strike strong sub sup svg time tt u var wbr"
)
_BLOCK = _names(
    "address applet area article aside audio base blockquote body br button canvas caption center col colgroup "
    "datalist dd details dialog dir div dl dt embed fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 "
    "h5 h6 head header hgroup hr html iframe legend li link main map menu meta meter nav noembed noframes noscript "
    "object ol optgroup option p param picture plaintext pre progress script search section select source style "
    "summary table tbody td template textarea tfoot th thead title tr track ul video xmp"
)


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    """What names of elements mean: those without an end tag, those whose text has no tags, and so on."""

    void: frozenset[str] = frozenset()
    text_only: frozenset[str] = frozenset()
    raw: frozenset[str] = frozenset()
    kept: frozenset[str] = frozenset()
    block: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()
    """Of these a slash at the end of the tag says nothing."""


_HTML = _Vocabulary(_VOID, _TEXT_ONLY, _RAW, _KEPT, _BLOCK, _INLINE | _BLOCK)
_XHTML = replace(_HTML, known=frozenset())
_XML = _Vocabulary()


@dataclass(frozen=True, slots=True)
class _Token:
    """A stretch of the source: a start or end tag with its name in small letters, or text, or anything else."""

    raw: str
    start: int
    name: str | None = None
    is_text: bool = False
    is_end: bool = False
    is_closed: bool = False
    attributes: str = ""


class HtmlDocument:
    """HTML, whole documents and fragments, as sentences and what stands between them.

    In XHTML, `<a id="x"/>` has its end. XML too: no name of an element means anything there, unless the options say so.
    Elements that never stand beside text are its structure and end a sentence.
    """

    def __init__(self, source: str, options: Options, *, xhtml: bool = False) -> None:
        vocabulary = _XML if options.format == "xml" else _XHTML if xhtml else _HTML
        self._parts = tuple(_parts(source, options, vocabulary))
        self.segments = tuple(part.segment for part in self._parts if isinstance(part, Sentence))

    def join(self, translations: Sequence[Hypothesis]) -> str:
        """Return the document with each sentence replaced by its translation with the inline tags in it."""
        following = iter(translations)
        return "".join(
            part if isinstance(part, str) else project(part, next(following), _escape) for part in self._parts
        )


def _escape(text: str) -> str:
    return html.escape(text, quote=False)


def _parts(source: str, options: Options, vocabulary: _Vocabulary) -> Iterator[str | Sentence]:
    run: list[Cell] = []
    tokens = list(_tokens(source, vocabulary))
    if options.format == "xml" and options.outline_detection:
        vocabulary = replace(_XML, block=_structural(tokens))
    ends = _ends(tokens, vocabulary)
    index = 0
    while index < len(tokens):
        token = tokens[index]
        kept = index in ends and _is_kept(token, options, vocabulary)
        after = ends[index] + 1 if kept else index + 1
        if token.name is None or _is_inline(token.name, options, vocabulary):
            run.extend(_cells(tokens[index:after], vocabulary, kept=kept))
        else:
            yield from sentences(run, options.split_sentences)
            run = []
            yield "".join(each.raw for each in tokens[index:after])
        index = after
    yield from sentences(run, options.split_sentences)


def _cells(tokens: Sequence[_Token], vocabulary: _Vocabulary, *, kept: bool) -> Iterator[Cell]:
    """Yield the cells of one token, or of an element that is kept as a whole."""
    token = tokens[0]
    if kept:
        text = "".join(html.unescape(each.raw) for each in tokens if each.is_text)
        yield Cell("".join(each.raw for each in tokens), token.start, text, opaque=True)
    elif token.is_text:
        yield from _characters(token)
    elif token.name is None or token.name in vocabulary.void or token.is_closed:
        yield Cell(token.raw, token.start)
    elif token.is_end:
        yield Cell(token.raw, token.start, closes=token.name)
    else:
        yield Cell(token.raw, token.start, opens=token.name)


def _is_inline(name: str, options: Options, vocabulary: _Vocabulary) -> bool:
    return name in options.non_splitting_tags or (name not in options.splitting_tags and name not in vocabulary.block)


def _is_kept(token: _Token, options: Options, vocabulary: _Vocabulary) -> bool:
    """Whether this starts an element that comes back with all that is in it."""
    return (
        token.name is not None
        and not token.is_end
        and (
            token.name in vocabulary.kept
            or token.name in options.ignore_tags
            or _NOT_TRANSLATED.search(token.attributes) is not None
        )
    )


def _characters(token: _Token) -> Iterator[Cell]:
    """Yield a cell for each character, or for the characters that a reference stands for."""
    done = 0
    for found in _REFERENCE.finditer(token.raw):
        for index in range(done, found.start()):
            yield Cell(token.raw[index], token.start + index, token.raw[index])
        yield Cell(found[0], token.start + found.start(), html.unescape(found[0]))
        done = found.end()
    for index in range(done, len(token.raw)):
        yield Cell(token.raw[index], token.start + index, token.raw[index])


def _structural(tokens: Sequence[_Token]) -> frozenset[str]:
    """Return the names of the elements that never stand beside text: the outline of an XML document."""
    names = {token.name for token in tokens if token.name is not None}
    inline: set[str] = set()
    # For each element that is open: its name, the names of its children, and whether it has text of its own.
    path: list[tuple[str, set[str], bool]] = [("", set(), False)]
    depths: Counter[str] = Counter()
    for token in tokens:
        parent, children, has_text = path[-1]
        if token.name is None:
            path[-1] = (parent, children, has_text or (token.is_text and not token.raw.isspace()))
        elif not token.is_end:
            children.add(token.name)
            if not token.is_closed:
                path.append((token.name, set(), False))
                depths[token.name] += 1
        elif depths[token.name]:
            closed = ""
            while closed != token.name:
                closed, children, has_text = path.pop()
                depths[closed] -= 1
                inline |= children if has_text else set()
    return frozenset(names - inline.union(*(children for _, children, has_text in path if has_text)))


def _ends(tokens: Sequence[_Token], vocabulary: _Vocabulary) -> dict[int, int]:
    """Return the index of the end tag for each start tag that has one."""
    opened: dict[str, list[int]] = {}
    ends: dict[int, int] = {}
    for index, token in enumerate(tokens):
        if token.name is None or token.name in vocabulary.void or token.is_closed:
            continue
        if not token.is_end:
            opened.setdefault(token.name, []).append(index)
        elif opened.get(token.name):
            ends[opened[token.name].pop()] = index
    return ends


def _tokens(source: str, vocabulary: _Vocabulary) -> Iterator[_Token]:
    """Cut the source into tokens; joined, they are the source."""
    done = index = 0
    last_end = source.rfind(">")
    while (index := source.find("<", index)) >= 0:
        found = (_TAG.match(source, index) if index < last_end else None) or _OTHER.match(source, index)
        if found is None:
            if index < last_end and _TAG_START.match(source, index):
                break
            index += 1
            continue
        if done < index:
            yield _Token(source[done:index], done, is_text=True)
        done = index = found.end()
        if found.re is _OTHER:
            yield _Token(found[0], found.start())
            continue
        name = found[2].lower()
        is_closed = found[3].endswith("/") and name not in vocabulary.known
        yield _Token(found[0], found.start(), name, is_end=bool(found[1]), is_closed=is_closed, attributes=found[3])
        if name in vocabulary.raw | vocabulary.text_only and not found[1] and not is_closed:
            closing = re.compile(rf"</{re.escape(name)}(?=[\s/>])", re.IGNORECASE).search(source, done)
            index = closing.start() if closing else len(source)
            if done < index:
                yield _Token(source[done:index], done, is_text=name in vocabulary.text_only)
            done = index
    if index > done:
        yield _Token(source[done:index], done, is_text=True)
        done = index
    if done < len(source):
        yield _Token(source[done:], done, is_text=index < 0)
