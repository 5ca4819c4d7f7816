"""A page of three sheets comes back in both languages as plain text, Markdown and HTML with its structure."""

import re
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt
from selectolax.lexbor import LexborHTMLParser, LexborNode

from api.text.placeholders import find_placeholders
from tests.e2e.service import Service

FOLDER = Path(__file__).parents[1] / "data" / "page"
FILES = {"text": "page.txt", "markdown": "page.md", "html": "page.html"}
MARKDOWN = MarkdownIt("commonmark").enable(["table"])
LANGUAGES = pytest.mark.parametrize("language", ["de", "fr"])
# What is not a word of a language: line breaks, the marks of lists, tabs, empty lines.
SEPARATORS = re.compile(r"\n[ \t]*(?:[*>-] |\d\. )?|\t")


def source(text_format: str) -> str:
    return (FOLDER / FILES[text_format]).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def translations(service: Service) -> dict[str, dict[str, Any]]:
    """The translations of each format, with their flags."""
    found = {}
    for text_format in FILES:
        body = {"text": source(text_format), "format": text_format}
        [result] = service.post("/infer", body).json()["results"]
        assert result["error"] is None
        found[text_format] = result["translations"]
    return found


def placeholders(text: str) -> list[str]:
    return sorted(text[span.start : span.end] for span in find_placeholders(text))


def blocks(markdown: str) -> list[object]:
    """Return the blocks of a document, each with the inline markup in it, and what is not translated."""
    found: list[object] = []
    for token in MARKDOWN.parse(markdown):
        if token.type == "inline":
            inline = (child for child in token.children or [] if child.type not in ("text", "softbreak"))
            found.append(sorted((child.type, str(child.attrs), child.content) for child in inline))
        else:
            found.append((token.type, token.attrs, token.content))
    return found


def tree(html: str) -> object:
    root = LexborHTMLParser(html).root
    assert root is not None
    return _outline(root)


def _outline(node: LexborNode) -> tuple[object, ...]:
    """Return an element with its attributes and children; those that are inline in any order."""
    children = [_outline(child) for child in node.iter(include_text=False)]
    kept = node.text() if node.tag in ("script", "style", "pre", "code") else ""
    if node.tag in ("p", "li", "td", "h2", "button", "label"):
        children.sort(key=str)
    return node.tag, tuple(node.attributes.items()), kept, tuple(children)


@LANGUAGES
def test_plain_text_keeps_its_lines_and_placeholders(translations: dict[str, Any], language: str) -> None:
    found = translations["text"][language]["text"]
    assert SEPARATORS.findall(found) == SEPARATORS.findall(source("text"))
    assert placeholders(found) == placeholders(source("text"))


@LANGUAGES
def test_markdown_keeps_its_blocks_and_inline_markup(translations: dict[str, Any], language: str) -> None:
    found = translations["markdown"][language]["text"]
    assert blocks(found) == blocks(source("markdown"))
    assert placeholders(found) == placeholders(source("markdown"))


@LANGUAGES
def test_html_keeps_its_tree(translations: dict[str, Any], language: str) -> None:
    found = translations["html"][language]["text"]
    assert tree(found) == tree(source("html"))
    assert sorted(re.findall(r"<[^>]+>", found)) == sorted(re.findall(r"<[^>]+>", source("html")))


@LANGUAGES
@pytest.mark.parametrize("text_format", FILES)
def test_hardly_a_line_stays_in_english(translations: dict[str, Any], text_format: str, language: str) -> None:
    found = set(translations[text_format][language]["text"].splitlines())
    lines = [line for line in source(text_format).splitlines() if re.search(r"\b(?:the|you|is|are)\b", line)]
    assert len([line for line in lines if line in found]) <= 3


@LANGUAGES
def test_tags_are_around_the_right_words(translations: dict[str, Any], language: str) -> None:
    expected = {"de": ("<em>zwei</em>", "Bücher"), "fr": ("<em>deux</em>", "livres")}[language]
    found = translations["html"][language]["text"]
    assert expected[0] in found
    strong = re.findall(r"<strong>([^<]*)</strong>", found)
    assert any(expected[1] in words for words in strong)
