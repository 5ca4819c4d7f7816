from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from models_src.train.batches import LADDER, Batch, BatchPlan, collate, draw, prefetch, rung
from models_src.train.dataset import PairStore
from models_src.train.vocabulary import EOS_ID, Vocabulary


def test_each_length_goes_to_the_smallest_rung_that_holds_it() -> None:
    lengths = np.array([1, LADDER[0], LADDER[0] + 1, LADDER[-1]])
    assert [LADDER[i] for i in rung(lengths)] == [LADDER[0], LADDER[0], LADDER[1], LADDER[-1]]


def test_a_weight_is_the_mean_number_of_draws(rng: np.random.Generator) -> None:
    weights = np.repeat(np.array([2.5, 0.3], dtype=np.float32), 4000)
    drawn = np.bincount(draw(weights, rng), minlength=len(weights))
    assert set(drawn[:4000]) == {2, 3}
    assert drawn[:4000].mean() == pytest.approx(2.5, abs=0.05)
    assert drawn[4000:].mean() == pytest.approx(0.3, abs=0.05)


def test_a_plan_depends_on_seed_and_epoch_alone(stores: dict[str, PairStore]) -> None:
    def order(seed: int, epoch: int) -> list[tuple[str, list[int]]]:
        return [(language, rows.tolist()) for language, _, _, rows in BatchPlan(stores, 200, seed, epoch).batches]

    assert order(1, 0) == order(1, 0)
    assert order(1, 0) != order(1, 1)
    assert order(1, 0) != order(2, 0)


def test_every_shape_always_holds_the_same_number_of_pairs(stores: dict[str, PairStore]) -> None:
    for _, source_len, target_len, rows in BatchPlan(stores, 200, 1, 0).batches:
        assert len(rows) == 200 // max(source_len, target_len)


def test_collated_rows_are_the_pairs_padded(stores: dict[str, PairStore], vocabulary: Vocabulary) -> None:
    store, rows = stores["de"], np.array([3, 0])
    batch = collate(store, "de", rows, (48, 48), vocabulary.pad_id)
    for row, i in zip(batch.source.tolist(), rows, strict=True):
        ids = store.source_ids[store.source_offsets[i] : store.source_offsets[i + 1]].tolist()
        assert ids[-1] == EOS_ID
        assert row == ids + [vocabulary.pad_id] * (48 - len(ids))
    assert batch.target_tokens == int((batch.target != vocabulary.pad_id).sum())


def test_an_error_while_collating_reaches_the_reader() -> None:
    def failing() -> Iterator[Batch]:
        raise RuntimeError("bad data")
        yield

    with pytest.raises(RuntimeError, match="bad data"):
        list(prefetch(failing()))
