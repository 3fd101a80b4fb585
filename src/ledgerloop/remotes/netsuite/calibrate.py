"""How far SuiteQL's datetimes are from UTC: it shows them in a zone that is documented nowhere, REST in UTC.

Measured on one record that both show.

Source: docs.oracle.com, NetSuite online help, REST datetime fields: UTC (read 2026-11-21).
Assumed: SuiteQL's zone is one for the account and user; it follows daylight saving, so it is measured again every day.
"""

from datetime import UTC, datetime, timedelta

from ledgerloop.clock import Clock
from ledgerloop.outcome import NotThere
from ledgerloop.remotes.netsuite.client import NetSuiteClient

FORMAT = "YYYY-MM-DD HH24:MI:SS"
"""Oracle's picture of the datetimes we ask for and bind: `TO_CHAR(column, picture)`, `TO_TIMESTAMP(?, picture)`."""

STEP = timedelta(minutes=15)
"""Every zone in use differs from UTC by a multiple of this."""

RECENT = (timedelta(days=2), timedelta(days=60), timedelta(days=3650))
"""How far back a record is looked for; the nearest window that has one is used, so that daylight saving is today's."""

FARTHEST = timedelta(hours=15)
"""No zone is farther from UTC."""

TRIES = 3
"""How often the measuring is repeated when the record changes meanwhile."""

REST_TYPES = {
    "SalesOrd": "salesOrder",
    "CustInvc": "invoice",
    "CashSale": "cashSale",
    "RtnAuth": "returnAuthorization",
    "ItemRcpt": "itemReceipt",
    "CustCred": "creditMemo",
    "CashRfnd": "cashRefund",
    "CustRfnd": "customerRefund",
}
"""SuiteQL's type codes of the records that the integration's role can read -> REST's record types."""

_TYPES = ", ".join(f"'{code}'" for code in REST_TYPES)
_COLUMNS = f"t.id AS id, t.type AS type, TO_CHAR(t.lastmodifieddate, '{FORMAT}') AS modified"
_LATEST = (
    f"SELECT {_COLUMNS} FROM transaction t WHERE t.type IN ({_TYPES})"  # noqa: S608  (constants only)
    f" AND t.lastmodifieddate >= TO_TIMESTAMP(?, '{FORMAT}') ORDER BY t.lastmodifieddate DESC, t.id DESC"
)


def measure(client: NetSuiteClient, clock: Clock) -> timedelta | None:
    """SuiteQL's time minus UTC, to the quarter of an hour. None when no record is there to measure by."""
    for back in RECENT:
        since = to_suiteql(clock() - back, timedelta(0))
        for _ in range(TRIES):
            rows = client.page(_LATEST, [since], limit=1).rows
            if not rows:
                break
            shown = _shown_by_rest(client, rows[0]["type"], rows[0]["id"])
            again = client.page(_LATEST, [since], limit=1).rows
            if shown is not None and again == rows:
                return _rounded(datetime.strptime(rows[0]["modified"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC) - shown)
    return None


def _shown_by_rest(client: NetSuiteClient, type_code: str, internal_id: str) -> datetime | None:
    try:
        record = client.get(REST_TYPES[type_code], internal_id, fields=("lastModifiedDate",))
    except NotThere:
        return None
    text = record.get("lastModifiedDate")
    return datetime.fromisoformat(text).astimezone(UTC) if isinstance(text, str) else None


def _rounded(difference: timedelta) -> timedelta | None:
    offset = round(difference / STEP) * STEP
    return offset if abs(offset) <= FARTHEST else None


def to_suiteql(moment: datetime, offset: timedelta) -> str:
    """Write a moment as SuiteQL compares it, in the picture FORMAT."""
    return (moment.astimezone(UTC) + offset).strftime("%Y-%m-%d %H:%M:%S")


def from_suiteql(text: str, offset: timedelta) -> datetime:
    """Read a moment as SuiteQL shows it in the picture FORMAT. Raises ValueError."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC) - offset
