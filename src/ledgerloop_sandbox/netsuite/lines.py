"""Item sublists: how the lines of a request meet the lines that are there.

Keyed lines update, lines whose key is absent or matches nothing are added, `replace` removes the others.
Source: docs.oracle.com section_1545295601, section_1545297048 (read 2026-11-21). Assumed: kept lines stay in their
order, added ones follow.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from .amounts import set_amount
from .body import LineValues
from .errors import invalid_content, invalid_value, missing_values, static_sublist
from .model import Line
from .money import ZERO

if TYPE_CHECKING:
    from .state import Account

PERCENT = "%"
"""Ending of a discount rate in per cent, in SuiteScript's spelling."""


def merge(
    account: Account, lines: list[Line], wanted: list[LineValues], key: str, *, replace: bool, linked_item: bool = True
) -> list[Line]:
    """Give the lines after the request. `key` is `orderLine` on a new record, `line` on an existing one."""
    by_key = {(line.order_line if key == "orderLine" else line.line): line for line in lines}
    kept: set[int] = set()
    added: list[LineValues] = []
    for values in wanted:
        number = values.values.get(key)
        line = by_key.get(number) if number is not None else None
        if line is None:
            added.append(values)
            continue
        kept.add(line.line)
        update(account, line, values, linked_item=linked_item)
    result = [line for line in lines if not replace or line.line in kept]
    highest = max((line.line for line in lines), default=0) if key == "line" else 0
    result.extend(appended(account, values, 0) for values in added)
    return renumber(result, keep=key == "line", highest=highest)


def renumber(lines: list[Line], *, keep: bool, highest: int = 0) -> list[Line]:
    """Number new lines: 1, 2, 3 on a new record; after the highest on an existing one, whose numbers stay."""
    for index, line in enumerate(lines, start=1):
        if not keep:
            line.line = index
        elif line.line == 0:
            highest += 1
            line.line = highest
    return lines


def update(account: Account, line: Line, wanted: LineValues, *, linked_item: bool) -> None:
    """Change a line that is there; the item of a line that came from another record stays."""
    values = wanted.values
    item = values.get("item")
    if item is not None and item != line.item:
        if linked_item and line.order_doc:
            raise invalid_content("The item of a line that comes from another transaction cannot be changed.",
                                  f"{wanted.path}.item")  # fmt: skip
        line.item = item
    _common(line, values)
    _amounts(account, line, wanted)


def appended(account: Account, wanted: LineValues, number: int) -> Line:
    """Make a line that comes from nothing: no link, no tax of a sale, the item's own price and cost."""
    values = wanted.values
    if not values.get("item"):
        raise missing_values("Item")
    item = account.items[values["item"]]
    discount = item.kind == "Discount"
    line = Line(number, 0, item.id, None if discount else Decimal(1), item.price, cost=item.cost)
    if item.kind not in ("Discount", "OthCharge"):
        line.tax_rate = account.settings.default_tax_rate
    _common(line, values)
    _amounts(account, line, wanted)
    if not discount and not ({"rate", "amount"} & values.keys()):
        set_amount(line, quantity=None, rate=None, amount=None)
    return line


def _common(line: Line, values: dict[str, Any]) -> None:
    line.location = values.get("location") or line.location
    line.description = values.get("description", line.description) or ""
    line.price_level = values.get("price", line.price_level) or "-1"
    if "isClosed" in values:
        line.closed = bool(values["isClosed"])
    for name, value in values.items():
        if name.startswith("custcol_"):
            line.custom[name] = value
        elif name in ("department", "class", "taxDetailsReference"):
            line.values[name] = value


def _amounts(account: Account, line: Line, wanted: LineValues) -> None:
    values = wanted.values
    if account.items[line.item].kind == "Discount":
        if values.get("quantity"):
            raise invalid_content("A discount line has no quantity.", f"{wanted.path}.quantity")
        flat = values.get("amount", values.get("rate"))
        if isinstance(flat, str):
            line.percent = -abs(Decimal(flat.removesuffix(PERCENT)))
        elif flat is not None:
            line.percent, line.rate, line.amount = None, flat, flat
        return
    if isinstance(values.get("rate"), str):
        raise invalid_value(values["rate"], "rate", f"{wanted.path}.rate")
    quantity = values.get("quantity")
    if quantity is not None and quantity < 0:
        raise invalid_content(f"You have entered an Invalid Field Value {quantity} for the following field: quantity",
                              f"{wanted.path}.quantity")  # fmt: skip
    if {"quantity", "rate", "amount"} & values.keys():
        set_amount(line, quantity=quantity, rate=values.get("rate"), amount=values.get("amount"))


def receive_lines(listed: list[Line], wanted: list[LineValues] | None) -> list[Line]:
    """Choose what an item receipt takes: every listed line unless `itemReceive` is false; no line can be added.

    Source: docs.oracle.com section_N3681685 and public code (read 2026-11-21). Assumed: an omitted line is received.
    """
    by_key = {line.order_line: line for line in listed}
    refused: set[int] = set()
    for values in wanted or []:
        line = by_key.get(values.values.get("orderLine", -1))
        if line is None:
            raise static_sublist(values.path)
        if values.values.get("itemReceive", True) is False:
            refused.add(line.order_line)
            continue
        if values.values.get("item") not in (None, line.item):
            raise static_sublist(f"{values.path}.item")
        _common(line, values.values)
        quantity = values.values.get("quantity")
        if quantity is not None:
            line.quantity = quantity
            line.amount = line.rate * quantity
    return renumber([line for line in listed if line.order_line not in refused and line.quantity != ZERO], keep=False)
