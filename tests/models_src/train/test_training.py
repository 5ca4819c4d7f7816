from __future__ import annotations

from pathlib import Path

import pytest
import torch

from models_src.train.checkpoint import average, build_model, latest, load
from models_src.train.dataset import PairStore
from models_src.train.model import JOINT, ModelConfig
from models_src.train.schedule import Schedule
from models_src.train.threads import ThreadTuner, busy_seconds
from models_src.train.trainer import Settings, Trainer

BUDGET = 14


def trainer(folder: Path, config: ModelConfig, stores: dict[str, PairStore], split_at: float = 0.5) -> Trainer:
    settings = Settings(folder, ("de", "fr"), batch_tokens=200)
    schedule = Schedule(peak=3e-3, warmup=4, steps=BUDGET, split_at=split_at)
    return Trainer(settings, schedule, config, stores, device=torch.device("cpu"))


def stop_after(run: Trainer, steps: int) -> None:
    """Let a run end itself, with a checkpoint, after a number of steps."""
    original = run.step

    def counted(batch: object) -> torch.Tensor:
        if run.progress.step + 1 >= steps:
            run.stop()
        return original(batch)  # type: ignore[arg-type]

    run.step = counted  # type: ignore[method-assign]


@pytest.mark.parametrize("interrupted_at", [4, 8, 11], ids=["before the split", "after the split", "after the focus"])
def test_a_resumed_run_ends_where_an_uninterrupted_one_does(
    interrupted_at: int, tmp_path: Path, config: ModelConfig, stores: dict[str, PairStore]
) -> None:
    trainer(tmp_path / "whole", config, stores).run()
    first = trainer(tmp_path / "parts", config, stores)
    stop_after(first, interrupted_at)
    assert first.run().step == interrupted_at
    second = trainer(tmp_path / "parts", config, stores)
    assert second.run().step == BUDGET
    whole, parts = (load(latest(tmp_path / name)[0]) for name in ("whole", "parts"))
    assert whole["progress"]["target_tokens"] == parts["progress"]["target_tokens"]
    for weights in ("model", "average"):
        assert all(torch.equal(value, parts[weights][name]) for name, value in whole[weights].items())


def test_training_lowers_the_loss_and_leaves_padding_at_zero(
    tmp_path: Path, config: ModelConfig, stores: dict[str, PairStore]
) -> None:
    run = trainer(tmp_path, config, stores)
    batch = next(run._batches())
    before = run.step(batch).item()
    for run.progress.step in range(1, 20):
        after = run.step(batch).item()
    assert after < before - 0.3
    assert not run.model.embedding[config.pad_id].any()


def test_the_decoder_is_split_on_the_way(tmp_path: Path, config: ModelConfig, stores: dict[str, PairStore]) -> None:
    run = trainer(tmp_path, config, stores)
    assert list(run.model.decoders) == [JOINT]
    run.run()
    assert set(run.model.decoders) == {"de", "fr"}
    assert set(build_model(load(latest(tmp_path)[0])).decoders) == {"de", "fr"}


def test_only_the_newest_checkpoints_are_kept(tmp_path: Path) -> None:
    for step in (1, 2, 3):
        (tmp_path / f"step-{step:07d}.pt").touch()
    assert [path.name for path in latest(tmp_path, keep=2)] == ["step-0000003.pt", "step-0000002.pt"]
    assert not (tmp_path / "step-0000001.pt").exists()


def test_averaging_is_the_mean() -> None:
    states = [{"model": {"w": torch.tensor([value])}} for value in (1.0, 2.0, 6.0)]
    assert average(states)["w"].item() == 3.0


def test_the_rate_warms_up_and_decays_to_the_floor() -> None:
    schedule = Schedule(peak=1.0, warmup=10, floor=0.1, steps=100)
    assert schedule.rate(0, 0.0) == pytest.approx(0.1)
    assert schedule.rate(50, 0.0) == pytest.approx(0.55)
    assert schedule.rate(100, 0.0) == pytest.approx(0.1)


def test_a_budget_is_in_steps_or_minutes_but_not_both() -> None:
    assert Schedule(minutes=2).share(0, 60.0) == 0.5
    with pytest.raises(ValueError, match="either"):
        Schedule(minutes=1, steps=1)


@pytest.mark.parametrize(("others", "threads"), [(0.0, 2), (0.2, 2), (1.0, 1), (2.0, 1)])
def test_busy_cores_are_left_to_others(others: float, threads: int) -> None:
    before = torch.get_num_threads()
    try:
        assert ThreadTuner(2).count(2, others) == threads
    finally:
        torch.set_num_threads(before)


def test_idle_time_is_not_counted_as_busy() -> None:
    assert busy_seconds("cpu  100 20 30 99999 77 0 50 0 0 0\ncpu0 1\n") == pytest.approx(2.0)
