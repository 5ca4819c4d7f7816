"""Chooses the number of CPU threads while training, for a machine that others use as well.

Parallel sections end at a barrier, so a single busy core holds all threads up: with one other process on two cores, two
threads were measured to be slower than one, and ten times as slow with OpenMP's default of long active waiting (set
``GOMP_SPINCOUNT=10000`` in the environment).
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import torch

__all__ = ["ThreadTuner", "busy_seconds"]

_PROC_STAT = Path("/proc/stat")


def busy_seconds(stat: str) -> float:
    """CPU seconds used by everything since boot, from the text of ``/proc/stat`` (idle and waiting time left out)."""
    user, nice, system, _, _, irq, soft_irq = map(int, stat.split("\n", 1)[0].split()[1:8])
    return (user + nice + system + irq + soft_irq) / os.sysconf("SC_CLK_TCK")


class ThreadTuner:
    """Leaves to others the cores that they keep busy, as seen over the last ``interval`` seconds."""

    def __init__(self, most: int, interval: float = 1.5) -> None:
        self.most, self.interval = most, interval
        self._seen = (0.0, 0.0, 0.0)
        torch.set_num_threads(most)

    def count(self, cores: int, others: float) -> int:
        """Threads to use beside processes that use ``others`` cores; a quarter of a core is no reason to yield one."""
        return max(1, min(self.most, round(cores - others + 0.25)))

    def update(self) -> None:
        """Call between steps."""
        if self.most == 1 or not _PROC_STAT.exists():
            return
        wall, own_before, all_before = self._seen
        now = time.monotonic()
        if now - wall < self.interval:
            return
        own, everything = time.process_time(), busy_seconds(_PROC_STAT.read_text())
        self._seen = (now, own, everything)
        if not wall:
            return
        others = max(0.0, (everything - all_before) - (own - own_before)) / (now - wall)
        threads = self.count(os.cpu_count() or self.most, others)
        if threads != torch.get_num_threads():
            torch.set_num_threads(threads)
