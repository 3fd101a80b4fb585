"""Sending orders: does another connector bring the same ones, and is there an item and account for what they hold.

Source: rulebook section 8; docs.oracle.com, SuiteQL table transaction (read 2026-11-21).
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import islice
from typing import Any, Final

from ledgerloop.domain.channels import LOOP_EXCH
from ledgerloop.intake.orders import is_sent, light_order
from ledgerloop.operate.doctor.findings import Finding, Severity, broken, fine, unverified, warning
from ledgerloop.operate.doctor.patient import Patient
from ledgerloop.outcome import CredentialsRefused, RemoteProblem

LATELY: Final = timedelta(days=7)
"""How far back orders are looked at: a connector that was switched off longer ago brings none of these."""

MOST: Final = 100
"""Orders that are looked at."""

MOST_LISTED: Final = 500
"""Orders of Shopify's list that are looked through, while none is stored yet."""

SHOWN: Final = 3
"""Orders that are named as examples."""

EXCHANGES: Final = {
    "items.loop_discount": "return credit that is used as a discount",
    "items.exchange_credit": "return credit beyond the discount on an exchange in a store",
    "accounts.exchange_clearing": "return credit beyond the discount on an exchange order",
    "accounts.upsell": "upsells that Loop collects",
}
"""What exchange orders need, by key of the NetSuite section, and what for."""

EVERYTHING: Final = {
    "items.order_discount": "discounts on whole orders",
    "items.item_discount": "discounts on single lines",
    "items.gift_card": "gift cards that are sold",
    "items.custom_line": "lines without a product",
}
"""What other orders need besides."""


def examine_orders(patient: Patient) -> Iterator[Finding]:
    """Examine what sending orders needs."""
    chosen = patient.settings.policy.order_channels
    if not chosen:
        yield fine("No orders are sent to NetSuite: policy.order_channels is empty.")
        return
    yield from _configured(patient)
    try:
        yield from _brought_by_others(patient)
    except CredentialsRefused:
        return  # the remote's own examination has told
    except RemoteProblem as problem:
        yield unverified("Whether another connector brings the same orders", problem)


def _configured(patient: Patient) -> Iterator[Finding]:
    policy, netsuite = patient.settings.policy, patient.settings.netsuite
    everything, exchanges = "*" in policy.order_channels, LOOP_EXCH in policy.order_channels
    wanted = {**(EXCHANGES if everything or exchanges else {}), **(EVERYTHING if everything or not exchanges else {})}
    if policy.exchange_settlement == "customer_deposit":
        wanted.pop("items.loop_discount", None)
    known = {"items": netsuite.items.model_dump(), "accounts": netsuite.accounts.model_dump()}
    for key, purpose in wanted.items():
        section, name = key.split(".")
        if not known[section][name]:
            code = "item_not_configured" if section == "items" else "account_not_configured"
            yield warning(
                code,
                f"{key} is not set: {purpose} cannot be written, and such orders need attention.",
                f"Set {key} in the shop's NetSuite section to an internal id.",
            )


def _brought_by_others(patient: Patient) -> Iterator[Finding]:
    """Orders that are in NetSuite under external ids that are not ours, although we send their channels."""
    patient.tell("NetSuite, orders of other connectors")
    orders = _lately(patient)
    found = patient.shop.reading.orders(orders) if orders else {}
    foreign = {key: documents for key, documents in found.items() if not _ours(patient, key, documents)}
    channels = ", ".join(patient.settings.policy.order_channels)
    if not foreign:
        yield fine(f"No other connector brings orders of {channels}: {len(orders)} of the last days looked at.")
        return
    examples = ", ".join(
        f"{next(iter(orders[key]), key)} as {documents[0]['head'].get('tranid') or documents[0]['id']}"
        for key, documents in islice(foreign.items(), SHOWN)
    )
    said = (
        f"{len(foreign)} of {len(orders)} orders of the last {LATELY.days} days of {channels} are in NetSuite and were "
        f"not written by us ({examples}): another connector brings them too."
    )
    remedy = (
        "Switch the other connector off for these orders, or take their channels out of policy.order_channels. Until "
        "then each is adopted where it is there first; one that it brings later than we do would be there twice."
    )
    finding = broken("orders_from_another_connector", said, remedy)
    yield finding if patient.settings.policy.writes == "on" else replace(finding, severity=Severity.WARNING)


def _lately(patient: Patient) -> dict[str, list[str]]:
    """The newest orders of our channels with their names: as stored, else as Shopify lists them."""
    shop, policy, now = patient.shop, patient.shop.policy, patient.now
    cut_over = datetime.combine(policy.returns_from, time.min, policy.time_zone).astimezone(UTC)
    since = max(now - LATELY, cut_over)
    stored = patient.parts.stores.kin.newest_orders(shop.shop_id, policy.order_channels, since, MOST)
    if stored or since >= now:
        return stored
    rows = islice(shop.shopify.orders_updated(since, now), MOST_LISTED)
    listed = (light_order(row, policy) for row in rows if _usable(row))
    sent = (one for one in listed if is_sent(one.channel, policy) and (one.created_at or now) >= since)
    return {one.order_id: [one.name] for one in islice((one for one in sent if not one.test), MOST)}


def _usable(row: dict[str, Any]) -> bool:
    return bool(row.get("id") and row.get("updatedAt"))


def _ours(patient: Patient, order_id: str, documents: list[dict[str, Any]]) -> bool:
    mine = {patient.shop.policy.external_id(kind, order_id) for kind in ("SHOP-SO", "SHOP-CS")}
    return any(one["external_id"] in mine for one in documents)
