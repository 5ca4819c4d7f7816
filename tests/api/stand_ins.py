"""A stand-in for the inference client, and the application served on it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from api.ensembles import ENSEMBLE_TARGETS
from api.errors import TranslateError
from api.main import create_app
from api.settings import Settings
from api.text.hypotheses import Hypothesis
from api.triton_client import InferenceRequest, ItemOutput, Readiness

PATIENCE_SECONDS = 5.0


def settings(**values: Any) -> Settings:
    """Return settings with their defaults except for `values`, whatever the environment says."""
    return Settings.model_validate(values)


def translated(text: str, target: str, rank: int = 0) -> Hypothesis:
    """Return the hypothesis that the stand-in client makes up, recognisable by text, target and rank."""
    return Hypothesis(f"{target}{rank}:{text}", score=-0.5 - rank, confidence=0.75, flags=())


@dataclass
class StandInClient:
    """A client that makes translations up, and fails or waits where a test says so."""

    largest_batch: int = 32
    failures: dict[str, TranslateError] = field(default_factory=dict)
    """A request that has this text fails of this error."""
    batch_failure: TranslateError | None = None
    """Requests of more than one text fail of this error."""
    outputs: dict[str, ItemOutput] = field(default_factory=dict)
    """What comes back for a text instead of something made up."""
    holds: dict[str, asyncio.Event] = field(default_factory=dict)
    """A request that has this text waits for the event."""
    health: Readiness | None = None
    batch_size_failure: TranslateError | None = None
    crash: Exception | None = None

    requests: list[InferenceRequest] = field(default_factory=list)
    started: asyncio.Event = field(default_factory=asyncio.Event)
    running: int = 0
    most_running: int = 0
    cancelled: int = 0
    closed: bool = False

    def hold(self, texts: Sequence[str]) -> asyncio.Event:
        """Make requests that have one of these texts wait for the event that is returned."""
        event = asyncio.Event()
        self.holds.update(dict.fromkeys(texts, event))
        return event

    async def infer(self, request: InferenceRequest) -> Sequence[ItemOutput]:
        self.requests.append(request)
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        self.started.set()
        try:
            await asyncio.gather(*(self.holds[text].wait() for text in request.texts if text in self.holds))
            return self._answer(request)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.running -= 1

    def _answer(self, request: InferenceRequest) -> Sequence[ItemOutput]:
        if self.crash is not None:
            raise self.crash
        if self.batch_failure is not None and len(request.texts) > 1:
            raise self.batch_failure
        for text in request.texts:
            if text in self.failures:
                raise self.failures[text]
        return [self.outputs.get(text) or self._made_up(request, text) for text in request.texts]

    @staticmethod
    def _made_up(request: InferenceRequest, text: str) -> ItemOutput:
        return ItemOutput(
            {
                target: tuple(translated(text, target, rank) for rank in range(request.num_hypotheses))
                for target in ENSEMBLE_TARGETS[request.model]
            }
        )

    async def max_batch_size(self, model: str) -> int:  # noqa: ARG002
        if self.batch_size_failure is not None:
            raise self.batch_size_failure
        return self.largest_batch

    async def readiness(self, models: Sequence[str]) -> Readiness:
        if "readiness" in self.holds:
            await self.holds["readiness"].wait()
        return self.health or Readiness(reachable=True, models=dict.fromkeys(models, True))

    async def close(self) -> None:
        self.closed = True


@asynccontextmanager
async def serving(client: StandInClient, **values: Any) -> AsyncIterator[httpx.AsyncClient]:
    """Run the application on `client` with these settings, and yield an HTTP client for it."""
    app = create_app(settings(**values), connect=lambda _: client)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://api", timeout=PATIENCE_SECONDS) as http,
    ):
        yield http
