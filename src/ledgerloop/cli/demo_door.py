"""The demo's door for webhooks: what the simulators push is verified and stored, as `serve` does it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from ledgerloop.config import Config
from ledgerloop.engine.parts import Parts
from ledgerloop.intake.webhooks import Answer, doors_of, take
from ledgerloop.store.errors import DatabaseBusy

STATUS = {Answer.STORED: 200, Answer.AGAIN: 200, Answer.FORGED: 401, Answer.UNKNOWN: 404, Answer.TOO_LARGE: 413}
"""Answers by what became of the message. Source: interface section 2."""


@contextmanager
def door(config: Config, parts: Parts, port: int) -> Iterator[None]:
    """Take webhooks at `/webhooks/{shop}/{source}` on this loopback port while the block runs."""
    doors = doors_of(config)

    class Handler(BaseHTTPRequestHandler):
        """One pushed message."""

        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            _, shop, source = self.path.lstrip("/").split("/")
            self.send_response(_status(shop, source, dict(self.headers.items()), body))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing: the demo tells its own story."""

    def _status(shop: str, source: str, headers: dict[str, str], body: bytes) -> int:
        try:
            return STATUS[take(doors.get(shop), parts.stores.inbox, parts.clock, source, headers, body)]
        except DatabaseBusy:
            return 503

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
