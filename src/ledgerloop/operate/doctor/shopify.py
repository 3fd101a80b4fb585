"""Shopify: the token, its scopes, the API version, webhook subscriptions, locations.

Source: shopify.dev access scopes, versioning, webhook topics 2026-10 (read 2026-11-21).
"""

from collections.abc import Iterator

from ledgerloop.operate.doctor.findings import Finding, broken, fine, unverified, warning
from ledgerloop.operate.doctor.patient import Patient
from ledgerloop.outcome import RemoteProblem
from ledgerloop.remotes.shopify.parse import Access, digits_of

SCOPES = {
    "read_all_orders": "orders older than 60 days cannot be read",
    "read_returns": "refunds are not tied to their returns",
    "read_customers": "orders cannot be read with their buyers, so they cannot be sent",
    "read_locations": "locations cannot be read",
}
"""Scopes beside read_orders, and what is lost without each."""

TOPICS = ("orders/create", "orders/updated", "refunds/create", "order_transactions/create")
"""Topics that make the connector quicker."""


def examine_shopify(patient: Patient) -> Iterator[Finding]:
    """Examine the token first; without it nothing else can be asked. Raises RemoteProblem."""
    access = patient.shop.shopify.access()
    yield fine(f"Shopify accepts the token of “{access.app_title}” for {access.myshopify_domain}.")
    yield from _other_shop(patient, access)
    yield from _scopes(access)
    if _held(access) >= {"read_orders", "read_customers"}:
        yield from _personal(patient)
    yield from _version(patient, access)
    yield from _webhooks(patient)
    yield from _locations(patient)


def _other_shop(patient: Patient, access: Access) -> Iterator[Finding]:
    if access.myshopify_domain and access.myshopify_domain.lower() != patient.settings.shopify.domain:
        yield warning(
            "shopify_other_shop",
            f"The token belongs to {access.myshopify_domain}, not to {patient.settings.shopify.domain}.",
            "Correct the token or shops.shopify.domain.",
        )


def _held(access: Access) -> frozenset[str]:
    """A scope to write includes the one to read."""
    return access.scopes | {one.replace("write_", "read_", 1) for one in access.scopes if one.startswith("write_")}


def _scopes(access: Access) -> Iterator[Finding]:
    held = _held(access)
    if "read_orders" not in held:
        yield broken(
            "shopify_scope_missing",
            "The app has no scope read_orders: no order can be read.",
            "Add it, then install again.",
        )
    missing = {scope: lost for scope, lost in SCOPES.items() if scope not in held}
    for scope, lost in missing.items():
        yield warning(
            "shopify_scope_missing",
            f"The app has no scope {scope}: {lost}.",
            f"Add {scope} to the app, then install it again.",
        )
    if "read_orders" in held and not missing:
        yield fine(f"The app has the scopes {', '.join(('read_orders', *SCOPES))}.")


def _personal(patient: Patient) -> Iterator[Finding]:
    """Fields that Shopify guards apart from scopes: an order lacks them, and is sent without."""
    try:
        refused = patient.shop.shopify.personal_refused()
    except RemoteProblem as problem:
        yield unverified("Shopify's personal fields", problem)
        return
    if refused:
        yield warning(
            "shopify_personal_fields",
            f"Shopify refuses the app these personal fields of orders: {', '.join(refused)}. Orders are read without.",
            "Ask for access to protected customer data (level 2) in the app's settings, if NetSuite is to have them.",
        )


def _version(patient: Patient, access: Access) -> Iterator[Finding]:
    wanted, served = patient.settings.shopify.api_version, patient.shop.shopify.served_version
    if wanted == served and wanted in access.supported_versions:
        yield fine(f"Shopify supports API version {wanted}.")
        return
    known = ", ".join(access.supported_versions) or "unknown"
    yield warning(
        "shopify_version_unsupported",
        f"API version {wanted} is configured; Shopify answers with {served} and supports {known}.",
        "Set shops.shopify.api_version to a supported version that this Ledgerloop was made for (2026-10).",
    )


def _webhooks(patient: Patient) -> Iterator[Finding]:
    url = patient.webhook_url("shopify")
    if not url:
        yield fine("server.public_url is not set: no webhooks are wanted, the poll sees everything.")
        return
    if not patient.settings.shopify.webhook_secrets:
        yield warning(
            "webhook_secret_missing",
            "shops.shopify.webhook_secrets is empty, so Shopify's webhooks are refused.",
            "Set it to the app's client secret, or leave server.public_url empty.",
        )
    try:
        there = {str(one.get("topic")) for one in patient.shop.shopify.webhooks() if _same(one.get("uri"), url)}
    except RemoteProblem as problem:
        yield unverified("Shopify's webhook subscriptions", problem)
        return
    missing = [topic for topic in TOPICS if topic.replace("/", "_").upper() not in there]
    if missing:
        yield warning(
            "webhook_missing",
            f"Shopify shows no subscription to {url} for {', '.join(missing)} (it hides those of the app's version).",
            "Subscribe to them, unless the app's version has them; until then only the poll sees these changes.",
        )
    else:
        yield fine(f"Shopify sends its webhooks to {url}.")


def _same(uri: object, url: str) -> bool:
    return str(uri or "").rstrip("/") == url


def _locations(patient: Patient) -> Iterator[Finding]:
    try:
        there = patient.shop.shopify.locations()
    except RemoteProblem as problem:
        yield unverified("Shopify's locations", problem)
        return
    mapped = patient.settings.netsuite.locations
    names = {digits_of(one["id"]): str(one.get("name") or "") for one in there if one.get("isActive", True)}
    unmapped = {ident: name for ident, name in names.items() if not mapped.get(f"shopify:{ident}")}
    default = mapped.get("default", "")
    if not unmapped or (len(names) == 1 and default):
        yield fine(f"Shopify's {len(names)} locations have a location in NetSuite.")
        return
    listed = ", ".join(f"{ident} ({name})" for ident, name in unmapped.items())
    where = f"the default location {default}" if default else "no location"
    yield warning(
        "location_unmapped",
        f"Shopify's locations {listed} are not mapped; their goods go to {where}.",
        'Add "shopify:<location id>" for each to shops.netsuite.locations.',
    )
