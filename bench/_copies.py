"""A few stories played at the simulators, then copied in the connector's database to as many returns as wanted.

The copies differ in the ids of return and orders alone; what they hold is what the remotes really answered.
"""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from _shop import Sandbox, command

STORIES: tuple[dict[str, Any], ...] = (
    {},
    {"billing": "cash_sale"},
    {"handling_fee": "9.99"},
    {"gift_card": "108.00"},
    {"exchange": "100.00"},
    {"exchange": "150.00"},
    {"exchange": "60.00"},
    {"exchange": "150.00", "is_pos": True, "billing": "cash_sale"},
    {"lines": 2},
)
"""A refund by invoice and by cash sale, a fee, a gift card, exchanges even, dearer, cheaper, in store, two units."""

COPIED = (
    ("loop_returns", "return_id", "order_key"),
    ("loop_exchanges", "order_id", "return_id"),
    ("shop_orders", "order_id"),
    ("source_orders", "order_key"),
    ("source_order_ids", "order_key"),
    ("families", "order_key"),
    ("documents", "order_key"),
    ("orders", "order_id"),
)
"""Tables that hold what the remotes show; the columns by which a case's rows are found."""

Story = tuple[str, ...]
"""Ids of a story: its return, its order, its exchange order."""


def play(sandbox: Sandbox, config: Path) -> list[Story]:
    """Play every story to its end; give its ids."""
    played = [_begin(sandbox, number, dict(story)) for number, story in enumerate(STORIES)]
    for _ in range(3):
        _sync(config)
    found = {one["return_id"]: one for one in sandbox.control("GET", "/state")["loop"]["returns"]}
    stories = []
    for return_id, order_id, billed in played:
        new = found[return_id]["exchange_order_id"]
        if new and not billed:
            sandbox.act("fulfil", order_id=new)
            sandbox.act("bill", order_id=new)
        stories.append((return_id, order_id, *([str(new)] if new else [])))
    done = command(config, "books", "--format", "json", timeout_s=120)
    if done.returncode:
        raise SystemExit(f"the stories are not balanced:\n{done.stdout}{done.stderr}")
    return stories


def _begin(sandbox: Sandbox, number: int, story: dict[str, Any]) -> tuple[str, str, bool]:
    units, billing = story.pop("lines", 1), story.pop("billing", "invoice")
    price = story.pop("exchange", "")
    order = sandbox.act("place_order", name=f"#{1001 + number}", billing=billing, **_goods(units))
    if price:
        story["exchange"] = [{"sku": f"TEE-{price}", "price": price, "tax_rate": "0.08"}]
    lines = [{"line": 0, "quantity": units}]
    made = sandbox.act("request_return", order_id=order["order_id"], lines=lines, **story)
    sandbox.act("process_in_loop", return_id=made["return_id"])
    return str(made["return_id"]), str(order["order_id"]), bool(story.get("is_pos"))


def _goods(units: int) -> dict[str, Any]:
    if units == 1:
        return {}
    return {"lines": [{"sku": "TEE", "quantity": units, "price": "50.00", "tax_rate": "0.08"}]}


def _sync(config: Path) -> None:
    done = command(config, "sync", timeout_s=300)
    if done.returncode:
        raise SystemExit(f"sync ended with {done.returncode}:\n{done.stdout}{done.stderr}")


def copy(database: Path, stories: list[Story], returns: int) -> int:
    """Copy the stories until there are so many returns; gives how often each was copied."""
    rounds = returns // len(stories) - 1
    connection = sqlite3.connect(database)
    with connection:
        for table, *keys in COPIED:
            cursor = connection.execute(f"SELECT * FROM {table}")
            names = [one[0] for one in cursor.description]
            rows = cursor.fetchall()
            for story in stories:
                mine = [row for row in rows if _belongs(names, row, keys, story)]
                marks = ", ".join("?" * len(names))
                connection.executemany(f"INSERT INTO {table} VALUES ({marks})", _copies(mine, story, rounds))
    connection.close()
    return rounds + 1


def _belongs(names: list[str], row: tuple[Any, ...], keys: list[str], story: Story) -> bool:
    return any(row[names.index(key)] in story for key in keys)


def _copies(rows: list[tuple[Any, ...]], story: Story, rounds: int) -> Iterator[list[Any]]:
    for number in range(1, rounds + 1):
        changes = [(ident, f"{ident}{number:06d}") for ident in story]
        for row in rows:
            yield [_changed(cell, changes) for cell in row]


def _changed(cell: Any, changes: list[tuple[str, str]]) -> Any:
    if not isinstance(cell, str):
        return cell
    for old, new in changes:
        cell = cell.replace(old, new)
    return cell
