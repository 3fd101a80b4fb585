"""What every new account holds: lists, items, accounts and periods."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from .model import Customer, GlAccount, Item, PaymentMethod, Period, Place
from .money import decimal

if TYPE_CHECKING:
    from .state import Account

ACCOUNTS = (
    ("118", "1010", "Undeposited Funds", "Bank", "undeposited"),
    ("119", "1100", "Accounts Receivable", "AcctRec", "ar"),
    ("121", "1200", "Inventory", "OthCurrAsset", "inventory"),
    ("155", "1020", "Shopify Clearing", "Bank", "bank"),
    ("156", "1030", "Loop Upsell Clearing", "Bank", "upsell"),
    ("213", "5000", "Cost of Goods Sold", "COGS", "cogs"),
    ("214", "4000", "Sales", "Income", "revenue"),
    ("217", "2100", "Sales Tax Payable", "OthCurrLiab", "tax"),
    ("230", "2300", "Exchange Clearing", "OthCurrLiab", "exchange_clearing"),
    ("231", "2310", "Gift Card Liability", "OthCurrLiab", "gift_card_liability"),
    ("232", "4200", "Return Fee Income", "Income", "fee_income"),
    ("233", "6900", "Return Variance", "Expense", "variance"),
    ("234", "6100", "Return Incentive Expense", "Expense", "incentive"),
    ("235", "4100", "Sales Discounts", "Income", "discounts"),
    ("236", "2400", "Customer Deposits", "OthCurrLiab", "customer_deposits"),
    ("237", "4300", "Shipping Income", "Income", "shipping_income"),
)
"""Account id, number, name, type and role."""

ADJUSTMENTS = (
    ("901", "Loop Exchange Credit", "OthCharge", "230", True),
    ("902", "Loop Gift Card", "OthCharge", "231", True),
    ("903", "Return Handling Fee", "OthCharge", "232", True),
    ("904", "Return Variance", "OthCharge", "233", True),
    ("905", "Loop Discount", "Discount", "230", False),
    ("906", "Order Discount", "Discount", "235", True),
    ("907", "Item Discount", "Discount", "235", True),
    ("908", "Return Bonus", "OthCharge", "234", True),
    ("909", "Shipping Refund", "OthCharge", "237", True),
)
"""Adjustment items: id, name, type, account, and whether a discount lowers the tax base. Loop's discount does not,
because the shop charged tax on the full price."""

GOODS = (
    ("TEE-M", "100.00"),
    ("TEE-L", "100.00"),
    ("TEE", "50.00"),
    ("CAP", "30.00"),
    ("TEE-BLK-M", "39.00"),
    ("TEE-BLK-L", "39.00"),
    ("HOODIE", "150.00"),
    ("SOCKS", "12.50"),
)
"""Goods by SKU and price; cost is 40 % of the price."""

SPECIAL_GOODS = (("SERIAL-1", "serial"), ("LOT-1", "lot"), ("BIN-1", "bins"))
"""Goods that need inventory detail when received."""

CUSTOM_FIELDS = {
    "custbody_shopify_order_id": "text",
    "custbody_loop_return_id": "text",
    "custbody_loop_flag": "boolean",
    "custbody_loop_reviewed": "boolean",
    "custbody_shopify_refund_id": "text",
    "custbody_hc_loopreturn_id": "text",
    "custbody_hc_sales_channel": "text",
    "custbody_hc_order_id": "text",
    "custbody_hc_shopify_order_id": "text",
    "custbody_original_order": "text",
    "custcol_shopify_line_id": "text",
    "custcol_loop_reason": "text",
    "custcol_hc_order_line_id": "text",
    "custcol_hc_orderline_type_id": "text",
    "custcol_hc_item_tag": "text",
    "custentity_hc_customer_id": "text",
    "custentity_hc_shop_cust_id": "text",
}
"""Registered custom fields and their kinds."""

SALES_CHANNELS = {"1": "Web", "2": "Point of Sale", "165": "Loop Exchange"}
"""Sales channels by id."""

TAX_CODES = {"AVATAX": True, "-Not Taxable-": False}
"""Names of tax codes that a CSV import may use, and whether they tax (at `Settings.default_tax_rate`)."""

PRICE_LEVELS = {"Base Price": "1", "Custom": "-1"}
"""Price levels by name."""

SHIP_METHODS = {"2": "Standard", "3": "Express"}
"""Shipping items by id."""

COST_SHARE = Decimal("0.4")
"""Cost of seeded goods as a share of the price."""


def seed(account: Account) -> None:
    """Fill in everything a new account has."""
    account.subsidiaries["1"] = Place("1", "Parent Company")
    account.currencies["1"] = "USD"
    account.sales_channels.update(SALES_CHANNELS)
    account.tax_codes.update(TAX_CODES)
    account.price_levels.update(PRICE_LEVELS)
    account.ship_methods.update(SHIP_METHODS)
    for key, name in (("7", "Main Warehouse"), ("8", "Store"), ("9", "Quarantine")):
        account.locations[key] = Place(key, name)
    for gl in ACCOUNTS:
        account.ledger.accounts[gl[0]] = GlAccount(*gl)
    for item_id, name, kind, gl_account, before_tax in ADJUSTMENTS:
        account.items[item_id] = Item(item_id, name, kind, gl_account, before_tax=before_tax)
    _goods(account)
    account.forms = {
        "130": "Standard Return Authorization",
        account.settings.credit_form: "Standard Return Authorization - Credit",
        account.settings.cash_form: "Standard Return Authorization - Cash",
    }
    for key, name, gl_account in (
        ("9", "Card", ""),
        ("12", "Loop Exchange Credit", "230"),
        ("13", "Gift Card", "231"),
        ("14", "Store Credit", "231"),
    ):
        account.payment_methods[key] = PaymentMethod(key, name, gl_account)
    account.custom_fields.update(CUSTOM_FIELDS)
    account.counters["customer"] = 106
    add_customer(account, "ana@example.com", "Ana", "Buyer", "")
    add_customer(account, "ben@example.com", "Ben", "Buyer", "")
    _periods(account)


def _goods(account: Account) -> None:
    account.counters["item"] = 500
    for sku, price in GOODS:
        add_item(account, sku, Decimal(price) * COST_SHARE, "InvtPart", {"price": price})
    for sku, feature in SPECIAL_GOODS:
        add_item(account, sku, "20.00", "InvtPart", {"price": "50.00", feature: True})


def _periods(account: Account) -> None:
    """Months, quarters and years from two years ago to the end of next year."""
    this_year = account.today().year
    for year in range(this_year - 2, this_year + 2):
        _add_period(account, f"FY {year}", date(year, 1, 1), date(year, 12, 31), year_period=True)
        for quarter in range(4):
            last = quarter * 3 + 3
            end = date(year, last, calendar.monthrange(year, last)[1])
            _add_period(account, f"Q{quarter + 1} {year}", date(year, last - 2, 1), end, quarter=True)
        for month in range(1, 13):
            end = date(year, month, calendar.monthrange(year, month)[1])
            _add_period(account, f"{calendar.month_abbr[month]} {year}", date(year, month, 1), end)


def _add_period(
    account: Account, name: str, start: date, end: date, *, quarter: bool = False, year_period: bool = False
) -> None:
    key = account.next_id("period", 301)
    account.periods[key] = Period(key, name, start, end, quarter=quarter, year=year_period)


def add_item(account: Account, sku: str, cost: Decimal | int | str, kind: str, fields: Mapping[str, Any]) -> str:
    """Add an item; goods post to sales unless told otherwise."""
    values = dict(fields)
    item_id = str(values.pop("id", "") or account.next_id("item", 501))
    gl_account = str(values.pop("account", account.ledger.role("revenue")))
    price = decimal(values.pop("price", None))
    account.items[item_id] = Item(item_id, sku, kind, gl_account, price=price, cost=decimal(cost), **values)
    account.lists_version += 1
    return item_id


def add_customer(account: Account, email: str, first_name: str, last_name: str, external_id: str) -> str:
    """Add a customer."""
    key = account.next_id("customer", 107)
    now = account.clock()
    name = " ".join(part for part in (first_name, last_name) if part) or email or key
    account.customers[key] = Customer(
        key, name, email, first_name, last_name, external_id=external_id, created_at=now, modified_at=now
    )
    account.lists_version += 1
    return key
