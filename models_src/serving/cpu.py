"""The one place that decides how many threads each model computes with.

Every instance of a Python model is a process of its own, and Triton has no thread setting for them: unless somebody
divides the cores, each engine takes all of them and they fight.
"""

import os
from pathlib import Path

_CGROUP_QUOTA = Path("/sys/fs/cgroup/cpu.max")


def available_cores(quota_file: Path = _CGROUP_QUOTA) -> int:
    """Cores that this process may use: its CPU affinity, or a container's CPU quota (cgroup v2) where smaller."""
    cores = len(os.sched_getaffinity(0))
    try:
        quota, period = quota_file.read_text().split()
        return cores if quota == "max" else max(1, min(cores, int(quota) // int(period)))
    except (OSError, ValueError):
        return cores


def threads_per_instance(cores: int, models: int, instances: int) -> int:
    """Engine threads of each instance so that ``models × instances × threads <= cores``, and at least one."""
    return max(1, cores // (models * instances))
