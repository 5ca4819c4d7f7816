"""The experiments: which levels are measured under which settings."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from perf.analyzer import Load
from perf.bench import ENSEMBLE, Bench
from perf.levels import Level
from perf.server import Server

BATCH, CONCURRENCY, SIDE_BY_SIDE, PARAMETERS, OPEN_LOOP, HTTP = (
    "batch", "concurrency", "side-by-side", "parameters", "open-loop", "http",
)  # fmt: skip
OVERLOAD, VERIFICATION, BOUND, SATURATION = "overload", "verification", "bound", "saturation"

MODELS = ("tokenize", "marian_en_de", "marian_en_fr", ENSEMBLE)
BATCHES = (1, 4, 8, 16)
CONCURRENCIES = tuple(range(1, 9))
SATURATING = 64
RISING = (16, 32, SATURATING)
FURTHER = (128, 256)
OPEN_LOOP_SHARES = (0.5, 0.7, 0.9, 1.1, 1.4, 1.8, 2.3)
SATURATION_ROUNDS = 5
OVERLOAD_SHARES = (0.8, 1.5, 3.0)
LATENCY_BOUND_MS = 1000.0
CACHED_SENTENCES = 64
LOADED = 0
# By Little's law all of what a second can do would be answered within that second; a third is to spare.
LOADED_SHARE = 2 / 3


@dataclass(frozen=True, slots=True)
class Variant:
    """One setting of the server that differs from the default, and how it is measured.

    Attributes:
        settings: environment variables.
        beam_size: asked for by the requests; 0 is the server's own.
        different: how many different sentences there are; 0: all.
        once: whether every sentence comes only once, so that no cache knows it.
        eligible: whether a mode may choose it; not where it changes the translations or needs repeated texts.
        quick: whether the quick form has it.
        concurrencies: requests in flight; `LOADED` stands for as many as the service answers in good time.
    """

    name: str
    settings: Mapping[str, str]
    beam_size: int = 0
    different: int = 0
    once: bool = False
    eligible: bool = True
    quick: bool = True
    concurrencies: Sequence[int] = (1, 2, LOADED)


def variants(cores: int, *, quick: bool) -> list[Variant]:
    """The settings of experiment 4 on a machine of ``cores`` cores; the first is the default."""
    return [variant for variant in _variants(cores) if variant.quick or not quick]


def _variants(cores: int) -> list[Variant]:
    threads = {"TRANSLATE_ENGINE_THREADS": str(cores)}
    return [
        Variant("default", {}),
        Variant("queue delay 0", {"TRANSLATE_QUEUE_DELAY_MICROSECONDS": "0"}),
        Variant("queue delay 10 ms", {"TRANSLATE_QUEUE_DELAY_MICROSECONDS": "10000"}, quick=False),
        Variant("batch 8", {"TRANSLATE_MAX_BATCH_SIZE": "8"}, quick=False),
        Variant("batch 16", {"TRANSLATE_MAX_BATCH_SIZE": "16"}),
        Variant(
            "batch 64",
            {"TRANSLATE_MAX_BATCH_SIZE": "64"},
            quick=False,
            concurrencies=(1, 2, LOADED, 2 * SATURATING),
        ),
        Variant("2 instances", {"TRANSLATE_INSTANCES": "2", "TRANSLATE_ENGINE_THREADS": "1"}),
        Variant(f"{cores} threads", threads),
        Variant("beam 1", {}, beam_size=1, eligible=False, concurrencies=(1, LOADED)),
        Variant("beam 2", {}, beam_size=2, eligible=False, concurrencies=(1, LOADED)),
        Variant("transformers", {"TRANSLATE_ENGINE": "transformers"}, eligible=False, concurrencies=(8,)),
        Variant("no cache, repeated texts", {}, different=CACHED_SENTENCES, eligible=False, concurrencies=(8,)),
        Variant(
            "cache, repeated texts",
            {"TRANSLATE_CACHE_BYTES": str(64 * 2**20)},
            different=CACHED_SENTENCES,
            eligible=False,
            concurrencies=(8,),
        ),
        Variant(
            "cache, new texts",
            {"TRANSLATE_CACHE_BYTES": str(64 * 2**20)},
            once=True,
            eligible=False,
            concurrencies=(8,),
        ),
    ]


class Experiments:
    """Runs them on services that it starts and stops.

    Args:
        bench: takes the figures.
        log: file for the output of the services.
        quick: fewer levels, for a run of a quarter of an hour.
    """

    def __init__(self, bench: Bench, log: Path, *, quick: bool) -> None:
        self._bench = bench
        self._log = log
        self._quick = quick

    @contextmanager
    def service(self, settings: Mapping[str, str]) -> Iterator[Server]:
        """The service with ``settings``, warm."""
        with Server(settings, self._log) as server:
            self._bench.warm_up(server)
            yield server

    def batch_sizes(self, server: Server) -> None:
        """Experiment 1: one request in flight, of 1 to 16 texts."""
        for model in MODELS:
            for batch in BATCHES:
                self._bench.triton(server, BATCH, model, Load(batch=batch, concurrency=1))

    def concurrencies(self, server: Server) -> float:
        """Experiment 2: 1 to 8 requests in flight, and more until throughput stops rising; the ensemble's highest.

        The quick form goes on with the ensemble only, and to 64.
        """
        best = 0.0
        for model in MODELS:
            steps = (1, 8) if self._quick and model != ENSEMBLE else CONCURRENCIES
            if model == ENSEMBLE or not self._quick:
                steps = (*steps, *RISING)
            rates = [self._at(server, CONCURRENCY, model, number).sentences_per_second for number in steps]
            for number in () if self._quick else FURTHER:
                if rates[-1] < max(rates):
                    break
                rates.append(self._at(server, CONCURRENCY, model, number).sentences_per_second)
            best = max(rates)
        return best

    def saturation(self, server: Server, engine: Callable[[], Level]) -> None:
        """The engine alone and the ensemble at saturation in turns, since the speed of a shared machine drifts."""
        for number in range(1, SATURATION_ROUNDS + 1):
            variant = f"round {number}"
            level = engine()
            self._bench.keep(level.model_copy(update={"experiment": SATURATION, "variant": variant}))
            self._at(server, SATURATION, ENSEMBLE, SATURATING, variant=variant)

    def side_by_side(self, server: Server) -> None:
        """Experiment 3: one target against two, alone and loaded; and the steps by themselves."""
        for model in ("tokenize", "marian_en_de", "marian_en_fr"):
            self._at(server, SIDE_BY_SIDE, model, 1)
        for model in ("translate_en_de", "translate_en_fr", ENSEMBLE):
            for number in (1, SATURATING):
                self._at(server, SIDE_BY_SIDE, model, number)

    def parameters(self, chosen: Sequence[Variant], saturation: float) -> list[Level]:
        """Experiment 4: the server's own parameters; the levels that the modes may be chosen from.

        Args:
            saturation: sentences a second that the service can do.
        """
        loaded = max(8, round(LOADED_SHARE * saturation * LATENCY_BOUND_MS / 1000))
        sweep = []
        for variant in chosen:
            data = self._data(variant)
            with self.service(variant.settings) as server:
                for number in variant.concurrencies:
                    load = Load(concurrency=loaded if number == LOADED else number)
                    level = self._bench.triton(
                        server, PARAMETERS, ENSEMBLE, load, variant=variant.name, data=data, once=variant.once
                    )
                    if variant.eligible:
                        sweep.append(level)
        return sweep

    def _data(self, variant: Variant) -> Path | None:
        inputs = self._bench.inputs
        if variant.beam_size:
            return inputs.with_beam(variant.beam_size)
        if variant.once:
            return inputs.second_half()
        return inputs.repeated(variant.different) if variant.different else None

    def open_loop(self, server: Server, saturation: float) -> None:
        """Experiment 5: Poisson arrivals at shares of the highest throughput, until p95 has left 1 s."""
        for share in OPEN_LOOP_SHARES:
            load = Load(rate=round(share * saturation, 1))
            level = self._bench.triton(server, OPEN_LOOP, ENSEMBLE, load)
            if level.p95_ms and level.p95_ms > LATENCY_BOUND_MS:
                break

    def overload(self, server: Server, saturation: float) -> None:
        """Experiment 5, second part: Poisson arrivals at the API, up to three times what it can do."""
        seconds = 10.0 if self._quick else 40.0
        for share in OVERLOAD_SHARES:
            self._infer(server, OVERLOAD, rate=round(share * saturation, 1), seconds=seconds)

    def http(self, server: Server) -> None:
        """Experiment 6: the same texts through the API and through Triton's JSON endpoint, by the same client."""
        for users in (1, 8):
            self._infer(server, HTTP, users=users)
            self._triton_json(server, users=users, batch=1)
        for users in (1, 8):
            self._infer(server, HTTP, users=users, batch=8)
            self._triton_json(server, users=users, batch=8)

    def verify(self, mode: str, concurrencies: Sequence[int]) -> list[Level]:
        """A fresh service in ``mode``, measured again where its figures were promised."""
        with self.service({"MODE": mode}) as server:
            return [self._at(server, VERIFICATION, ENSEMBLE, number, variant=mode) for number in concurrencies]

    def _at(self, server: Server, experiment: str, model: str, concurrency: int, *, variant: str = "default") -> Level:
        return self._bench.triton(server, experiment, model, Load(concurrency=concurrency), variant=variant)

    def _infer(
        self,
        server: Server,
        experiment: str,
        *,
        users: int = 1,
        batch: int = 1,
        rate: float | None = None,
        seconds: float | None = None,
    ) -> None:
        path = "/infer" if batch == 1 else "/infer_batch"
        bodies = [{"texts": texts} for texts in _chunks(self._bench.inputs.lines, batch)]
        self._bench.http(
            server, experiment, server.api_url, path, bodies,
            target=path, batch=batch, users=users, rate=rate, seconds=seconds,
        )  # fmt: skip

    def _triton_json(self, server: Server, *, users: int, batch: int) -> None:
        bodies = [_inference(texts) for texts in _chunks(self._bench.inputs.lines, batch)]
        url, path = f"http://{server.triton_address}", f"/v2/models/{ENSEMBLE}/infer"
        self._bench.http(server, HTTP, url, path, bodies, target="Triton, JSON", batch=batch, users=users)


def _chunks(lines: Sequence[str], size: int) -> list[Sequence[str]]:
    return [lines[start : start + size] for start in range(0, len(lines) - size + 1, size)]


def _inference(texts: Sequence[str]) -> dict[str, Any]:
    """A request of the KServe protocol with the inputs that the API sends."""
    shape = [len(texts), 1]

    def tensor(name: str, datatype: str, data: Sequence[Any]) -> dict[str, Any]:
        return {"name": name, "datatype": datatype, "shape": shape, "data": data}

    return {
        "inputs": [
            tensor("TEXT", "BYTES", list(texts)),
            tensor("NUM_HYPOTHESES", "INT32", [1] * len(texts)),
            tensor("BEAM_SIZE", "INT32", [0] * len(texts)),
            tensor("ALIGNMENT", "INT32", [0] * len(texts)),
        ]
    }
