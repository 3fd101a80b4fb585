"""Units of a return to lines of a NetSuite record, and how much of each line may still come back.

Quantity left = shipped - taken; taken = received + still open, over every other authorization of the order, ours or
not.
Source: rulebook section 1.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from typing import Protocol, TypeVar

from ledgerloop.domain.documents import AuthorizationStatus, Document
from ledgerloop.domain.orders import SourceOrder
from ledgerloop.domain.returns import ReturnLine


class Line(Protocol):
    """What matching looks at on a line of an order or of an authorization."""

    @property
    def line(self) -> int: ...
    @property
    def item_id(self) -> str: ...
    @property
    def sku(self) -> str: ...
    @property
    def quantity(self) -> Decimal: ...
    @property
    def shopify_line_id(self) -> str: ...


L = TypeVar("L", bound=Line)

NONE_ELSE: Mapping[str, str] = {}
"""No SKU stands for another item."""

MANY = 500
"""From so many SKUs on, only those that begin alike are compared."""

BEGINNING = 3
"""Characters of that beginning."""


@dataclass(frozen=True)
class Unmatched:
    """A unit whose line could not be found, with the SKUs of the lines that look like its own."""

    unit: ReturnLine
    suggestions: tuple[str, ...]


def match_units(
    units: Sequence[ReturnLine],
    lines: Sequence[L],
    left: dict[int, Decimal],
    aliases: Mapping[str, str] = NONE_ELSE,
) -> tuple[dict[int, list[ReturnLine]], tuple[Unmatched, ...]]:
    """Give every unit a line: by Shopify line id, else by SKU, else by the item that its SKU is an alias of. Never a
    guess.

    Of several such lines (an order line may be split in NetSuite) each is filled in turn. `left` is the quantity that
    each line (by its number) can still take; where none of them has enough, the last is taken nevertheless, so that the
    caller can say so. `aliases` are item ids by SKU; one whose item no line has, changes nothing. Returns line number
    -> units, and what found no line.
    """
    matched: dict[int, list[ReturnLine]] = {}
    unmatched: list[Unmatched] = []
    for unit in units:
        same = _same(unit, lines, aliases)
        room = (one for one in same if left.get(one.line, one.quantity) > len(matched.get(one.line, ())))
        line = next(room, same[-1] if same else None)
        if line is None:
            known = sorted({one.sku for one in lines if one.sku})
            unmatched.append(Unmatched(unit, nearest(unit.sku, known, cutoff=0.4) or tuple(known[:3])))
        else:
            matched.setdefault(line.line, []).append(unit)
    return matched, tuple(unmatched)


def _same(unit: ReturnLine, lines: Sequence[L], aliases: Mapping[str, str]) -> list[L]:
    """The lines that may hold the unit, by the surest sign that any of them has."""
    wanted, item = unit.shopify_line_id, aliases.get(unit.sku, "")
    by_id = [line for line in lines if wanted and line.shopify_line_id == wanted]
    by_sku = [line for line in lines if unit.sku and line.sku == unit.sku]
    return by_id or by_sku or [line for line in lines if item and line.item_id == item]


def nearest(sku: str, known: Sequence[str], *, cutoff: float = 0.6) -> tuple[str, ...]:
    """The few of these SKUs that look most like one; of many, only those that begin alike are looked at."""
    begins = sku[:BEGINNING].lower()
    near = known if len(known) < MANY else [one for one in known if one[:BEGINNING].lower() == begins]
    return tuple(get_close_matches(sku, near, n=3, cutoff=cutoff))


def taken(order: SourceOrder, others: Iterable[Document]) -> dict[int, Decimal]:
    """Quantity of each source line (by its number) that other authorizations, and credits made without one, hold."""
    result = {line.line: Decimal(0) for line in order.goods}
    for other in others:
        if other.status == AuthorizationStatus.CANCELLED:
            continue
        for line in other.goods:
            credit = other.record_type != "returnAuthorization"
            quantity = line.quantity if credit else line.received + line.open_quantity
            for number, part in _spread(order, line.shopify_line_id, line.item_id, quantity, result):
                result[number] += part
    return result


def _spread(
    order: SourceOrder, shopify_line_id: str, item_id: str, quantity: Decimal, already: dict[int, Decimal]
) -> Iterable[tuple[int, Decimal]]:
    """Which source lines a quantity belongs to: the line of that Shopify id, else lines of the same item in turn."""
    exact = [line for line in order.goods if shopify_line_id and line.shopify_line_id == shopify_line_id]
    same = exact or [line for line in order.goods if line.item_id == item_id]
    for line in same:
        part = min(quantity, max(line.shipped - already[line.line], Decimal(0)))
        if line is same[-1]:
            part = quantity
        if part > 0:
            yield line.line, part
            quantity -= part


def quantity_left(order: SourceOrder, others: Iterable[Document]) -> dict[int, Decimal]:
    """Shipped less taken, by source line number; may be negative when more came back than was shipped."""
    held = taken(order, others)
    return {line.line: line.shipped - held[line.line] for line in order.goods}


def discount_lines_below(order: SourceOrder, line_number: int, order_level_items: frozenset[str]) -> tuple[int, ...]:
    """Line numbers of the discount lines directly below a goods line, which go with it.

    A discount line of an item that stands for a whole-order discount belongs to no single line.
    Source: docs.oracle.com, discount items apply to the line above (read 2026-11-21).
    """
    numbers: list[int] = []
    below = False
    for line in order.lines:
        if line.line == line_number:
            below = True
        elif below and line.kind == "discount" and line.item_id not in order_level_items:
            numbers.append(line.line)
        elif below:
            break
    return tuple(numbers)
