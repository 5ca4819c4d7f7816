"""What is known about one HTTP request, gathered on its way for the access log and the metrics."""

from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

__all__ = ["RequestFacts", "facts_of"]

_SCOPE_KEY = "translate.facts"


@dataclass(slots=True)
class RequestFacts:
    """Counts and outcome of one HTTP request.

    `key_name` names the API key used; `texts` stays None unless logging them is switched on.
    """

    items: int = 0
    characters: int = 0
    error_type: str | None = None
    key_name: str | None = None
    texts: Sequence[str] | None = None


def facts_of(scope: MutableMapping[str, Any]) -> RequestFacts:
    """Return the facts that belong to an ASGI scope, starting them if there are none yet."""
    return cast(RequestFacts, scope.setdefault(_SCOPE_KEY, RequestFacts()))
