"""Records that people make inside NetSuite, through the same rules as the REST services."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from .body import Body, read_body
from .fields import BODY, LINES, Field
from .model import Record
from .money import decimal
from .refunding import after_refund, draft_refund
from .rules import check_receivable, left_to_receive
from .sales import copied, header_of
from .transforms import after_save, transform

if TYPE_CHECKING:
    from .state import Account


def make(
    account: Account,
    source_id: str,
    target: str,
    lines: Sequence[Mapping[str, Any]] | None,
    external_id: str,
    fields: Mapping[str, Any] | None,
) -> str:
    """Transform as a person: `lines` name source lines by `line`, extra ones by `item` or `sku`."""
    raw = _jsonlike(dict(fields or {}), BODY[target])
    if external_id:
        raw["externalId"] = external_id
    if lines is not None:
        raw["item"] = {"items": [_line(account, spec, target) for spec in lines]}
    body = read_body(account, target, raw, strict=True)
    record = transform(account, account.get(source_id), target, body, replace=lines is not None)
    return save(account, record).id


def save(account: Account, record: Record) -> Record:
    """Save a drafted record and tell the records it stands on."""
    account.commit(record)
    if record.type == "customerRefund":
        after_refund(account, record)
    else:
        after_save(account, record)
    return record


def receive(
    account: Account,
    authorization: Record,
    quantities: Mapping[int, Decimal | int | str] | None,
    external_id: str,
    tran_date: date | None,
    location: str,
) -> str:
    """Take goods in at the dock; serial numbers and bins are typed in by the person."""
    check_receivable(account, authorization)
    record = header_of(account, authorization, "itemReceipt", tran_date)
    record.external_id = external_id
    wanted = None if quantities is None else {int(key): decimal(value) for key, value in quantities.items()}
    for line in authorization.lines:
        left = left_to_receive(account, line)
        quantity = left if wanted is None else wanted.get(line.line, Decimal(0))
        if quantity > left:
            raise ValueError(f"line {line.line} has {left} left to receive, not {quantity}")
        if quantity:
            new = copied(line, len(record.lines) + 1, authorization.id, quantity)
            new.tax_rate = new.tax_skew = Decimal(0)
            new.location = location or new.location
            record.lines.append(new)
    if not record.lines:
        raise ValueError("nothing to receive")
    return save(account, record).id


def refund(
    account: Account, credit_memo: Record, amount: Decimal | int | str | None, money_account: str, external_id: str
) -> str:
    """Pay out a credit memo."""
    apply = {"doc": {"id": credit_memo.id}, "line": account.settings.apply_line, "apply": True}
    if amount is not None:
        apply["amount"] = str(amount)
    raw: dict[str, Any] = {
        "customer": {"id": credit_memo.entity},
        "account": {"id": money_account},
        "apply": {"items": [apply]},
    }
    if external_id:
        raw["externalId"] = external_id
    return save(account, draft_refund(account, read_body(account, "customerRefund", raw, strict=True))).id


def typed_fields(account: Account, record_type: str, fields: Mapping[str, Any]) -> Body:
    """Read plain Python values by REST names."""
    return read_body(account, record_type, _jsonlike(dict(fields), BODY[record_type]), strict=True)


def _line(account: Account, spec: Mapping[str, Any], target: str) -> dict[str, Any]:
    values = dict(spec)
    if "line" in values:
        values["orderLine"] = int(values.pop("line"))
    if "sku" in values:
        values["item"] = account.item_id(str(values.pop("sku")))
    return _jsonlike(values, LINES[target])


def _jsonlike(values: dict[str, Any], specs: Mapping[str, Field]) -> dict[str, Any]:
    """Spell plain values as a request would: references as objects, dates and decimals as text."""
    for name, value in values.items():
        spec = specs.get(name)
        if spec is not None and spec.kind == "ref" and not isinstance(value, Mapping) and value is not None:
            values[name] = {"id": str(value)}
        elif isinstance(value, date):
            values[name] = value.isoformat()
        elif isinstance(value, Decimal):
            values[name] = str(value)
    return values
