"""Files as they are, such as .docx: each translated by the server into new files; one that fails stops no other."""

import errno
import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from api.client import Client, FileOptions, Job, JobFailedError, Problem, ServerError, TimedOutError

__all__ = ["Document", "Show", "translate_documents"]

Show = Callable[[str], AbstractContextManager[Callable[[Job], None]]]
"""Shows how far the file of this name is."""

# Not the fault of one file.
_REFUSED_KEY = frozenset({401, 403})


@dataclass(frozen=True, slots=True)
class Document:
    """What became of a file: the paths written by language, and the problem that kept others from being written.

    `untranslated` of all `sentences` stayed in English in one of the languages at least.
    """

    source: Path
    written: Mapping[str, Path] = field(default_factory=dict)
    sentences: int = 0
    untranslated: int = 0
    problem: Problem | None = None


def translate_documents(
    client: Client, sources: Sequence[Path], options: FileOptions, *, folder: Path | None, force: bool, show: Show
) -> Iterator[Document]:
    """Translate files into `options.targets`, one after another, and yield what became of each.

    `report.docx` becomes `report.de.docx` beside it, or in `folder`; a file that exists is overwritten only with
    `force`. Raises the ClientError of a server that takes no file at all: UnreachableError, AnswerError, or a
    ServerError about the key.
    """
    claimed = set(map(_absolute, sources))
    for source in sources:
        written: dict[str, Path] = {}
        sentences = untranslated = 0
        problem = None
        try:
            paths = _paths(source, options.targets, folder)
            _check(paths.values(), claimed, force=force)
            with show(source.name) as progress:
                translated = client.translate_file(source, options, progress=progress)
            sentences, untranslated = translated.segments_total, translated.untranslated
            for target, path in paths.items():
                _write(path, translated.files[target].content, force=force)
                written[target] = path
        except (ServerError, JobFailedError, TimedOutError) as error:
            if error.status in _REFUSED_KEY:
                raise
            problem = Problem(str(error), error.error_type or "")
        except OSError as error:
            problem = Problem(_said_of(error, source), "")
        yield Document(source, written, sentences, untranslated, problem)


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))


def _paths(source: Path, targets: Sequence[str], folder: Path | None) -> dict[str, Path]:
    beside = source.parent if folder is None else folder
    return {target: beside / f"{source.stem}.{target}{source.suffix}" for target in targets}


def _check(paths: Collection[Path], claimed: set[Path], *, force: bool) -> None:
    """Claim paths. Raises OSError for one that cannot be written, before the work that would be lost."""
    for path in paths:
        if _absolute(path) in claimed:
            raise FileExistsError(errno.EEXIST, "that is another one of these files, or its translation", str(path))
        if not force and os.path.lexists(path):
            raise FileExistsError(errno.EEXIST, "exists already; --force overwrites it", str(path))
        if path.parent.is_dir() and not os.access(path.parent, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
    claimed.update(map(_absolute, paths))


def _write(path: Path, content: bytes, *, force: bool) -> None:
    """Write a file, or leave none. Raises OSError."""
    with path.open("wb" if force else "xb") as file:
        try:
            file.write(content)
            file.flush()
        except BaseException:
            path.unlink()
            raise


def _said_of(error: OSError, source: Path) -> str:
    what = error.strerror or str(error)
    return what if error.filename in {None, str(source)} else f"{error.filename}: {what}"
