"""What each story must come to, as an accountant writes it down: records, accounts, Loop's state."""

from collections.abc import Sequence
from decimal import Decimal

from tests.acceptance.figures import ZERO, Figures, Goods
from tests.acceptance.stories import ONLINE, Ends

Moved = dict[str, Decimal]
"""Amounts by account, debit positive."""

Totals = Sequence[Decimal | str]
"""Totals of the records of a type."""


def back(*goods: Goods, received: bool = True) -> Moved:
    """Goods come back: sales, discounts and taxes are given back, and the stock is at its old cost."""
    cost = sum((one.cost for one in goods), ZERO) if received else ZERO
    return {
        "inventory": cost,
        "cogs": -cost,
        "revenue": sum((one.full for one in goods), ZERO),
        "discounts": -sum((one.off for one in goods), ZERO),
        "tax": sum((one.tax for one in goods), ZERO),
    }


def sent(goods: Goods) -> Moved:
    """New goods go out: the reverse."""
    return {role: -amount for role, amount in back(goods).items()}


def both(*moved: Moved, **more: Decimal | str) -> Moved:
    """All of it together, accounts at zero left out."""
    found: Moved = {}
    for one in (*moved, {role: Decimal(amount) for role, amount in more.items()}):
        for role, amount in one.items():
            found[role] = found.get(role, ZERO) + amount
    return {role: amount for role, amount in found.items() if amount}


def records(**totals: Totals) -> dict[str, list[Decimal]]:
    """Records by type, with their totals; refunds and deposits of 0.00 are never written, everything else is."""
    money = {kind: sorted(map(Decimal, amounts)) for kind, amounts in totals.items()}
    for kind in ("customerRefund", "customerDeposit"):
        money[kind] = [amount for amount in money.get(kind, []) if amount]
    return {kind: amounts for kind, amounts in money.items() if amounts}


def returned(value: Decimal, *paid: Decimal) -> dict[str, Totals]:
    """An authorization, its receipt, and a credit memo that is paid out."""
    return {
        "returnAuthorization": [value],
        "itemReceipt": ["0"],
        "creditMemo": [sum(paid, ZERO)],
        "customerRefund": list(paid),
    }


def outcomes(f: Figures) -> dict[int, Ends]:
    """Stories 4 to 7 and 17: the goods' value leaves as money, as a gift card, or stays as a fee."""
    value, tee, fee, shipping = f.tee.value, back(f.tee), Decimal(f.fee), Decimal(f.shipping)
    by_card, by_gift_card = value - Decimal(f.by_gift_card), Decimal(f.by_gift_card)
    kept = records(returnAuthorization=[value], creditMemo=[value], customerRefund=[value])
    return {
        4: Ends(records(**returned(value, value - fee)), both(tee, fee_income=-fee, bank=fee - value)),
        5: Ends(
            records(**returned(value, value + shipping)),
            both(tee, shipping_income=shipping, bank=-value - shipping),
        ),
        6: Ends(records(**returned(value)), both(tee, gift_card_liability=-f.card, incentive=f.bonus)),
        7: Ends(
            records(**returned(value, by_card, by_gift_card)),
            both(tee, bank=-by_card, gift_card_liability=-by_gift_card),
        ),
        17: Ends(kept, both(back(f.tee, received=False), bank=-value), asked=0, authorization="Closed"),
    }


def exchanges(f: Figures) -> dict[int, Ends]:
    """Stories 8 to 13: whatever the return credits to the clearing account, the exchange order takes from it."""
    value, tax, full = f.tee.value, f.tee.tax, [f.tee.value]
    even = both(back(f.tee), sent(f.even))
    upsell = f.dear.value - value
    rest = value - f.cheap.value
    third = f.tees.value + f.cap.value - f.part.value - f.cap.value
    in_store = records(returnAuthorization=full, itemReceipt=["0"], cashRefund=["0"], cashSale=["0"])
    return {
        8: Ends(records(**returned(value), salesOrder=[tax], customerDeposit=[tax]), even),
        9: Ends({**records(**returned(value), salesOrder=full), "creditMemo": full}, even, asked=0),
        10: Ends(in_store, even, asked=0),
        ONLINE: Ends(
            records(
                returnAuthorization=full, itemReceipt=["0"], cashRefund=["0"], salesOrder=[tax], customerDeposit=[tax]
            ),
            even,
        ),
        11: Ends(
            records(**returned(value), salesOrder=[tax + upsell], customerDeposit=[tax, upsell]),
            both(back(f.tee), sent(f.dear), upsell=upsell),
        ),
        12: Ends(
            records(**returned(value, rest), salesOrder=[f.cheap.tax], customerDeposit=[f.cheap.tax]),
            both(back(f.tee), sent(f.cheap), bank=-rest),
        ),
        13: Ends(
            records(
                **returned(f.tees.value + f.cap.value, third), salesOrder=[f.part.tax], customerDeposit=[f.part.tax]
            ),
            both(back(f.tees, f.cap), sent(f.part), bank=-third, gift_card_liability=-f.cap.value),
        ),
    }


def instant(f: Figures) -> Ends:
    """Stories 15 and 16 before anything came back: the new goods went out, and the clearing account holds them."""
    tax = [f.even.tax]
    return Ends(
        records(returnAuthorization=[f.tee.value], salesOrder=tax, customerDeposit=tax),
        both(sent(f.even), exchange_clearing=f.even.value),
        loop="open",
        processed=False,
        asked=0,
        authorization="Pending Receipt",
    )


def endings(f: Figures) -> dict[int, Ends]:
    """All of them, by the number of the story."""
    value, waits = f.tee.value, instant(f)
    native = records(**returned(value), salesOrder=[f.even.value], customerDeposit=[f.even.value])
    paid = {"salesOrder": [f.even.tax], "customerDeposit": [f.even.tax]}
    return {
        **outcomes(f),
        **exchanges(f),
        14: Ends(native, both(back(f.tee), sent(f.even)), asked=0),
        15: Ends(records(**returned(value), **paid), both(back(f.tee), sent(f.even))),
        16: Ends(waits.records, waits.moved, processed=False, asked=0, authorization="Closed"),
    }
