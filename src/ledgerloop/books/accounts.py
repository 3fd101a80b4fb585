"""The chart of accounts of the books.

Accounts between the systems hold what one system says and another does not say yet: each is zero for a return on which
all three agree. NetSuite's accounts hold what its records of returns and exchange orders post, and tie to its ledger.
Source: rulebook section 9; docs/operate/books.md shows the same chart.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Account:
    """An account. `ties` says which of NetSuite's figures its balance is equal to; empty between the systems."""

    code: str
    name: str
    ties: str = ""


GOODS: Final = "between.goods"
EXTRAS: Final = "between.extras"
SHIPPING: Final = "between.shipping"
REFUND: Final = "between.refund"
RECORDED: Final = "between.recorded"
CREDITED: Final = "between.credited"
EXCHANGE: Final = "between.exchange"
GIFT_CARD: Final = "between.gift_card"
FEE: Final = "between.fee"
VARIANCE: Final = "between.variance"
GOODWILL: Final = "between.goodwill"
NEW_GOODS: Final = "between.new_goods"
ORDER: Final = "between.order"
DUE: Final = "between.due"
CREDIT_USED: Final = "between.credit_used"
UPSELL: Final = "between.upsell"
BILLING: Final = "between.billing"
ORDERED: Final = "between.ordered"
LOOP_SUMS: Final = "between.loop_sums"

NS_SALES: Final = "netsuite.sales"
NS_CLEARING: Final = "netsuite.clearing"
NS_GIFT_CARDS: Final = "netsuite.gift_cards"
NS_FEES: Final = "netsuite.fees"
NS_BONUS: Final = "netsuite.bonus"
NS_GOODWILL: Final = "netsuite.goodwill"
NS_VARIANCE: Final = "netsuite.variance"
NS_CUSTOMERS: Final = "netsuite.customers"
NS_MONEY: Final = "netsuite.money"

CHART: Final = {
    one.code: one
    for one in (
        Account(GOODS, "Goods to be credited"),
        Account(EXTRAS, "Given beyond the goods, to be explained"),
        Account(SHIPPING, "Shipping and duties to be credited"),
        Account(REFUND, "Refund to be paid by the shop"),
        Account(RECORDED, "Paid by the shop, to be recorded"),
        Account(CREDITED, "Credited, to be paid out in NetSuite"),
        Account(EXCHANGE, "Exchange credit to be recorded"),
        Account(GIFT_CARD, "Gift card to be recorded"),
        Account(FEE, "Handling fee to be recorded"),
        Account(VARIANCE, "Variance that was posted"),
        Account(GOODWILL, "Refund without a return"),
        Account(NEW_GOODS, "New goods to be ordered"),
        Account(ORDER, "Exchange order to be recorded"),
        Account(DUE, "Exchange order to be settled"),
        Account(CREDIT_USED, "Exchange credit to be used"),
        Account(UPSELL, "Upsell to be recorded"),
        Account(BILLING, "Exchange order to be billed"),
        Account(ORDERED, "Ordered, not yet billed"),
        Account(LOOP_SUMS, "Loop's own sums"),
        Account(NS_SALES, "Sales given back, less exchange goods sold", "goods, shipping and taxes of these records"),
        Account(NS_CLEARING, "Exchange clearing", "account of items exchange_credit, loop_discount; credit deposits"),
        Account(NS_GIFT_CARDS, "Gift cards issued", "account of item gift_card"),
        Account(NS_FEES, "Handling fees kept", "account of item handling_fee"),
        Account(NS_BONUS, "Bonus given", "account of item bonus"),
        Account(NS_GOODWILL, "Refunds without a return", "account of item goodwill"),
        Account(NS_VARIANCE, "Variance", "account of item variance"),
        Account(NS_CUSTOMERS, "Customers", "receivables and customer deposits of these records"),
        Account(NS_MONEY, "Money paid out", "bank and payment accounts of these refunds, cash sales and deposits"),
    )
}
"""Every account, by code."""


def is_netsuites(code: str) -> bool:
    """Whether the account holds what NetSuite posts, and not what lies between the systems."""
    return code.startswith("netsuite.")
