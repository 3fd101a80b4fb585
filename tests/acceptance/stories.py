"""The stories of every outcome, told side by side in one shop: what people do, and what stands there afterwards."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tests.acceptance.figures import ZERO, Figures, Goods
from tests.acceptance.hands import calls
from tests.acceptance.selling import AT_ONCE, ship_and_bill
from tests.acceptance.trade import Record, Trade

ABOUT_RETURNS = ("returnAuthorization", "itemReceipt", "creditMemo", "cashRefund", "customerRefund")
ABOUT_EXCHANGES = ("salesOrder", "cashSale", "customerDeposit")
WITHOUT_AMOUNT = ("itemReceipt",)

ONLINE = 100
"""Story 10 once more: bought in the store, exchanged online."""

STANDINGS = {"B": "Pending Receipt", "F": "Pending Refund", "G": "Refunded"}
"""Statuses of an authorization in the stories, beside Closed."""

ITEMS = (
    'item_discount = "907"\n',
    'item_discount = "907"\nbonus = "908"\nshipping_refund = "909"\n',
)
METHODS = ('shopify_payments = "9"\n', 'shopify_payments = "9"\ngift_card = "13"\n')
POLICY = (AT_ONCE, 'keep_item_reasons = ["Keep it"]', 'native_exchange = "order"')


@dataclass
class Told:
    """One story: its order, its return and the exchange order, by id; `within` Shopify it has none of its own there."""

    order: Record
    return_id: str
    exchange_id: str = ""
    within: bool = False


@dataclass(frozen=True)
class Ends:
    """What a story ends with: records by type with totals; accounts moved by them, debit positive; Loop's state and
    how often Loop was asked to process; the authorization; what needs a person or waits.
    """

    records: dict[str, list[Decimal]]
    moved: dict[str, Decimal]
    loop: str = "closed"
    processed: bool = True
    asked: int = 1
    authorization: str = "Refunded"
    said: set[str] = field(default_factory=set)


class Shop:
    """A shop in which all stories happen."""

    def __init__(self, trade: Trade, figures: Figures) -> None:
        self.trade, self.figures = trade, figures
        self.told: dict[int, Told] = {}
        trade.policy(*POLICY)
        trade.rewrite(ITEMS, METHODS)
        trade.sandbox.control("POST", "/shopify/settings", currency=figures.currency)
        trade.sandbox.control("POST", "/netsuite/settings", refund_in_advance=True)

    # -- what shoppers do --

    def order_a(self, number: int, **wish: Any) -> Record:
        """One tee with shipping."""
        return self.trade.order(
            f"#{1000 + number}", lines=[line("TEE", self.figures.tee)], shipping=self.figures.shipping, **wish
        )

    def order_c(self, number: int) -> Record:
        """Two tees and a cap, less a discount on the order."""
        lines = [line("C-TEE", self.figures.tees, own=False), line("C-CAP", self.figures.cap, own=False)]
        off = str(self.figures.tees.off + self.figures.cap.off)
        return self.trade.order(f"#{1000 + number}", lines=lines, order_discount=off)

    def returned(self, number: int, order: Record, *lines: dict[str, Any], **wish: Any) -> None:
        """The shopper asks for a return of the order."""
        self.told[number] = Told(order, self.trade.wants_back(order, *lines, **wish))

    def exchanged(self, number: int, new: Goods, order: Record | None = None, **wish: Any) -> None:
        """The shopper wants something else for it."""
        item = {"sku": f"NEW-{new.price}", "price": new.price, "tax_rate": new.rate}
        self.returned(number, order or self.order_a(number), exchange=[item], **wish)

    # -- what stands there --

    def records(self, number: int) -> list[Record]:
        """Every record of a story but those of the original sale."""
        one = self.told[number]
        return [row for row in self._family(one) if row["type"] in (*ABOUT_RETURNS, *ABOUT_EXCHANGES)]

    def ends(self, number: int) -> Ends:
        """What a story has come to by now."""
        one, records = self.told[number], self.records(number)
        loop = self.trade.loop(one.return_id)
        codes = self.trade.codes(one.return_id)
        if one.exchange_id:
            codes |= self.trade.codes(f"order:{one.exchange_id}")
        return Ends(
            _totals(records),
            self._moved(one),
            loop["state"],
            loop["was_processed"],
            calls(self.trade, one.return_id).get("process", 0),
            next(_standing(row) for row in records if row["type"] == "returnAuthorization"),
            codes,
        )

    def look_for_exchanges(self) -> None:
        """Learn which orders Loop has made by now; the shop ships and bills those that it has not yet."""
        for one in self.told.values():
            found = f"X{one.return_id}" if one.within else self.trade.loop(one.return_id)["exchange_order_id"]
            if found and found != one.order["order_id"]:
                one.exchange_id = str(found)

    def ship_and_bill_exchanges(self, *numbers: int) -> None:
        """The warehouse ships the exchanges that are sales orders, and they are billed."""
        for one in (self.told[number] for number in numbers):
            if one.within:
                made = next(row for row in self._family(one) if row["type"] == "salesOrder")
                self.trade.act("ship_sales_order", id=made["id"])
            else:
                ship_and_bill(self.trade, one.exchange_id)

    def _family(self, one: Told) -> list[Record]:
        """The records of the return and of its exchange order, and what was made from them or pays them."""
        known: dict[str, Record] = {}
        sale = {one.order["sales_order"], one.order["cash_sale"], one.order["invoice"], *one.order["fulfilments"]}
        for row in self.trade.sandbox.records():
            if row["id"] in sale:
                continue
            custom, external = row["custom"], str(row["externalId"] or "")
            mine = custom.get("custbody_loop_return_id") == one.return_id or (
                bool(one.exchange_id)
                and (custom.get("custbody_shopify_order_id") == one.exchange_id or f"-{one.exchange_id}" in external)
            )
            paid = {apply["doc"] for apply in row["apply"]}
            if mine or row["createdFrom"] in known or paid & known.keys():
                known[row["id"]] = row
        return list(known.values())

    def _moved(self, one: Told) -> dict[str, Decimal]:
        balances = self.trade.sandbox.balances()
        names = [name for name in balances if not name.isdigit()]
        roles = dict(zip(filter(str.isdigit, balances), names, strict=True))
        moved: dict[str, Decimal] = {}
        for row in self._family(one):
            for account, amount in row["postings"].items():
                moved[roles[account]] = moved.get(roles[account], ZERO) + Decimal(amount)
        return {role: amount for role, amount in moved.items() if amount}


def line(name: str, goods: Goods, *, own: bool = True) -> dict[str, Any]:
    """An order line; `own`: with its discount, which else is a share of the order's."""
    made: dict[str, Any] = {"sku": f"{name}-{goods.price}", "price": goods.price, "quantity": goods.quantity}
    return {**made, "tax_rate": goods.rate, "line_discount": goods.discount if own else "0.00"}


def _totals(records: list[Record]) -> dict[str, list[Decimal]]:
    found: dict[str, list[Decimal]] = {}
    for one in records:
        found.setdefault(one["type"], []).append(ZERO if one["type"] in WITHOUT_AMOUNT else Decimal(one["total"]))
    return {kind: sorted(amounts) for kind, amounts in found.items()}


def _standing(authorization: Record) -> str:
    """Closed as soon as its goods are: a discount below them does not hold it open."""
    if all(one["isClosed"] for one in authorization["lines"] if one["quantity"]):
        return "Closed"
    return STANDINGS[authorization["status"]]


def begin(shop: Shop) -> None:
    """Shoppers buy, and ask for what the stories are about."""
    f = shop.figures
    shop.returned(4, shop.order_a(4), handling_fee=f.fee)
    shop.returned(5, shop.order_a(5), shipping_back=f.shipping)
    shop.returned(6, shop.order_a(6), outcome="gift_card")
    shop.trade.act("tamper", return_id=shop.told[6].return_id, gift_card=str(f.card))
    by_gift_card, by_card = Decimal(f.by_gift_card), str(f.tee.value - Decimal(f.by_gift_card))
    paid = [["gift_card", str(by_gift_card + Decimal(f.shipping))], ["shopify_payments", by_card]]
    split = [["shopify_payments", by_card], ["gift_card", f.by_gift_card]]
    shop.returned(7, shop.order_a(7, payments=paid), refund_through=split)
    shop.exchanged(8, f.even)
    shop.exchanged(9, f.even)
    shop.exchanged(10, f.even, shop.order_a(10, billing="cash_sale"), is_pos=True)
    shop.exchanged(ONLINE, f.even, shop.order_a(ONLINE, billing="cash_sale"))
    shop.exchanged(11, f.dear)
    shop.exchanged(12, f.cheap)
    everything = ({"line": 0, "quantity": 2}, {"line": 1, "quantity": 1})
    item = {"sku": f"NEW-{f.part.price}", "price": f.part.price, "tax_rate": f.part.rate}
    shop.returned(13, shop.order_c(13), *everything, exchange=[item], gift_card=str(f.cap.value))
    with_setting(shop, {"exchange_mode": "native"}, lambda: shop.exchanged(14, f.even))
    shop.told[14].within = True
    shop.exchanged(15, f.even, instant=True)
    shop.exchanged(16, f.even, instant=True)
    shop.returned(17, shop.order_a(17), reason="Keep it")


def with_setting(shop: Shop, setting: dict[str, Any], act: Callable[[], object]) -> None:
    """Do something while one of Loop's settings is another one."""
    before = shop.trade.act("loop_settings")
    shop.trade.act("loop_settings", **setting)
    act()
    shop.trade.act("loop_settings", **{name: before[name] for name in setting})


def go_back(shop: Shop) -> None:
    """Parcels arrive; the store, and support by hand, process the rest; of 16 nothing ever comes."""

    def by_hand(number: int) -> Callable[[], object]:
        return lambda: shop.trade.process_by_hand(shop.told[number].return_id)

    for number in (4, 5, 6, 7, 8, ONLINE, 11, 12, 13, 15):
        shop.trade.receive(shop.told[number].return_id)
    with_setting(shop, {"loop_discount": False}, by_hand(9))
    by_hand(10)()
    with_setting(shop, {"exchange_mode": "native"}, by_hand(14))
    by_hand(17)()
    shop.trade.act("close_in_loop", return_id=shop.told[16].return_id)
