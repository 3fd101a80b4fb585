"""The post: catches the webhooks that the simulators send, and hands them to the connector's door when told."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from ledgerloop.config import load_config
from ledgerloop.intake.webhooks import Answer, Knock, doors_of, take
from tests.acceptance.trade import Trade
from tests.support.sandbox import parts_of

PATIENCE_S = 90.0
"""How long a webhook that was sent is waited for, seconds."""


@dataclass(frozen=True)
class Letter:
    """A webhook as it was sent."""

    source: str
    headers: dict[str, str]
    body: bytes


class Post:
    """Webhooks caught so far."""

    def __init__(self, trade: Trade) -> None:
        self.trade = trade
        self.letters: list[Letter] = []

    def settle(self) -> None:
        """Wait until everything that was sent has arrived."""
        ends = time.monotonic() + PATIENCE_S
        while self.trade.sandbox.control("GET", "/deliveries")["pending"]:
            assert time.monotonic() < ends
            time.sleep(0.01)

    def deliver(self, letters: Sequence[Letter]) -> list[Answer]:
        """Hand letters in, in this order."""
        door = doors_of(load_config(self.trade.config, {}))["main"]
        with parts_of(self.trade.config) as parts:
            knocks = [Knock(door, one.source, one.headers, one.body) for one in letters]
            return [take(parts.stores.inbox, lambda: datetime.now(UTC), [one])[0] for one in knocks]


@contextmanager
def catching(trade: Trade) -> Iterator[Post]:
    """Have every webhook of Loop and Shopify sent here."""
    post = Post(trade)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            post.letters.append(Letter(self.path.strip("/"), dict(self.headers.items()), body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the base class's name)
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.server_address[1]}"
    trade.sandbox.control("POST", "/webhook_targets", loop=f"{url}/loop", shopify=f"{url}/shopify")
    try:
        yield post
    finally:
        trade.sandbox.control("POST", "/webhook_targets", loop=None, shopify=None)
        server.shutdown()
        thread.join()
        server.server_close()
