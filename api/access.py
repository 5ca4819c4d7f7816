"""Who asks, and how much they may ask for: API keys, limits per minute, and what was used."""

import ipaddress
import math
import time
from collections import Counter
from dataclasses import dataclass

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter

from api.errors import InvalidApiKeyError, MissingApiKeyError, RateLimitedError, TextTooLongError
from api.keys import KeyRing

__all__ = ["AccessControl", "Caller", "address_of"]

_SECONDS_PER_MINUTE = 60
_IPV6_NETWORK_BITS = 64
_ANYONE = "anyone"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent a request: the name of an API key, or an address where no keys are asked for."""

    name: str
    has_key: bool

    @property
    def account(self) -> str:
        """What usage and glossaries belong to: the key, or without keys everyone, as addresses are without end."""
        return self.name if self.has_key else _ANYONE


def address_of(host: str | None) -> str:
    """Return what stands for a client's address: IPv6 by its /64 network, since a client has all of that."""
    try:
        address = ipaddress.ip_address(host or "")
    except ValueError:
        return host or "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, _IPV6_NETWORK_BITS), strict=False))
    return str(address)


class AccessControl:
    """Identifies callers and counts what each of them uses; lives in memory, for this process alone.

    `keys` None asks nobody for a key; a limit of 0 is none.
    """

    def __init__(self, keys: KeyRing | None, *, requests_per_minute: int, characters_per_minute: int) -> None:
        self._keys = keys
        self._requests = _limit("requests", requests_per_minute)
        self._characters = _limit("characters", characters_per_minute)
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._used: Counter[str] = Counter()

    @property
    def asks_for_keys(self) -> bool:
        """Whether a request needs a key."""
        return self._keys is not None

    def identify(self, key: str | None, host: str | None) -> Caller:
        """Return who sent a request. Raises MissingApiKeyError or InvalidApiKeyError where keys are asked for."""
        if self._keys is None:
            return Caller(address_of(host), has_key=False)
        if not key:
            raise MissingApiKeyError
        name = self._keys.owner(key)
        if name is None:
            raise InvalidApiKeyError
        return Caller(name, has_key=True)

    async def count_request(self, caller: Caller) -> None:
        """Count one request. Raises RateLimitedError if the caller had too many in the last minute."""
        await self._take(self._requests, caller, cost=1, unit="requests")

    async def count_characters(self, caller: Caller, characters: int) -> None:
        """Count characters that are to be worked on, in Unicode code points.

        Raises TextTooLongError if one request has more than a minute may have, so that waiting would not help, and
        RateLimitedError if the caller had too many in the last minute; nothing is counted then.
        """
        limit = self._characters
        if limit is not None and characters > limit.amount:
            raise TextTooLongError(f"a request may have at most {limit.amount} characters, the limit of a minute")
        await self._take(limit, caller, cost=characters, unit="characters")
        self._used[caller.account] += characters

    def used_characters(self, caller: Caller) -> int:
        """Return how many characters the caller's key (or, without keys, everyone) had since the start."""
        return self._used[caller.account]

    async def _take(self, limit: RateLimitItem | None, caller: Caller, *, cost: int, unit: str) -> None:
        if limit is None or cost == 0 or await self._limiter.hit(limit, caller.name, cost=cost):
            return
        reset, remaining = await self._limiter.get_window_stats(limit, caller.name)
        # The library's moment is that of a single unit coming back; more of them take their share of the minute.
        share = _SECONDS_PER_MINUTE * (cost - remaining) / limit.amount
        raise RateLimitedError(
            f"the limit is {limit.amount} {unit} per minute; try again later",
            retry_after_seconds=max(1, math.ceil(max(reset - time.time(), share))),
        )


def _limit(name: str, per_minute: int) -> RateLimitItem | None:
    return RateLimitItemPerMinute(per_minute, namespace=name) if per_minute else None
