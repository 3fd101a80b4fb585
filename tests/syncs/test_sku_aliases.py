"""A return whose SKU the order knows under another item: matched by an alias, by nothing else, wherever it is asked."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from ledgerloop.domain.case import Case
from ledgerloop.domain.matching import match_units
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.unmapped import not_authorized, not_on_order, remedied, wanted_mapping
from ledgerloop.outcome import Attention
from ledgerloop.syncs import item_receipt_to_netsuite, refund, return_authorization
from tests.support import cases
from tests.support.cases import POLICY, case, code, draft, held, returned, sold, unit, usd

OLD = unit(sku="TEE-OLD-M", shopify_line_id="99")
"""A unit whose line id and SKU the order in NetSuite does not have."""

ALIASED = replace(POLICY, sku_aliases={"TEE-OLD-M": "501"})
"""The merchant says that the old SKU is item 501, the one that was sold."""


def attention(answer: object) -> Attention:
    assert isinstance(answer, Attention), answer
    return answer


def ask(policy: Policy, seen: Case | None = None) -> object:
    return return_authorization.next_write(seen or case(returned(OLD)), policy)


def test_an_alias_to_an_item_of_the_order_authorises_the_return() -> None:
    assert code(ask(POLICY)) == "item_not_found"
    wanted = draft(ask(ALIASED))
    assert [(line.source_line, line.item_id, line.quantity) for line in wanted.lines] == [(1, "501", Decimal(1))]


def test_an_alias_to_an_item_that_the_order_does_not_have_changes_nothing_but_the_words() -> None:
    answer = attention(ask(replace(POLICY, sku_aliases={"TEE-OLD-M": "777"})))
    assert answer.code == "item_not_found"
    assert "mapped to item 777, which the order does not have" in answer.problem


def test_the_line_id_and_the_orders_own_sku_come_before_an_alias() -> None:
    lines = (sold(1), sold(2, item_id="502", sku="TEE-OLD-M", shopify_line_id=""))
    seen = case(returned(OLD), orders=(cases.order(*lines),))
    assert [line.source_line for line in draft(ask(ALIASED, seen)).lines] == [2]
    by_id = case(returned(replace(OLD, shopify_line_id="11")), orders=(cases.order(*lines),))
    policy = replace(POLICY, sku_aliases={"TEE-OLD-M": "502"})
    assert [line.source_line for line in draft(ask(policy, by_id)).lines] == [1]


def test_two_lines_of_the_item_are_filled_one_after_the_other() -> None:
    lines = (sold(1, shopify_line_id=""), sold(2, shopify_line_id=""))
    units = [replace(OLD, loop_line_id=str(number)) for number in range(3)]
    left = {1: Decimal(1), 2: Decimal(1)}
    matched, unmatched = match_units(units, lines, left, ALIASED.sku_aliases)
    assert {number: len(group) for number, group in matched.items()} == {1: 1, 2: 2}, "one more than is left"
    assert unmatched == ()


def test_more_than_is_left_of_the_item_is_refused_as_ever() -> None:
    other = cases.document("returnAuthorization", "2009", "1001", status="B", loop_return_id="4711")
    assert code(ask(ALIASED, case(returned(OLD), documents=(other,)))) == "over_return"


def test_the_finding_suggests_and_its_cause_names_the_sku_alone() -> None:
    policy = replace(POLICY, sku_aliases={"TEE-OLD-L": "412"})
    answer = attention(ask(policy))
    assert "similar on the order: TEE-M = item 501" in answer.problem
    assert "similar and mapped: TEE-OLD-L = item 412" in answer.problem
    other = case(returned(replace(OLD, title="A tee")), orders=(cases.order(sold(sku="CAP", item_id="502")),))
    assert attention(ask(policy, other)).cause == answer.cause == not_on_order("TEE-OLD-M")
    assert "map TEE-OLD-M to the internal id" in answer.remedy


def test_of_several_unknown_skus_the_first_is_the_cause_until_it_is_mapped() -> None:
    second = replace(OLD, sku="ZZ-OLD", loop_line_id="7102")
    seen = case(returned(OLD, second))
    assert attention(ask(POLICY, seen)).cause == not_on_order("TEE-OLD-M")
    assert attention(ask(ALIASED, seen)).cause == not_on_order("ZZ-OLD")


def test_a_unit_without_a_sku_has_no_mapping_as_its_remedy() -> None:
    answer = attention(ask(ALIASED, case(returned(replace(OLD, sku="")))))
    assert (answer.code, answer.cause) == ("item_not_found", "")
    assert "map " not in answer.remedy


def authorised(**changes: Any) -> Case:
    """The return was authorised by the alias, on an account that keeps no line ids."""
    line = held(shopify_line_id="", **changes)
    return case(cases.processed(OLD), documents=(cases.authorization(line), cases.invoice()))


def test_an_authorization_without_line_ids_is_received_and_credited_by_the_alias() -> None:
    receipt = draft(item_receipt_to_netsuite.next_write(authorised(), ALIASED))
    assert [(line.source_line, line.received) for line in receipt.lines] == [(1, True)]
    seen = replace(authorised(received=Decimal(1)), shop_order=cases.shop_order(cases.refunded()))
    seen = replace(seen, documents=(replace(seen.documents[0], status="F"), *seen.documents[1:]))
    memo = draft(refund.next_write(seen, ALIASED))
    assert (memo.record_type, memo.expected_total) == ("creditMemo", usd("108.00"))


def test_without_the_alias_an_authorization_made_by_hand_waits_for_the_same_mapping() -> None:
    answer = attention(item_receipt_to_netsuite.next_write(authorised(), POLICY))
    assert (answer.code, answer.cause) == ("authorization_differs", not_authorized(["TEE-OLD-M"]))


@pytest.mark.parametrize("kind", ["sku", "payment_method"])
@pytest.mark.parametrize("key", ["TEE-M", "a key with blanks", "SKU  has no item in NetSuite", "“ü”"])
def test_a_cause_leads_to_its_mapping_and_a_mapping_to_its_causes(kind: str, key: str) -> None:
    causes = list(remedied(kind, key))
    assert causes
    assert [wanted_mapping(*one) for one in causes] == [(kind, key)] * len(causes)


def test_what_has_no_key_in_its_cause_is_found_by_code() -> None:
    assert next(iter(remedied("reason", "Keep it"))) == ("units_missing", "")
    assert next(iter(remedied("payment_method", "default"))) == ("gateway_unmapped", "")
    assert list(remedied("refund_account", "klarna")) == []
    assert wanted_mapping("units_missing", "1 × CAP is missing") is None
