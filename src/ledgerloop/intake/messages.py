"""Works off the inbox: what a pushed message is about is read again from its remote; the message itself is only a hint.

Ten messages about one return are one reading. Bodies of orders go into the order store first (`order_messages`).
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta

from ledgerloop.domain.returns import ProcessingFailure
from ledgerloop.intake.netsuite_messages import work_netsuite
from ledgerloop.intake.order_messages import work_orders
from ledgerloop.intake.pollers import Watch
from ledgerloop.outcome import NotThere, RemoteProblem
from ledgerloop.remotes.loop.client import LoopClient
from ledgerloop.remotes.loop.parse import subject_of_webhook
from ledgerloop.store.inbox import Inbox, Message
from ledgerloop.store.returns import order_key_of

A_BATCH = 500
"""Messages worked off at once."""

MOST_PROBLEMS = 3
"""Returns that could not be read before the others are left for the next time: Loop as a whole does not answer."""

GIVE_UP_AFTER = timedelta(hours=1)
"""How long a return that a message names is tried to be read; the polls see what changed in any case."""


def work_inbox(watch: Watch, inbox: Inbox, loop: LoopClient) -> int:
    """Read every return and mark every order that messages name; gives how many subjects were news."""
    seen = 0
    while True:
        messages = inbox.unworked(A_BATCH, watch.shop_id)
        if not messages:
            return seen
        seen += work_orders(watch, inbox, [one for one in messages if one.source == "shopify"])
        seen += work_netsuite(watch, inbox, [one for one in messages if one.source == "netsuite"])
        seen += _loop_messages(watch, inbox, loop, [one for one in messages if one.source == "loop"])
        if len(messages) < A_BATCH:
            return seen


def _loop_messages(watch: Watch, inbox: Inbox, loop: LoopClient, messages: Iterable[Message]) -> int:
    by_return: dict[str, list[Message]] = defaultdict(list)
    failures: dict[str, ProcessingFailure] = {}
    for message in messages:
        about = subject_of_webhook(message.body or b"", message.received_at)
        by_return[about.loop_return_id or ""].append(message)
        if about.loop_return_id and about.failure is not None:
            failures[about.loop_return_id] = about.failure
    inbox.mark_worked([one.id for one in by_return.pop("", [])], "names no return")
    problems = []
    for return_id, told in by_return.items():
        try:
            _read_return(watch, inbox, loop, return_id, told, failures.get(return_id))
        except RemoteProblem as problem:
            problems.append(problem)
            _give_up_old(watch, inbox, told, problem)
            if len(problems) == MOST_PROBLEMS:
                break
    if problems:
        raise problems[-1]
    return len(by_return)


def _give_up_old(watch: Watch, inbox: Inbox, told: list[Message], problem: RemoteProblem) -> None:
    """A return that cannot be read for long must not be asked for again and again."""
    old = [one.id for one in told if watch.clock() - one.last_received_at > GIVE_UP_AFTER]
    if old:
        inbox.mark_worked(old, f"could not be read: {problem.code}")


def _read_return(
    watch: Watch, inbox: Inbox, loop: LoopClient, return_id: str, told: list[Message], failure: ProcessingFailure | None
) -> None:
    now, ids = watch.clock(), [one.id for one in told]
    try:
        body = loop.details(return_id)
    except NotThere:
        inbox.mark_worked(ids, "Loop does not know this return")
        return
    with watch.store.writing(hasty=True) as tx:
        watch.returns.put_details_view(watch.shop_id, return_id, body, now, tx)
        if failure is not None:
            watch.returns.put_failure(watch.shop_id, return_id, failure.at, failure.message, tx)
        watch.due.mark(watch.shop_id, order_key_of(return_id, body), now, "loop webhook", tx)
        inbox.mark_worked(ids, "", tx)
