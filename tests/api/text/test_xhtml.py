"""XHTML: what HTML says of the names of elements, with the ends that XML says."""

import pytest

from api.text.html import HtmlDocument
from api.text.hypotheses import Hypothesis
from api.text.options import Options

HTML = Options(format="html")


def shouted(source: str) -> str:
    document = HtmlDocument(source, HTML, xhtml=True)
    return document.join([Hypothesis(segment.text.upper(), 0.0, 1.0) for segment in document.segments])


@pytest.mark.parametrize("name", ["script", "style", "title", "textarea", "iframe", "svg", "code", "template"])
def test_an_element_closed_in_its_tag_hides_nothing(name: str) -> None:
    assert shouted(f'<{name} src="a"/><p>one two</p>') == f'<{name} src="a"/><p>ONE TWO</p>'


def test_an_anchor_closed_in_its_tag_does_not_end_a_sentence() -> None:
    source = '<p>the first <a id="p5"/>page ends <span epub:type="pagebreak" id="p6"/>here</p>'
    assert [segment.text for segment in HtmlDocument(source, HTML, xhtml=True).segments] == ["the first page ends here"]


def test_other_elements_are_as_in_html() -> None:
    source = "<p>one<br/>two</p><script>if (a < b) run();</script><pre>x y</pre><p><img src='a' />three</p>"
    expected = "<p>ONE<br/>TWO</p><script>if (a < b) run();</script><pre>x y</pre><p><img src='a' />THREE</p>"
    assert shouted(source) == expected
