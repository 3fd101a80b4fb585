"""Customers through REST: what one must have, and what may be changed.

Source: REST API Browser 2026.1, `customer`; docs.oracle.com section_N3436356 (read 2026-11-21).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .body import Body
from .errors import Refused, missing_values
from .model import Customer
from .seed import add_customer

if TYPE_CHECKING:
    from .state import Account

NAMES = {
    "externalId": "external_id",
    "entityId": "entity_id",
    "email": "email",
    "firstName": "first_name",
    "lastName": "last_name",
    "companyName": "company",
    "phone": "phone",
    "subsidiary": "subsidiary",
}
"""REST names of plain text attributes."""

NOT_UNIQUE = "A customer record with this ID already exists. You must enter a unique customer ID for each record."
"""Assumed wording; it comes up where customers are not numbered automatically."""


def create(account: Account, body: Body) -> str:
    """Enter a customer: a name is needed, and a subsidiary where the account has several (assumed)."""
    values = body.values
    external_id = str(values.get("externalId") or "")
    _check_unique(account, external_id, "")
    missing = []
    person = values.get("isPerson", not values.get("companyName"))
    if person and not (values.get("lastName") or values.get("companyName")):
        missing.append("Last Name")
    if not person and not values.get("companyName"):
        missing.append("Company Name")
    if len(account.subsidiaries) > 1 and not values.get("subsidiary"):
        missing.append("Primary Subsidiary")
    if missing:
        raise missing_values(", ".join(missing))
    email, first, last = (str(values.get(name) or "") for name in ("email", "firstName", "lastName"))
    called = str(values.get("entityId") or values.get("companyName") or f"{first} {last}".strip())
    taken = {one.entity_id.lower() for one in account.customers.values()}
    if not account.settings.auto_numbered_customers and called.lower() in taken:
        raise Refused("UNIQUE_CUST_ID_REQD", NOT_UNIQUE, path="entityId")
    key = add_customer(account, email, first, last, external_id)
    change(account, account.customers[key], body)
    if values.get("companyName") and not values.get("entityId"):
        account.customers[key].entity_id = str(values["companyName"])
    return key


def change(account: Account, customer: Customer, body: Body) -> None:
    """Set what the body names."""
    _check_unique(account, str(body.values.get("externalId") or ""), customer.id)
    for name, value in body.values.items():
        if name in NAMES:
            setattr(customer, NAMES[name], value or "")
        elif name == "isInactive":
            customer.inactive = bool(value)
        elif name.startswith("custentity_"):
            customer.custom[name] = value
    for line in body.addresses or []:
        customer.addresses.append(dict(line.values))
    customer.modified_at = account.clock()
    account.lists_version += 1


def _check_unique(account: Account, external_id: str, own_id: str) -> None:
    """Customers have a space of external ids of their own, apart from transactions."""
    wanted = external_id.lower()
    if wanted and any(c.external_id.lower() == wanted and c.id != own_id for c in account.customers.values()):
        raise Refused(account.settings.duplicate_code, account.settings.duplicate_detail, path="externalId")
