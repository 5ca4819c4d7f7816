"""`/translate`: one target language, in the form of LibreTranslate."""

from fastapi import APIRouter

from api.dependencies import RecordTexts, UseService
from api.errors import (
    BodyTooLargeError,
    DeadlineExceededError,
    InferenceFailedError,
    InferenceRejectedError,
    InternalError,
    InvalidTextError,
    OverloadedError,
    TextTooLongError,
    TooManyItemsError,
    TritonUnavailableError,
    UnsupportedLanguageError,
    ValidationFailedError,
    error_responses,
)
from api.schemas import TranslateRequest, TranslateResponse

__all__ = ["router"]

router = APIRouter(tags=["translation"])


@router.post(
    "/translate",
    summary="Translate into one language",
    description=(
        "The answer has no place for the error of one text, so the first text that cannot be translated "
        "makes the whole request fail; with several texts the message starts with its index: `q[3]: `."
    ),
    responses=error_responses(
        UnsupportedLanguageError,
        TooManyItemsError,
        TextTooLongError,
        BodyTooLargeError,
        ValidationFailedError,
        InvalidTextError,
        InferenceRejectedError,
        OverloadedError,
        InternalError,
        InferenceFailedError,
        TritonUnavailableError,
        DeadlineExceededError,
    ),
)
async def translate(body: TranslateRequest, service: UseService, record: RecordTexts) -> TranslateResponse:
    """Translate a text, or a list of texts as one batch."""
    texts = [body.q] if isinstance(body.q, str) else body.q
    record(texts)
    translations = await service.translate_into(texts, source=body.source, target=body.target)
    return TranslateResponse(translatedText=translations[0] if isinstance(body.q, str) else translations)
