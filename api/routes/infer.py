"""`/infer` and `/infer_batch`: German, French or both from one request, with scores, alternatives and flags."""

from fastapi import APIRouter, Depends

from api.dependencies import DocumentedKey, RecordTexts, UseService, admit_counted
from api.error_answers import error_responses
from api.errors import (
    TRANSLATION_ERRORS,
)
from api.schemas import InferRequest, InferResponse
from api.translation import Grouping

__all__ = ["router"]

router = APIRouter(
    tags=["translation"],
    dependencies=[DocumentedKey, Depends(admit_counted)],
    responses=error_responses(*TRANSLATION_ERRORS),
)

_COMMON = """
Results are in the order of the texts. A text is split into sentences, those that are the same are translated once,
and what stands between them (white space, line breaks, list markers) comes back as it was. A text without a letter
comes back as it is. A sentence of more tokens than the model takes is split at clauses; if a cut had to be made
elsewhere, the translation has the flag `forced_cut`.

A text that cannot be translated has its own `error` and leaves the others alone; the status is 200 then, also
for a single text. Only when **every** text fails of one cause that lies outside the texts (`overloaded`,
`triton_unavailable`, `deadline_exceeded`) is the whole answer that error, with its status. Further error
types of a text are `text_too_long`, `invalid_text`, `inference_rejected` and `inference_failed`.
"""


@router.post("/infer", summary="Translate texts one by one", description=f"Texts never share an inference.\n{_COMMON}")
async def infer(body: InferRequest, service: UseService, record: RecordTexts) -> InferResponse:
    """Translate each text by inferences of its own."""
    texts = body.all_texts()
    await record(texts)
    results = await service.translate(texts, body.distinct_targets(), body.options(), Grouping.EACH_TEXT)
    return InferResponse.of(results, body)


@router.post(
    "/infer_batch",
    summary="Translate texts as one batch",
    description=(
        "The sentences of all texts are **one** inference, or the fewest of nearly equal sizes when there are more "
        "than the model takes at once. If the model fails on such a batch, its sentences are tried again one by one.\n"
        f"{_COMMON}"
    ),
)
async def infer_batch(body: InferRequest, service: UseService, record: RecordTexts) -> InferResponse:
    """Translate all texts by the fewest inferences."""
    texts = body.all_texts()
    await record(texts)
    results = await service.translate(texts, body.distinct_targets(), body.options())
    return InferResponse.of(results, body)
