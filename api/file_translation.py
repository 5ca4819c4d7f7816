"""Files, once read, through the models: in batches of sentences, with patience; what fails is left in English."""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from api.assembly import Assembly
from api.errors import TranslateError
from api.files.document import FileDocument
from api.inference import Inference, Outcome, Share
from api.text.documents import Document, Segment
from api.text.options import Options

__all__ = ["FileTranslator", "TranslatedFile"]

# A few rounds of inferences; the progress moves on after each.
_SENTENCES_AT_ONCE = 128
# Small batches, and few: a request of somebody who waits for it is behind a fraction of a second of work, not more.
_BATCHES_UNDER_WAY = 3
_LARGEST_BATCH = 8
_FIRST_WAIT_SECONDS = 0.5
_LONGEST_WAIT_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class TranslatedFile:
    """A file in each target language; `untranslated` sentences stayed in English in one of them at least."""

    contents: Mapping[str, bytes]
    untranslated: int


class FileTranslator:
    """Translates files that have been read; one instance serves all of them.

    When Triton is away or overloaded, it tries again for `patience_seconds` without any progress before it gives up.
    """

    def __init__(self, inference: Inference, *, patience_seconds: float) -> None:
        self._inference = inference
        self._patience_seconds = patience_seconds

    async def translate(
        self, document: FileDocument, targets: Sequence[str], options: Options, advance: Callable[[int], None]
    ) -> TranslatedFile:
        """Translate a file; `advance` is called with the number of sentences that are done since the last time.

        A sentence that the models cannot translate stays as it is. Raises OverloadedError, TritonUnavailableError or
        DeadlineExceededError once patience ends.
        """
        assembly = Assembly(targets, options)
        share = Share(
            asyncio.Semaphore(_BATCHES_UNDER_WAY), asyncio.Semaphore(_BATCHES_UNDER_WAY), largest_batch=_LARGEST_BATCH
        )
        for segments in _batches(document.documents):
            await self._settle(segments, assembly, options, share)
            advance(len(segments))
        untranslated = assembly.leave_failed(segment for text in document.documents for segment in text.segments)
        return TranslatedFile(await asyncio.to_thread(_written, document, targets, assembly), untranslated)

    async def _settle(self, segments: Sequence[Segment], assembly: Assembly, options: Options, share: Share) -> None:
        """Get all that these sentences need."""
        moved = time.monotonic()
        wait = _FIRST_WAIT_SECONDS
        while needed := await asyncio.to_thread(assembly.needed, segments):
            await self._inference.run(
                needed,
                assembly.outcomes,
                num_hypotheses=assembly.num_hypotheses,
                beam_size=options.beam_size,
                alignment=any(segment.boundaries for segment in segments),
                share=share,
            )
            asked = [(text, target) for text, into in needed.items() for target in into]
            passing = [error for key in asked if (error := _passing(assembly.outcomes[key])) is not None]
            for key in asked:
                if _passing(assembly.outcomes[key]) is not None:
                    del assembly.outcomes[key]
            if len(passing) < len(asked):
                moved, wait = time.monotonic(), _FIRST_WAIT_SECONDS
            elif time.monotonic() - moved > self._patience_seconds:
                raise passing[0]
            if passing:
                await asyncio.sleep(wait)
                wait = min(2 * wait, _LONGEST_WAIT_SECONDS)


def _passing(outcome: Outcome) -> TranslateError | None:
    """Return the error of an outcome that may be another one later."""
    return outcome if isinstance(outcome, TranslateError) and outcome.outside_the_text else None


def _batches(documents: Sequence[Document]) -> Iterator[Sequence[Segment]]:
    segments = [segment for document in documents for segment in document.segments]
    for start in range(0, len(segments), _SENTENCES_AT_ONCE):
        yield segments[start : start + _SENTENCES_AT_ONCE]


def _written(document: FileDocument, targets: Sequence[str], assembly: Assembly) -> dict[str, bytes]:
    """Return the file in each language."""
    texts = [assembly.join(text) for text in document.documents]
    return {target: document.write(target, [found[target][0] for found in texts]) for target in targets}
