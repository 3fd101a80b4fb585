"""The demo's door for webhooks: the very one of `serve`, in a thread of this process."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter
from starlette.applications import Starlette
from starlette.routing import Route

from ledgerloop.config import Config
from ledgerloop.engine.parts import Parts
from ledgerloop.intake.webhooks import doors_of
from ledgerloop.web.server import listen, make_server
from ledgerloop.web.webhooks import Webhooks


@contextmanager
def door(config: Config, parts: Parts, port: int) -> Iterator[None]:
    """Take webhooks at `/webhooks/{shop}/{source}` on this loopback port while the block runs."""
    taken = Counter("webhooks", "Messages taken.", ["shop", "source", "answer"], registry=CollectorRegistry())
    webhooks = Webhooks(doors_of(config), parts.stores.inbox, parts.clock, taken, _nobody_to_wake)
    app = Starlette(routes=[Route("/webhooks/{shop}/{source}", webhooks.__call__, methods=["POST"])])
    server, sock = make_server(app), listen("127.0.0.1", port)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]}, name="door", daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.005)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()
        webhooks.close()
        sock.close()


def _nobody_to_wake() -> None:
    """A message waits for the next run: nothing works beside the runs in the foreground."""
