"""Puts the application together."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from asgi_correlation_id import CorrelationIdMiddleware
from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from api import __version__
from api.access import AccessControl
from api.dependencies import Resources
from api.detection import load_detector
from api.error_answers import install_error_handlers
from api.file_translation import FileTranslator
from api.glossaries import GlossaryStore
from api.jobs import JobStore
from api.keys import load_keys
from api.metrics import Metrics
from api.middleware import AccessMiddleware, BodyLimitMiddleware, is_sane_request_id
from api.routes import (
    deepl,
    deepl_documents,
    deepl_glossaries,
    health,
    infer,
    jobs,
    libretranslate,
    libretranslate_files,
    metrics,
    page,
)
from api.settings import Settings
from api.translation import TranslationService
from api.triton_client import TranslationClient, TritonHttpClient

__all__ = ["create_app"]

_DESCRIPTION = """
Translates English into German and French. Every answer that is not a success has the body
`{"error": "...", "error_type": "..."}`, or under `/v2/` DeepL's `{"message": "...", "detail": "..."}`; submitted
texts are never repeated in it.
"""
_PATHS_OF_FILES = ("/jobs", "/translate_file", "/v2/document")
# Beyond those for inferences, so that readiness and configuration never wait behind them.
_SPARE_CONNECTIONS = 16
# The service's own deadline comes first; this one only ends what would otherwise be left behind.
_CLIENT_TIMEOUT_MARGIN_SECONDS = 5.0


def connect_to_triton(settings: Settings) -> TranslationClient:
    """Return a client for the Triton of the settings. Needs a running event loop; does not connect yet."""
    return TritonHttpClient(
        settings.triton_url,
        max_connections=settings.max_triton_requests + _SPARE_CONNECTIONS,
        timeout_seconds=settings.deadline_seconds + _CLIENT_TIMEOUT_MARGIN_SECONDS,
    )


def create_app(
    settings: Settings | None = None, connect: Callable[[Settings], TranslationClient] = connect_to_triton
) -> FastAPI:
    """Return the application. Nothing connects to Triton before the application starts."""
    settings = settings or Settings()
    instruments = Metrics()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        client = connect(settings)
        service = TranslationService(client, settings, instruments)
        access = AccessControl(
            load_keys(Path(settings.api_keys_file)) if settings.api_keys_file else None,
            requests_per_minute=settings.requests_per_minute,
            characters_per_minute=settings.characters_per_minute,
        )
        translator = FileTranslator(service.inference, patience_seconds=settings.job_patience_seconds)
        store = JobStore(translator, settings, instruments)
        load_detector()
        app.state.resources = Resources(
            settings, instruments, client, service, access, GlossaryStore(settings.max_glossaries), store
        )
        try:
            yield
        finally:
            await store.close()
            await client.close()

    app = FastAPI(
        title="Triton Translate",
        version=__version__,
        description=_DESCRIPTION,
        lifespan=lifespan,
        redoc_url=None,
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    install_error_handlers(app, retry_after_seconds=settings.retry_after_seconds)
    for router in (
        infer.router,
        jobs.router,
        libretranslate.router,
        libretranslate_files.router,
        deepl.router,
        deepl_glossaries.router,
        deepl_documents.router,
        health.router,
        metrics.router,
        page.router,
    ):
        app.include_router(router)
    # The one added last is outermost.
    app.add_middleware(
        BodyLimitMiddleware,
        max_bytes=settings.max_body_bytes,
        # A file comes with a few fields around it.
        max_bytes_of=dict.fromkeys(_PATHS_OF_FILES, settings.max_file_bytes + settings.max_body_bytes),
    )
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins.split(),
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=["Authorization", "Content-Type"],
            expose_headers=["Retry-After", "X-Request-ID"],
        )
    app.add_middleware(AccessMiddleware, metrics=instruments)
    app.add_middleware(CorrelationIdMiddleware, validator=is_sane_request_id)
    return app
