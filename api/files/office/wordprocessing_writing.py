"""Paragraphs of WordprocessingML, written anew around translated words."""

from collections.abc import Iterable, Sequence
from copy import deepcopy

from lxml import etree

from api.files.inline import Atom, Node
from api.files.languages import is_english, language_tag
from api.files.office.wordprocessing_content import Code, Content, Enclosed, Wrapped
from api.files.office.wordprocessing_tokens import Format, Piece, all_named, w

__all__ = ["set_language", "write_paragraph"]

_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
# Beside text; anything else has a run of its own, as Word writes it.
_TEXT = frozenset({"br", "cr", "noBreakHyphen", "ptab", "t", "tab"})


def write_paragraph(paragraph: etree._Element, content: Content, nodes: Iterable[Node[int]], target: str) -> None:
    """Replace what is in a paragraph by these nodes, which are in the language `target`."""
    for child in list(paragraph):
        if w(child) == "pPr":
            set_language(child, target)
        else:
            paragraph.remove(child)
    for ancestor in paragraph.iterancestors(etree.Element):
        _unbind(ancestor)
    _Writer(content.codes, etree.QName(paragraph).namespace, target).write(paragraph, nodes, content.format)


def set_language(element: etree._Element, target: str) -> bool:
    """Let all text of an element that is said to be English be in the language `target`; return whether any was."""
    found = False
    for language in all_named(element, "lang"):
        name = f"{{{etree.QName(language).namespace}}}val"
        if is_english(language.get(name)):
            language.set(name, language_tag(target))
            found = True
    return found


class _Writer:
    def __init__(self, codes: Sequence[Code], namespace: str | None, target: str) -> None:
        self._codes = codes
        self._namespace = namespace
        self._target = target
        # The run that text of its format may go on in.
        self._run: tuple[etree._Element, Format] | None = None

    def write(self, parent: etree._Element, nodes: Iterable[Node[int]], plain: Format) -> None:
        """Append nodes to an element, those without a format of their own in the format `plain`."""
        for node in nodes:
            if isinstance(node, str):
                text = etree.SubElement(self._run_in(parent, plain), self._name("t"))
                text.text = node
                text.set(_SPACE, "preserve")
                continue
            code = self._codes[node.payload]
            children = () if isinstance(node, Atom) else node.children
            match code:
                case Format():
                    self.write(parent, children, code)
                case Enclosed():
                    self._append(parent, code.before)
                    self.write(parent, children, code.format or plain)
                    self._append(parent, code.after)
                case Wrapped():
                    parent.append(_emptied(code))
                    self.write(code.inside.holder, children, code.format)
                case _:
                    self._append(parent, code)

    def _append(self, parent: etree._Element, pieces: Iterable[Piece]) -> None:
        for piece in pieces:
            if piece.format is None:
                parent.append(piece.element)
            elif w(piece.element) in _TEXT:
                self._run_in(parent, piece.format).append(piece.element)
            else:
                self._new_run(parent, piece.format).append(piece.element)

    def _run_in(self, parent: etree._Element, look: Format) -> etree._Element:
        """Return the run at the end of an element if it is text of this format, else a new one."""
        if self._run is not None:
            run, format_of_run = self._run
            if look is format_of_run and run.getparent() is parent and run.getnext() is None:
                return run
        run = self._new_run(parent, look)
        self._run = run, look
        return run

    def _new_run(self, parent: etree._Element, look: Format) -> etree._Element:
        run = etree.SubElement(parent, self._name("r"))
        if look.properties is not None:
            properties = deepcopy(look.properties)
            set_language(properties, self._target)
            run.append(properties)
        return run

    def _name(self, local: str) -> str:
        return f"{{{self._namespace}}}{local}"


def _emptied(code: Wrapped) -> etree._Element:
    """Return the element without what goes into it anew."""
    holder = code.inside.holder
    for child in list(holder):
        if not w(child).endswith("Pr"):
            holder.remove(child)
    _unbind(code.inside.piece.element)
    return code.inside.piece.element


def _unbind(element: etree._Element) -> None:
    """Take the tie to data off a control: Word would put the English of the data in the place of its text."""
    if w(element) != "sdt":
        return
    for properties in element:
        if w(properties) == "sdtPr":
            for child in list(properties):
                if isinstance(child.tag, str) and etree.QName(child).localname == "dataBinding":
                    properties.remove(child)
