"""Record collections: ids and addresses, filtered by ?q=.

Source: docs.oracle.com section_1545222128, section_156414087576 (read 2026-11-21).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from .calls import Answer, Call
from .errors import invalid_request
from .model import ITEM_RECORDS, Customer, Item, Record

if TYPE_CHECKING:
    from .state import Account

CONDITION = re.compile(r'\s*(\w+)\s+(\w+)\s+"?([^"]*)"?\s*')
"""One condition: field, operator, value."""

OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "IS": lambda have, want: have.lower() == want.lower(),
    "IS_NOT": lambda have, want: have.lower() != want.lower(),
    "EQUAL": lambda have, want: have == want,
    "CONTAIN": lambda have, want: want.lower() in have.lower(),
    "START_WITH": lambda have, want: have.lower().startswith(want.lower()),
}
"""Operators that work here."""

ATTRIBUTES = {
    "id": "id",
    "externalId": "external_id",
    "tranId": "tran_id",
    "otherRefNum": "other_ref",
    "memo": "memo",
    "email": "email",
    "entityId": "entity_id",
    "itemId": "sku",
}
"""Fields that can be filtered on; the status is not one of them."""


def listing(account: Account, call: Call, record_type: str) -> Answer:
    """List the ids of a type."""
    limit, offset = call.paging()
    rows: list[Record | Customer | Item]
    if record_type == "customer":
        rows = list(account.customers.values())
    elif record_type in ITEM_RECORDS:
        rows = [item for item in account.items.values() if item.kind == ITEM_RECORDS[record_type]]
    else:
        rows = [record for record in account.transactions.values() if record.type == record_type]
    query = call.params.get("q", "")
    if query:
        rows = [row for row in rows if _holds(query, row)]
    page = rows[offset : offset + limit]
    url = f"{call.base}{call.path}"
    body = {
        "links": [{"rel": "self", "href": call.url}],
        "count": len(page),
        "hasMore": offset + limit < len(rows),
        "items": [{"links": [{"rel": "self", "href": f"{url}/{row.id}"}], "id": row.id} for row in page],
        "offset": offset,
        "totalResults": len(rows),
    }
    return Answer(200, body, media="application/vnd.oracle.resource+json; type=collection")


def _holds(query: str, row: Record | Customer | Item) -> bool:
    found = CONDITION.fullmatch(query)
    if found is None:
        raise invalid_request("Invalid search query. Detailed unprocessed description follows.", "q")
    name, operator, value = found.groups()
    if operator not in OPERATORS:
        raise invalid_request(f"Invalid search query: operator {operator} cannot be used.", "q")
    if name.startswith(("custbody_", "custentity_")):
        have = getattr(row, "custom", {}).get(name)
    elif name in ATTRIBUTES and hasattr(row, ATTRIBUTES[name]):
        have = getattr(row, ATTRIBUTES[name])
    else:
        raise invalid_request(f"Invalid search query: field {name} cannot be filtered.", "q")
    return OPERATORS[operator](str(have or ""), value)
