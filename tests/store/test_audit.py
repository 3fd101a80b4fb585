"""The audit chain, on both databases: complete, in order, and a change of it is found."""

import threading
from collections.abc import Callable
from decimal import Decimal

import pytest
from sqlalchemy import delete, insert, select, update

from ledgerloop.store import Store
from ledgerloop.store.access_tables import audit
from ledgerloop.store.audit import Audit, Deed
from ledgerloop.store.store import Transaction
from tests.support.database import NOW, later


def note(store: Store, act: str = "retry", **more: object) -> int:
    told = {"who": "anna", "via": "password", "about": "return main:77", "at": NOW, **more}
    with store.writing() as tx:
        return Audit(store).note(tx, act=act, **told)  # type: ignore[arg-type]


def test_an_empty_chain_is_whole(store: Store) -> None:
    verdict = Audit(store).verify()
    assert (verdict.rows, verdict.tip, verdict.fault) == (0, "", "")


def test_what_was_noted_is_shown_newest_first(store: Store) -> None:
    note(store, "hold", detail={"reason": "ask Loop – “why?”", "amount": Decimal("10.50")})
    note(store, "release", who="ben", about="return main:78", at=later(1))
    newest, oldest = Audit(store).newest()
    detail = {"reason": "ask Loop – “why?”", "amount": 10.5}
    assert oldest == Deed(1, NOW, "anna", "password", "hold", "return main:77", detail, oldest.hash)
    assert (newest.number, newest.who, newest.at) == (2, "ben", later(1))
    assert [one.number for one in Audit(store).newest(before=2)] == [1]
    assert [one.number for one in Audit(store).newest(about="return main:78")] == [2]
    assert [one.number for one in Audit(store).newest(who="anna")] == [1]
    assert Audit(store).verify().fault == ""


def test_a_deed_that_is_rolled_back_leaves_no_row(store: Store) -> None:
    def fail() -> None:
        with store.writing() as tx:
            Audit(store).note(tx, who="anna", via="password", act="hold", at=NOW)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert note(store) == 1
    assert Audit(store).verify().rows == 1


def test_many_at_once_make_one_chain(store: Store) -> None:
    threads = [threading.Thread(target=lambda: [note(store) for _ in range(10)]) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    verdict = Audit(store).verify()
    assert (verdict.rows, verdict.fault) == (40, "")


Tamper = Callable[[Transaction], object]

TAMPERING: dict[str, tuple[Tamper, str]] = {
    "who": (lambda tx: tx.execute(update(audit).filter_by(id=2).values(who="eve")), "row 2 was changed"),
    "when": (lambda tx: tx.execute(update(audit).filter_by(id=3).values(at=later(9))), "row 3 was changed"),
    "detail": (lambda tx: tx.execute(update(audit).filter_by(id=1).values(detail="{}")), "row 1 was changed"),
    "hash": (lambda tx: tx.execute(update(audit).filter_by(id=4).values(hash="0" * 64)), "row 4 was changed"),
    "removed": (lambda tx: tx.execute(delete(audit).filter_by(id=2)), "row 2 is missing"),
    "first removed": (lambda tx: tx.execute(delete(audit).filter_by(id=1)), "row 1 is missing"),
    "cut off": (lambda tx: tx.execute(delete(audit).filter_by(id=4)), "it ends at row 3, but row 4 was the last"),
    "added": (
        lambda tx: tx.execute(
            insert(audit).values(id=5, at=NOW, who="eve", via="x", act="x", detail="{}", before="", hash="")
        ),
        "row 5 does not follow the row before",
    ),
}


@pytest.mark.parametrize("what", TAMPERING)
def test_whatever_is_changed_is_found(store: Store, what: str) -> None:
    for number in range(4):
        note(store, detail={"number": number})
    tamper, fault = TAMPERING[what]
    with store.writing() as tx:
        tamper(tx)
    assert Audit(store).verify().fault == fault


def test_a_chain_that_was_computed_anew_does_not_hold_a_hash_noted_before(store: Store) -> None:
    for _ in range(3):
        note(store)
    noted = Audit(store).newest(1)[0].hash
    note(store)
    assert Audit(store).verify(noted).fault == ""
    assert Audit(store).verify("0" * 64).fault == f"the hash {'0' * 64} is not in it"


def test_the_hash_of_a_row_is_in_the_next(store: Store) -> None:
    for _ in range(3):
        note(store)
    with store.reading() as tx:
        rows = tx.execute(select(audit.c.before, audit.c.hash).order_by(audit.c.id)).all()
    assert [row.before for row in rows] == ["", rows[0].hash, rows[1].hash]
