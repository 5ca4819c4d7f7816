"""What locust does to the API or to Triton's HTTP endpoint; `perf.http_load` starts it with its settings.

Every answer is written down as it is, because locust itself rounds the latencies of its summary.
"""

import itertools
import json
import os
import random
import time
from pathlib import Path
from typing import Any

import gevent
from gevent import Greenlet
from locust import FastHttpUser, constant, events, task

_PLAN = json.loads(os.environ["PERF_HTTP_PLAN"])
_PATH: str = _PLAN["path"]
_RATE: float | None = _PLAN["rate"]
_BODIES: list[str] = [json.dumps(body) for body in json.loads(Path(_PLAN["bodies"]).read_text())]
_NEXT = itertools.cycle(range(len(_BODIES)))
_ARRIVALS = random.Random(1)  # noqa: S311 - repeatable, not secret
_HEADERS = {"Content-Type": "application/json"}
_ANSWERS: list[dict[str, float]] = []


class Caller(FastHttpUser):  # type: ignore[misc, unused-ignore]
    """Closed loop: every user sends its next request when the last is answered. Open loop: one user for all."""

    wait_time = constant(0)
    concurrency = 4096
    connection_timeout = 60.0
    network_timeout = 60.0

    @task
    def call(self) -> None:
        if _RATE is None:
            self._post()
        else:
            gevent.sleep(_ARRIVALS.expovariate(_RATE))
            Greenlet.spawn(self._post)

    def _post(self) -> None:
        started = time.time()
        with self.client.post(_PATH, data=_BODIES[next(_NEXT)], headers=_HEADERS, catch_response=True) as response:
            status = response.status_code
            response.success()
        _ANSWERS.append({"started": started, "seconds": time.time() - started, "status": status})


@events.quitting.add_listener  # type: ignore[untyped-decorator, unused-ignore]
def _write(**_: Any) -> None:
    Path(_PLAN["answers"]).write_text(json.dumps(_ANSWERS))
