"""The amounts of the stories: what is sold, given back and exchanged, and what an accountant makes of it."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal("0.00")

COST = Decimal("0.4")
"""What goods cost the shop, as a part of their price. Source: the simulators' seed."""


def cents(amount: Decimal) -> Decimal:
    """Two places, half up, as the simulators write every currency."""
    return amount.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


@dataclass(frozen=True)
class Goods:
    """One item: price, discount and tax rate, all before tax."""

    price: str
    rate: str
    discount: str = "0.00"
    quantity: int = 1

    @property
    def full(self) -> Decimal:
        return cents(Decimal(self.price) * self.quantity)

    @property
    def off(self) -> Decimal:
        return Decimal(self.discount)

    @property
    def net(self) -> Decimal:
        return self.full - self.off

    @property
    def tax(self) -> Decimal:
        return cents(self.net * Decimal(self.rate))

    @property
    def value(self) -> Decimal:
        """What the shopper paid for it."""
        return self.net + self.tax

    @property
    def cost(self) -> Decimal:
        return cents(Decimal(self.price) * COST) * self.quantity


@dataclass(frozen=True)
class Figures:
    """One set of amounts. Order A is `tee` with shipping; order C is `tees` and `cap`, less `order_discount`."""

    currency: str
    tee: Goods
    shipping: str
    fee: str
    bonus: str
    by_gift_card: str
    """What of order A is refunded to its gift card, which paid the shipping too."""
    even: Goods
    dear: Goods
    cheap: Goods
    tees: Goods
    cap: Goods
    """The goods of order C, with their shares of its discount."""
    part: Goods
    """What one of `tees` is exchanged for."""

    @property
    def card(self) -> Decimal:
        """A gift card of the goods' value with the bonus."""
        return self.tee.value + Decimal(self.bonus)


PRINTED = Figures(
    "USD",
    tee=Goods("100.00", "0.08"),
    shipping="10.00",
    fee="9.99",
    bonus="10.00",
    by_gift_card="48.00",
    even=Goods("100.00", "0.08"),
    dear=Goods("150.00", "0.08"),
    cheap=Goods("60.00", "0.08"),
    tees=Goods("50.00", "0.08", "10.00", quantity=2),
    cap=Goods("30.00", "0.08", "3.00"),
    part=Goods("45.00", "0.08"),
)

OTHERS = {
    "odd cents and a discount": Figures(
        "USD",
        tee=Goods("89.95", "0.0825", "8.99"),
        shipping="6.45",
        fee="5.00",
        bonus="4.05",
        by_gift_card="13.37",
        even=Goods("80.96", "0.0825"),
        dear=Goods("131.50", "0.0825"),
        cheap=Goods("33.33", "0.0825"),
        tees=Goods("24.90", "0.0825", "7.47", quantity=2),
        cap=Goods("17.50", "0.0825", "2.63"),
        part=Goods("21.17", "0.0825"),
    ),
    "no tax": Figures(
        "USD",
        tee=Goods("64.00", "0"),
        shipping="4.99",
        fee="64.00",
        bonus="1.00",
        by_gift_card="63.99",
        even=Goods("64.00", "0"),
        dear=Goods("64.01", "0"),
        cheap=Goods("0.50", "0"),
        tees=Goods("20.00", "0", "4.00", quantity=2),
        cap=Goods("10.00", "0", "1.00"),
        part=Goods("18.00", "0"),
    ),
    "yen": Figures(
        "JPY",
        tee=Goods("9800.00", "0.10", "800.00"),
        shipping="550.00",
        fee="330.00",
        bonus="500.00",
        by_gift_card="3000.00",
        even=Goods("9000.00", "0.10"),
        dear=Goods("12800.00", "0.10"),
        cheap=Goods("4500.00", "0.10"),
        tees=Goods("3000.00", "0.10", "600.00", quantity=2),
        cap=Goods("2000.00", "0.10", "200.00"),
        part=Goods("2700.00", "0.10"),
    ),
}
"""Three further sets: other prices, tax rates and discounts; the last in a currency without decimals."""
