"""Files through stand-ins for the models, which say which word became which."""

from collections.abc import Callable

from api.assembly import Assembly
from api.files.document import FileDocument, FileLimits
from api.text.hypotheses import Hypothesis
from api.text.options import Options

Model = Callable[[str], Hypothesis]

LIMITS = FileLimits(unpacked_bytes=10_000_000, characters=100_000)
OPTIONS = Options()


def shouting(text: str) -> Hypothesis:
    """Return the text in capitals, word for word."""
    words = len(text.split())
    return Hypothesis(text.upper(), -0.5, 0.9, alignment=tuple((index, index) for index in range(words)))


def backwards(text: str) -> Hypothesis:
    """Return the words of the text in capitals and from last to first, so that markup has to follow them."""
    words = text.upper().split()
    alignment = tuple((index, len(words) - 1 - index) for index in range(len(words)))
    return Hypothesis(" ".join(reversed(words)), -0.5, 0.9, alignment=alignment)


def translated(document: FileDocument, model: Model = shouting, target: str = "de") -> bytes:
    """Return a file as the model translates it."""
    segments = [segment for text in document.documents for segment in text.segments]
    assembly = Assembly([target], Options(format="xml"))
    while needed := assembly.needed(segments):
        assembly.outcomes.update({(text, target): (model(text),) for text in needed})
    return document.write(target, [assembly.join(text)[target][0] for text in document.documents])


def texts_of(document: FileDocument) -> list[str]:
    """Return the sentences of a file."""
    return [segment.text for text in document.documents for segment in text.segments]
