"""`serve` and `work` at work: they stay, and do what is due as it comes.

Imported only when one of them is asked for.
"""

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NoReturn

import structlog
import typer

from ledgerloop.cli.common import UNUSABLE, err, opened, take_short_turns, usable_database
from ledgerloop.config import Config
from ledgerloop.engine.parts import Parts
from ledgerloop.engine.schedules import Engine
from ledgerloop.operate.alerts.watch import Alerts
from ledgerloop.operate.books_day import Nightly
from ledgerloop.operate.subscriptions import signed_of
from ledgerloop.operate.upkeep import Upkeep
from ledgerloop.store.engines import EngineLock
from ledgerloop.web.app import create_app
from ledgerloop.web.health import show_counts
from ledgerloop.web.server import address_of, listen, make_server, stopping

GRACE_S = 25.0
"""How long what runs may take to finish once told to stop, seconds: service managers kill after thirty."""

log = structlog.get_logger("ledgerloop.cli")


def serve(config: Path | None) -> None:
    """Take webhooks, read the remotes and work what is due, until told to stop."""
    take_short_turns()
    with opened(config, quiet=True) as (settings, parts), _alone(parts), usable_database():
        try:
            sock = listen(settings.server.host, settings.server.port)
        except OSError as error:
            where = f"{settings.server.host} port {settings.server.port}"
            _refuse("cannot_listen", f"{where}: {error.strerror}", "Set server.host and server.port to what is free.")
        engine = _engine(settings, parts, "serve")
        server = make_server(create_app(settings, parts, engine))
        with stopping(lambda: setattr(server, "should_exit", True)):
            engine.start()
            engine.also("subscriptions", Upkeep(parts, settings.server.public_url, signed_of(settings)).turn)
            engine.also("alerts", Alerts(parts, settings).turn)
            engine.also("books", Nightly(parts).turn)
            address = address_of(sock)
            err.print(f"Listening on {address}", markup=False, highlight=False, soft_wrap=True)
            log.info("listening", address=address)
            server.run(sockets=[sock])
            _stop(engine)


def work(config: Path | None, metrics_port: int | None = None) -> None:
    """Work what is due beside `serve`, on PostgreSQL, until told to stop."""
    with opened(config, quiet=True) as (settings, parts), usable_database():
        if parts.stores.store.path is not None:
            _refuse(
                "work_needs_postgresql",
                "a SQLite file has one engine, and `serve` is it.",
                "Run `ledgerloop serve` alone, or set database.url to a PostgreSQL database.",
            )
        ending = threading.Event()
        engine = _engine(settings, parts, "work")
        with _counts_shown(settings, parts, metrics_port), stopping(ending.set):
            engine.start()
            engine.also("alerts", Alerts(parts, settings).turn)
            engine.also("books", Nightly(parts).turn)
            err.print("Working", markup=False)
            log.info("working")
            while not ending.is_set():  # never ending.wait(): a signal that comes just then would wait for itself
                time.sleep(0.1)
            _stop(engine)


@contextmanager
def _counts_shown(settings: Config, parts: Parts, port: int | None) -> Iterator[None]:
    """Show what this process counts to Prometheus, if a port is given."""
    with ExitStack() as stack:
        if port is not None:
            try:
                shown = stack.enter_context(show_counts(parts.tally, settings.server.host, port))
                err.print(f"Figures at http://{settings.server.host}:{shown}/metrics", markup=False, highlight=False)
            except OSError as error:
                what = f"{settings.server.host} port {port}: {error.strerror}"
                _refuse("cannot_listen", what, "Give --metrics-port one that is free.")
        yield


def _engine(settings: Config, parts: Parts, kind: str) -> Engine:
    return Engine(parts, kind=kind, every_s=float(settings.poll.every_s))


@contextmanager
def _alone(parts: Parts) -> Iterator[None]:
    """Be the one engine of a SQLite file, or end with status 2."""
    if parts.stores.store.path is None:
        yield
        return
    lock = EngineLock(parts.stores.store)
    if not lock.acquire():
        _refuse(
            "engine_runs",
            f"another `ledgerloop serve` or `sync` works on {parts.stores.store.path}.",
            "Stop that one first; a SQLite file has one engine, PostgreSQL any number.",
        )
    try:
        yield
    finally:
        lock.release()


def _refuse(code: str, what: str, remedy: str) -> NoReturn:
    err.print(f"{code}: {what}\n  {remedy}", markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(UNUSABLE)


def _stop(engine: Engine) -> None:
    """Stop in order; what does not end in time is handed back, and left at once lest it writes for somebody else."""
    if engine.stop(GRACE_S):
        return
    log.warning("left_running", grace_s=GRACE_S)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
