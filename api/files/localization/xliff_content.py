"""What is in a source or target of XLIFF: text and inline codes, as nodes of a paragraph and back.

Codes are copied from the source to the target. Those with words in them (`g`, `pc`, `mrk`) and pairs of those that open
and close something (`bpt` and `ept`, `sc` and `ec`, ...) go around the words that they were around. White space is kept
where `xml:space` says so; elsewhere a line break is a space. Text that a program shows as HTML has its tags as text.
"""

import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from typing import TypeAlias

from lxml import etree

from api.files.codes import Code, Token, paired
from api.files.inline import Atom, Node, Span
from api.files.strings import string_tokens

__all__ = ["Payload", "fill", "nodes_of"]

Payload: TypeAlias = etree._Element | str
_Nodes: TypeAlias = Sequence[Node[tuple[Payload, ...]]]

_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_WITH_WORDS = frozenset({"g", "pc", "mrk"})
# Those that may stand for a word.
_STANDING_FOR = frozenset({"ph", "x"})
# Whether such a code opens a pair, and the attributes of which the first that is there names the pair.
_PAIRS = {
    "bpt": (True, ("rid", "id")),
    "ept": (False, ("rid", "id")),
    "bx": (True, ("rid", "id")),
    "ex": (False, ("rid", "id")),
    "sc": (True, ("id",)),
    "ec": (False, ("startRef",)),
    "sm": (True, ("id",)),
    "em": (False, ("startRef",)),
}
_KINDS = {"ept": "bpt", "ex": "bx", "ec": "sc", "em": "sm"}
# What Angular calls the tags of a pair.
_ANGULAR = re.compile(r"(START|CLOSE)_([A-Z0-9_]+)")
_WRAP = re.compile(r"[ \t]*\n\s*")


def nodes_of(content: etree._Element) -> _Nodes:
    """Return the content of a source."""
    holders = (content, *content.iterancestors())
    space = next((holder.get(_SPACE) for holder in holders if holder.get(_SPACE)), "default")
    return _nodes(content, is_preserved=space == "preserve")


def _nodes(content: etree._Element, *, is_preserved: bool) -> _Nodes:
    tokens: list[Token[Payload] | Node[tuple[Payload, ...]]] = [*_text_tokens(content.text, is_preserved=is_preserved)]
    for child in content:
        tokens.append(_token(child, is_preserved=is_preserved))
        tokens += _text_tokens(child.tail, is_preserved=is_preserved)
    return paired(tokens)


def _text_tokens(text: str | None, *, is_preserved: bool) -> Iterator[Token[Payload]]:
    for token in string_tokens((text or "") if is_preserved else _WRAP.sub(" ", text or "")):
        if isinstance(token, str):
            yield token
        else:
            yield Code(token.payload, token.opens, token.closes, token.shown, token.is_break)


def _token(element: etree._Element, *, is_preserved: bool) -> Code[Payload] | Span[tuple[Payload, ...]]:
    if not isinstance(element.tag, str):
        return Code(element)
    name = etree.QName(element).localname
    if name in _WITH_WORDS:
        if element.get("translate") == "no" or element.get("mtype") == "protected":
            return Code(element, shown="".join(map(str, element.itertext())))
        return Span((element,), tuple(_nodes(element, is_preserved=is_preserved)))
    if name in _PAIRS:
        opens, attributes = _PAIRS[name]
        number = next((element.get(each) for each in attributes if element.get(each)), "")
        pair = f"{_KINDS.get(name, name)} {number}"
        return Code(element, opens=pair) if opens else Code(element, closes=pair)
    if angular := _ANGULAR.fullmatch(element.get("id", "")):
        return Code(element, opens=angular[2]) if angular[1] == "START" else Code(element, closes=angular[2])
    if element.get("ctype") == "lb" or element.get("subType") == "xlf:lb":
        return Code(element, is_break=True)
    if name not in _STANDING_FOR:
        return Code(element)
    shown = next(filter(None, map(element.get, ("disp", "equiv", "equiv-text"))), None) or element.text or ""
    return Code(element, shown="" if shown.startswith("<") else shown.strip())


def fill(element: etree._Element, nodes: _Nodes) -> None:
    """Put nodes into an element, in place of what is in it."""
    del element[:]
    element.text = None
    _append(element, nodes)


def _append(element: etree._Element, nodes: _Nodes) -> None:
    for node in nodes:
        if isinstance(node, str):
            _append_payload(element, node)
            continue
        appended = _append_payload(element, node.payload[0])
        if isinstance(node, Atom):
            continue
        if len(node.payload) == 1:
            fill(appended, node.children)
        else:
            _append(element, node.children)
            _append_payload(element, node.payload[1])


def _append_payload(element: etree._Element, payload: Payload) -> etree._Element:
    """Put text or a copy of a code at the end of an element, and return that copy."""
    if isinstance(payload, str):
        _append_text(element, payload)
        return element
    copy = deepcopy(payload)
    copy.tail = None
    element.append(copy)
    return copy


def _append_text(element: etree._Element, text: str) -> None:
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text
