"""Learning rate, and the moments of the split and of the change of data, by the share of the budget that is used up."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["FOCUS_POWER", "Schedule"]

FOCUS_POWER = 2.0


@dataclass(frozen=True)
class Schedule:
    """Linear warm-up over ``warmup`` steps, then linear decay to ``floor`` of the peak at the end of the budget.

    The budget is counted in steps, or in minutes of training where the machine's speed is not known beforehand. Decay
    to (almost) zero matters most for short runs (Bergsma et al. 2025, arXiv:2502.15938). The best data belongs where
    the rate is low (Hu et al. 2024, arXiv:2404.06395): from ``focus_at`` on, weights are raised to ``FOCUS_POWER``.
    """

    peak: float = 1e-3
    warmup: int = 500
    floor: float = 0.02
    minutes: float = 0.0
    steps: int = 0
    split_at: float = 0.5
    focus_at: float = 0.6

    def __post_init__(self) -> None:
        if (self.minutes > 0) == (self.steps > 0):
            raise ValueError("give the budget either in minutes or in steps")

    def share(self, step: int, seconds: float) -> float:
        """Share of the budget used, 0 to 1."""
        return min(1.0, step / self.steps if self.steps else seconds / (60 * self.minutes))

    def rate(self, step: int, seconds: float) -> float:
        """Learning rate of the step that comes next."""
        decay = 1.0 - (1.0 - self.floor) * self.share(step, seconds)
        return self.peak * min(decay, (step + 1) / self.warmup)

    def remaining_seconds(self, step: int, seconds: float) -> float:
        """Estimate of the time to the end of the budget."""
        if not self.steps:
            return max(0.0, 60 * self.minutes - seconds)
        return seconds / max(1, step) * (self.steps - step)
