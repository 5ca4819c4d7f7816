"""Whether translations can be served, asked with a deadline."""

import asyncio

from api.ensembles import REQUIRED_MODELS
from api.settings import Settings
from api.triton_client import Readiness, TranslationClient

__all__ = ["readiness_of"]


async def readiness_of(client: TranslationClient, settings: Settings) -> Readiness:
    """Ask Triton about every ensemble and model; one that does not answer in time counts as unreachable."""
    try:
        async with asyncio.timeout(settings.readiness_timeout_seconds):
            return await client.readiness(REQUIRED_MODELS)
    except TimeoutError:
        return Readiness(reachable=False, models=dict.fromkeys(REQUIRED_MODELS, False))
