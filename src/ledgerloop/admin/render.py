"""Templates, with everything escaped, and how moments, amounts, ages and codes are written in them."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

from ledgerloop.admin.statuses import status
from ledgerloop.clock import utc_now
from ledgerloop.domain.money import Money

NAMES = {
    "loop": "Loop",
    "netsuite": "NetSuite",
    "shopify": "Shopify",
    "sku": "SKU",
    "pos": "POS",
    "id": "ID",
    "ids": "IDs",
    "sftp": "SFTP",
}
"""Words of codes that are written in their own way."""

RECORDS = {
    "returnAuthorization": "return authorization",
    "itemReceipt": "item receipt",
    "itemFulfillment": "item fulfilment",
    "creditMemo": "credit memo",
    "cashRefund": "cash refund",
    "customerRefund": "customer refund",
    "customerDeposit": "customer deposit",
    "salesOrder": "sales order",
    "cashSale": "cash sale",
}
"""NetSuite's record types as people call them."""


def plain(code: str) -> str:
    """A code or the name of a sync as words: `order_not_in_netsuite` is “Order not in NetSuite”."""
    words = [NAMES.get(word, word) for word in code.replace("-", "_").split("_") if word]
    said = " ".join(words)
    return said[:1].upper() + said[1:]


def record(name: str) -> str:
    """A record type in words."""
    return RECORDS.get(name, name)


def moment(at: object, *, seconds: bool = False) -> Markup:
    """A moment, in UTC, for readers and for machines."""
    when = _datetime(at)
    if when is None:
        return Markup("–")
    when = when.astimezone(UTC)
    shown = f"{when:%Y-%m-%d %H:%M:%S}" if seconds else f"{when:%Y-%m-%d %H:%M}"
    return Markup('<time class="nowrap" datetime="{}">{}</time>').format(when.isoformat(timespec="seconds"), shown)


def age(at: object, now: datetime | None = None) -> str:
    """How long ago, in the one unit that tells enough."""
    when = _datetime(at)
    if when is None:
        return "–"
    seconds = ((now or utc_now()) - when).total_seconds()
    return span(seconds)


def span(seconds: float) -> str:
    """A time span, seconds, in the one unit that tells enough."""
    seconds = max(seconds, 0)
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"


def amount(value: object, currency: str = "") -> str:
    """Money with a thin space between thousands; a dash where there is none."""
    if value is None or value == "":
        return "–"
    if isinstance(value, Money):
        return f"{_grouped(value.amount)} {value.currency}"
    if isinstance(value, Decimal):
        return f"{_grouped(value)} {currency}".strip()
    return f"{value} {currency}".strip()


def count(value: object) -> str:
    """A number of things."""
    return f"{value:,}".replace(",", "\u202f") if isinstance(value, int) else str(value)


def _grouped(value: Decimal) -> str:
    return f"{value:,}".replace(",", "\u202f").replace("-", "\u2212")


def _datetime(at: object) -> datetime | None:
    if isinstance(at, datetime):
        return at if at.tzinfo else at.replace(tzinfo=UTC)
    if isinstance(at, date):
        return datetime(at.year, at.month, at.day, tzinfo=UTC)
    if isinstance(at, str) and at:
        try:
            return _datetime(datetime.fromisoformat(at))
        except ValueError:
            return None
    return None


def web_link(url: str) -> str:
    """An address that may be followed: of the web, else none."""
    return url if url.startswith(("https://", "http://")) else ""


def part(text: object) -> str:
    """A text as one part of a path."""
    return quote(str(text), safe="")


def query(**parts: object) -> str:
    """The end of an address out of what is set."""
    said = urlencode({name: value for name, value in parts.items() if value not in ("", None)})
    return f"?{said}" if said else ""


def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("ledgerloop.admin"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    named: dict[str, Callable[..., Any]] = {
        "plain": plain,
        "record": record,
        "moment": moment,
        "age": age,
        "amount": amount,
        "count": count,
        "part": part,
        "web_link": web_link,
    }
    named["status"] = status
    made.filters.update(named)
    made.globals.update({"query": query})
    return made


TEMPLATES = _environment()


def html(template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A page out of a template."""
    return HTMLResponse(TEMPLATES.get_template(template).render(**values), status)
