"""What every command does first: read the config, open the database, log to stderr, and say clearly what is wrong."""

import json
import logging
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, NoReturn

import structlog
import typer
from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner

from ledgerloop.bootstrap import open_parts
from ledgerloop.cli.otel import ExtraMissing, traced
from ledgerloop.config import Config, ConfigError, load_config, render_problems
from ledgerloop.engine.parts import Parts
from ledgerloop.outcome import RemoteProblem
from ledgerloop.store.errors import DatabaseBusy, DatabaseUnusable

ConfigPath = Annotated[
    Path | None,
    typer.Option("--config", help="Default: $LEDGERLOOP_CONFIG, else ./ledgerloop.toml.", show_default=False),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout and nothing else.")]

UNUSABLE = 2
"""Exit status: the configuration or the database cannot be used."""

UNKNOWN = 3
"""Exit status: no such return."""

SWITCH_S = 0.0005
"""How long a busy thread may run while others want to, seconds. Python's 5 ms are too long: the thread that answers
webhooks, or has a NetSuite slot, would wait for one busy worker after the other."""

out = Console()
err = Console(stderr=True)


def log_to_stderr() -> None:
    """Logs go to stderr, so that stdout holds the answer alone, as lines of JSON.

    LEDGERLOOP_LOG sets the level (default: warning); LEDGERLOOP_LOG_FORMAT=text writes lines for people instead.
    """
    level = getattr(logging, os.environ.get("LEDGERLOOP_LOG", "warning").upper(), logging.WARNING)
    as_text = os.environ.get("LEDGERLOOP_LOG_FORMAT", "json").lower() == "text"
    shown: list[structlog.typing.Processor] = (
        [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)]
        if as_text
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    )
    named: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*named, *shown],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
    )
    _libraries_too(named, shown)


def _libraries_too(named: Sequence[structlog.typing.Processor], shown: Sequence[structlog.typing.Processor]) -> None:
    """Warnings of libraries are lines of the same kind; more than warnings would hold what nobody should read."""
    bare = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*named, structlog.stdlib.add_logger_name], processors=[bare, *shown]
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING)


def take_short_turns() -> None:
    """Let the threads of this process take turns more often: for commands that work with many."""
    sys.setswitchinterval(SWITCH_S)


def config_path(path: Path | None) -> Path:
    """The config file that is meant."""
    return path or Path(os.environ.get("LEDGERLOOP_CONFIG", "ledgerloop.toml"))


def read_config(path: Path | None) -> Config:
    """Read the config, or end with status 2 and every mistake at once."""
    log_to_stderr()
    try:
        return load_config(config_path(path), os.environ)
    except ConfigError as error:
        err.print(render_problems(error.problems, error.source), markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(UNUSABLE) from None


@contextmanager
def opened(path: Path | None, *, quiet: bool = False) -> Iterator[tuple[Config, Parts]]:
    """Config and parts for one command; shows what goes on when stderr is a terminal, unless it is to be quiet."""
    config = read_config(path)
    with (
        spans_sent(config),
        usable_database(),
        progress(quiet=quiet) as tell,
        open_parts(config, progress=tell) as parts,
    ):
        yield config, parts


@contextmanager
def spans_sent(config: Config) -> Iterator[None]:
    """Send spans where the config names a collector, or end with status 2 when what sends them is not installed."""
    try:
        with traced(config.tracing):
            yield
    except ExtraMissing:
        _refuse("otel_not_installed", "tracing.endpoint is set, but the extra otel is not installed.")


def _refuse(code: str, what: str) -> NoReturn:
    remedy = "Install it with pip install 'ledgerloop[otel]', or empty tracing.endpoint."
    err.print(f"{code}: {what}\n  {remedy}", markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(UNUSABLE)


@contextmanager
def usable_database() -> Iterator[None]:
    """End with status 2 and the remedy when the database cannot be used."""
    try:
        yield
    except DatabaseUnusable as problem:
        err.print(
            f"{problem.code}: {problem.message}\n  {problem.remedy}", markup=False, highlight=False, soft_wrap=True
        )
        raise typer.Exit(UNUSABLE) from None
    except RemoteProblem as problem:
        err.print(f"{problem.code}: {problem}", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(1) from None
    except DatabaseBusy as problem:
        err.print(f"database_busy: {problem}\n  Another process holds the database; try again.", markup=False)
        raise typer.Exit(UNUSABLE) from None


@contextmanager
def progress(*, quiet: bool = False) -> Iterator[Any]:
    """A spinner with what goes on, on a terminal; nothing in a pipe."""
    if quiet or not err.is_terminal:
        yield lambda _text: None
        return
    spinner = Spinner("dots", "starting")
    with Live(spinner, console=err, transient=True, redirect_stdout=False, redirect_stderr=False):
        yield lambda text: spinner.update(text=text)


def print_json(document: object) -> None:
    """One JSON document on stdout, and nothing else there."""
    sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False, default=str) + "\n")
