"""The demo's world: the sandbox as a process, steered over HTTP, and the connector beside it in this process."""

import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import TimeoutExpired
from typing import Any

import httpx2

from ledgerloop.bootstrap import open_parts
from ledgerloop.cli.demo_door import door
from ledgerloop.cli.sandbox import start
from ledgerloop.cli.sandbox_config import sandbox_config
from ledgerloop.config import load_config
from ledgerloop.engine.foreground import run
from ledgerloop.engine.parts import Parts
from ledgerloop.engine.rounds import Report
from ledgerloop.operate.subjects import afresh, find_returns
from ledgerloop.store.outcomes import Outcome

SHOP = "main"
"""The shop of the sandbox's configuration."""

SETTLES_S = 10.0
"""How long webhooks may be on their way, seconds; what has not arrived by then, the polls find."""


class RefusedError(Exception):
    """The sandbox refused an act: the world is not as the story needs it."""


@dataclass(frozen=True)
class Requests:
    """How many requests a remote has seen, and how many of them were writes."""

    all: int
    writes: int


class Sandbox:
    """The control app of a running sandbox."""

    def __init__(self, announced: dict[str, Any]) -> None:
        self.addresses = {name: str(announced[name]) for name in ("loop", "shopify", "netsuite", "control")}
        self._client = httpx2.Client(base_url=self.addresses["control"], trust_env=False, timeout=30.0)

    def call(self, method: str, path: str, /, **body: Any) -> Any:
        """Give a command. Raises RefusedError."""
        answer = self._client.request(method, path, json=body)
        if answer.status_code != 200:
            raise RefusedError(answer.json().get("error", answer.text))
        return answer.json()

    def act(self, name: str, /, **arguments: Any) -> dict[str, Any]:
        """Do what a shopper, a clerk or the warehouse does. Raises RefusedError."""
        return dict(self.call("POST", f"/acts/{name}", **arguments))

    def settle(self) -> None:
        """Wait until all webhooks are delivered."""
        ends = time.monotonic() + SETTLES_S
        while self.call("GET", "/deliveries")["pending"] and time.monotonic() < ends:
            time.sleep(0.01)

    def netsuite_log(self, part: str) -> list[dict[str, Any]]:
        """The requests to NetSuite with this in their path, oldest first."""
        log = self.call("GET", "/log", remote="netsuite")
        return [one for one in log["requests"] if part in one["path"]]

    def netsuite_requests(self) -> Requests:
        """What NetSuite was asked so far, tokens included."""
        return Requests(**self.call("GET", "/log", remote="netsuite")["counts"])

    def close(self) -> None:
        self._client.close()


class World:
    """The sandbox and the connector."""

    def __init__(self, sandbox: Sandbox, parts: Parts) -> None:
        self.sandbox = sandbox
        self._parts = parts

    def state(self) -> dict[str, Any]:
        """Everything that the three systems hold."""
        return dict(self.sandbox.call("GET", "/state"))

    def work(self) -> Report:
        """Let the connector work until nothing moves, as `ledgerloop sync` does."""
        self.sandbox.settle()
        return run(self._parts)

    def loop_works(self) -> None:
        """Let Loop work off its queue."""
        self.sandbox.act("run_loop_jobs")
        self.sandbox.settle()

    def retry(self, return_id: str) -> None:
        """Read a return afresh and let it run again, as `ledgerloop retry` does."""
        subjects = find_returns(self._parts, [return_id])
        for subject in subjects:
            self._parts.stores.journal.reopen(subject.shop_id, subject.return_id, self._parts.clock())
        afresh(self._parts, subjects)

    def stops(self, return_id: str) -> tuple[Outcome, ...]:
        """What the connector says it waits for, or needs a person for."""
        found = self._parts.stores.outcomes.for_return(SHOP, return_id)
        return tuple(one for one in found if one.kind in ("waiting", "attention"))


@contextmanager
def running_sandbox() -> Iterator[tuple[dict[str, Any], Sandbox]]:
    """Start the sandbox on free ports; it ends with the block. Gives what it announced, and its control app."""
    process, announced = start([], empty=True)
    sandbox = Sandbox(announced)
    try:
        yield announced, sandbox
    finally:
        sandbox.close()
        process.terminate()
        try:
            process.wait(10)
        except TimeoutExpired:
            process.kill()
            process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


@contextmanager
def connected(config_path: Path, sandbox: Sandbox, port: int) -> Iterator[World]:
    """Open the connector on this configuration, with its door for webhooks; Loop works off its queue when told."""
    config = load_config(config_path, {})
    delay_s = sandbox.call("POST", "/loop/settings")["job_delay_s"]
    sandbox.call("POST", "/loop/settings", job_delay_s=None)
    targets = {remote: f"http://127.0.0.1:{port}/webhooks/{SHOP}/{remote}" for remote in ("loop", "shopify")}
    sandbox.call("POST", "/webhook_targets", **targets)
    with open_parts(config) as parts, door(config, parts, port):
        yield World(sandbox, parts)
    sandbox.call("POST", "/loop/settings", job_delay_s=delay_s)


@contextmanager
def written_config(announced: dict[str, Any], port: int) -> Iterator[Path]:
    """Write a configuration with a throw-away database into a folder that goes when the block ends."""
    with tempfile.TemporaryDirectory(prefix="ledgerloop-demo-", ignore_cleanup_errors=True) as folder:
        path = Path(folder) / "ledgerloop.toml"
        path.write_text(sandbox_config(announced, Path(folder), port))
        path.chmod(0o600)
        yield path


def free_port() -> int:
    """A loopback port that nobody uses now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
