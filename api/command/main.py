"""The command's options, and what it does with them."""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from itertools import count
from pathlib import Path
from typing import Annotated

import typer

from api import __version__
from api.client import Client, ClientError, FileOptions, Options, Result, Retries, ServerError, UnreachableError
from api.client.clients import DEFAULT_URL, TIMEOUT_SECONDS
from api.command.documents import translate_documents
from api.command.glossaries import parse_glossary
from api.command.inputs import ENCODING, STDIN, lines_of, whole_of
from api.command.lines import BATCH_SIZE, PARALLEL, splitting, translate_lines
from api.command.output import as_columns, as_json, as_paragraphs, document_as_json, document_problems
from api.command.progress import job_progress, progress_of
from api.ensembles import ALL_TARGETS, ENSEMBLE_TARGETS
from api.text.options import TextFormat

__all__ = ["app", "main"]

TARGETS = ENSEMBLE_TARGETS[ALL_TARGETS]
# Someone may be waiting at a terminal to hear that there is no server.
ATTEMPTS = 4
INCOMPLETE = 1
WRONG_USAGE = 2
SERVER_REFUSED = 3
UNREACHABLE = 4
INTERRUPTED = 130
DOCUMENT = "--document"

_HELP = """Translate English into German and French by a running server.

Text comes from the arguments, from files, or line by line from standard input: a line in, a line out, as soon as it is
there, blank lines too. With several languages each has a column, separated by tabs.

With --document the arguments are files of any kind that the server translates. Each becomes new files of its kind:
report.docx becomes report.de.docx and report.fr.docx. Standard output says where they are.

\b
Examples:
  tt "Where is the station?"                    both languages
  tt --to de --alternatives 2 "Can you help me?"
  tt --to fr < lines.txt > lines.fr.txt         a line for each line
  tail -f chat.log | tt --to de                 as the lines come
  tt --to de --whole --file README.txt          one text: layout and wrapped lines kept
  tt --to de --format html --file page.html     markup stays
  tt --json --file a.txt --file b.txt | jq .    scores, flags, alternatives
  tt --document report.docx                     report.de.docx and report.fr.docx, beside it
  tt --document --to de --output german *.docx  german/a.de.docx, german/b.de.docx, ...
  tt --glossary terms.tsv --to de "The cart."   terms.tsv: en<TAB>de, then a term a line
  tt --install-completion                       completion for your shell

\b
Exit codes:
  0    all is translated
  1    some could not be, and standard error says why: the lines of such texts are empty, such documents are not
       written, or some of their sentences stayed in English; the others are there all the same
  2    wrong usage
  3    the server refused, or failed
  4    the server cannot be reached
  130  interrupted; the server stops working on the document
"""


class Format(StrEnum):
    """What the texts are written in."""

    TEXT = "text"
    HTML = "html"
    XML = "xml"
    MARKDOWN = "markdown"


# Of a server that knows no formats, plain text can be asked for too.
_FORMATS: Mapping[Format, TextFormat | None] = {
    Format.TEXT: None,
    Format.HTML: "html",
    Format.XML: "xml",
    Format.MARKDOWN: "markdown",
}

app = typer.Typer(add_completion=True, rich_markup_mode=None, pretty_exceptions_enable=False)


def _targets(value: str) -> list[str]:
    targets = [target.strip().lower() for target in value.split(",") if target.strip()]
    if not targets or not set(targets) <= set(TARGETS):
        raise typer.BadParameter(f"give one or more of {', '.join(TARGETS)}, separated by commas")
    return list(dict.fromkeys(targets))


def _glossary(path: Path | None) -> dict[str, dict[str, str]]:
    if path is None:
        return {}
    try:
        found = parse_glossary(path.read_text(encoding=ENCODING))
    except (OSError, ValueError) as error:
        raise typer.BadParameter(f"{path}: {error}", param_hint="--glossary") from error
    return {target: dict(terms) for target, terms in found.items()}


def _version(*, shown: bool) -> None:
    if shown:
        typer.echo(f"tt {__version__}")
        raise typer.Exit


@app.command(help=_HELP)
def translate(
    texts: Annotated[
        list[str] | None, typer.Argument(metavar="TEXT", help="English text; with --document a file.")
    ] = None,
    to: Annotated[str, typer.Option("--to", "-t", metavar="LANGUAGES", help="Such as de, or de,fr.")] = ",".join(
        TARGETS
    ),
    files: Annotated[
        list[Path] | None, typer.Option("--file", "-f", metavar="PATH", help="A file; - is standard input. Repeatable.")
    ] = None,
    whole: Annotated[bool, typer.Option("--whole", "-w", help="Each input is one text, not one a line.")] = False,
    document: Annotated[
        bool, typer.Option("--document", "-d", help="The arguments are files, to be translated into files.")
    ] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FOLDER", help="Where documents go; else beside each.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite documents that exist.")] = False,
    json_lines: Annotated[
        bool, typer.Option("--json", "-j", help="One JSON object a text, or a document written.")
    ] = False,
    alternatives: Annotated[int, typer.Option("--alternatives", "-a", metavar="N", min=0, help="Further ones.")] = 0,
    text_format: Annotated[
        Format, typer.Option("--format", help="What the text is written in; markup means --whole.")
    ] = Format.TEXT,
    glossary: Annotated[
        Path | None, typer.Option(metavar="PATH", help="Terms: a table with tabs (en, de, fr), or JSON as in the API.")
    ] = None,
    keep: Annotated[
        list[str] | None, typer.Option(metavar="TERM", help="A term that comes back unchanged. Repeatable.")
    ] = None,
    url: Annotated[str, typer.Option(metavar="URL", envvar="TRANSLATE_URL", help="The server.")] = DEFAULT_URL,
    api_key: Annotated[
        str | None,
        typer.Option(metavar="KEY", envvar="TRANSLATE_API_KEY", help="Its key; others cannot see it there."),
    ] = None,
    batch_size: Annotated[int, typer.Option(metavar="N", min=1, help="Most lines in one request.")] = BATCH_SIZE,
    parallel: Annotated[int, typer.Option(metavar="N", min=1, help="Most requests at a time.")] = PARALLEL,
    attempts: Annotated[
        int, typer.Option(metavar="N", min=1, help="How often to send what the server has no time for.")
    ] = ATTEMPTS,
    timeout: Annotated[
        float, typer.Option(metavar="SECONDS", min=0.1, help="How long an answer may take.")
    ] = TIMEOUT_SECONDS,
    _shown: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_version, help="Say it and end.")
    ] = False,
) -> None:
    """Translate."""
    targets = _targets(to)
    if document:
        if files or whole or alternatives or text_format is not Format.TEXT:
            raise typer.BadParameter("goes without --file, --whole, --format and --alternatives", param_hint=DOCUMENT)
        if not texts:
            raise typer.BadParameter("give one file or more", param_hint=DOCUMENT)
        file_options = FileOptions(targets=targets, do_not_translate=tuple(keep or ()), glossary=_glossary(glossary))
        with Client(url, api_key=api_key, timeout_seconds=timeout, retries=Retries(attempts)) as client:
            _translate_documents(
                client, [Path(text) for text in texts], file_options, folder=output, force=force, json_lines=json_lines
            )
        return
    if output or force:
        raise typer.BadParameter("--output and --force are for --document")
    by_line = not texts and not whole and text_format is Format.TEXT
    if texts and files:
        raise typer.BadParameter("give text or files, not both")
    if alternatives and by_line and not json_lines:
        raise typer.BadParameter("line by line, alternatives need --json", param_hint="--alternatives")
    if len(targets) > 1 and not texts and not by_line and not json_lines:
        raise typer.BadParameter("a whole text needs one language, or --json", param_hint="--to")
    for text in filter(os.path.isfile, texts or ()):
        _say(f"this translates the name {text}, not what is in it: for the file use --document, for lines --file")
    options = Options(
        targets=targets,
        num_alternatives=alternatives,
        format=_FORMATS[text_format],
        do_not_translate=tuple(keep or ()),
        glossary=_glossary(glossary),
    )
    paths = files or [STDIN]
    with Client(url, api_key=api_key, timeout_seconds=timeout, retries=Retries(attempts)) as client:
        send = splitting(lambda batch: client.translate_batch(batch, options))
        if by_line:
            if STDIN in paths and sys.stdin.isatty():
                typer.echo("Type English and press Enter; Ctrl-D ends.", err=True)
            batches = translate_lines(lines_of(paths), send, batch_size=batch_size, parallel=parallel)
        else:
            inputs = texts or [whole_of(path) for path in paths]
            batches = (send(inputs[at : at + batch_size]) for at in range(0, len(inputs), batch_size))
        failed = 0
        numbers = count(1)
        with _until_enough_is_read(), progress_of(paths if by_line else []) as advance:
            for batch in batches:
                for number, result in zip(numbers, batch, strict=False):
                    failed += result.problem is not None
                    if result.problem is not None:
                        where = "line" if by_line else "text"
                        typer.echo(f"tt: {where} {number}: {result.problem.message}", err=True)
                    _write(result, targets, by_line=by_line, is_whole=not texts and not by_line, json_lines=json_lines)
                sys.stdout.flush()
                advance(len(batch))
    if failed:
        raise typer.Exit(INCOMPLETE)


def _translate_documents(
    client: Client,
    sources: Sequence[Path],
    options: FileOptions,
    *,
    folder: Path | None,
    force: bool,
    json_lines: bool,
) -> None:
    """Translate files into files; write their paths to standard output, and what went wrong to standard error."""
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    failed = False
    with _until_enough_is_read():
        for document in translate_documents(client, sources, options, folder=folder, force=force, show=job_progress):
            for problem in document_problems(document):
                failed = True
                _say(problem)
            paths = map(str, document.written.values())
            for line in document_as_json(document, options.targets) if json_lines else paths:
                # A name need not be valid UTF-8.
                typer.echo(os.fsencode(line))
    if failed:
        raise typer.Exit(INCOMPLETE)


def _write(result: Result, targets: Sequence[str], *, by_line: bool, is_whole: bool, json_lines: bool) -> None:
    if json_lines:
        sys.stdout.write(f"{as_json(result, targets)}\n")
    elif by_line:
        sys.stdout.write(f"{as_columns(result, targets)}\n")
    elif result.problem is None:
        text = as_paragraphs(result, targets)
        # A file is written as it was: with a line break at its end, or none.
        sys.stdout.write(text if is_whole else f"{text}\n")


@contextmanager
def _until_enough_is_read() -> Iterator[None]:
    """End without a complaint when whoever reads standard output has gone, such as `head`."""
    try:
        yield
    except BrokenPipeError as error:
        # Python would flush it once more at the end, and complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit from error


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command, by default with the arguments of the process; return its exit code."""
    try:
        app(args=None if arguments is None else list(arguments), prog_name="tt")
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 0
    except UnreachableError as error:
        _say(f"{error}; is it running, and is --url right?")
        code = UNREACHABLE
    except ServerError as error:
        kind = f" ({error.error_type})" if error.error_type else ""
        _say(f"the server says: {error}{kind}")
        code = SERVER_REFUSED
    except ClientError as error:
        _say(str(error))
        code = SERVER_REFUSED
    except OSError as error:
        _say(f"{error.filename or 'input'}: {error.strerror or error}")
        code = WRONG_USAGE
    except KeyboardInterrupt:
        code = INTERRUPTED
    return code


def _say(message: str) -> None:
    sys.stderr.write(f"tt: {message}\n")
