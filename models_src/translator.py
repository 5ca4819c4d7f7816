"""From token ids to ranked translations: one engine call for a batch, then postprocessing of each sentence."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from models_src.alignment import align_words, pharaoh
from models_src.engines import DecodingOptions, Engine, Hypothesis
from models_src.postprocess import Candidate, Flag, PostprocessSettings, RankedHypothesis, postprocess
from models_src.tokenizer import Tokenizer

_RETRY_NGRAMS = (3, 2)
_NOTHING = RankedHypothesis("", score=0.0, confidence=1.0)


@dataclass(frozen=True, slots=True)
class Row:
    """One sentence to translate.

    Attributes:
        ids: its source token ids, end-of-sequence token included.
        num_hypotheses: most translations wanted, at least 1.
        beam_size: beams of its search, at least 1; widened to ``num_hypotheses`` when smaller.
        alignment: whether its hypotheses come with their word alignment.
    """

    ids: Sequence[int]
    num_hypotheses: int
    beam_size: int
    alignment: bool = False

    @property
    def beams(self) -> int:
        return max(self.beam_size, self.num_hypotheses)


def target_limit(source_length: int, max_length: int) -> int:
    """Target tokens to decode at most: room for any sound translation, so that a loop ends before the model's limit."""
    return min(max_length, 3 * source_length + 16)


class Translator:
    """Translates batches of sentences of any lengths and options.

    Args:
        tokenizer: of the checkpoint that ``engine`` decodes with.
        engine: the decoder.
        settings: thresholds of the postprocessing.
        max_length: most target tokens that the model has positions for.
    """

    def __init__(self, tokenizer: Tokenizer, engine: Engine, settings: PostprocessSettings, max_length: int) -> None:
        self._tokenizer = tokenizer
        self._engine = engine
        self._settings = settings
        self._max_length = max_length

    def translate(self, rows: Sequence[Row]) -> list[list[RankedHypothesis]]:
        """Translate ``rows`` with one engine call for each beam size among them.

        A sentence without a sound hypothesis whose best one loops is decoded once more with repeated trigrams
        forbidden, and if that loops too ("the the the" repeats none) with repeated bigrams; the best of all searches
        wins.

        Returns:
            For each row its hypotheses in the order of `postprocess`, at least one. A row without tokens of its own
            becomes an empty text without a decoding.
        """
        sources = [self._tokenizer.decode_source(row.ids) for row in rows]
        ranked = [[_NOTHING] for _ in rows]
        translatable = [index for index, row in enumerate(rows) if len(row.ids) > 1]
        candidates = self._decode(rows, translatable)
        for index, found in candidates.items():
            ranked[index] = postprocess(sources[index], found, rows[index].num_hypotheses, self._settings)
        for size in _RETRY_NGRAMS:
            looping = [index for index in translatable if Flag.REPETITION in ranked[index][0].flags]
            for index, found in self._decode(rows, looping, no_repeat_ngram_size=size).items():
                candidates[index] += found
                ranked[index] = postprocess(
                    sources[index], candidates[index], rows[index].num_hypotheses, self._settings
                )
        return ranked

    def _decode(
        self, rows: Sequence[Row], indices: Iterable[int], no_repeat_ngram_size: int = 0
    ) -> dict[int, list[Candidate]]:
        groups: defaultdict[int, list[int]] = defaultdict(list)
        for index in indices:
            groups[rows[index].beams].append(index)
        candidates = {}
        for beam_size, group in groups.items():
            group.sort(key=lambda index: len(rows[index].ids), reverse=True)
            options = DecodingOptions(
                beam_size=beam_size,
                length_penalty=self._settings.length_penalty,
                max_length=target_limit(len(rows[group[0]].ids), self._max_length),
                no_repeat_ngram_size=no_repeat_ngram_size,
                attention=any(rows[index].alignment for index in group),
            )
            decoded = self._engine.decode([rows[index].ids for index in group], options)
            for index, hypotheses in zip(group, decoded, strict=True):
                candidates[index] = [self._candidate(rows[index], hypothesis) for hypothesis in hypotheses]
        return candidates

    def _candidate(self, row: Row, hypothesis: Hypothesis) -> Candidate:
        text = self._tokenizer.decode(hypothesis.ids)
        return Candidate(
            text, hypothesis.log_prob, hypothesis.length, hypothesis.finished, self._alignment(row, hypothesis)
        )

    def _alignment(self, row: Row, hypothesis: Hypothesis) -> str:
        if not row.alignment or hypothesis.attention is None:
            return ""
        source, target = self._tokenizer.source_pieces(row.ids[:-1]), self._tokenizer.target_pieces(hypothesis.ids)
        return pharaoh(align_words(hypothesis.attention, source, target))
