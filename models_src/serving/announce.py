"""Telling the person at the terminal where the service listens, once it really translates."""

import json
import sys
import threading
import urllib.error
import urllib.request
from http.client import HTTPException

from api.settings import Settings as ApiSettings

_POLL_SECONDS = 0.2
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared with, not bound to


def base_url(settings: ApiSettings) -> str:
    """The address to type: a server that listens everywhere is reached on loopback."""
    host = _EVERYWHERE.get(settings.host, settings.host)
    return f"http://[{host}]:{settings.port}" if ":" in host else f"http://{host}:{settings.port}"


def announce_when_ready(settings: ApiSettings, stopped: threading.Event) -> None:
    """Wait until the API reports ready, then print its addresses and a request to try; give up once ``stopped``."""
    url = base_url(settings)
    while not _is_ready(f"{url}/health/ready"):
        if stopped.wait(_POLL_SECONDS):
            return
    body = json.dumps({"text": "Where is the station?"})
    sys.stdout.write(
        f"\nReady. The API listens on {url} (interactive documentation: {url}/docs). Try:\n\n"
        f"  curl -s {url}/infer -H 'Content-Type: application/json' -d '{body}'\n\n"
        "Ctrl-C stops everything.\n\n"
    )
    sys.stdout.flush()


def _is_ready(url: str) -> bool:
    try:
        with _DIRECT.open(url, timeout=2) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, HTTPException, OSError):
        return False
