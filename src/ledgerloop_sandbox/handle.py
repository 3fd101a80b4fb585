"""Starts the sandbox as a process of its own and steers it through its control app."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any, Self

import httpx2

STOP_TIMEOUT_S = 5.0
"""How long a sandbox may take to end, in seconds."""


class SandboxError(RuntimeError):
    """The sandbox did not start, or refused a command."""


class Handle:
    """A running sandbox: its addresses, its credentials, its commands."""

    def __init__(self, *arguments: str) -> None:
        """Start it and wait until it listens. Raises SandboxError."""
        self.process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", "ledgerloop_sandbox", "--with-parent", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            self._close_pipes()
            raise SandboxError(f"the sandbox did not start (exit status {self.process.wait()})")
        announced: dict[str, Any] = json.loads(line)
        self.loop: str = announced["loop"]
        self.shopify: str = announced["shopify"]
        self.netsuite: str = announced["netsuite"]
        self.control_url: str = announced["control"]
        self.credentials: dict[str, Any] = announced["credentials"]
        self.client = httpx2.Client(base_url=self.control_url, trust_env=False, timeout=30.0)

    def control(self, method: str, path: str, /, **body: Any) -> Any:
        """Give a command to the control app. Raises SandboxError with its sentence."""
        answer = self.client.request(method, path, json=body)
        if answer.status_code != 200:
            raise SandboxError(answer.json()["error"] if answer.status_code == 400 else answer.text)
        return answer.json()

    def act(self, name: str, /, **arguments: Any) -> Any:
        """Perform an act. Raises SandboxError."""
        return self.control("POST", f"/acts/{name}", **arguments)

    def fault(self, remote: str, name: str, /, **rule: Any) -> None:
        """Add a fault rule."""
        self.control("POST", "/faults", remote=remote, name=name, **rule)

    def log(self, remote: str) -> Any:
        """Give the request log of a remote."""
        return self.control("GET", f"/log?remote={remote}")

    def state(self) -> Any:
        """Give everything that the remotes hold."""
        return self.control("GET", "/state")

    def stop(self) -> int:
        """End it; gives the exit status."""
        self.client.close()
        self._close_pipes()
        try:
            status = self.process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait()
        return status

    def _close_pipes(self) -> None:
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


@contextlib.contextmanager
def fresh(handle: Handle) -> Iterator[Handle]:
    """Lend a running sandbox emptied, and with the settings that it began with."""
    handle.control("POST", "/reset", settings=True)
    yield handle
    handle.control("DELETE", "/faults")
    handle.control("POST", "/latency", seconds=0)
