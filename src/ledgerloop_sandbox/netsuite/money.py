"""Decimal arithmetic of the account: cents, half up."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
"""Smallest amount of every currency here (two decimals)."""

ZERO = Decimal("0")
"""Nothing."""


def cents(value: Decimal) -> Decimal:
    """Round to cents, half away from zero."""
    return value.quantize(CENT, rounding=ROUND_HALF_UP)


def decimal(value: Decimal | int | str | float | None) -> Decimal:
    """Read a number as people write it; None is zero."""
    if value is None:
        return ZERO
    return value if isinstance(value, Decimal) else Decimal(str(value))


def allocate(total: Decimal, weights: list[Decimal]) -> list[Decimal]:
    """Split `total` pro rata in cents; the last share with weight takes the remainder."""
    whole = sum(weights, ZERO)
    if not whole:
        return [ZERO for _ in weights]
    shares = [cents(total * weight / whole) for weight in weights]
    last = max(index for index, weight in enumerate(weights) if weight)
    shares[last] += total - sum(shares, ZERO)
    return shares


def plain(value: Decimal) -> str:
    """Text without exponent and without trailing zeros: `108`, `48.6`, `-0.01`."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("", "-0") else text
