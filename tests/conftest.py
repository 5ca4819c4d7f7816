"""How many examples property tests make up: a few in `make test`, many in `make fuzz`."""

from hypothesis import settings

settings.register_profile("short", max_examples=60, deadline=None)
settings.register_profile("fuzz", max_examples=20_000, deadline=None)
# `--hypothesis-profile` on the command line comes after this and wins.
settings.load_profile("short")
