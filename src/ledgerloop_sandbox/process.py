"""The sandbox as a process: four servers on loopback in one asyncio loop, announced by one line of JSON."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import uvicorn

from . import control
from .acts import ACTS
from .faults import CannedAnswer, Faults, RemoteAnswers
from .layer import App, FaultLayer
from .loop import app as loop_app
from .netsuite import app as netsuite_app
from .netsuite.auth import LOGIN_FAILED
from .netsuite.calls import refusal
from .netsuite.errors import Refused
from .protocol import CuttableProtocol
from .shopify import app as shopify_app
from .world import ACCOUNT, World

HOST = "127.0.0.1"
"""The sandbox listens on loopback only."""

BACKLOG = 256


@dataclass(frozen=True)
class Options:
    """How to start: a port of 0 means any free one."""

    loop_port: int = 0
    shopify_port: int = 0
    netsuite_port: int = 0
    control_port: int = 0
    latency_ms: float = 0.0
    empty: bool = False
    with_parent: bool = False


def netsuite_is_write(method: str, path: str, _body: bytes) -> bool:
    """Tell whether a call changes records: neither queries nor tokens do."""
    return method not in ("GET", "HEAD", "OPTIONS") and not path.endswith(("/suiteql", "/token"))


def netsuite_answers() -> RemoteAnswers:
    """Give NetSuite's wording of forced failures."""
    login = refusal(Refused("INVALID_LOGIN", LOGIN_FAILED, status=401))
    over, failed = refusal(netsuite_app.OVER_LIMIT), netsuite_app.unexpected()
    challenge = f'Bearer realm="{ACCOUNT}", error="invalid_token", error_description="Invalid access token."'
    return RemoteAnswers(
        error=CannedAnswer(failed.status, failed.body),
        too_many=CannedAnswer(over.status, over.body),
        unauthorized=CannedAnswer(login.status, login.body, {"WWW-Authenticate": challenge}),
    )


def build(world: World) -> tuple[dict[str, Faults], dict[str, App]]:
    """Build the applications of the remotes, each in its fault layer, and the control app."""
    faults = {
        "loop": Faults("loop", loop_app.ANSWERS, loop_app.is_write),
        "shopify": Faults("shopify", shopify_app.ANSWERS, shopify_app.is_write),
        "netsuite": Faults("netsuite", netsuite_answers(), netsuite_is_write),
    }
    netsuite = netsuite_app.create_app(world.account, latency_s=lambda: faults["netsuite"].latency_s)
    apps: dict[str, App] = {
        "loop": FaultLayer(loop_app.create_app(world.loop, world.limit), faults["loop"]),
        "shopify": FaultLayer(shopify_app.create_app(world.shopify, world.bucket), faults["shopify"]),
        "netsuite": FaultLayer(netsuite, faults["netsuite"], own_latency=False),
        "control": control.create_app(world, faults),
    }
    return faults, apps


def run(options: Options) -> int:
    """Run until told to stop; gives the exit status."""
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    return asyncio.run(_run(options))


async def _run(options: Options) -> int:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if options.with_parent:
        _watch_stdin(lambda: loop.call_soon_threadsafe(stop.set))

    def later(seconds: float, what: Callable[[], None]) -> None:
        loop.call_later(seconds, what)

    world = World(schedule=later)
    credentials = {**world.credentials(), **world.account.auth.new_credentials()}
    faults, apps = build(world)
    for one in faults.values():
        one.latency_s = options.latency_ms / 1000
    if not options.empty:
        ACTS["seed_stories"](world)
    ports = {
        "loop": options.loop_port,
        "shopify": options.shopify_port,
        "netsuite": options.netsuite_port,
        "control": options.control_port,
    }
    try:
        sockets = {name: _listen(port) for name, port in ports.items()}
    except OSError as error:
        sys.stderr.write(f"the sandbox cannot listen: {error}\n")
        return 2
    servers = [_server(apps[name]) for name in ports]
    serving = [
        asyncio.create_task(server.serve(sockets=[sockets[name]])) for server, name in zip(servers, ports, strict=True)
    ]
    while not all(server.started for server in servers):
        await asyncio.sleep(0.005)
    addresses = {name: f"http://{HOST}:{sock.getsockname()[1]}" for name, sock in sockets.items()}
    sys.stdout.write(json.dumps({**addresses, "credentials": credentials}) + "\n")
    sys.stdout.flush()
    await stop.wait()
    for one in faults.values():
        one.release()
    for server in servers:
        server.should_exit = True
        server.force_exit = True
    await asyncio.gather(*serving, return_exceptions=True)
    return 0


class _QuietServer(uvicorn.Server):
    """A server that leaves signals to the process."""

    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        yield


def _server(app: App) -> uvicorn.Server:
    config = uvicorn.Config(
        app,
        http=CuttableProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        timeout_keep_alive=300,
        timeout_graceful_shutdown=1,
        backlog=BACKLOG,
    )
    return _QuietServer(config)


def _listen(port: int) -> socket.socket:
    # TCP is named because asyncio switches Nagle's algorithm off only on sockets that say so; else answers wait 40 ms.
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind((HOST, port))
    sock.listen(BACKLOG)
    sock.setblocking(False)
    return sock


def _watch_stdin(closed: Callable[[], Any]) -> None:
    """Call `closed` when standard input ends, as it does when the parent process ends.

    Reads the bare descriptor: a buffered reader's lock, held by this thread, would abort the interpreter's shutdown.
    """
    descriptor = sys.stdin.fileno()

    def watch() -> None:
        with contextlib.suppress(OSError, ValueError):
            while os.read(descriptor, 4096):
                continue
        closed()

    threading.Thread(target=watch, name="sandbox-parent", daemon=True).start()
