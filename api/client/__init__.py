"""A client of the server, sync and async. Needs httpx and tenacity, nothing of the server itself."""

from api.client.clients import AsyncClient, Client
from api.client.errors import (
    AnswerError,
    ClientError,
    ServerError,
    TextFailedError,
    TimedOutError,
    UnreachableError,
)
from api.client.options import Options
from api.client.results import Alternative, Problem, Result, Sentence, Translation
from api.client.retries import Retries

__all__ = [
    "Alternative",
    "AnswerError",
    "AsyncClient",
    "Client",
    "ClientError",
    "Options",
    "Problem",
    "Result",
    "Retries",
    "Sentence",
    "ServerError",
    "TextFailedError",
    "TimedOutError",
    "Translation",
    "UnreachableError",
]
