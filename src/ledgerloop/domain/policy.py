"""Frozen configuration and mappings of one shop, as the syncs see them."""

from dataclasses import dataclass, field
from datetime import UTC, date, timedelta, tzinfo
from decimal import Decimal

from ledgerloop.domain.channels import Channels


@dataclass(frozen=True)
class Fields:
    """Which NetSuite fields hold what; an empty name means the field is not used.

    Source: interface section 3.
    """

    order_reference: str = "otherRefNum"
    order_id: str = ""
    order_line_id: str = ""
    sku: str = "itemid"
    return_id: str = ""
    flag: str = ""
    reviewed: str = ""
    reason: str = ""
    shopify_refund_id: str = ""
    sales_channel: str = ""
    original_order: str = ""
    adopt: tuple[str, ...] = ()


@dataclass(frozen=True)
class Items:
    """Internal ids of the items that adjustment lines use; empty where not configured."""

    exchange_credit: str = ""
    gift_card: str = ""
    handling_fee: str = ""
    variance: str = ""
    loop_discount: str = ""
    order_discount: str = ""
    item_discount: str = ""
    bonus: str = ""
    custom_line: str = ""
    tip: str = ""
    shipping_refund: str = ""
    duties_refund: str = ""
    goodwill: str = ""
    """Expense (or allowance) of refunds that belong to no return."""


def is_liability(gateway: str) -> bool:
    """Whether money of this gateway is what the shop owes on gift cards and store credit, and not in a bank.

    Source: rulebook section 5, the money; shopify.dev, gateways of transactions: any *store_credit* alike.
    """
    return gateway == "gift_card" or "store_credit" in gateway


@dataclass(frozen=True)
class RefundRule:
    """Original gateway -> record type ("cash_refund" or "credit_memo"); the first that matches wins."""

    gateway: str
    record: str


@dataclass(frozen=True)
class Policy:
    """Everything a sync may want to know about how this merchant works."""

    shop_id: str
    external_id_prefix: str = ""
    returns_from: date = date(2026, 1, 1)
    statuses: frozenset[str] = frozenset({"open", "review", "closed"})
    receive: str = "both"
    receive_when: str = "processed"
    cancel_in_netsuite: bool = True
    cancel_in_loop: str = "cancel"
    flag: str = "until_reviewed"
    write_reviewed: bool = True
    refund_record: str = "by_billing"
    refund_rules: tuple[RefundRule, ...] = ()
    group_lines: bool = True
    variance_limit: Decimal = Decimal("0.05")
    closed_period: str = "next_open"
    refund_before_receipt: bool = False
    refunds_without_return: bool = False
    time_zone: tzinfo = UTC
    """Whose days the records carry: a named zone, or a fixed offset that was measured."""
    fields: Fields = Fields()
    items: Items = Items()
    payment_methods: dict[str, str] = field(default_factory=dict)
    refund_accounts: dict[str, str] = field(default_factory=dict)
    refund_account: str = ""
    payment_items: dict[str, str] = field(default_factory=dict)
    """Gateway -> item whose account the money of a further tender leaves from, where a cash refund has several."""
    currencies: dict[str, str] = field(default_factory=dict)
    """Currency code -> NetSuite's internal id of it; a currency that is not named is not compared."""
    locations: dict[str, str] = field(default_factory=dict)
    form_credit: str = ""
    form_cash: str = ""
    order_channels: tuple[str, ...] = ("LOOP_EXCH",)
    """Channels whose orders are sent to NetSuite; "*" for all that are known."""
    exchange_settlement: str = "discount"
    native_exchange: str = "hold"
    """What becomes of an exchange within Shopify: "hold", or "order"."""
    settle: timedelta = timedelta(seconds=60)
    """How old an order must be to be sent."""
    channels: Channels = field(default_factory=Channels)
    sku_aliases: dict[str, str] = field(default_factory=dict)
    """NetSuite item ids by SKU, where the SKU is not the item's own."""
    subsidiary_id: str = ""
    default_customer: str = ""
    """Customer of anonymous store sales; empty where there is none."""
    exchange_clearing_account: str = ""
    upsell_account: str = ""
    tax_code: str = ""
    tax_type: str = ""
    """SuiteTax's tax code and tax type of taxes that Shopify charged; empty leaves them to NetSuite."""
    keep_item_reasons: frozenset[str] = frozenset()
    missing_units: str = "attention"
    missing_after: timedelta = timedelta(days=7)
    expired_grace: timedelta = timedelta(days=30)
    """How long an expired return's authorization stays open for a late parcel; zero: for ever."""
    retry_wait: timedelta = timedelta(minutes=5)
    """How long a waiting subject sleeps before it is looked at again."""
    proof_wait: timedelta = timedelta(minutes=30)
    """How long Loop may take to prove that it processed. Source: rulebook section 2."""

    def tender_item(self, gateway: str) -> str:
        """Item whose account the money of a further tender is in; empty where there is none.

        Gift cards and store credit are the liability of `items.gift_card` where nothing else is said.
        """
        return self.payment_items.get(gateway, "") or (self.items.gift_card if is_liability(gateway) else "")

    @property
    def tender_items(self) -> frozenset[str]:
        """Every item that a further tender may stand on."""
        return frozenset({*self.payment_items.values(), self.items.gift_card} - {""})

    def external_id(self, kind: str, *parts: str) -> str:
        """Our external id of a record, the shop's prefix before it. Source: interface section 4."""
        return self.external_id_prefix + "-".join((kind, *parts))
