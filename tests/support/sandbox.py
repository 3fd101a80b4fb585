"""A running sandbox for tests: its acts, its books, and a ledgerloop.toml that points at it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import httpx2

from ledgerloop.bootstrap import open_parts
from ledgerloop.config import load_config
from ledgerloop.engine.foreground import run
from ledgerloop.engine.parts import Parts
from ledgerloop.engine.rounds import Report

CONFIG = """
[database]
url = "{database}"

[server]
port = 0
public_url = "https://returns.example.com"

[poll]
every_s = {every_s}
lag_minutes = 15

[[shops]]
id = "main"

[shops.loop]
base_url = "{loop}/api"
api_key = "{loop_api_key}"
webhook_secrets = ["{loop_webhook_secret}"]

[shops.shopify]
domain = "example.myshopify.com"
base_url = "{shopify}"
access_token = "{shopify_token}"
webhook_secrets = ["{shopify_client_secret}"]

[shops.netsuite]
account = "{netsuite_account}"
base_url = "{netsuite}"
client_id = "{netsuite_client_id}"
certificate_id = "{netsuite_certificate_id}"
private_key = "file:netsuite.pem"
concurrency = {concurrency}
time_zone = "America/New_York"

[shops.netsuite.fields]
order_reference = "otherRefNum"
order_id = "custbody_shopify_order_id"
order_line_id = "custcol_shopify_line_id"
return_id = "custbody_loop_return_id"
flag = "custbody_loop_flag"
reviewed = "custbody_loop_reviewed"
reason = "custcol_loop_reason"

[shops.netsuite.items]
exchange_credit = "901"
gift_card = "902"
handling_fee = "903"
variance = "904"
loop_discount = "905"
order_discount = "906"
item_discount = "907"

[shops.netsuite.accounts]
refund = "155"
exchange_clearing = "230"
upsell = "156"

[shops.netsuite.payment_methods]
default = "9"
shopify_payments = "9"
loop_exchange_credit = "12"

[shops.netsuite.locations]
default = "7"

[shops.policy]
{policy}
"""


class Sandbox:
    """The three remotes in a process of their own, and everything a test does to them."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ledgerloop_sandbox", "--empty", "--with-parent", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.urls: dict[str, Any] = json.loads(self.process.stdout.readline())
        self.client = httpx2.Client(base_url=self.urls["control"], trust_env=False, timeout=60.0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()
        self.process.terminate()
        self.process.wait(10)
        for stream in (self.process.stdin, self.process.stdout):
            assert stream is not None
            stream.close()

    def control(self, method: str, path: str, **body: Any) -> Any:
        """Give a command to the control app."""
        answer = self.client.request(method, path, json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def act(self, name: str, /, **arguments: Any) -> Any:
        """Perform an act, as a shopper, a person at a desk, or the warehouse."""
        return self.control("POST", f"/acts/{name}", **arguments)

    def reset(self) -> None:
        """Forget everything but the credentials."""
        self.control("POST", "/reset")

    def fault(self, remote: str, name: str, /, **rule: Any) -> None:
        """Add a fault rule."""
        self.control("POST", "/faults", remote=remote, name=name, **rule)

    def records(self, kind: str = "") -> list[dict[str, Any]]:
        """NetSuite's records, of one type or of all."""
        found = self.control("GET", "/state")["netsuite"]["records"]
        return [one for one in found if not kind or one["type"] == kind]

    def balances(self) -> dict[str, str]:
        """NetSuite's account balances, debit positive."""
        return dict(self.control("GET", "/netsuite/balances"))

    def loop_return(self, return_id: str) -> dict[str, Any]:
        """A return as Loop holds it."""
        found = self.control("GET", "/state")["loop"]["returns"]
        return next(one for one in found if one["return_id"] == str(return_id))

    def writes(self, remote: str) -> list[str]:
        """The writes that a remote was asked for, as `METHOD path`."""
        log = self.client.get("/log", params={"remote": remote}).json()
        return [f"{one['method']} {one['path']}" for one in log["requests"] if one["write"]]

    def log(self, remote: str) -> dict[str, Any]:
        """A remote's request log with counts and peak."""
        return dict(self.client.get("/log", params={"remote": remote}).json())

    def write_config(self, folder: Path, **changes: Any) -> Path:
        """Write a ledgerloop.toml for this sandbox into a folder; `policy` holds extra lines of TOML."""
        values = {"database": f"sqlite:///{folder}/ledgerloop.db", "every_s": 1, "concurrency": 2, "policy": ""}
        (folder / "netsuite.pem").write_text(self.urls["credentials"]["netsuite_private_key"])
        path = folder / "ledgerloop.toml"
        path.write_text(CONFIG.format(**{**self.urls, **self.urls["credentials"], **values, **changes}))
        return path


@contextmanager
def parts_of(config: Path) -> Iterator[Parts]:
    """The connector's parts, in this process."""
    with open_parts(load_config(config, os.environ)) as parts:
        yield parts


def sync(config: Path) -> Report:
    """One foreground run, in this process."""
    with parts_of(config) as parts:
        return run(parts)
