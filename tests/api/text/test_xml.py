"""XML documents: which tags end a sentence, and that nothing else is touched."""

import re
from collections.abc import Callable
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.text.documents import parse
from api.text.hypotheses import Hypothesis
from api.text.options import Options
from tests.api.text.test_html import as_it_is, joined, reversed_words, unrelated

XML = Options(format="xml")
NAMES = st.sampled_from(["a", "B", "title", "br"])
PIECES = st.one_of(
    NAMES.map("<{}>".format),
    NAMES.map("</{}>".format),
    NAMES.map("<{}/>".format),
    st.text(max_size=4),
    st.just("Dogs."),
)
TREES = st.recursive(
    st.sampled_from(["One dog.", "two ", " cats", "Is it? Yes. ", " &lt;{name}&gt; ", " ", "<br/>", "<!-- c -->"]),
    lambda inner: st.builds(
        lambda name, parts: f"<{name}>{''.join(parts)}</{name}>", NAMES, st.lists(inner, max_size=4)
    ),
    max_leaves=12,
)


def sentences(source: str, options: Options = XML) -> list[str]:
    return [segment.text for segment in parse(source, options).segments]


def test_elements_that_never_stand_beside_text_end_a_sentence() -> None:
    source = "<doc><head>One dog</head>\n<par>One <i>big</i> cat</par><par><i>Two cows</i></par></doc>"
    assert sentences(source) == ["One dog", "One big cat", "Two cows"]


def test_a_fragment_without_a_root_is_beside_its_elements() -> None:
    assert sentences("One <b>big</b> dog<x/> here") == ["One big dog here"]


def outline(source: str) -> object:
    """Return the names of the elements as a tree, whatever their order."""

    def of(element: ElementTree.Element) -> tuple[str, list[object]]:
        return element.tag, sorted(map(of, element), key=repr)

    return of(ElementTree.fromstring(source))  # noqa: S314 - it is ours


@pytest.mark.parametrize("name", ["title", "script", "br", "p", "code"])
def test_names_mean_nothing(name: str) -> None:
    assert sentences(f"One <{name}>big</{name}> dog") == ["One big dog"]


def test_without_an_outline_only_the_splitting_tags_end_a_sentence() -> None:
    options = Options(format="xml", outline_detection=False, splitting_tags=frozenset({"par"}))
    assert sentences("<par>One <i>dog</i></par><par>One cat</par>", options) == ["One dog", "One cat"]


def test_tags_of_the_outline_can_be_told_not_to_split() -> None:
    options = Options(format="xml", non_splitting_tags=frozenset({"w"}))
    assert sentences("<s><w>One</w> <w>dog</w></s>", options) == ["One dog"]


def test_ignored_elements_stay_as_they_are() -> None:
    options = Options(format="xml", ignore_tags=frozenset({"x"}))
    assert sentences("<doc><x>One dog</x><par>One cat</par></doc>", options) == ["One cat"]


@pytest.mark.parametrize("source", ["<a><b>One</a> dog</b>", "</a>One dog", "<a>One <b>dog", "<a><b></a></b>"])
def test_tags_that_do_not_match_are_no_error(source: str) -> None:
    assert "".join(sentences(source)).replace(" ", "") in {"Onedog", ""}


@given(source=st.lists(PIECES, max_size=12).map("".join))
def test_whatever_the_tags_every_one_stays_as_it_was_written(source: str) -> None:
    tags = re.compile(r"</?(?:a|B|title|br)/?>")
    assert sorted(tags.findall(joined(source, unrelated, XML))) == sorted(tags.findall(source))


@pytest.mark.parametrize("translate", [as_it_is, reversed_words, unrelated])
@given(tree=TREES)
def test_a_translation_is_well_formed_with_the_same_elements_in_each(
    translate: Callable[[str], Hypothesis], tree: str
) -> None:
    source = f"<doc>{tree}</doc>"
    assert outline(joined(source, translate, XML)) == outline(source)
