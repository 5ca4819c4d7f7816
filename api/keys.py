"""API keys: who may use the service. Only their hashes are kept; `python -m api.keys new NAME` makes one."""

import hashlib
import hmac
import re
import secrets
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["KeyRing", "key_line", "load_keys", "main", "new_key", "parse_keys"]

_PREFIX = "tt_"
_RANDOM_BYTES = 32
_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_USAGE_ERROR = 2


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The SHA-256 digest of each owner's key.

    A plain hash is enough: a key has 256 random bits, so there is nothing to guess that a slow hash would protect.
    """

    digests: Mapping[str, bytes]

    def owner(self, key: str) -> str | None:
        """Return whose key this is, or None; takes as long for a wrong key as for a right one."""
        digest = _digest(key)
        owner = None
        for name, known in self.digests.items():
            if hmac.compare_digest(digest, known):
                owner = name
        return owner


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode(errors="surrogatepass")).digest()


def new_key() -> str:
    """Return a new random key."""
    return _PREFIX + secrets.token_urlsafe(_RANDOM_BYTES)


def key_line(name: str, key: str) -> str:
    """Return the line to store: `name:sha256`. Raises ValueError if the name is not 1 to 64 of A-Z a-z 0-9 . _ -"""
    if not _NAME.fullmatch(name):
        raise ValueError("a name has 1 to 64 letters, digits, dots, underscores or hyphens")
    return f"{name}:{_digest(key).hex()}"


def parse_keys(text: str) -> KeyRing:
    """Return the keys of `name:sha256` lines; blank lines and those that start with `#` are skipped.

    Raises ValueError with the number of the first wrong line, never with what stands there.
    """
    digests: dict[str, bytes] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        entry = line.strip()
        if not entry or entry.startswith("#"):
            continue
        name, _, digest = entry.partition(":")
        if not _NAME.fullmatch(name) or not _DIGEST.fullmatch(digest):
            raise ValueError(f"line {number} is not of the form name:sha256")
        if name in digests:
            raise ValueError(f"line {number} has a name that stands above already")
        digests[name] = bytes.fromhex(digest)
    if not digests:
        raise ValueError("there is no key")
    return KeyRing(digests)


def load_keys(path: Path) -> KeyRing:
    """Return the keys of a file. Raises ValueError when it cannot be read or a line is wrong."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"the file of the API keys cannot be read: {type(error).__name__}") from error
    return parse_keys(text)


def main(arguments: Sequence[str]) -> int:
    """Print a new key and the line to store for it; return the exit code, 2 for wrong arguments."""
    match arguments:
        case ["new", name]:
            key = new_key()
            try:
                line = key_line(name, key)
            except ValueError as error:
                sys.stderr.write(f"error: {error}\n")
                return _USAGE_ERROR
            sys.stdout.write(
                f"The key, shown only this once:\n{key}\n\n"
                f"The line for the file that TRANSLATE_API_KEYS_FILE names:\n{line}\n"
            )
            return 0
        case _:
            sys.stderr.write("usage: python -m api.keys new NAME\n")
            return _USAGE_ERROR


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
