"""`serve` and `work` as processes of their own, as they run in a shop."""

import base64
import hashlib
import hmac
import json
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import httpx2

from tests.support.processes import Started
from tests.support.sandbox import Sandbox

START_S = 90.0
"""How long a process may take to start on a busy machine."""


def wait_until(holds: Callable[[], Any], seconds: float = 90.0, every_s: float = 0.05) -> None:
    """Wait until it holds; fails with what it gave last."""
    ends = time.monotonic() + seconds
    while not (last := holds()):
        assert time.monotonic() < ends, f"still {last!r} after {seconds} s"
        time.sleep(every_s)


class Running:
    """A command that stays; `command` is its name, with options if any."""

    def __init__(self, config: Path, command: str = "serve", says: str = "Listening on", **environment: str) -> None:
        self.said: list[str] = []
        self._ready = threading.Event()
        self._says = says
        self.process = Started(*command.split(), "--config", str(config), **environment)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._ready.wait(START_S)
        if not any(says in line for line in self.said):
            self.process.kill()
            self._ended()
            message = "\n".join(["it did not start:", *self.said])
            raise AssertionError(message)
        self.url = next((line.split()[-1] for line in self.said if line.startswith("Listening on")), "http://none")
        self.client = httpx2.Client(base_url=self.url, trust_env=False, timeout=30.0)

    def _read(self) -> None:
        for line in self.process.stderr:
            self.said.append(line.rstrip())
            if self._says in line:
                self._ready.set()
        self._ready.set()

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Ask it to end, as a service manager or a person does; gives the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self._ended()

    def kill(self) -> None:
        """Kill it on the spot."""
        self.process.send_signal(signal.SIGKILL)
        self._ended()

    def _ended(self) -> int:
        status = self.process.wait(60)
        self._reader.join(5)
        self.process.close()
        return status

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.kill()
        self.client.close()

    def hears(self, sandbox: Sandbox) -> None:
        """Have Loop and Shopify push to it."""
        base = f"{self.url}/webhooks/main"
        sandbox.control("POST", "/webhook_targets", loop=f"{base}/loop", shopify=f"{base}/shopify")


def signature(body: bytes, secret: str) -> str:
    """Base64 of HMAC-SHA256, as Loop and Shopify sign."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def loop_message(return_id: str, order_id: str, **more: Any) -> bytes:
    """What Loop pushes about a return, as far as it matters here."""
    return json.dumps(
        {
            "topic": "return",
            "trigger": "return.updated",
            "id": return_id,
            "provider_order_id": order_id,
            **more,
        }
    ).encode()
