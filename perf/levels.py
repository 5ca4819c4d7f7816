"""One measured level of load: the row that every experiment writes and the report reads."""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, field_validator

PARTS = ("triton", "tokenize", "marian_en_de", "marian_en_fr", "api")


class Level(BaseModel):
    """What was measured at one level. None: this kind of measurement does not know it.

    Attributes:
        experiment: which experiment it belongs to.
        variant: what differs from the default settings, "default" if nothing.
        target: Triton's model, the path of the API, or what else was measured.
        batch: texts in a request.
        load: "concurrency" (closed loop: requests in flight) or "rate" (open loop: requests a second).
        level: that number.
        stable: perf_analyzer's verdict.
        requests_per_second, sentences_per_second: of successful requests.
        p50_ms … p99_ms, average_ms: latency of successful requests.
        client_send_us … client_receive_us: where an average request spent its time.
        batch_tokenize …: average batch that a model ran.
        service_cores, client_cores: processor cores kept busy.
        memory_…_mib: memory of a process that it shares with no other.
        refused: share of requests answered 429 or 503.
        failed: share of requests with any other failure.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    experiment: str
    variant: str = "default"
    target: str
    batch: int = 1
    load: str = "concurrency"
    level: float
    stable: bool | None = None
    requests_per_second: float
    sentences_per_second: float
    p50_ms: float | None = None
    p90_ms: float | None = None
    p95_ms: float | None = None
    p99_ms: float | None = None
    average_ms: float | None = None
    client_send_us: float | None = None
    network_us: float | None = None
    queue_us: float | None = None
    compute_input_us: float | None = None
    compute_infer_us: float | None = None
    compute_output_us: float | None = None
    client_receive_us: float | None = None
    batch_tokenize: float | None = None
    batch_marian_en_de: float | None = None
    batch_marian_en_fr: float | None = None
    service_cores: float | None = None
    client_cores: float | None = None
    memory_triton_mib: float | None = None
    memory_tokenize_mib: float | None = None
    memory_marian_en_de_mib: float | None = None
    memory_marian_en_fr_mib: float | None = None
    memory_api_mib: float | None = None
    refused: float = 0.0
    failed: float = 0.0

    @field_validator("*", mode="before")
    @classmethod
    def _empty_is_unknown(cls, value: Any) -> Any:
        return None if value == "" else value


def write_levels(path: Path, levels: Iterable[Level]) -> None:
    """Write ``levels`` as CSV; figures keep five significant digits."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(Level.model_fields), lineterminator="\n")
        writer.writeheader()
        for level in levels:
            writer.writerow({name: _shown(value) for name, value in level.model_dump().items()})


def read_levels(path: Path) -> list[Level]:
    """The levels in a file of `write_levels`.

    Raises:
        pydantic.ValidationError: it is not such a file.
    """
    with path.open(newline="", encoding="utf-8") as file:
        return [Level.model_validate(row) for row in csv.DictReader(file)]


def _shown(value: Any) -> Any:
    if value is None:
        return ""
    return f"{value:.5g}" if isinstance(value, float) else value
