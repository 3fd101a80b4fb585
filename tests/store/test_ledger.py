"""The books as they are kept: nothing is overwritten, and what is entered twice by two processes is entered once."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from ledgerloop.books.record import news_of
from ledgerloop.domain.facts import Fact, Kind
from ledgerloop.domain.money import Money
from ledgerloop.store import Store
from ledgerloop.store.account_days import balances_by_day
from ledgerloop.store.ledger import Ledger, newest
from ledgerloop.store.ledger_tables import entries, facts
from tests.support.database import NOW, later

SHOP, ORDER, RETURN = "main", "5920", "4821"
MARCH, APRIL = date(2026, 3, 10), date(2026, 4, 2)


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


REFUND = Fact(f"refund:88@{RETURN}", Kind.REFUND, RETURN, "USD", MARCH, {"paid": usd("108.00")}, {"gateway": "card"})
CREDIT = Fact(
    f"credit:12@{RETURN}",
    Kind.CREDIT,
    RETURN,
    "USD",
    APRIL,
    {"total": usd("108.00"), "goods": usd("108.00")},
    {"record_type": "cashRefund"},
)


@pytest.fixture
def ledger(store: Store) -> Ledger:
    return Ledger(store)


def show(ledger: Ledger, mark: str, *shown: Fact, seconds: float = 0) -> int:
    """The case shows these facts now; gives how many were entered."""
    known = ledger.marks(SHOP, [ORDER]).get(ORDER, "")
    news = news_of(ORDER, mark, known, shown, ledger.of_cases(SHOP, [ORDER])[ORDER])
    return ledger.enter(SHOP, [news], later(seconds))


def versions(ledger: Ledger) -> list[tuple[str, int, bool]]:
    return [
        (one.fact.key.partition(":")[0], one.version, one.withdrawn)
        for one in ledger.of_subjects(SHOP, [RETURN])[RETURN]
    ]


def closing(ledger: Ledger, **period: date) -> dict[str, Decimal]:
    found = {one.account: one.closing.amount for one in ledger.balances(SHOP, **period)}
    return {account: amount for account, amount in found.items() if amount}


def test_a_fact_is_entered_once(ledger: Ledger) -> None:
    assert show(ledger, "first", REFUND) == 1
    assert show(ledger, "second", REFUND) == 0
    assert versions(ledger) == [("refund", 1, False)]
    assert newest(ledger.of_subjects(SHOP, [RETURN])[RETURN]) == [REFUND]


def test_a_late_fact_is_entered_beside_the_others(ledger: Ledger) -> None:
    show(ledger, "first", REFUND)
    assert closing(ledger) == {"between.recorded": Decimal("-108.00"), "between.refund": Decimal("108.00")}
    assert show(ledger, "second", REFUND, CREDIT) == 1
    assert closing(ledger)["netsuite.money"] == Decimal("-108.00")
    assert "between.recorded" not in closing(ledger)


def test_a_corrected_fact_reverses_its_entries_and_is_entered_again(ledger: Ledger, store: Store) -> None:
    show(ledger, "first", REFUND)
    corrected = replace(REFUND, amounts={"paid": usd("107.99")})
    assert show(ledger, "second", corrected, seconds=60) == 1
    assert versions(ledger) == [("refund", 1, False), ("refund", 2, False)]
    assert closing(ledger)["between.refund"] == Decimal("107.99")
    with store.reading() as tx:
        told = tx.execute(select(entries.c.amount, entries.c.reverses).where(entries.c.account == "between.refund"))
        assert [tuple(row) for row in told] == [(10800, False), (-10800, True), (10799, False)]


def test_a_fact_that_vanishes_is_withdrawn_and_may_come_back(ledger: Ledger) -> None:
    show(ledger, "first", REFUND, CREDIT)
    assert show(ledger, "second", REFUND) == 1
    assert versions(ledger)[-1] == ("credit", 2, True)
    assert "netsuite.money" not in closing(ledger)
    assert show(ledger, "third", REFUND, CREDIT) == 1
    assert versions(ledger)[-1] == ("credit", 3, False)
    assert closing(ledger)["netsuite.money"] == Decimal("-108.00")


def test_nothing_that_was_entered_is_ever_changed(ledger: Ledger, store: Store) -> None:
    def everything() -> list[tuple[object, ...]]:
        with store.reading() as tx:
            rows = [
                *tx.execute(select(facts).order_by(facts.c.id)),
                *tx.execute(select(entries).order_by(entries.c.id)),
            ]
        return [tuple(row) for row in rows]

    seen: list[tuple[object, ...]] = []
    for number, shown in enumerate(([REFUND], [REFUND, CREDIT], [], [replace(REFUND, on=APRIL)])):
        show(ledger, str(number), *shown)
        now = everything()
        assert all(row in now for row in seen)
        seen = now


def test_every_fact_that_was_entered_sums_to_zero(ledger: Ledger, store: Store) -> None:
    for number, shown in enumerate(([REFUND, CREDIT], [REFUND], [CREDIT])):
        show(ledger, str(number), *shown)
    with store.reading() as tx:
        sums = tx.execute(select(func.sum(entries.c.amount)).group_by(entries.c.fact_id)).scalars()
        assert {int(one) for one in sums} == {0}


def test_a_case_that_another_process_entered_meanwhile_is_left_to_it(ledger: Ledger) -> None:
    mine = news_of(ORDER, "second", "first", [REFUND, CREDIT], {})
    show(ledger, "theirs", REFUND)
    assert ledger.enter(SHOP, [mine], NOW) == 0
    assert versions(ledger) == [("refund", 1, False)]


def test_a_period_opens_with_what_was_before_it(ledger: Ledger) -> None:
    show(ledger, "first", REFUND, CREDIT)
    found = {one.account: one for one in ledger.balances(SHOP, date(2026, 4, 1), date(2026, 4, 30))}
    recorded = found["between.recorded"]
    assert (recorded.opening, recorded.debit, recorded.credit) == (usd("-108.00"), usd("108.00"), usd("0.00"))
    assert closing(ledger, until=date(2026, 3, 31)) == {
        "between.recorded": Decimal("-108.00"),
        "between.refund": Decimal("108.00"),
    }


def test_what_is_not_settled_is_found_without_reading_the_rest(ledger: Ledger) -> None:
    show(ledger, "first", REFUND)
    open_return = Fact(f"return:2@{2}", Kind.RETURN, "2", "USD", MARCH, {}, {"stage": "open"})
    ledger.enter(SHOP, [news_of("5921", "first", "", [open_return], {})], NOW)
    assert ledger.unsettled(SHOP, ["between.recorded"]) == {RETURN, "2"}
    show(ledger, "second", REFUND, CREDIT)
    assert ledger.unsettled(SHOP, ["between.recorded"]) == {"2"}
    closed = replace(open_return, names={})
    ledger.enter(SHOP, [news_of("5921", "second", "first", [closed], ledger.of_cases(SHOP, ["5921"])["5921"])], NOW)
    assert ledger.unsettled(SHOP, ["between.recorded"]) == set()


def test_corrections_tell_what_was_and_what_is(ledger: Ledger) -> None:
    show(ledger, "first", REFUND)
    corrected = replace(REFUND, amounts={"paid": usd("107.99")})
    show(ledger, "second", corrected, seconds=60)
    ((before, after),) = ledger.corrections(SHOP)
    assert before is not None
    assert (before.fact, after.fact, after.version) == (REFUND, corrected, 2)
    assert list(ledger.corrections(SHOP, later(61))) == []


def test_subjects_come_in_pages_of_a_period(ledger: Ledger) -> None:
    show(ledger, "first", REFUND, CREDIT)
    assert ledger.subjects_after(SHOP, "", 10) == [RETURN]
    assert ledger.subjects_after(SHOP, RETURN, 10) == []
    assert ledger.subjects_after(SHOP, "", 10, date(2026, 5, 1)) == []


def test_a_pack_is_remembered_by_its_hash(ledger: Ledger) -> None:
    ledger.note_pack("a" * 64, NOW, "2026-03-01", "2026-03-31", 12)
    ledger.note_pack("a" * 64, later(60), "2026-03-01", "2026-03-31", 12)
    assert ledger.pack_made_at("a" * 64) == NOW
    assert ledger.pack_made_at("b" * 64) is None


def test_the_sums_by_day_are_those_of_the_entries(ledger: Ledger, store: Store) -> None:
    show(ledger, "first", REFUND)
    show(ledger, "second", replace(REFUND, amounts={"paid": usd("107.99")}), CREDIT)
    show(ledger, "third", CREDIT)
    undated = Fact("return:2@2", Kind.RETURN, "2", "USD", None, {"refund": usd("5.00")}, {})
    ledger.enter(SHOP, [news_of("5921", "first", "", [undated], {})], NOW)
    for since, until in [(None, None), (APRIL, None), (None, MARCH), (MARCH, MARCH), (date(2026, 5, 1), None)]:
        assert balances_by_day(store, SHOP, since, until) == ledger.balances(SHOP, since, until)
