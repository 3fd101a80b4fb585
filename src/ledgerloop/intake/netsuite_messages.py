"""Works off what NetSuite pushed: the cases it names are read again; what names none calls for NetSuite's poll."""

from collections.abc import Sequence
from datetime import datetime

from ledgerloop.intake.orders import is_sent
from ledgerloop.intake.pollers import Watch
from ledgerloop.remotes.netsuite.webhook import Named, named_in
from ledgerloop.store.inbox import Inbox, Message

UNKNOWN = "names nothing known: NetSuite is polled"
FOREIGN = "names no transaction"


def work_netsuite(watch: Watch, inbox: Inbox, messages: Sequence[Message]) -> int:
    """Have the named cases read again and mark them due; gives how many that are."""
    if not messages:
        return 0
    now, notes, keys = watch.clock(), {}, set()
    told = {one.id: named_in(one.body or b"") for one in messages}
    owners = _owners(watch, [one for some in told.values() for one in some or ()])
    for number, named in told.items():
        wanted = [one for one in named or () if not one.is_foreign]
        mine = [owner for one in wanted if (owner := owners.get(one))]
        keys.update(mine)
        notes[number] = FOREIGN if named and not wanted else "" if wanted and len(mine) == len(wanted) else UNKNOWN
    _mark(watch, inbox, keys, notes, now)
    if UNKNOWN in notes.values():
        watch.netsuite_called.set()
    return len(keys)


def _owners(watch: Watch, named: Sequence[Named]) -> dict[Named, str]:
    """The case of each, by the record, by what it was made from, by the return or by the order."""
    shop = watch.shop_id
    ids = {number for one in named for number in (one.record_id, one.created_from) if number and not one.is_foreign}
    by_record = watch.documents.owner_of(shop, ids)
    orders = {one.shopify_order_id for one in named if one.shopify_order_id}
    heads, policy = watch.orders.heads(shop, orders), watch.policy
    ours = {number for number, head in heads.items() if is_sent(head.channel, policy)}
    ours |= watch.returns.order_keys_among(shop, orders)
    owners = {}
    for one in named:
        known = watch.returns.get(shop, one.loop_return_id) if one.loop_return_id else None
        order = one.shopify_order_id if one.shopify_order_id in ours else ""
        key = by_record.get(one.record_id) or by_record.get(one.created_from) or (known.order_key if known else order)
        if key:
            owners[one] = key
    return owners


def _mark(watch: Watch, inbox: Inbox, keys: set[str], notes: dict[int, str], now: datetime) -> None:
    with watch.store.writing(hasty=True) as tx:
        for key in sorted(keys):
            watch.documents.mark_stale(watch.shop_id, key, tx)
            watch.source_orders.mark_stale(watch.shop_id, key, tx)
            watch.due.mark(watch.shop_id, key, now, "netsuite push", tx)
        for note in sorted(set(notes.values())):
            inbox.mark_worked([number for number, said in notes.items() if said == note], note, tx)
