"""Prometheus metrics of the API; each app has its own registry, so that two in one process do not mix."""

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
)

__all__ = ["Metrics"]

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
_BATCH_SIZES = (1, 2, 4, 8, 16, 32, 64, 128)


class Metrics:
    """The instruments. Labels take values from fixed sets: route templates, methods, error types, models."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self.requests = Counter(
            "translate_http_requests",
            "HTTP requests answered.",
            ("route", "method", "status"),
            registry=self.registry,
        )
        self.request_seconds = Histogram(
            "translate_http_request_seconds",
            "Seconds from the first byte of a request's head to the end of the answer.",
            ("route",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.in_flight = Gauge(
            "translate_http_requests_in_flight", "HTTP requests being worked on.", registry=self.registry
        )
        self.errors = Counter(
            "translate_errors",
            "Errors told to clients, as a whole answer (scope request) or for one text (scope item).",
            ("scope", "error_type"),
            registry=self.registry,
        )
        self.items = Counter(
            "translate_items",
            "Texts by what became of them: translated, echoed (nothing to translate), or failed.",
            ("outcome",),
            registry=self.registry,
        )
        self.segments = Counter(
            "translate_segments",
            "Sentences of translated texts: translated for themselves, or deduplicated (the same as another).",
            ("outcome",),
            registry=self.registry,
        )
        self.characters = Counter(
            "translate_characters", "Characters of the texts that were translated.", registry=self.registry
        )
        self.jobs = Counter(
            "translate_jobs",
            "Translations of files that ended, by format and outcome: done, failed or cancelled.",
            ("format", "outcome"),
            registry=self.registry,
        )
        self.jobs_kept = Gauge(
            "translate_jobs_kept", "Translations of files in memory, by status.", ("status",), registry=self.registry
        )
        self.triton_seconds = Histogram(
            "translate_triton_request_seconds",
            "Seconds that Triton took for one inference, by model and outcome (ok or an error type).",
            ("model", "outcome"),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.triton_batch_size = Histogram(
            "translate_triton_batch_size",
            "Texts in one inference request to Triton.",
            ("model",),
            buckets=_BATCH_SIZES,
            registry=self.registry,
        )
