"""What people asked for with a key of their own: asked again, it is answered as before and done no second time."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, update

from ledgerloop.store.page_tables import acts
from ledgerloop.store.sql import locked
from ledgerloop.store.store import Transaction
from ledgerloop.store.types import digest


class AskedOtherwise(Exception):  # noqa: N818  (it names what happened)
    """The key was used before, for something else."""


def answer_before(tx: Transaction, by: str, key: str, asked: Any, at: datetime) -> dict[str, Any] | None:
    """The answer that was given before; None the first time, which is noted. Raises AskedOtherwise."""
    row, is_new = locked(tx, acts, {"by": by, "key": key}, {"asked": digest(asked), "answer": {}, "at": at})
    if is_new:
        return None
    if row["asked"] != digest(asked):
        raise AskedOtherwise(key)
    answer: dict[str, Any] = row["answer"]
    return answer


def note_answer(tx: Transaction, by: str, key: str, answer: dict[str, Any]) -> None:
    """Keep what was answered."""
    tx.execute(update(acts).filter_by(by=by, key=key).values(answer=answer))


def forget_before(tx: Transaction, at: datetime) -> int:
    """Forget keys that were used before; gives how many."""
    return tx.execute(delete(acts).where(acts.c.at < at)).rowcount
