"""The return actions of Loop's API. Each answers HTTP status and body; success is the bare JSON `true`.

Source: docs.loopreturns.com api-reference/latest/return-actions (read 2026-11-21).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from . import rules
from .model import Return
from .state import LoopState

Answer = tuple[int, Any]
Action = Callable[[LoopState, Return, Mapping[str, str], dict[str, Any]], Answer]


def process(state: LoopState, found: Return, _query: Mapping[str, str], body: dict[str, Any]) -> Answer:
    """Queue the processing; `true` only says that it is queued."""
    refusal = rules.refuse_process(found, allow_flagged=state.settings.allow_flagged)
    if refusal is not None:
        return refusal
    _count(found, "process")
    state.queue_process(found, body)
    return 200, True


def flag(state: LoopState, found: Return, _query: Mapping[str, str], _body: dict[str, Any]) -> Answer:
    """Flag for review."""
    refusal = rules.refuse_flag(found)
    if refusal is not None:
        return refusal
    _count(found, "flag")
    state.flag(found)
    return 200, True


def cancel(state: LoopState, found: Return, _query: Mapping[str, str], _body: dict[str, Any]) -> Answer:
    """Cancel."""
    refusal = rules.refuse_cancel(found)
    if refusal is not None:
        return refusal
    _count(found, "cancel")
    state.cancel(found)
    return 200, True


def close(state: LoopState, found: Return, _query: Mapping[str, str], _body: dict[str, Any]) -> Answer:
    """Close without outcomes."""
    refusal = rules.refuse_close(found)
    if refusal is not None:
        return refusal
    _count(found, "close")
    state.close(found)
    return 200, True


def remove(state: LoopState, found: Return, query: Mapping[str, str], _body: dict[str, Any]) -> Answer:
    """Remove lines and process what is left at once."""
    refusal = rules.refuse_remove(found, _ids(query.get("line_item_id")))
    if refusal is not None:
        return refusal
    _count(found, "remove")
    state.remove_lines(found, _ids(query.get("line_item_id")))
    if found.lines:
        state.execute(found, source="api")
    else:
        state.close(found)
    return 200, True


def note(state: LoopState, found: Return, _query: Mapping[str, str], body: dict[str, Any]) -> Answer:
    """Add a note."""
    refusal = rules.refuse_note(body.get("content"))
    if refusal is not None:
        return refusal
    _count(found, "note")
    state.add_note(found, body["content"])
    return 200, True


def unknown(action: str) -> Answer:
    """Answer an action on a return that does not exist."""
    if action == "remove":
        return 403, {"error": {"message": "Return not found."}}
    return 200, rules.UNKNOWN_RETURN


ACTIONS: dict[str, Action] = {
    "process": process,
    "flag": flag,
    "cancel": cancel,
    "close": close,
    "remove": remove,
    "note": note,
}
"""Path word to action."""


def _count(found: Return, action: str) -> None:
    found.calls[action] = found.calls.get(action, 0) + 1


def _ids(text: str | None) -> list[int]:
    return [int(part) for part in (text or "").split(",") if part.strip().isdigit()]
