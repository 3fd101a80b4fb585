"""How to reach the three remotes, and where things are kept in NetSuite."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field

from ledgerloop.config.section import Section
from ledgerloop.config.suggest import did_you_mean
from ledgerloop.config.values import (
    AccountId,
    CurrencyCode,
    FieldName,
    Gateway,
    HostName,
    HttpUrl,
    InternalId,
    LoopVersion,
    PlainText,
    PrivateKey,
    Seconds,
    Secret,
    ShopifyVersion,
    Slots,
    TimeZone,
    wrong,
)

LOCATION_KINDS = ("loop", "shopify", "disposition", "grade")
"""What may stand before the colon of a location key: whose destination, location, disposition or grade follows."""

LOCATION_NAMES = ("default", "quarantine")
"""Location keys without a colon: where nothing else fits, and where goods go that are not for sale."""


def _location_keys(locations: dict[str, str]) -> dict[str, str]:
    for key in locations:
        kind, colon, name = key.partition(":")
        if key in LOCATION_NAMES or (colon and kind in LOCATION_KINDS and name.strip()):
            continue
        hint = did_you_mean(key, LOCATION_NAMES) or did_you_mean(kind, LOCATION_KINDS)
        remedy = f'{hint} Write default, quarantine, "loop:<destination id>" or "shopify:<location id>"'.strip()
        raise wrong("config_value", f"{key} is not a kind of location", remedy)
    return locations


class Loop(Section):
    """Loop's API and webhooks. Without webhook secrets Loop's webhooks are refused; the poll still sees everything."""

    base_url: HttpUrl = "https://api.loopreturns.com/api"
    api_version: LoopVersion = "2026-07"
    api_key: Secret
    webhook_secrets: tuple[Secret, ...] = ()
    timeout_s: Seconds = 30


class Shopify(Section):
    """Shopify's Admin API and webhooks. Either `access_token`, or `client_id` with `client_secret`."""

    domain: HostName
    base_url: HttpUrl = ""
    api_version: ShopifyVersion = "2026-10"
    access_token: Secret | None = None
    client_id: PlainText = ""
    client_secret: Secret | None = None
    webhook_secrets: tuple[Secret, ...] = ()
    timeout_s: Seconds = 30

    @property
    def url(self) -> str:
        """The address of the shop, without a slash at the end."""
        return self.base_url or f"https://{self.domain}"


class Fields(Section):
    """NetSuite fields by purpose; an empty one is neither read nor written."""

    empty_means_off: ClassVar[frozenset[str]] = frozenset({"order_reference"})

    order_reference: FieldName = "otherRefNum"
    order_id: FieldName = ""
    order_line_id: FieldName = ""
    sku: FieldName = "itemid"
    return_id: FieldName = ""
    flag: FieldName = ""
    reviewed: FieldName = ""
    reason: FieldName = ""
    shopify_refund_id: FieldName = ""
    sales_channel: FieldName = ""
    original_order: FieldName = ""
    adopt: tuple[FieldName, ...] = ()


class Items(Section):
    """NetSuite internal ids of the items that carry what is not goods; empty where there is none."""

    exchange_credit: InternalId = ""
    gift_card: InternalId = ""
    handling_fee: InternalId = ""
    variance: InternalId = ""
    loop_discount: InternalId = ""
    order_discount: InternalId = ""
    item_discount: InternalId = ""
    bonus: InternalId = ""
    custom_line: InternalId = ""
    tip: InternalId = ""
    shipping_refund: InternalId = ""
    duties_refund: InternalId = ""
    goodwill: InternalId = ""


class Accounts(Section):
    """NetSuite internal ids of ledger accounts; empty where there is none."""

    refund: InternalId = ""
    exchange_clearing: InternalId = ""
    upsell: InternalId = ""


class Forms(Section):
    """NetSuite internal ids of custom forms; empty means the account's preferred form."""

    return_authorization_credit: InternalId = ""
    return_authorization_cash: InternalId = ""


class NetSuite(Section):
    """NetSuite's REST API. Either OAuth 2.0 (`client_id`, `certificate_id`, `private_key`) or all four keys of TBA."""

    account: AccountId
    base_url: HttpUrl = ""
    client_id: PlainText = ""
    certificate_id: PlainText = ""
    private_key: PrivateKey | None = None
    consumer_key: Secret | None = None
    consumer_secret: Secret | None = None
    token_id: Secret | None = None
    token_secret: Secret | None = None
    webhook_secrets: tuple[Secret, ...] = ()
    concurrency: Slots = 2
    time_zone: TimeZone = ""
    default_customer: InternalId = ""
    tax_code: InternalId = ""
    tax_type: InternalId = ""
    timeout_s: Seconds = 120
    fields: Fields = Fields()
    items: Items = Items()
    accounts: Accounts = Accounts()
    payment_methods: Mapping[Gateway, InternalId] = Field(default_factory=dict)
    refund_accounts: Mapping[Gateway, InternalId] = Field(default_factory=dict)
    payment_items: Mapping[Gateway, InternalId] = Field(default_factory=dict)
    currencies: Mapping[CurrencyCode, InternalId] = Field(default_factory=dict)
    forms: Forms = Forms()
    locations: Annotated[dict[str, InternalId], AfterValidator(_location_keys)] = Field(default_factory=dict)

    @property
    def url(self) -> str:
        """The address of the account, without a slash at the end.

        Source: Oracle NetSuite help, "URLs for Account-Specific Domains": lower case, `-` for `_` (read 2026-11-21).
        """
        label = self.account.lower().replace("_", "-")
        return self.base_url or f"https://{label}.suitetalk.api.netsuite.com"

    @property
    def realm(self) -> str:
        """The account id as token-based authentication wants it: upper case, `_` for `-`."""
        return self.account.upper().replace("-", "_")

    @property
    def uses_tba(self) -> bool:
        """Whether the account authenticates by token-based authentication instead of OAuth 2.0."""
        return self.consumer_key is not None
