"""Shopify's order search: `updated_at:>='…' AND name:1001`, sorting, and cursors over the result.

Source: schema 2026-10, `QueryRoot.orders`; shopify.dev docs/api/usage/search-syntax (read 2026-11-21).
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from ledgerloop_sandbox.clock import parse_moment

from .model import Order
from .status import financial_status, fulfilment_status, return_status

_TERM = re.compile(r"""(-?)([a-z_]+):(>=|<=|>|<)?("[^"]*"|'[^']*'|\S+)|(\S+)""")
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "": operator.eq,
}

SORT: dict[str, Callable[[Order], Any]] = {
    "CREATED_AT": lambda order: order.created_at,
    "UPDATED_AT": lambda order: order.updated_at,
    "PROCESSED_AT": lambda order: order.processed_at,
    "ORDER_NUMBER": lambda order: order.number,
    "ID": lambda order: order.id,
}
"""Sort key to the value sorted by."""


class Search:
    """A parsed query; `unknown` names the filters that Shopify would ignore."""

    def __init__(self, query: str | None) -> None:
        self.unknown: list[str] = []
        self._any = [self._terms(part) for part in re.split(r"\s+OR\s+", query or "")]

    def matches(self, order: Order) -> bool:
        """Tell whether the order is found."""
        return any(all(test(order) for test in tests) for tests in self._any)

    def _terms(self, part: str) -> list[Callable[[Order], bool]]:
        tests = []
        for negated, name, sign, value, word in _TERM.findall(part.replace("(", " ").replace(")", " ")):
            if word:
                if word != "AND":
                    tests.append(_name_has(word))
                continue
            made = _filter(name, sign, value.strip("'\""))
            if made is None:
                self.unknown.append(name)
            else:
                tests.append(_not(made) if negated else made)
        return tests


def _not(test: Callable[[Order], bool]) -> Callable[[Order], bool]:
    return lambda order: not test(order)


def _filter(name: str, sign: str, value: str) -> Callable[[Order], bool] | None:
    compare = _COMPARE[sign]
    if name in ("updated_at", "created_at", "processed_at"):
        moment = _moment(value)
        return lambda order: compare(getattr(order, name), moment)
    if name == "id":
        wanted = int(value.rsplit("/", 1)[-1]) if value.rsplit("/", 1)[-1].isdigit() else -1
        return lambda order: compare(order.id, wanted)
    if name == "name":
        return _name_has(value)
    reads: dict[str, Callable[[Order], list[str]]] = {
        "source_name": lambda order: [order.source_name],
        "tag": lambda order: order.tags,
        "email": lambda order: [order.email],
        "discount_code": lambda order: [one.title for one in order.discounts if one.kind == "discount_code"][:1],
        "financial_status": lambda order: [financial_status(order) or ""],
        "fulfillment_status": lambda order: [
            fulfilment_status(order),
            {"FULFILLED": "shipped"}.get(fulfilment_status(order), "unshipped"),
        ],
        "return_status": lambda order: [return_status(order)],
        "location_id": lambda order: [str(order.location_id)],
        "test": lambda order: [str(order.test)],
        "status": lambda order: ["any", "cancelled" if order.cancelled_at else "closed" if order.closed_at else "open"],
    }
    read = reads.get(name)
    return (lambda order: value.lower() in [one.lower() for one in read(order)]) if read else None


def _name_has(value: str) -> Callable[[Order], bool]:
    """Search a name as tokens: `name:1001` finds `#1001` and `EXC-1001` alike."""
    wanted = set(_tokens(value))
    return lambda order: wanted <= set(_tokens(order.name))


def _tokens(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def _moment(value: str) -> datetime:
    return parse_moment(value)
