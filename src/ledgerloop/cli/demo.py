"""`demo`: the whole way of several returns through simulated Loop, Shopify and NetSuite, with a throw-away database."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import httpx2
import typer

from ledgerloop.bootstrap import open_parts
from ledgerloop.cli.common import log_to_stderr, out
from ledgerloop.cli.demo_days import play_on
from ledgerloop.cli.demo_print import print_played
from ledgerloop.cli.demo_stage import Played, play
from ledgerloop.cli.demo_stories import STORIES
from ledgerloop.cli.demo_world import Sandbox, connected, free_port, running_sandbox, written_config
from ledgerloop.config import load_config
from ledgerloop.operate.people.roster import add_user, make_link
from ledgerloop.store.users import Person, Role

NOT_BALANCED = 1
"""Exit status: a story, or the general ledger, is not as it must be."""

GUEST = "demo"
"""Who the sign-in link is for."""

LINK_LASTS = timedelta(hours=1)
"""How long the sign-in link may be used, once."""

UP_WITHIN_S = 30.0
"""How long `serve` may take to answer, seconds."""


def add(app: typer.Typer) -> None:
    """Put the command on the app."""
    app.command("demo")(demo)


def demo(
    stay: Annotated[bool, typer.Option("--stay", help="Stay up after the stories, until Ctrl-C.")] = False,
    story: Annotated[int | None, typer.Option("--story", min=1, max=len(STORIES), help="Play only this story.")] = None,
) -> None:
    """Play return stories against simulated Loop, Shopify and NetSuite, and show where the money went."""
    os.environ.setdefault("LEDGERLOOP_LOG", "error")
    log_to_stderr()
    numbers = [story] if story else list(range(1, len(STORIES) + 1))
    began, port = time.monotonic(), free_port()
    with stopped_by_sigterm(), running_sandbox() as (announced, sandbox), written_config(announced, port) as config:
        played = _play(config, sandbox, port, numbers)
        print_played(out, played, numbers)
        _farewell(played, time.monotonic() - began)
        if stay:
            _stay(config, sandbox, port)
        else:
            out.print(
                "To look at it in the pages, and see more returns come in: ledgerloop demo --stay, or make demo STAY=1"
            )
    raise typer.Exit(exit_status(played))


def exit_status(played: Played) -> int:
    """0 when every story and the general ledger are in balance."""
    return 0 if played.balanced else NOT_BALANCED


def _play(config: Path, sandbox: Sandbox, port: int, numbers: list[int]) -> Played:
    with _progress() as tell, connected(config, sandbox, port) as world:
        return play(world, [STORIES[number - 1] for number in numbers], tell)


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """A spinner with what goes on, on a terminal; nothing in a pipe."""
    if not out.is_terminal:
        yield lambda _text: None
        return
    with out.status("starting") as status:
        yield status.update


def _farewell(played: Played, took_s: float) -> None:
    out.print()
    if played.balanced:
        said = f"Loop, Shopify and NetSuite agree to the cent, in every story and in the ledger ({took_s:.0f} s)."
        out.print(said, style="bold green", highlight=False)
    else:
        out.print("The three systems do not agree: see above.", style="bold red")


def _stay(config: Path, sandbox: Sandbox, port: int) -> None:
    """Leave the sandbox up, and the connector beside it as a process of its own, until interrupted."""
    said = config.with_name("serve.log")
    command = [sys.executable, "-m", "ledgerloop", "serve", "--config", str(config)]
    with said.open("wb") as log:
        serve = subprocess.Popen(command, stdout=log, stderr=log)  # noqa: S603  (our own module)
    try:
        if not _is_up(serve, f"http://127.0.0.1:{port}/healthz"):
            out.print("The connector did not come up. It said:", style="red")
            out.print(said.read_text(errors="replace"), markup=False, highlight=False, soft_wrap=True)
            return
        for name, address in sandbox.addresses.items():
            out.print(f"{name:<10} {address}", highlight=False)
        out.print(f"{'health':<10} http://127.0.0.1:{port}/healthz", highlight=False)
        for name, path in (("config", config), ("log", said)):
            out.print(f"{name:<10} {path}", highlight=False, soft_wrap=True)
        out.print(f"{'pages':<10} http://127.0.0.1:{port}/", highlight=False)
        out.print(f"{'sign in':<10} {sign_in_link(config, port)}", highlight=False, soft_wrap=True)
        another = f"ledgerloop users link {GUEST} --config {config}"
        out.print(f"{'another':<10} {another}", markup=False, highlight=False, soft_wrap=True)
        out.print("Stays up until Ctrl-C; more returns come in, slowly. The link above works once, for an hour.")
        play_on(sandbox, lambda: serve.poll() is None)
    except KeyboardInterrupt:
        out.print("Stopping.")
    finally:
        _end(serve)


def sign_in_link(config: Path, port: int) -> str:
    """Put an admin on the list of people, and make the address that signs them in once."""
    with open_parts(load_config(config, {})) as parts:
        stores, now = parts.stores, parts.clock()
        us = Person("ledgerloop demo", Role.ADMIN, "cli")
        if stores.users.get(GUEST) is None:
            add_user(stores, GUEST, Role.ADMIN, "", by=us, at=now)
        secret = make_link(stores, GUEST, LINK_LASTS, by=us, at=now)
    return f"http://127.0.0.1:{port}/sign-in/link/{secret}"


def _is_up(serve: subprocess.Popen[bytes], address: str) -> bool:
    ends = time.monotonic() + UP_WITHIN_S
    with httpx2.Client(trust_env=False, timeout=2.0) as client:
        while serve.poll() is None and time.monotonic() < ends:
            try:
                if client.get(address).status_code == 200:
                    return True
            except httpx2.TransportError:
                pass
            time.sleep(0.1)
    return False


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def stopped_by_sigterm() -> Iterator[None]:
    """Let SIGTERM do what Ctrl-C does, so that the sandbox and the folder go in every case."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
