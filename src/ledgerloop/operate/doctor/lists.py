"""Internal ids that the configuration names: items, accounts, payment methods, locations, the subsidiary.

Source: docs.oracle.com, SuiteQL tables item, account, location, subsidiary (read 2026-11-21).
Assumed: payment methods are shown by the table paymentmethod, and not in every account.
"""

from collections.abc import Iterator, Mapping

from ledgerloop.operate.doctor.findings import Finding, broken, fine, warning
from ledgerloop.operate.doctor.patient import Patient
from ledgerloop.outcome import RemoteProblem
from ledgerloop.remotes.netsuite.suiteql import Row, batches, marks

STOCK = frozenset({"InvtPart", "Assembly", "Kit", "Group"})
"""Kinds of items that move stock. Source: REST API Browser 2026.1, item types (read 2026-11-21)."""

DISCOUNTS = frozenset({"loop_discount", "order_discount", "item_discount"})
"""Purposes whose item takes something off an order."""


def examine_lists(patient: Patient) -> Iterator[Finding]:
    """Examine every list that the configuration names ids of."""
    yield from _items(patient)
    yield from _accounts(patient)
    yield from _locations(patient)
    yield from _payment_methods(patient)
    yield from _subsidiary(patient)


def _rows(patient: Patient, table: str, columns: str, ids: Mapping[str, str]) -> dict[str, Row] | Finding:
    """Rows by internal id, or the finding that says why they could not be read. `ids`: key -> internal id."""
    rows: dict[str, Row] = {}
    try:
        for chunk in batches(ids.values()):
            sql = f"SELECT {columns} FROM {table} WHERE id IN ({marks(chunk)})"  # noqa: S608  (constants only)
            rows |= {row["id"]: row for row in patient.shop.netsuite.query(sql, chunk)}
    except RemoteProblem as problem:
        named = ", ".join(f"{key} = {ident}" for key, ident in ids.items())
        return warning(
            "netsuite_list_unreadable",
            f"NetSuite does not show the list {table}, so these are not verified: {named} ({problem.message})",
            "Compare the ids with NetSuite by hand, or give the role the view permission on the list.",
        )
    return rows


def _set(values: Mapping[str, str]) -> dict[str, str]:
    return {key: ident for key, ident in values.items() if ident}


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
    ids = {f"items.{key}": ident for key, ident in _set(items).items()}
    ids |= {f"payment_items.{key}": ident for key, ident in _set(patient.settings.netsuite.payment_items).items()}
    rows = _rows(patient, "item", "id, itemid, itemtype, isinactive", ids) if ids else {}
    if isinstance(rows, Finding):
        yield rows
        return
    for key, ident in ids.items():
        row = rows.get(ident)
        yield from [_no_item(key, ident)] if row is None else _item(key, ident, row)
    if rows:
        yield fine(f"Configured items that exist: {len(rows)}.")


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
    settings = patient.settings.netsuite
    ids = {f"accounts.{key}": ident for key, ident in _set(settings.accounts.model_dump()).items()}
    ids |= {f"refund_accounts.{key}": ident for key, ident in _set(settings.refund_accounts).items()}
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
        yield fine(f"Configured accounts that exist: {len(rows)}.")


def _locations(patient: Patient) -> Iterator[Finding]:
    ids = {f"locations.{key}": ident for key, ident in _set(patient.settings.netsuite.locations).items()}
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
    ids = {f"payment_methods.{key}": ident for key, ident in _set(patient.settings.netsuite.payment_methods).items()}
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
