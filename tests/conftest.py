"""How many examples property tests make up, which tests stay together, and Ctrl-C for what they start."""

import signal
from pathlib import Path

import pytest
from hypothesis import settings

# Few in `make test`, many in `make fuzz`.
settings.register_profile("short", max_examples=60, deadline=None)
settings.register_profile("fuzz", max_examples=20_000, deadline=None)
# `--hypothesis-profile` on the command line comes after this and wins.
settings.load_profile("short")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell has it ignored in what it runs in the background, and that would go on to what the tests start.
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Each of these shares what takes long to start or to make.
_TOGETHER = frozenset({Path(__file__).parent / name for name in ("e2e", "models_src")})
_LONGEST_ID = 100


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name a value that is long or not text, such as an archive with the time in it, by its argument and a number."""
    is_plain = not isinstance(val, bytes) and not (isinstance(val, str) and len(val) > _LONGEST_ID)
    return None if is_plain else argname


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where tests run in several processes, keep those of a module, or of a folder in `_TOGETHER`, in one."""
    if len({item.nodeid for item in items}) < len(items):
        raise pytest.UsageError("several tests have the same id: with --numprocesses only one of them would run")
    for item in items:
        group = next((folder for folder in item.path.parents if folder in _TOGETHER), item.path)
        item.add_marker(pytest.mark.xdist_group(str(group)))
