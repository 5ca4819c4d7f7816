"""A client of the server, sync and async. Needs httpx and tenacity, nothing of the server itself."""

from api.client.clients import AsyncClient, Client
from api.client.errors import (
    AnswerError,
    ClientError,
    JobFailedError,
    ServerError,
    TextFailedError,
    TimedOutError,
    UnreachableError,
)
from api.client.files import FileSource, Job, JobStatus, NamedFile, TranslatedFile
from api.client.options import FileOptions, Options
from api.client.results import Alternative, Problem, Result, Sentence, Translation
from api.client.retries import Retries

__all__ = [
    "Alternative",
    "AnswerError",
    "AsyncClient",
    "Client",
    "ClientError",
    "FileOptions",
    "FileSource",
    "Job",
    "JobFailedError",
    "JobStatus",
    "NamedFile",
    "Options",
    "Problem",
    "Result",
    "Retries",
    "Sentence",
    "ServerError",
    "TextFailedError",
    "TimedOutError",
    "TranslatedFile",
    "Translation",
    "UnreachableError",
]
