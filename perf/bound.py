"""`python -m perf.bound`: the engine alone, called directly in one process: what no server over it can exceed.

Both languages run at once, each in a thread of its own with half of the cores, on token ids made beforehand, in the
batches that the server would form. Nothing is served, detokenized or postprocessed.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from models_src.checkpoint import PROJECT_ROOT, Checkpoint
from models_src.engines import DecodingOptions, Engine, load_engine
from models_src.serving.cpu import available_cores, threads_per_instance
from models_src.serving.repository import TARGETS
from models_src.serving.settings import ServingSettings
from models_src.tokenizer import Tokenizer
from models_src.translator import target_limit
from perf.workload import sentences


def measure(batch: int, count: int, rounds: int, settings: ServingSettings) -> dict[str, object]:
    """Translate ``count`` sentences in batches of ``batch`` into both languages, ``rounds`` times.

    Returns:
        Sentences a second (each into both languages) of every round, and target tokens of a sentence by language.
    """
    threads = threads_per_instance(available_cores(), len(TARGETS), 1)
    lines = sentences(count)
    engines: dict[str, tuple[Engine, list[list[int]], int]] = {}
    for target in TARGETS:
        checkpoint = Checkpoint.load(PROJECT_ROOT / settings.weights / f"en-{target}")
        tokenizer = Tokenizer(checkpoint)
        engine = load_engine(settings.engine, checkpoint, threads)
        engines[target] = engine, [tokenizer.encode(line) for line in lines], checkpoint.max_length

    def translate(target: str, sources: Sequence[Sequence[int]]) -> int:
        engine, _, longest = engines[target]
        tokens = 0
        for start in range(0, len(sources), batch):
            chunk = sorted(sources[start : start + batch], key=len, reverse=True)
            options = DecodingOptions(settings.beam_size, settings.length_penalty, target_limit(len(chunk[0]), longest))
            tokens += sum(hypotheses[0].length for hypotheses in engine.decode(chunk, options))
        return tokens

    rates, tokens = [], {}
    with ThreadPoolExecutor(len(TARGETS)) as pool:
        for target in TARGETS:
            translate(target, engines[target][1][:batch])
        for _ in range(rounds):
            begun = time.perf_counter()
            counted = list(pool.map(lambda target: translate(target, engines[target][1]), TARGETS))
            rates.append(count / (time.perf_counter() - begun))
            tokens = {target: total / count for target, total in zip(TARGETS, counted, strict=True)}
    return {"sentences_per_second": rates, "target_tokens_per_sentence": tokens}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m perf.bound", description=__doc__)
    parser.add_argument("--batch", type=int, default=32, help="texts in one call (default: 32)")
    parser.add_argument("--sentences", type=int, default=256, help="sentences of a round (default: 256)")
    parser.add_argument("--rounds", type=int, default=3, help="how often (default: 3)")
    arguments = parser.parse_args()
    settings = ServingSettings()
    json.dump(measure(arguments.batch, arguments.sentences, arguments.rounds, settings), sys.stdout)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
