"""Score models on held-out sets through the path that serves them, and print Markdown tables.

BLEU and chrF2 by sacreBLEU (Post 2018, arXiv:1804.08771), the share of flagged outputs, and a paired bootstrap test of
every system against the first one (Koehn 2004); then how far confidence can be trusted::

    python -m models_src.evaluate --set flores:de=flores.en,flores.de --set tatoeba:de=tatoeba.tsv \\
        --weights models_src/weights other/weights --beam 1 2 4 6 --raw

``--triton 127.0.0.1:8000`` scores the running server's ensembles as well.
"""

import argparse
import csv
import itertools
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import sacrebleu
from sacrebleu.significance import PairedTest
from tritonclient.http import InferenceServerClient, InferInput

from models_src.checkpoint import Checkpoint
from models_src.engines import DecodingOptions, EngineName, Hypothesis, load_engine
from models_src.postprocess import Candidate, Flag, PostprocessSettings, postprocess
from models_src.tokenizer import Tokenizer
from models_src.translator import Row, Translator, target_limit

Floats = npt.NDArray[np.float64]

_BATCH = 32
_BOOTSTRAP_SAMPLES = 1000
_RELIABILITY_BINS = 10
_DEFAULTS = PostprocessSettings()


@dataclass(frozen=True)
class TestSet:
    """Sentences with one reference each; ``target`` is the language's code."""

    name: str
    target: str
    sources: Sequence[str]
    references: Sequence[str]


@dataclass(frozen=True)
class Output:
    """The best translation of one sentence."""

    text: str
    confidence: float = 1.0
    flags: tuple[str, ...] = ()


class System(Protocol):
    """Something that translates into one target language."""

    name: str

    def translate(self, sources: Sequence[str]) -> list[Output]:
        """One output for each of at most `_BATCH` sources."""
        ...


class EngineSystem:
    """A checkpoint in this process, as the Marian models in Triton run it; or its bare beam search (``raw``)."""

    def __init__(
        self,
        weights: Path,
        target: str,
        engine: EngineName,
        beam_size: int,
        *,
        raw: bool,
        threads: int,
        length_penalty: float = _DEFAULTS.length_penalty,
    ) -> None:
        checkpoint = Checkpoint.load(weights.resolve() / f"en-{target}")
        penalty = f" α {length_penalty:g}" if length_penalty != _DEFAULTS.length_penalty else ""
        self.name = f"{weights} {engine} beam {beam_size}{penalty}{' raw' if raw else ''}"
        self._raw = raw
        self._beam_size = beam_size
        self._max_length = checkpoint.max_length
        self._settings = PostprocessSettings(length_penalty=length_penalty)
        self._tokenizer = Tokenizer(checkpoint)
        self._engine = load_engine(engine, checkpoint, threads)
        self._translator = Translator(self._tokenizer, self._engine, self._settings, checkpoint.max_length)

    def translate(self, sources: Sequence[str]) -> list[Output]:
        """See `System`.

        Raises:
            ValueError: a source has more tokens than the model takes; a cut one would be scored as if it were whole.
        """
        ids = [self._tokenizer.encode(source) for source in sources]
        longest = max(map(len, ids))
        if longest > self._max_length:
            raise ValueError(f"a source has {longest} tokens, more than the {self._max_length} that {self.name} takes")
        if self._raw:
            limit = target_limit(longest, self._max_length)
            options = DecodingOptions(self._beam_size, self._settings.length_penalty, limit)
            searched = self._engine.decode(ids, options)
            return [self._judged(source, best) for source, (best, *_) in zip(sources, searched, strict=True)]
        ranked = self._translator.translate([Row(row, num_hypotheses=1, beam_size=self._beam_size) for row in ids])
        return [Output(best.text, best.confidence, best.flags) for best, *_ in ranked]

    def _judged(self, source: str, best: Hypothesis) -> Output:
        """The best hypothesis with its flags, whatever they are."""
        candidate = Candidate(self._tokenizer.decode(best.ids), best.log_prob, best.length, best.finished)
        [judged] = postprocess(source, [candidate], 1, self._settings)
        return Output(judged.text, judged.confidence, judged.flags)


class TritonSystem:
    """The single-target ensemble of a running Triton."""

    def __init__(self, address: str, target: str, beam_size: int) -> None:
        self.name = f"Triton at {address} beam {beam_size}"
        self._client = InferenceServerClient(address)
        self._target = target
        self._beam_size = beam_size

    def translate(self, sources: Sequence[str]) -> list[Output]:
        """See `System`."""
        text = InferInput("TEXT", [len(sources), 1], "BYTES")
        text.set_data_from_numpy(np.array([[source.encode()] for source in sources], dtype=np.object_))
        beam_size = InferInput("BEAM_SIZE", [len(sources), 1], "INT32")
        beam_size.set_data_from_numpy(np.full((len(sources), 1), self._beam_size, dtype=np.int32))
        result = self._client.infer(f"translate_en_{self._target}", [text, beam_size])
        columns = (result.as_numpy(f"{name}_{self._target.upper()}") for name in ("HYPOTHESES", "CONFIDENCES", "FLAGS"))
        return [
            Output(hypothesis[0].decode(), float(confidence[0]), tuple(filter(None, flags[0].decode().split(","))))
            for hypothesis, confidence, flags in zip(*columns, strict=True)
        ]


def read_set(specification: str) -> TestSet:
    """``NAME:TARGET=FILE.tsv`` (English, tab, reference) or ``NAME:TARGET=ENGLISH_FILE,REFERENCE_FILE``."""
    name, _, files = specification.partition("=")
    name, _, target = name.partition(":")
    if "," in files:
        sides = (Path(file).read_text(encoding="utf-8").splitlines() for file in files.split(","))
        pairs = list(zip(*sides, strict=True))
    else:
        with Path(files).open(encoding="utf-8", newline="") as lines:
            pairs = [(row[0], row[1]) for row in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)]
    return TestSet(name, target, [source for source, _ in pairs], [reference for _, reference in pairs])


def translate_all(system: System, sources: Sequence[str]) -> tuple[list[Output], float]:
    """The outputs in order, and the seconds that they took; sentences are sent in batches of like length."""
    order = sorted(range(len(sources)), key=lambda index: len(sources[index]))
    outputs: dict[int, Output] = {}
    started = time.perf_counter()
    for first in range(0, len(order), _BATCH):
        batch = order[first : first + _BATCH]
        outputs.update(zip(batch, system.translate([sources[index] for index in batch]), strict=True))
    return [outputs[index] for index in range(len(sources))], time.perf_counter() - started


def score_table(test_set: TestSet, results: Sequence[tuple[str, Sequence[Output], float]]) -> Iterator[str]:
    """Markdown lines: a row for each system; ``p`` is the bootstrap's p-value of its chrF2 against the first's."""
    metrics: dict[str, Any] = {"bleu": sacrebleu.BLEU(), "chrf": sacrebleu.CHRF()}
    texts: list[tuple[str, Sequence[str]]] = [
        (name, [output.text for output in outputs]) for name, outputs, _ in results
    ]
    references = [list(test_set.references)]
    if len(texts) > 1:
        test: Any = PairedTest(texts, metrics, references, test_type="bs", n_samples=_BOOTSTRAP_SAMPLES)
        scores = test()[1]
        rows = [
            (bleu.score, chrf.score, chrf.p_value) for bleu, chrf in zip(scores["BLEU"], scores["chrF2"], strict=True)
        ]
    else:
        rows = [(*(metric.corpus_score(texts[0][1], references).score for metric in metrics.values()), None)]
    yield f"**{test_set.name}, English to {test_set.target}**, {len(test_set.sources)} sentences"
    yield ""
    yield "| system | BLEU | chrF2 | p (chrF2) | repetition | flagged | sentences/s |"
    yield "|---|---|---|---|---|---|---|"
    for (name, outputs, seconds), (bleu, chrf, p_value) in zip(results, rows, strict=True):
        repeating = sum(Flag.REPETITION in output.flags for output in outputs) / len(outputs)
        flagged = sum(bool(output.flags) for output in outputs) / len(outputs)
        # The bootstrap gives equal outputs its smallest p-value.
        differs = [output.text for output in outputs] != texts[0][1]
        p_text = f"{p_value:.3f}" if p_value is not None and differs else ""
        yield (
            f"| {name} | {bleu:.1f} | {chrf:.1f} | {p_text} | {repeating:.2%} | {flagged:.2%} "
            f"| {len(outputs) / seconds:.1f} |"
        )
    yield ""
    yield from (f"`{metric.get_signature()}`" for metric in metrics.values())
    yield ""


def reliability_table(test_set: TestSet, outputs: Sequence[Output]) -> Iterator[str]:
    """Markdown lines: what sentence-level chrF2 the outputs of each tenth by confidence reach."""
    metric = sacrebleu.CHRF()
    quality = np.array(
        [
            metric.sentence_score(output.text, [reference]).score
            for output, reference in zip(outputs, test_set.references, strict=True)
        ]
    )
    confidence = np.array([output.confidence for output in outputs])
    yield f"Rank correlation of confidence with sentence chrF2: {rank_correlation(confidence, quality):.3f}"
    yield ""
    yield "| confidence from | to | mean sentence chrF2 |"
    yield "|---|---|---|"
    for chosen in np.array_split(np.argsort(confidence), _RELIABILITY_BINS):
        if len(chosen):
            low, high = confidence[chosen[0]], confidence[chosen[-1]]
            yield f"| {low:.2f} | {high:.2f} | {quality[chosen].mean():.1f} |"
    yield ""


def rank_correlation(first: Floats, second: Floats) -> float:
    """Spearman's coefficient of two float arrays of the same length; ties get their mean rank.

    Not a number when all values of one of them are equal.
    """
    with np.errstate(invalid="ignore"):
        return float(np.corrcoef(_mean_ranks(first), _mean_ranks(second))[0, 1])


def _mean_ranks(values: Floats) -> Floats:
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks: Floats = (last - (counts - 1) / 2)[inverse]
    return ranks


def _systems(options: argparse.Namespace, target: str) -> Iterator[System]:
    for weights, engine, beam_size, penalty, raw in itertools.product(
        options.weights,
        options.engine,
        options.beam,
        options.length_penalty,
        (False, True) if options.raw else (False,),
    ):
        yield EngineSystem(weights, target, engine, beam_size, raw=raw, threads=options.threads, length_penalty=penalty)
    if options.triton:
        for beam_size in options.beam:
            yield TritonSystem(options.triton, target, beam_size)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m models_src.evaluate",
        description="Score models on held-out sets; the first system is the baseline.",
    )
    parser.add_argument("--set", dest="sets", type=read_set, action="append", required=True, help=read_set.__doc__)
    parser.add_argument(
        "--weights", type=Path, nargs="+", default=[Path("models_src/weights")], help="folders with en-de/ and en-fr/"
    )
    parser.add_argument("--engine", nargs="+", default=["ctranslate2"], choices=["ctranslate2", "transformers"])
    parser.add_argument("--beam", type=int, nargs="+", default=[4], help="beam sizes (default: 4)")
    parser.add_argument(
        "--length-penalty",
        type=float,
        nargs="+",
        default=[_DEFAULTS.length_penalty],
        metavar="ALPHA",
        help=f"exponents of the length normalisation (default: {_DEFAULTS.length_penalty:g})",
    )
    parser.add_argument("--raw", action="store_true", help="also score the best hypothesis before postprocessing")
    parser.add_argument("--triton", metavar="HOST:PORT", help="also score a running Triton")
    parser.add_argument("--threads", type=int, default=1, help="CPU threads of the engine (default: 1)")
    options = parser.parse_args(arguments)
    for test_set in options.sets:
        results = [
            (system.name, *translate_all(system, test_set.sources)) for system in _systems(options, test_set.target)
        ]
        for line in (*score_table(test_set, results), *reliability_table(test_set, results[0][1])):
            sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
