"""How many examples property tests make up: few in `make test`, many in `make fuzz`; and Ctrl-C for what they start."""

import signal

from hypothesis import settings

settings.register_profile("short", max_examples=60, deadline=None)
settings.register_profile("fuzz", max_examples=20_000, deadline=None)
# `--hypothesis-profile` on the command line comes after this and wins.
settings.load_profile("short")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell has it ignored in what it runs in the background, and that would go on to what the tests start.
    signal.signal(signal.SIGINT, signal.default_int_handler)
