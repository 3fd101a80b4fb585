"""A return edited in Loop, and an authorization that a person changed: what is followed, and what is said."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from ledgerloop.domain.case import Case
from ledgerloop.domain.documents import Document, DocumentLine
from ledgerloop.domain.returns import ReturnLine
from ledgerloop.outcome import Attention
from ledgerloop.syncs.return_authorization import next_write
from tests.support import cases
from tests.support.cases import NOW, POLICY, RETURN, case, code, draft, held, returned, sold, unit, usd

TWO, ONE, NONE = Decimal(2), Decimal(1), Decimal(0)
FORMERS = {"external_id": "HC-1", "loop_return_id": RETURN}
"""An authorization of another connector."""


def tees(count: int, **changes: Any) -> DocumentLine:
    return held(quantity=Decimal(count), amount=usd(100 * count), **changes)


def bought(count: int, **changes: Any) -> Any:
    goods = sold(quantity=Decimal(count), shipped=Decimal(count), billed=Decimal(count), amount=usd(100 * count))
    return cases.order(goods, **changes)


def noted(*line_ids: str) -> Any:
    return (cases.entry(f"LOOP-RA-{RETURN}", "returnAuthorization", loop_line_ids=line_ids),)


def seen(units: int, *documents: Document, edited: bool = True, **changes: Any) -> Case:
    """A return of so many tees of an order of three."""
    made = returned(*(unit(number) for number in range(1, units + 1)), edited_at=NOW if edited else None)
    return case(made, documents=documents, **{"orders": (bought(3),), **changes})


def ask(about: Case) -> Any:
    return next_write(about, POLICY)


# -- units added by an edit --


def test_a_unit_added_by_an_edit_goes_onto_the_authorization_while_the_order_has_it_left() -> None:
    answer = ask(seen(2, cases.authorization(tees(1)), journal=noted("7101")))
    assert draft(answer).quantities == ((1, TWO),)


def test_a_unit_added_by_an_edit_that_another_return_holds_is_refused_naming_it() -> None:
    other = cases.document("returnAuthorization", "2009", "1001", tees(2), status="B", loop_return_id="4711")
    answer = ask(seen(2, cases.authorization(tees(1)), other, journal=noted("7101")))
    assert code(answer) == "over_return"
    assert f"{other.number} (Loop return 4711)" in answer.problem


def test_an_edit_that_takes_units_out_is_followed_though_the_order_is_overdrawn() -> None:
    other = cases.document("returnAuthorization", "2009", "1001", tees(3), status="B", loop_return_id="4711")
    answer = ask(seen(1, cases.authorization(tees(2)), other, journal=noted("7101", "7102")))
    assert draft(answer).quantities == ((1, ONE),)


def test_a_unit_of_a_closed_line_that_an_edit_brings_back_needs_a_person() -> None:
    lines = (tees(1), held(2, item_id="502", sku="CAP", shopify_line_id="12", closed=True))
    cap = unit(2, sku="CAP", shopify_line_id="12")
    about = case(returned(unit(1), cap), documents=(cases.authorization(*lines),), journal=noted("7101"))
    assert code(ask(about)) == "edited_adds_item"


# -- without a note of what was authorised --


@pytest.mark.parametrize("whose", [FORMERS, {}], ids=["adopted", "ours, the database lost"])
def test_an_edit_is_followed_on_an_authorization_that_the_journal_does_not_know(whose: dict[str, str]) -> None:
    answer = ask(seen(1, cases.authorization(tees(2), **whose)))
    assert draft(answer).quantities == ((1, ONE),)
    assert draft(answer).loop_line_ids == ("7101",)


def test_a_line_without_units_is_closed_then() -> None:
    cap = held(2, item_id="502", sku="CAP", shopify_line_id="12")
    assert draft(ask(seen(1, cases.authorization(tees(1), cap, **FORMERS)))).closed == (2,)


def test_an_authorization_that_matches_is_adopted_as_it_is() -> None:
    assert ask(seen(2, cases.authorization(tees(2), total=usd("216.00"), **FORMERS))) is None


@pytest.mark.parametrize(
    ("line", "edited"),
    [
        (tees(1), True),
        (tees(1), False),
        (tees(3), False),
        (tees(2, closed=True), True),
        (held(item_id="509", sku="SOCKS", shopify_line_id="19", quantity=TWO), False),
    ],
    ids=["too few, edited", "too few", "too many, not edited", "closed", "other goods"],
)
def test_one_that_holds_something_else_is_said_and_not_changed(line: DocumentLine, edited: bool) -> None:
    assert code(ask(seen(2, cases.authorization(line), edited=edited))) == "adopted_differs"


def test_one_that_was_made_from_another_order_is_said_and_not_changed() -> None:
    answer = ask(seen(1, cases.authorization(tees(1), created_from="999", **FORMERS)))
    assert code(answer) == "adopted_differs"
    assert "999" in answer.problem


@pytest.mark.parametrize("parent", ["", "1003"], ids=["nothing", "the order's invoice"])
def test_one_that_was_made_from(parent: str) -> None:
    standing = cases.authorization(tees(1), created_from=parent, **FORMERS)
    assert ask(seen(1, cases.invoice(), standing)) is None


def test_one_of_another_order_that_names_a_return_of_this_one_takes_nothing_of_it() -> None:
    strange = cases.document("returnAuthorization", "2009", "999", tees(3), status="B", loop_return_id="4711")
    assert draft(ask(seen(1, strange, edited=False)))


# -- changed by a person --


@pytest.mark.parametrize("line", [tees(1), tees(2, closed=True)], ids=["lowered", "closed"])
def test_a_line_that_a_person_cut_before_anything_came_is_said(line: DocumentLine) -> None:
    answer = ask(seen(2, cases.authorization(line), journal=noted("7101", "7102"), edited=False))
    assert isinstance(answer, Attention)
    assert answer.code == "authorization_changed"
    assert "the return in Loop 2" in answer.problem


def test_a_quantity_that_a_person_raised_holds_nothing_up() -> None:
    raised = cases.authorization(tees(2), total=usd("216.00"))
    assert ask(seen(1, raised, journal=noted("7101"), edited=False)) is None


def test_what_was_received_already_is_the_business_of_the_receipts() -> None:
    came = cases.authorization(tees(2, received=ONE, closed=True), total=usd("216.00"))
    assert ask(seen(2, came, journal=noted("7101", "7102"), edited=False)) is None


# -- order lines that NetSuite has in parts --


def split(*shipped: int, ids: bool = True) -> Any:
    """An order line in as many parts, one piece each."""
    own = "11" if ids else ""
    lines = (sold(number, shipped=Decimal(one), shopify_line_id=own) for number, one in enumerate(shipped, 1))
    return cases.order(*lines)


def two(*units: ReturnLine) -> Any:
    return returned(*(units or (unit(1), unit(2))))


@pytest.mark.parametrize("ids", [True, False], ids=["by the line's id", "by SKU"])
def test_units_fill_the_parts_of_a_split_line_in_turn(ids: bool) -> None:
    wanted = draft(ask(case(two(), orders=(split(1, 1, ids=ids),))))
    assert [(line.source_line, line.quantity) for line in wanted.lines] == [(1, ONE), (2, ONE)]


@pytest.mark.parametrize("ids", [True, False], ids=["by the line's id", "by SKU"])
def test_parts_that_are_all_taken_are_over_returned_naming_who_has_them(ids: bool) -> None:
    other = cases.document("returnAuthorization", "2009", "1001", tees(2, shopify_line_id=""), status="B")
    answer = ask(case(returned(), documents=(other,), orders=(split(1, 1, ids=ids),)))
    assert code(answer) == "over_return"
    assert f"{other.number} (not ours)" in answer.problem
    assert "1 unit(s) come back, but only 0 of 2 shipped" in answer.problem


def test_a_part_that_is_not_shipped_yet_is_waited_for() -> None:
    assert code(ask(case(two(), orders=(replace(split(1, 0), status="D"),)))) == "order_not_fulfilled"


def test_one_unit_comes_back_on_the_part_that_is_left() -> None:
    other = cases.document("returnAuthorization", "2009", "1001", tees(1), status="B", loop_return_id="4711")
    wanted = draft(ask(case(returned(), documents=(other,), orders=(split(1, 1),))))
    assert [line.source_line for line in wanted.lines] == [2]
