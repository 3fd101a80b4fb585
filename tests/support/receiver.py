"""An HTTP server on loopback that takes what is posted to it, or does not, as it is told."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BREAKS_OFF = 0
"""In the place of a status: the request is taken, and the connection ends without an answer."""


@dataclass(frozen=True)
class Posted:
    """A request; header names in small letters."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """What was posted, oldest first. `answers` are the next statuses; without any it is 200."""

    url: str = ""
    posted: list[Posted] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)


class _Posts(BaseHTTPRequestHandler):
    receiver: Receiver
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.receiver.posted.append(Posted(self.path, headers, body))
        status = self.receiver.answers.pop(0) if self.receiver.answers else 200
        if status == BREAKS_OFF:
            self.close_connection = True
            return
        self.send_response(status)
        self.end_headers()
        self.wfile.write(b"ok" if status < 300 else b"no,\n thank you")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the library's name)
        """Nothing is printed."""


@contextmanager
def receiver() -> Iterator[Receiver]:
    """Run such a server."""
    made = Receiver()
    with ThreadingHTTPServer(("127.0.0.1", 0), type("Posts", (_Posts,), {"receiver": made})) as server:
        made.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=lambda: server.serve_forever(0.01), daemon=True)
        thread.start()
        try:
            yield made
        finally:
            server.shutdown()
            thread.join(5)
