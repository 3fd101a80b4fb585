"""The discount lines below returned units: pro rata, and in sum exactly as Loop rounds them.

Source: rulebook section 1, values.
"""

from collections.abc import Sequence
from decimal import Decimal

from ledgerloop.domain.money import Money, exponent
from ledgerloop.domain.returns import ReturnLine


def as_loop_rounds(amounts: Sequence[Money], units: Sequence[ReturnLine], quantity: Decimal) -> tuple[Money, ...]:
    """The units' shares of whole discount lines (negative) that are over `quantity` units.

    Loop's own sum is divided over the lines, losing no minor unit, where it is what rounding may make of the shares: a
    minor unit off for each unit and line. Else Loop speaks of other discounts too, and each line is taken pro rata.
    """
    shares = tuple(amount.share(Decimal(len(units)), quantity) for amount in amounts)
    if not shares:
        return ()
    currency = shares[0].currency
    by_loop = -Money.total((unit.discount for unit in units), currency)
    slack = Decimal(1).scaleb(-exponent(currency)) * len(units) * len(shares)
    if abs((by_loop - Money.total(shares, currency)).amount) > slack:
        return shares
    return by_loop.split([abs(amount.amount) for amount in amounts])
