"""When a request is sent again: an answer of 429 or 503, or a connection that failed."""

from dataclasses import dataclass

from tenacity import AsyncRetrying, RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_random
from tenacity.wait import wait_random_exponential

from api.client.errors import ClientError

__all__ = ["ATTEMPTS", "FIRST_WAIT_SECONDS", "LONGEST_WAIT_SECONDS", "Retries"]

ATTEMPTS = 6
FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 60.0
# Those who were all told the same time do not all come back at once.
_JITTER_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class Retries:
    """How often, and how long after one another; 1 attempt is no retry.

    A wait is random, up to twice as long each time ("full jitter"). Where the server says when to come back, it is
    that and up to a quarter more; longer than `longest_wait_seconds` is not waited, so that the error is raised.
    """

    attempts: int = ATTEMPTS
    first_wait_seconds: float = FIRST_WAIT_SECONDS
    longest_wait_seconds: float = LONGEST_WAIT_SECONDS

    def makes_sense(self, error: BaseException) -> bool:
        """Whether a request that failed like this is sent again."""
        if not isinstance(error, ClientError) or not error.is_retryable:
            return False
        return (error.retry_after_seconds or 0) <= self.longest_wait_seconds

    def seconds(self, state: RetryCallState) -> float:
        """Return how long to wait after the attempt that failed."""
        error = state.outcome.exception() if state.outcome is not None else None
        told = error.retry_after_seconds if isinstance(error, ClientError) else None
        if told is not None:
            return told + wait_random(0, told * _JITTER_SHARE)(state)
        backoff = wait_random_exponential(multiplier=self.first_wait_seconds, max=self.longest_wait_seconds)
        return backoff(state)

    def sync(self) -> Retrying:
        """Return what calls a function again."""
        return Retrying(
            stop=stop_after_attempt(self.attempts),
            wait=self.seconds,
            retry=retry_if_exception(self.makes_sense),
            reraise=True,
        )

    def asynchronous(self) -> AsyncRetrying:
        """Return what calls a coroutine function again."""
        return AsyncRetrying(
            stop=stop_after_attempt(self.attempts),
            wait=self.seconds,
            retry=retry_if_exception(self.makes_sense),
            reraise=True,
        )
