"""A shop's days at the simulators: what shoppers, Loop and the warehouse do, and what the books say after a sync."""

import json
import subprocess
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from ledgerloop.bootstrap import open_parts
from ledgerloop.config import load_config
from ledgerloop.engine.foreground import run
from ledgerloop.engine.rounds import Report
from tests.support.made import make_sqlite
from tests.support.processes import Started, command
from tests.support.sandbox import Sandbox, parts_of

WRITTEN = ("returnAuthorization", "itemReceipt", "creditMemo", "cashRefund", "customerRefund")
"""Record types that the connector writes about a return."""

TEE = {"sku": "TEE-M", "quantity": 1, "price": "100.00", "tax_rate": "0.08"}
TWO_TEES = {"sku": "TEE", "quantity": 2, "price": "50.00", "tax_rate": "0.08"}
CAP = {"sku": "CAP", "quantity": 1, "price": "30.00", "tax_rate": "0.08"}

RECENT = f'returns_from = "{(datetime.now(UTC) - timedelta(days=60)).date()}"'
"""A cut-over not long ago: the first poll is then a few requests, and not one for each third of a year."""

Record = dict[str, Any]


class Trade:
    """One shop with its sandbox, its ledgerloop.toml and its database."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self.sandbox = sandbox
        self.folder = folder
        self.config = sandbox.write_config(folder, policy=RECENT)
        make_sqlite(folder / "ledgerloop.db")
        self.act = sandbox.act
        self.fault = sandbox.fault
        self.receive = self.of_return("receive")
        self.process_by_hand = self.of_return("process_in_loop")

    # -- what happens in the world --

    def order(self, name: str = "#1001", **wish: Any) -> Record:
        """A shopper orders; unless told otherwise it is one TEE-M at 108.00, shipped and invoiced."""
        return dict(self.act("place_order", name=name, **wish))

    def wants_back(self, order: Record, *lines: dict[str, Any], **wish: Any) -> str:
        """A shopper asks for a return, of one unit of the first line unless told otherwise; gives Loop's return id."""
        chosen = list(lines) or [{"line": 0, "quantity": 1}]
        return str(self.act("request_return", order_id=order["order_id"], lines=chosen, **wish)["return_id"])

    def of_return(self, act: str) -> Callable[..., Record]:
        """An act on a return."""
        return lambda return_id, **wish: dict(self.act(act, return_id=return_id, **wish))

    def loop_works(self) -> None:
        """Loop works off its queue."""
        self.act("run_loop_jobs")

    # -- what the connector does --

    def policy(self, *lines: str, **changes: Any) -> None:
        """Write the configuration anew, with these lines under `policy`."""
        since = () if any("returns_from" in line for line in lines) else (RECENT,)
        self.config = self.sandbox.write_config(self.folder, policy="\n".join((*since, *lines)), **changes)

    def rewrite(self, *pairs: tuple[str, str]) -> None:
        """Replace texts in the configuration; each must be there."""
        text = self.config.read_text()
        for old, new in pairs:
            assert old in text
            text = text.replace(old, new)
        self.config.write_text(text)

    def sync(self, ahead: timedelta = timedelta(0)) -> Report:
        """One foreground run; `ahead` moves the connector's clock."""
        config = load_config(self.config, {})
        with open_parts(config, clock=lambda: datetime.now(UTC) + ahead) as parts:
            return run(parts)

    def until_done(self) -> None:
        """Sync and let Loop work, as often as a refund needs."""
        for _ in range(3):
            self.sync()
            self.loop_works()
        self.sync()

    def command(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """One command as a process of its own."""
        return command(self.config, *arguments)

    def start(self, *arguments: str) -> Started:
        """Start a command and leave it running."""
        return Started(*arguments, "--config", str(self.config))

    def retry(self, return_id: str) -> None:
        """A person retries a return."""
        done = self.command("retry", return_id)
        assert done.returncode == 0, done.stderr

    # -- what stands there --

    def records(self, kind: str = "") -> list[Record]:
        """The records that the connector writes: all, or those of one type."""
        return [one for one in self.sandbox.records(kind) if one["type"] in WRITTEN]

    def record(self, kind: str) -> Record:
        """The one record of a type."""
        found = self.records(kind)
        assert len(found) == 1, [one["externalId"] for one in found]
        return found[0]

    def totals(self) -> dict[str, list[str]]:
        """Totals of the written records by type; types without records are left out."""
        found: dict[str, list[str]] = {}
        for one in self.records():
            found.setdefault(one["type"], []).append(one["total"])
        return {kind: sorted(amounts) for kind, amounts in found.items()}

    def loop(self, return_id: str) -> Record:
        """The return in Loop."""
        return self.sandbox.loop_return(return_id)

    def said(self, return_id: str) -> dict[str, str]:
        """What waits or needs attention about a return: sync -> code."""
        with parts_of(self.config) as parts:
            return {one.sync: one.code for one in parts.stores.outcomes.for_return("main", return_id)}

    def codes(self, return_id: str) -> set[str]:
        """The codes of what waits or needs attention about a return."""
        return set(self.said(return_id).values())

    def finding(self, return_id: str, code: str) -> str:
        """The text of an answer with this code."""
        with parts_of(self.config) as parts:
            found = [one for one in parts.stores.outcomes.for_return("main", return_id) if one.code == code]
        assert found, self.said(return_id)
        return found[0].text

    def journal(self, return_id: str) -> dict[str, str]:
        """The journal of a return: key -> state."""
        with parts_of(self.config) as parts:
            return {row.entry.key: row.entry.state.value for row in parts.stores.journal.for_return("main", return_id)}

    def writes(self) -> dict[str, int]:
        """Writes that each remote was asked for so far."""
        return {remote: len(self.sandbox.writes(remote)) for remote in ("loop", "shopify", "netsuite")}

    def books(self) -> dict[str, Decimal]:
        """NetSuite's balances by role, debit positive, zero ones left out."""
        found = {name: Decimal(amount) for name, amount in self.sandbox.balances().items() if not name.isdigit()}
        return {name: amount for name, amount in found.items() if amount}

    def moved(self, before: dict[str, Decimal]) -> dict[str, Decimal]:
        """What the books moved since, account by account."""
        now = self.books()
        change = {name: now.get(name, Decimal(0)) - before.get(name, Decimal(0)) for name in {*now, *before}}
        return {name: amount for name, amount in change.items() if amount}

    def forget_everything(self) -> None:
        """The connector's database is lost."""
        for path in self.folder.glob("ledgerloop.db*"):
            path.unlink()


def dec(**amounts: str) -> dict[str, Decimal]:
    """Amounts by role."""
    return {name: Decimal(amount) for name, amount in amounts.items()}


def skus(record: Record) -> list[tuple[str, str | None, str]]:
    """Item, quantity and amount of a record's lines."""
    return [(line["sku"], line["quantity"], line["amount"]) for line in record["lines"]]


def document(done: "subprocess.CompletedProcess[str]") -> Any:
    """The JSON document that a command printed, which must be all that it printed."""
    return json.loads(done.stdout)


def same(records: Sequence[Record], *names: str) -> list[tuple[Any, ...]]:
    """Records by what matters of them, in an order of its own."""
    return sorted(tuple(one[name] for name in names) for one in records)
