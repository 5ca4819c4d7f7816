"""What can go wrong between a program and the server."""

__all__ = [
    "AnswerError",
    "ClientError",
    "JobFailedError",
    "ServerError",
    "TextFailedError",
    "TimedOutError",
    "UnreachableError",
]

_RETRYABLE_STATUSES = frozenset({429, 503})


class ClientError(Exception):
    """Base of all errors of the client.

    `status` is the HTTP status and `error_type` the type of the server's error table, where there was an answer.
    `is_retryable` says whether the same request may succeed later, `retry_after_seconds` when, if the server said so.
    """

    status: int | None = None
    error_type: str | None = None
    is_retryable: bool = False
    retry_after_seconds: float | None = None


class ServerError(ClientError):
    """The server answered with an error."""

    def __init__(
        self, message: str, *, status: int, error_type: str | None = None, retry_after_seconds: float | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.error_type = error_type
        self.is_retryable = status in _RETRYABLE_STATUSES
        self.retry_after_seconds = retry_after_seconds


class UnreachableError(ClientError):
    """There is no connection to the server, or it broke."""

    is_retryable = True


class TimedOutError(ClientError):
    """The answer, or a file, took too long. Not sent again by itself: the server may still be at work on it."""


class AnswerError(ClientError):
    """The answer is not what this server sends; the address may be that of something else."""


class TextFailedError(ClientError):
    """The one text that was to be translated could not be; the request itself was answered."""

    def __init__(self, message: str, *, error_type: str) -> None:
        super().__init__(message)
        self.error_type = error_type


class JobFailedError(ClientError):
    """The server took a file and could not translate it."""

    def __init__(self, message: str, *, error_type: str) -> None:
        super().__init__(message)
        self.error_type = error_type
