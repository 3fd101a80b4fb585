"""Works off the inbox: what a pushed message is about is read again from its remote; the message itself is only a hint.

Ten messages about one return are one reading.
"""

import json
from collections import defaultdict
from collections.abc import Iterable

from ledgerloop.domain.returns import ProcessingFailure
from ledgerloop.intake.pollers import Watch
from ledgerloop.outcome import NotThere
from ledgerloop.remotes.loop.client import LoopClient
from ledgerloop.remotes.loop.parse import subject_of_webhook
from ledgerloop.remotes.shopify.webhook import subject
from ledgerloop.store.inbox import Inbox, Message
from ledgerloop.store.returns import order_key_of

A_BATCH = 500
"""Messages worked off at once."""


def work_inbox(watch: Watch, inbox: Inbox, loop: LoopClient) -> int:
    """Read every return and mark every order that messages name; gives how many subjects were news."""
    seen = 0
    while True:
        messages = inbox.unworked(A_BATCH, watch.shop_id)
        if not messages:
            return seen
        seen += _loop_messages(watch, inbox, loop, [one for one in messages if one.source == "loop"])
        seen += _order_messages(watch, inbox, [one for one in messages if one.source != "loop"])


def _loop_messages(watch: Watch, inbox: Inbox, loop: LoopClient, messages: Iterable[Message]) -> int:
    by_return: dict[str, list[Message]] = defaultdict(list)
    failures: dict[str, ProcessingFailure] = {}
    for message in messages:
        about = subject_of_webhook(message.body or b"", message.received_at)
        by_return[about.loop_return_id or ""].append(message)
        if about.loop_return_id and about.failure is not None:
            failures[about.loop_return_id] = about.failure
    inbox.mark_worked([one.id for one in by_return.pop("", [])], "names no return")
    for return_id, told in by_return.items():
        _read_return(watch, inbox, loop, return_id, told, failures.get(return_id))
    return len(by_return)


def _read_return(
    watch: Watch, inbox: Inbox, loop: LoopClient, return_id: str, told: list[Message], failure: ProcessingFailure | None
) -> None:
    now, ids = watch.clock(), [one.id for one in told]
    try:
        body = loop.details(return_id)
    except NotThere:
        inbox.mark_worked(ids, "Loop does not know this return")
        return
    with watch.store.writing() as tx:
        watch.returns.put_details_view(watch.shop_id, return_id, body, now, tx)
        if failure is not None:
            watch.returns.put_failure(watch.shop_id, return_id, failure.at, failure.message, tx)
        watch.due.mark(watch.shop_id, order_key_of(return_id, body), now, "loop webhook", tx)
        inbox.mark_worked(ids, "", tx)


def _order_messages(watch: Watch, inbox: Inbox, messages: Iterable[Message]) -> int:
    """Shopify's and NetSuite's messages name an order, whose views become stale."""
    seen = set()
    for message in messages:
        order_id = _order_of(message)
        known = bool(order_id) and bool(watch.returns.for_order(watch.shop_id, order_id))
        with watch.store.writing() as tx:
            if known:
                watch.shop_orders.mark_stale(watch.shop_id, order_id, tx)
                watch.due.mark(watch.shop_id, order_id, watch.clock(), f"{message.source} {message.topic}", tx)
                seen.add(order_id)
            inbox.mark_worked([message.id], "" if known else "no return of ours", tx)
    return len(seen)


def _order_of(message: Message) -> str:
    if message.source != "shopify":
        return message.subject_id
    try:
        body = json.loads(message.body or b"null")
    except ValueError:
        return ""
    return subject(message.topic, body) or ""
