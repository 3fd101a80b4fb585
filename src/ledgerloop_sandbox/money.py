"""Amounts in the sandbox: decimals with two places, and their fair division."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
"""The smallest unit of the currencies that the sandbox knows (USD and the like)."""

ZERO = Decimal("0.00")
"""No money."""


def money(value: object) -> Decimal:
    """Read an amount from text or number and round it half up to cents. Raises decimal.InvalidOperation."""
    return Decimal(str(value)).quantize(CENT, rounding=ROUND_HALF_UP)


def text(amount: Decimal) -> str:
    """`"108.00"`: two places, as Loop's bodies and Shopify's webhooks write money."""
    return str(amount.quantize(CENT, rounding=ROUND_HALF_UP) + ZERO)


def share(total: Decimal, position: int, count: int) -> Decimal:
    """Give the part of unit `position` (from 0) of `count` equal units; the parts add up to the total exactly."""
    upto = (total * (position + 1) / count).quantize(CENT, rounding=ROUND_HALF_UP)
    before = (total * position / count).quantize(CENT, rounding=ROUND_HALF_UP)
    return upto - before


def allocate(total: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Divide `total` in proportion to the weights; the parts add up to the total exactly."""
    whole = sum(weights, ZERO)
    if not whole:
        return [ZERO for _ in weights]
    parts, used, given = [], ZERO, ZERO
    for weight in weights:
        used += weight
        upto = (total * used / whole).quantize(CENT, rounding=ROUND_HALF_UP)
        parts.append(upto - given)
        given = upto
    return parts
