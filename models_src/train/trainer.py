"""The training loop: batches in, steps, moving average, checkpoints, dev scores."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from models_src.train.batches import Batch, BatchPlan, collate, prefetch
from models_src.train.checkpoint import (
    EMA_EVERY,
    MovingAverage,
    Progress,
    State,
    build_model,
    latest,
    load,
    save,
    split_names,
)
from models_src.train.dataset import PairStore
from models_src.train.devset import DevSet
from models_src.train.loss import smoothed_cross_entropy
from models_src.train.model import JOINT, CompactMarian, ModelConfig
from models_src.train.schedule import FOCUS_POWER, Schedule
from models_src.train.threads import ThreadTuner

__all__ = ["Settings", "Trainer"]

LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Settings:
    """What a run is told from outside; intervals in seconds of training time."""

    run_folder: Path
    languages: tuple[str, ...]
    batch_tokens: int
    smoothing: float = 0.1
    clip: float = 1.0
    seed: int = 1
    log_every: float = 30.0
    save_every: float = 240.0
    eval_every: float = 480.0
    keep: int = 6
    patience: int = 10
    session_minutes: float = 0.0


class Trainer:
    """One run on one device; made anew or from the newest checkpoint in its folder."""

    def __init__(
        self,
        settings: Settings,
        schedule: Schedule,
        config: ModelConfig,
        stores: Mapping[str, PairStore],
        *,
        device: torch.device,
        dev: DevSet | None = None,
        initial: Path | None = None,
        tuner: ThreadTuner | None = None,
    ) -> None:
        self.settings, self.schedule, self.stores, self.dev, self.device = settings, schedule, stores, dev, device
        self.progress, self.tuner = Progress(), tuner
        self.stopping = False
        found = latest(settings.run_folder)
        moments: dict[str, State] = {}
        if found or initial:
            state = load(found[0] if found else initial or found[0])
            self.model = build_model(state, "model" if found else "average").to(device)
            self.average = MovingAverage(self.model)
            if found:
                self.progress = Progress(**state["progress"])
                self.average.values = {name: value.to(device) for name, value in state["average"].items()}
                moments = state["moments"]
            LOG.info("continuing from %s at step %d", found[0] if found else initial, self.progress.step)
        else:
            torch.manual_seed(settings.seed)
            self.model = CompactMarian(config).to(device)
            self.average = MovingAverage(self.model)
        self.optimizer = self._optimizer(moments)

    def _optimizer(self, moments: Mapping[str, State]) -> torch.optim.AdamW:
        names, parameters = zip(*self.model.named_parameters(), strict=True)
        optimizer = torch.optim.AdamW(parameters, lr=0.0, betas=(0.9, 0.98), eps=1e-9, weight_decay=0.01, fused=True)
        for name, parameter in zip(names, parameters, strict=True):
            if name in moments:
                optimizer.state[parameter] = {k: v.to(self.device) for k, v in moments[name].items()}
        return optimizer

    def moments(self) -> dict[str, State]:
        """The optimizer's state by parameter name, which survives the split and a change of device."""
        state = self.optimizer.state
        return {name: dict(state[p]) for name, p in self.model.named_parameters() if p in state}

    def _split(self) -> None:
        languages = list(self.stores)
        LOG.info("the joint decoder becomes one decoder for each of %s", ", ".join(languages))
        moments = split_names(self.moments(), languages)
        self.model.split(languages)
        self.average.split(languages)
        self.optimizer = self._optimizer(moments)

    def _batches(self) -> Iterator[Batch]:
        """All batches from the current place on, epoch after epoch."""
        epoch, position = self.progress.epoch, self.progress.batch
        pad = self.model.config.pad_id
        while True:
            power = FOCUS_POWER if self.progress.focused else 1.0
            plan = BatchPlan(self.stores, self.settings.batch_tokens, self.settings.seed, epoch, power=power)
            if not len(plan):
                raise ValueError("too little data for one batch")
            LOG.info("epoch %d: %d batches", epoch, len(plan))
            for language, source_len, target_len, rows in plan.batches[position:]:
                yield collate(self.stores[language], language, rows, (source_len, target_len), pad)
            epoch, position = epoch + 1, 0
            yield Batch("", torch.empty(0), torch.empty(0), 0)

    def step(self, batch: Batch) -> Tensor:
        """One update; returns the mean negative log-likelihood of the batch (nats a token), not yet waited for."""
        # Counted on the host: on a GPU it would make the host wait for every step.
        real = (batch.target != self.model.config.pad_id).flatten().nonzero().squeeze(1)
        source, target, kept = (t.to(self.device, non_blocking=True) for t in (batch.source, batch.target, real))
        rate = self.schedule.rate(self.progress.step, self.progress.seconds)
        with torch.autocast(self.device.type, dtype=torch.bfloat16):
            hidden = self.model(batch.language, source, target)
        hidden = hidden.flatten(0, 1).index_select(0, kept).to(torch.bfloat16)
        bias = self.model.decoder(batch.language).output_bias
        loss, nll = smoothed_cross_entropy(
            hidden, self.model.embedding, bias, target.flatten()[kept], self.settings.smoothing
        )
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.settings.clip)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        return nll

    def save(self) -> None:
        """Write a checkpoint and forget the oldest."""
        folder = self.settings.run_folder
        folder.mkdir(parents=True, exist_ok=True)
        save(folder / f"step-{self.progress.step:07d}.pt", self.model, self.progress, self.average, self.moments())
        latest(folder, self.settings.keep)

    def evaluate(self) -> None:
        """Score the averaged weights on the dev set and note whether they are the best so far."""
        if self.dev is None:
            return
        state = {
            "config": self.model.config.to_dict(),
            "decoders": list(self.model.decoders),
            "average": self.average.values,
        }
        model = build_model(state).to(self.device).eval()
        scores = {language: self.dev.score(model, language) for language in self.stores}
        mean = sum(scores.values()) / len(scores)
        progress = self.progress
        progress.scores.append({"step": progress.step, **scores})
        progress.stale = 0 if mean > progress.best_chrf else progress.stale + 1
        progress.best_chrf = max(mean, progress.best_chrf)
        LOG.info("dev chrF %s, best mean %.2f", " ".join(f"{k} {v:.2f}" for k, v in scores.items()), progress.best_chrf)

    def _share(self) -> float:
        return self.schedule.share(self.progress.step, self.progress.seconds)

    def _finished(self) -> bool:
        return self.stopping or self._share() >= 1 or self.progress.stale >= self.settings.patience

    def _change_phase(self) -> bool:
        """Split the decoder or turn to the focused weights when it is time; True if the batches must be drawn anew."""
        share, progress = self._share(), self.progress
        if JOINT in self.model.decoders and share >= self.schedule.split_at:
            self._split()
        if progress.focused or share < self.schedule.focus_at:
            return False
        LOG.info("from here on the weights of the data are raised to the power %.1f", FOCUS_POWER)
        progress.focused, progress.epoch, progress.batch = True, progress.epoch + 1, 0
        return True

    def _advance(self, batch: Batch) -> Tensor:
        """One step and what is counted by steps."""
        progress = self.progress
        nll = self.step(batch)
        progress.step += 1
        progress.batch += 1
        progress.target_tokens += batch.target_tokens
        if progress.step % EMA_EVERY == 0:
            self.average.update(self.model, progress.step)
        if self.tuner:
            self.tuner.update()
        return nll

    def run(self) -> Progress:
        """Train until the budget, the session's time or the patience is used up."""
        progress, settings = self.progress, self.settings
        begun = mark = time.monotonic()
        logged = saved = scored = progress.seconds
        window: list[Tensor] = []
        tokens_before = progress.target_tokens
        stream = prefetch(self._batches())
        while not self._finished():
            if settings.session_minutes and time.monotonic() - begun > 60 * settings.session_minutes:
                break
            if self._change_phase():
                stream.close()
                stream = prefetch(self._batches())
            batch = next(stream)
            if not batch.language:
                progress.epoch, progress.batch = progress.epoch + 1, 0
                continue
            window.append(self._advance(batch))
            progress.seconds, mark = progress.seconds + time.monotonic() - mark, time.monotonic()
            if progress.seconds - logged >= settings.log_every:
                self._report(window, (progress.target_tokens - tokens_before) / (progress.seconds - logged))
                window, tokens_before, logged = [], progress.target_tokens, progress.seconds
            if progress.seconds - saved >= settings.save_every:
                self.save()
                saved = progress.seconds
            if progress.seconds - scored >= settings.eval_every:
                self.evaluate()
                scored = progress.seconds
        if not self.stopping:
            self.evaluate()
        self.save()
        return progress

    def stop(self, *_: object) -> None:
        """End the run after the current step, with a checkpoint; usable as a signal handler."""
        self.stopping = True

    def _report(self, window: Sequence[Tensor], speed: float) -> None:
        progress, schedule = self.progress, self.schedule
        rate = schedule.rate(progress.step, progress.seconds)
        left = schedule.remaining_seconds(progress.step, progress.seconds)
        LOG.info(
            "step %d, %.1f M target tokens, nll %.3f, rate %.2e, %.0f tokens/s, %d threads, %d:%02d left",
            progress.step, progress.target_tokens / 1e6, torch.stack(list(window)).mean().item(), rate, speed,
            torch.get_num_threads(), left // 60, left % 60,
        )  # fmt: skip
