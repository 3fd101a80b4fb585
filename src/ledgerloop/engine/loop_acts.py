"""Loop's actions: no id, no undoing. The return is read again and must still be as the decision saw it.

After an unclear answer it is looked at again; the state that was wanted then counts as success.
Source: rulebook section 0, Loop's actions.
"""

from collections.abc import Callable
from dataclasses import replace

from ledgerloop.domain.case import JournalEntry, Seen, WriteState
from ledgerloop.domain.records import Act, LoopAction
from ledgerloop.domain.returns import Return, ReturnState
from ledgerloop.engine.parts import Parts, Shop
from ledgerloop.outcome import Refused, Unclear, Unreachable
from ledgerloop.remotes.loop.client import as_noted
from ledgerloop.remotes.loop.parse import parse_return

MAY_EXIST = (WriteState.SENT, WriteState.UNCLEAR)
"""States of a write that may have been executed although no answer says so."""

TRIES = 3
"""How often Loop is asked within one run when it certainly executed nothing."""

PAUSE_S = 1.0
"""Pause before Loop is asked again within a run, seconds."""

WANTED = {
    Act.PROCESS: ReturnState.CLOSED,
    Act.REMOVE: ReturnState.CLOSED,
    Act.CLOSE: ReturnState.CLOSED,
    Act.CANCEL: ReturnState.CANCELLED,
    Act.FLAG: ReturnState.REVIEW,
}
"""The state each action leads to."""

ALREADY = {
    Act.PROCESS: {"loop_refused_closed"},
    Act.REMOVE: {"loop_refused_closed"},
    Act.CLOSE: {"loop_refused_closed"},
    Act.CANCEL: {"loop_refused_cancelled"},
    Act.FLAG: {"loop_refused_flagged", "loop_refused_review"},
}
"""Refusals that say the wanted state is there, which after an unclear answer means success; of a flag always."""

BY_STATE = frozenset(
    f"loop_refused_{state}" for state in ("review", "flagged", "state", "closed", "cancelled", "expired")
)
"""Refusals for the state that the return is in now: they last no longer than that state, which a person may end."""


def do(
    parts: Parts, shop: Shop, draft: LoopAction, entry: JournalEntry, done: Callable[[str], None], tries: int = 1
) -> None:
    """Ask Loop, exactly once as far as it can be known. Raises RemoteProblem."""
    journal, may_exist = parts.stores.journal, entry.state in MAY_EXIST
    if not _still_wanted(parts, shop, draft, entry):
        return
    if draft.done_if_noted and _is_noted(shop, draft):
        _done_before(parts, shop, draft, entry)
        return
    _leave_note(parts, shop, draft)
    journal.sent(entry.key, parts.clock())
    try:
        _send(shop, draft)
    except Refused as refused:
        if refused.code not in ALREADY.get(draft.act, ()) or not (may_exist or draft.act is Act.FLAG):
            raise
    except (Unclear, Unreachable) as problem:
        if isinstance(problem, Unclear) or may_exist:
            journal.unclear(entry.key, problem.message, parts.clock())
        if (isinstance(problem, Unclear) and may_exist) or tries >= TRIES:
            raise
        parts.sleep(PAUSE_S)
        state = WriteState.UNCLEAR if isinstance(problem, Unclear) else entry.state
        do(parts, shop, draft, replace(entry, state=state), done, tries + 1)
        return
    done(draft.loop_return_id)


def _send(shop: Shop, draft: LoopAction) -> None:
    loop, return_id = shop.loop, draft.loop_return_id
    if draft.act is Act.PROCESS:
        loop.process(return_id, dict(draft.body))
    elif draft.act is Act.REMOVE:
        loop.remove_lines(return_id, draft.remove)
    elif draft.act is not Act.NOTE:
        {Act.FLAG: loop.flag, Act.CANCEL: loop.cancel, Act.CLOSE: loop.close}[draft.act](return_id)


def _leave_note(parts: Parts, shop: Shop, draft: LoopAction) -> None:
    """Leave the note, and look again once when the answer was lost. Raises RemoteProblem."""
    try:
        _note_once(shop, draft)
    except (Unclear, Unreachable):
        parts.sleep(PAUSE_S)
        _note_once(shop, draft)


def _note_once(shop: Shop, draft: LoopAction) -> None:
    """Leave the note unless the return has it already: no note is repeated, whatever was forgotten."""
    if draft.note and not _is_noted(shop, draft):
        shop.loop.note(draft.loop_return_id, as_noted(draft.note))


def _is_noted(shop: Shop, draft: LoopAction) -> bool:
    text = as_noted(draft.note)
    return any(note.get("content") == text for note in shop.loop.notes(draft.loop_return_id))


def _done_before(parts: Parts, shop: Shop, draft: LoopAction, entry: JournalEntry) -> None:
    """A flag that was passed on before our memory begins; the return is open, so its review has ended."""
    stores, now = parts.stores, parts.clock()
    row = stores.journal.get(entry.key)
    assert row is not None  # noqa: S101  (it was decided just now)
    with stores.store.writing(hasty=True) as tx:
        stores.journal.done(entry.key, draft.loop_return_id, now, adopted=True, tx=tx)
        stores.transitions.append(shop.shop_id, row.order_key, draft.loop_return_id, Seen.REVIEW_ENDED, now, tx)


def _still_wanted(parts: Parts, shop: Shop, draft: LoopAction, entry: JournalEntry) -> bool:
    """Whether the return is as the decision saw it; where it is not, the journal says so and all is looked at
    afresh.
    """
    journal, now = parts.stores.journal, parts.clock()
    body = shop.loop.details(draft.loop_return_id)
    parts.stores.returns.put_details_view(shop.shop_id, draft.loop_return_id, body, now)
    seen = parse_return(None, body)
    if seen.state is ReturnState.OPEN and _same_lines(seen, draft):
        return True
    if entry.state in MAY_EXIST and seen.state is WANTED.get(draft.act):
        journal.done(entry.key, draft.loop_return_id, now, adopted=True)
    else:
        journal.drop(entry.key, now)
    return False


def _same_lines(seen: Return, draft: LoopAction) -> bool:
    return frozenset(line.loop_line_id for line in seen.lines) == draft.loop_line_ids
