"""How quick the pages are in a shop of many years: 100,000 returns, 200,000 orders, in SQLite.

Each page is asked for in turn over HTTP, signed in, from a process of its own whose memory is looked at meanwhile.
"""

import multiprocessing
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path

import httpx2

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from ledgerloop.bootstrap import open_parts
from ledgerloop.config import load_config
from ledgerloop.operate.people.roster import add_user, make_link
from ledgerloop.store import open_store
from ledgerloop.store.users import Person, Role
from ledgerloop.web.app import create_app
from ledgerloop.web.server import listen, make_server
from tests.support import many
from tests.support.keys import ec_key
from tests.support.sandbox import CONFIG

TURNS = 20
"""Times that each page is asked for, after two that do not count."""

MOST_P95_MS = 200.0
MOST_FIRST_MS = 1000.0
"""A first call may find nothing read and nothing compiled, but nobody should wonder whether it works."""

MOST_MB = 250.0

PAGES = (
    "/",
    "/returns",
    "/returns?shop=main",
    "/returns?standing=attention",
    "/returns?code=item_not_found",
    "/returns?q=TEE-BLK-M",
    "/returns?least=50&most=60&state=closed",
    "/attention",
    "/orders",
    "/orders?shop=main",
    "/orders?standing=attention",
    "/orders?netsuite=no",
    "/mappings",
    "/books",
    "/set-up",
    "/audit",
    "/api/v1/today",
    "/api/v1/returns?limit=200",
    "/api/v1/attention",
    "/api/v1/books",
)
"""Those that need no name of a thing; a return, an order, a group and a second page of the list are found on them."""


class Idle:
    """No engine works beside the pages."""

    def alive(self) -> bool:
        return True

    def nudge(self) -> None:
        return


def serve(config: Path, pipe: Connection) -> None:
    settings = load_config(config, {})
    with open_parts(settings) as parts:
        us = Person("bench", Role.ADMIN, "cli")
        add_user(parts.stores, "bench", Role.ADMIN, "", by=us, at=parts.clock())
        link = make_link(parts.stores, "bench", timedelta(hours=1), by=us, at=parts.clock())
        server, sock = make_server(create_app(settings, parts, Idle())), listen("127.0.0.1", 0)
        pipe.send((sock.getsockname()[1], link))
        server.run(sockets=[sock])


@contextmanager
def served(config: Path) -> Iterator[tuple[int, httpx2.Client]]:
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(config, theirs), daemon=True)
    process.start()
    port, link = ours.recv()
    with httpx2.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=60.0) as client:
        form = client.get(f"/sign-in/link/{link}").text
        token = re.search(r'name="csrf" value="([^"]+)"', form)
        assert token is not None
        assert client.post(f"/sign-in/link/{link}", data={"csrf": token[1]}).status_code == 303
        yield process.pid or 0, client
    process.terminate()
    process.join(10)


def megabytes(pid: int) -> float:
    """Memory that the process held at its most."""
    told = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(told[1]) / 1024 if told is not None else 0.0


def more_pages(client: httpx2.Client) -> Iterator[str]:
    for page, pattern in (
        ("/returns", r'href="(/returns/main/[^"?]+)"'),
        ("/returns?standing=attention", r'href="(/returns/main/[^"?]+)"'),
        ("/returns", r'rel="next" href="([^"]+)"'),
        ("/orders", r'href="(/orders/main/[^"?]+)"'),
        ("/attention", r'href="(/attention/[^"?]+)"'),
    ):
        found = re.search(pattern, client.get(page).text)
        if found is not None:
            link = found[1].replace("&amp;", "&")
            yield f"{page}{link}" if link.startswith("?") else link


def first_and_p95_ms(client: httpx2.Client, page: str) -> tuple[float, float]:
    """How long the very first call takes, and the 95th percentile of later ones, milliseconds."""
    took, first = [], 0.0
    for turn in range(TURNS + 2):
        begun = time.perf_counter()
        answer = client.get(page)
        ms = (time.perf_counter() - begun) * 1000
        first = first or ms
        if turn > 1:
            took.append(ms)
        if answer.status_code != 200:
            sys.exit(f"{page} answered {answer.status_code}")
    return first, statistics.quantiles(took, n=20)[-1]


def written(folder: Path) -> Path:
    names = dict.fromkeys(re.findall(r"{(\w+)}", CONFIG), "x")
    (folder / "netsuite.pem").write_text(ec_key())
    told = {"database": f"sqlite:///{folder}/many.db", "every_s": 60, "concurrency": 2, "policy": ""}
    told |= dict.fromkeys(("loop", "shopify", "netsuite"), "http://127.0.0.1:9")
    path = folder / "ledgerloop.toml"
    text = CONFIG.replace("https://returns.example.com", "http://127.0.0.1:8080")
    path.write_text(text.format(**{**names, **told, "netsuite_account": "1234567_SB1"}))
    return path


def main() -> None:
    returns, orders = (int(one) for one in (sys.argv[1:] or ("100000", "200000")))
    with tempfile.TemporaryDirectory() as folder:
        config, begun = written(Path(folder)), time.monotonic()
        store = open_store(f"sqlite:///{folder}/many.db")
        many.fill(store, returns, orders)
        store.close()
        size = (Path(folder) / "many.db").stat().st_size / 1e6
        print(f"{returns} returns, {orders} orders: filled in {time.monotonic() - begun:.0f} s, {size:.0f} MB")
        slow = []
        with served(config) as (pid, client):
            for page in dict.fromkeys((*PAGES, *more_pages(client))):
                first, took = first_and_p95_ms(client, page)
                print(f"{took:8.1f} ms  (first {first:.0f} ms)  {page}", flush=True)
                slow += [page] if took > MOST_P95_MS or first > MOST_FIRST_MS else []
            held = megabytes(pid)
        print(f"{held:8.0f} MB  memory at its most")
    if slow or held > MOST_MB:
        sys.exit(f"too slow: {', '.join(slow) or 'none'}; memory {held:.0f} MB of {MOST_MB:.0f}")


if __name__ == "__main__":
    main()
