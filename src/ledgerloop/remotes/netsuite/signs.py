"""The signs of NetSuite's lines: positive what is given or sold, negative what is taken off.

SuiteQL stores the lines of sales with the sign turned, and those of credits not, or the reverse: only within one record
the signs can be relied on. The side that its goods are on is the positive one.
Source: docs.oracle.com, SuiteQL; Assumed: a record's total has the opposite sign of its goods.
"""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ledgerloop.domain.money import Money
from ledgerloop.domain.orders import LineKind
from ledgerloop.remotes.netsuite.parse import line_kind


@dataclass(frozen=True)
class SignedLine:
    """A line that has an item, or the shipping. `amount` without tax."""

    item_id: str
    kind: LineKind
    amount: Money


def signed_lines(stored: dict[str, Any], currency: str, apart: Collection[str]) -> tuple[SignedLine, ...]:
    """The lines of a stored transaction; a header discount is one of them. Items `apart` are no goods, whatever their
    type.
    """
    rows = [row for row in stored["lines"] if row.get("item") or line_kind(row) is LineKind.SHIPPING]
    sold = (row for row in rows if line_kind(row) is LineKind.GOODS and row["item"] not in apart)
    goods = sum(map(_amount, sold), Decimal(0))
    total = Decimal(str(stored["head"].get("foreigntotal") or 0))
    turned = goods < 0 if goods else total > 0
    return tuple(
        SignedLine(row.get("item", ""), line_kind(row), Money(-_amount(row) if turned else _amount(row), currency))
        for row in rows
    )


def _amount(row: dict[str, str]) -> Decimal:
    return Decimal(row.get("foreignamount") or "0")
