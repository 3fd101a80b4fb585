"""NetSuite's records and changes: sent under an external id decided beforehand, or as a PATCH that may be repeated."""

from collections.abc import Callable
from datetime import timedelta

from ledgerloop.domain.case import JournalEntry
from ledgerloop.domain.order_records import CustomerDraft, OrderRecord
from ledgerloop.domain.records import NetSuiteChange, NetSuiteRecord
from ledgerloop.engine.loop_acts import MAY_EXIST
from ledgerloop.engine.parts import Parts, Shop
from ledgerloop.engine.ways import learned, other_line, other_way, remember, ways_of
from ledgerloop.outcome import Refused, Unclear, Unreachable, Waiting
from ledgerloop.remotes.netsuite.client import Reference
from ledgerloop.remotes.netsuite.render import Request, render_change
from ledgerloop.remotes.netsuite.render_orders import request_of

PREFIX = "external_id_prefix"
"""Setting that fixes a shop's prefix at its first write: a changed one would double every record."""


def fix_prefix(parts: Parts, shop: Shop) -> None:
    """Fix the shop's external id prefix before its first record."""
    settings = parts.stores.settings
    if settings.get(shop.shop_id, PREFIX) is None:
        settings.fix(shop.shop_id, PREFIX, shop.policy.external_id_prefix)


def write_record(
    parts: Parts, shop: Shop, draft: NetSuiteRecord | OrderRecord, entry: JournalEntry, done: Callable[[str], None]
) -> Waiting | None:
    """Write a record; gives why it cannot be told yet whether it stands. Raises RemoteProblem."""
    reference = _sent(parts, shop, draft)
    if not reference.adopted or isinstance(draft, CustomerDraft):
        done(reference.internal_id)
    elif entry.state in MAY_EXIST:
        said = f"{reference.record_type} {entry.key} is in NetSuite, but its queries do not show it yet"
        return Waiting("netsuite_unclear", said, parts.clock() + timedelta(minutes=1))
    return None


def _sent(parts: Parts, shop: Shop, draft: NetSuiteRecord | OrderRecord) -> Reference:
    """Send it; where the account spells something otherwise, once more so, and that is remembered."""
    ways = lesson = ways_of(parts, shop)
    tried = {ways}
    while True:
        request = request_of(
            draft, shop.policy, ways.payment_property, tax_details=ways.tax_details, apply_line=ways.apply_line
        )
        try:
            reference = _send_surely(shop, request)
        except Refused as refused:
            other = other_way(request, refused, ways) or other_line(shop, request, refused, ways)
            if other is None or other in tried:
                raise
            lesson, ways = learned(lesson, other, refused), other
            tried.add(ways)
            continue
        if len(tried) > 1:
            remember(parts, shop, lesson)
        return reference


def write_change(
    parts: Parts, shop: Shop, draft: NetSuiteChange, entry: JournalEntry, done: Callable[[str], None]
) -> None:
    """Change a record. After an unclear answer it is read again at once, and decided anew.

    Raises RemoteProblem.

    Keyed lines change nothing twice; unclear for the second time, it waits.
    """
    change = render_change(draft, shop.policy.fields)
    try:
        shop.netsuite.patch(change.record_type, change.internal_id, change.body)
    except Unclear as problem:
        if entry.state in MAY_EXIST:
            raise
        parts.stores.journal.unclear(entry.key, problem.message, parts.clock())
        return
    done(change.internal_id)


def _send_surely(shop: Shop, request: Request) -> Reference:
    """Send it, and once more when the answer was lost and the record is not there: its external id keeps it single.

    A record found by its external id is adopted only after it was read and compared (`adopt`).
    """
    try:
        return _send(shop, request)
    except Unclear as unclear:
        try:
            return _send(shop, request)
        except Unreachable:
            raise unclear from None


def _send(shop: Shop, request: Request) -> Reference:
    if not request.source_type:
        return shop.netsuite.create(request.record_type, request.body, external_id=request.external_id)
    return shop.netsuite.transform(
        request.source_type,
        request.source_id,
        request.record_type,
        request.body,
        external_id=request.external_id,
        replace=request.replace,
    )
