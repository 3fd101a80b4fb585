"""Internal ids that the configuration and the mappings name: do items, accounts, locations and the like exist.

One query for each kind, and one more for each further 200 ids.
Source: docs.oracle.com, SuiteQL tables item, account, location, subsidiary, customer (read 2026-11-21).
Assumed: payment methods are shown by the table paymentmethod, and not in every account; currencies by currency.
"""

from collections.abc import Iterator, Mapping
from itertools import islice

from ledgerloop.operate.doctor.findings import Finding, broken, fine, warning
from ledgerloop.operate.doctor.named_ids import (
    MAPPING,
    accounts_named,
    items_mapped,
    items_named,
    locations_named,
    methods_named,
)
from ledgerloop.operate.doctor.patient import Patient
from ledgerloop.outcome import RemoteProblem
from ledgerloop.remotes.netsuite.suiteql import Row, batches, marks

STOCK = frozenset({"InvtPart", "Assembly", "Kit", "Group"})
"""Kinds of items that move stock. Source: REST API Browser 2026.1, item types (read 2026-11-21)."""

SHOWN = 10
"""Ids of one kind that a finding names."""

DISCOUNTS = frozenset({"loop_discount", "order_discount", "item_discount"})
"""Purposes whose item takes something off an order."""


def examine_lists(patient: Patient) -> Iterator[Finding]:
    """Examine every list that the configuration names ids of."""
    yield from _items(patient)
    yield from _accounts(patient)
    yield from _locations(patient)
    yield from _payment_methods(patient)
    yield from _subsidiary(patient)
    yield from _currencies(patient)
    yield from _customer(patient)


def _rows(patient: Patient, table: str, columns: str, ids: Mapping[str, str]) -> dict[str, Row] | Finding:
    """Rows by internal id, or the finding that says why they could not be read. `ids`: key -> internal id."""
    rows: dict[str, Row] = {}
    try:
        for chunk in batches(ids.values()):
            sql = f"SELECT {columns} FROM {table} WHERE id IN ({marks(chunk)})"  # noqa: S608  (constants only)
            rows |= {row["id"]: row for row in patient.shop.netsuite.query(sql, chunk)}
    except RemoteProblem as problem:
        named = _listed(ids)
        return warning(
            "netsuite_list_unreadable",
            f"NetSuite does not show the list {table}, so these are not verified: {named} ({problem.message})",
            "Compare the ids with NetSuite by hand, or give the role the view permission on the list.",
        )
    return rows


def _listed(ids: Mapping[str, str]) -> str:
    """The first of them by name."""
    others = f" and {len(ids) - SHOWN} more" if len(ids) > SHOWN else ""
    return ", ".join(f"{key} = {ident}" for key, ident in islice(ids.items(), SHOWN)) + others


def _items(patient: Patient) -> Iterator[Finding]:
    policy, items = patient.settings.policy, patient.settings.netsuite.items.model_dump()
    if policy.variance_limit and not items["variance"]:
        yield warning(
            "item_not_configured",
            "items.variance is not set: a return that differs by a cent cannot be posted.",
            "Set it to an Other Charge item, or set policy.variance_limit to 0.00 if every cent must stop a return.",
        )
    if policy.refunds_without_return and not items["goodwill"]:
        yield warning(
            "item_not_configured",
            "items.goodwill is not set, but refunds_without_return is on: no such refund can be posted.",
            "Set it to an Other Charge item.",
        )
    ids, aliases = items_named(patient), items_mapped(patient)
    wanted = ids | {f"{MAPPING} sku {key}": ident for key, ident in aliases.items()}
    rows = _rows(patient, "item", "id, itemid, itemtype, isinactive", wanted) if wanted else {}
    if isinstance(rows, Finding):
        yield rows
        return
    for key, ident in ids.items():
        row = rows.get(ident)
        yield from [_no_item(key, ident)] if row is None else _item(key, ident, row)
    yield from _aliases(aliases, rows)
    if rows:
        yield fine(f"Configured and mapped items that exist: {len(rows)}.")


def _aliases(aliases: Mapping[str, str], rows: Mapping[str, Row]) -> Iterator[Finding]:
    """Items that SKUs are mapped to: there may be thousands, so those with one fault are told together."""
    missing = {sku: ident for sku, ident in aliases.items() if ident not in rows}
    inactive = {sku: ident for sku, ident in aliases.items() if rows.get(ident, {}).get("isinactive") == "T"}
    if missing:
        yield broken(
            "netsuite_item_missing",
            f"SKUs that are mapped to items which NetSuite does not have: {len(missing)}: {_listed(missing)}.",
            "Map them to the internal id of an item that exists and that the role may see, or remove the mappings.",
        )
    if inactive:
        yield warning(
            "netsuite_item_inactive",
            f"SKUs that are mapped to inactive items: {len(inactive)}: {_listed(inactive)}.",
            "Make the items active again, or map the SKUs to others.",
        )


def _no_item(key: str, ident: str) -> Finding:
    return broken(
        "netsuite_item_missing",
        f"{key} = {ident}: NetSuite has no such item.",
        "Write the internal id of an item that exists and that the role may see.",
    )


def _item(key: str, ident: str, row: Row) -> Iterator[Finding]:
    said, kind = f"{key} = {ident} ({row.get('itemid', '')})", row.get("itemtype", "")
    if row.get("isinactive") == "T":
        yield warning("netsuite_item_inactive", f"{said} is inactive.", "Make it active again, or configure another.")
    if key.removeprefix("items.") in DISCOUNTS and kind != "Discount":
        yield warning(
            "netsuite_item_kind", f"{said} is of kind {kind}, not a discount item.", "Configure a discount item."
        )
    elif kind in STOCK:
        yield warning(
            "netsuite_item_kind", f"{said} is of kind {kind}, which moves stock.", "Configure an Other Charge item."
        )


def _accounts(patient: Patient) -> Iterator[Finding]:
    ids = accounts_named(patient)
    rows = _rows(patient, "account", "id, fullname, accttype, isinactive", ids) if ids else {}
    if isinstance(rows, Finding):
        yield rows
        return
    for key, ident in ids.items():
        if ident not in rows:
            yield broken(
                "netsuite_account_missing",
                f"{key} = {ident}: NetSuite has no such account.",
                "Write the internal id of an account, not its number.",
            )
        elif rows[ident].get("isinactive") == "T":
            yield warning(
                "netsuite_account_inactive",
                f"{key} = {ident} ({rows[ident].get('fullname', '')}) is inactive.",
                "Make it active again, or configure another.",
            )
    if rows:
        yield fine(f"Accounts that exist: {len(rows)}.")


def _locations(patient: Patient) -> Iterator[Finding]:
    ids = locations_named(patient)
    rows = _rows(patient, "location", "id, name, isinactive", ids) if ids else {}
    if isinstance(rows, Finding):
        yield rows
        return
    for key, ident in ids.items():
        if ident not in rows:
            yield broken(
                "netsuite_location_missing",
                f"{key} = {ident}: NetSuite has no such location.",
                "Write the internal id of a location, see Setup, Company, Locations.",
            )
        elif rows[ident].get("isinactive") == "T":
            yield warning(
                "netsuite_location_inactive",
                f"{key} = {ident} ({rows[ident].get('name', '')}) is inactive.",
                "Make it active again, or map another.",
            )
    if rows:
        yield fine(f"Mapped locations that exist: {len(rows)}.")


def _payment_methods(patient: Patient) -> Iterator[Finding]:
    ids = methods_named(patient)
    if not ids:
        yield warning(
            "payment_methods_unset",
            "No gateway is mapped to a payment method: every refund will need attention.",
            "Map Shopify's gateways in shops.netsuite.payment_methods, or write a default.",
        )
        return
    rows = _rows(patient, "paymentmethod", "id", ids)
    if isinstance(rows, Finding):
        yield rows
        return
    missing = {key: ident for key, ident in ids.items() if ident not in rows}
    for key, ident in missing.items():
        yield warning(
            "netsuite_payment_method_missing",
            f"{key} = {ident}: NetSuite's list of payment methods does not have it; it may still be a payment option.",
            "Compare the id with Setup, Accounting, Accounting Lists.",
        )
    if not missing:
        yield fine(f"Mapped payment methods that exist: {len(rows)}.")


def _subsidiary(patient: Patient) -> Iterator[Finding]:
    ident = patient.settings.subsidiary
    rows = _rows(patient, "subsidiary", "id, name", {"subsidiary": ident}) if ident else None
    if isinstance(rows, Finding):
        yield rows
    elif rows is not None and ident not in rows:
        yield broken(
            "netsuite_subsidiary_missing",
            f"subsidiary = {ident}: NetSuite has no such subsidiary.",
            "Write the internal id of the shop's subsidiary, see Setup, Company, Subsidiaries.",
        )
    elif rows is not None:
        yield fine(f"Subsidiary {ident} exists.")


def _currencies(patient: Patient) -> Iterator[Finding]:
    ids = {code: ident for code, ident in patient.settings.netsuite.currencies.items() if ident}
    rows = _rows(patient, "currency", "id, symbol", ids) if ids else {}
    if isinstance(rows, Finding):
        yield rows
        return
    for code, ident in ids.items():
        symbol = rows[ident].get("symbol", "") if ident in rows else ""
        if ident not in rows:
            yield broken(
                "netsuite_currency_missing",
                f"currencies.{code} = {ident}: NetSuite has no such currency.",
                "Write the internal id of the currency, see Lists, Accounting, Currencies.",
            )
        elif symbol.upper() != code:
            yield warning(
                "netsuite_currency_other",
                f"currencies.{code} = {ident}: NetSuite calls this currency {symbol or 'nothing'}.",
                "Compare the ids with Lists, Accounting, Currencies.",
            )
    if rows:
        yield fine(f"Configured currencies that exist: {len(rows)}.")


def _customer(patient: Patient) -> Iterator[Finding]:
    ident = patient.settings.netsuite.default_customer
    rows = _rows(patient, "customer", "id, entityid, isinactive", {"default_customer": ident}) if ident else None
    if isinstance(rows, Finding):
        yield rows
    elif rows is not None and ident not in rows:
        yield broken(
            "netsuite_customer_missing",
            f"default_customer = {ident}: NetSuite has no such customer.",
            "Write the internal id of the customer of store sales without a name.",
        )
    elif rows is not None and rows[ident].get("isinactive") == "T":
        yield warning(
            "customer_inactive",
            f"default_customer = {ident} ({rows[ident].get('entityid', '')}) is inactive.",
            "Make the customer active again, or configure another.",
        )
    elif rows is not None:
        yield fine(f"Default customer {ident} exists.")
