"""What a person holds, or has handled, is left alone by every sync until it is released."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ledgerloop.domain.case import Rest
from ledgerloop.engine.converge import Run, decide
from ledgerloop.engine.settle import save
from ledgerloop.store.return_list import ReturnList
from tests.support.cases import case, returned
from tests.support.database import NOW
from tests.support.web import Site, site


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Site]:
    with site(f"sqlite:///{tmp_path}/l.db", tmp_path) as made:
        yield made


def resting(kind: str, *whose: str) -> dict[str, Rest]:
    return {one: Rest(one, kind, "olga", NOW, "The warehouse asks") for one in whose}


@pytest.mark.parametrize("kind", ["held", "handled"])
def test_no_sync_is_asked_about_a_return_at_rest(here: Site, kind: str) -> None:
    two = case(returned(), returned(loop_return_id="77"))
    shop, mine = here.parts.shops["main"], two.returns[0].loop_return_id
    asked = {about for about, _ in decide(two, shop, Run())}
    assert {mine, "77"} <= asked
    left = {about for about, _ in decide(replace(two, rests=resting(kind, mine)), shop, Run())}
    assert asked - left == {mine}


def test_no_sync_is_asked_about_an_order_at_rest(here: Site) -> None:
    one = case(returned())
    order = f"order:{one.shopify_order_id}"
    asked = {about for about, _ in decide(one, here.parts.shops["main"], Run())}
    left = {about for about, _ in decide(replace(one, rests=resting("held", order)), here.parts.shops["main"], Run())}
    assert asked - left == {order}


@pytest.mark.parametrize(
    ("kind", "stands", "text"),
    [
        ("held", "waiting", "Held by olga: The warehouse asks"),
        ("handled", "settled", "Handled by hand, says olga: The warehouse asks"),
    ],
)
def test_a_return_at_rest_is_shown_as_such(here: Site, kind: str, stands: str, text: str) -> None:
    stores, shop = here.parts.stores, here.parts.shops["main"]
    return_id = returned().loop_return_id
    seen = {"id": return_id, "state": "open", "created_at": "2026-03-02 10:00:00", "provider_order_id": "5821"}
    stores.returns.put_details_view("main", return_id, seen, NOW)
    at_rest = case(returned(), rests=resting(kind, return_id))
    assert save(here.parts, shop, at_rest, decide(at_rest, shop, Run())) is None
    said = stores.outcomes.for_return("main", return_id)
    assert [(one.kind, one.code, one.text) for one in said] == [(stands, kind, text)]
    head = ReturnList(stores.store).get("main", return_id)
    assert head is not None
    assert head.standing == kind
    released = replace(at_rest, rests={})
    save(here.parts, shop, released, {})
    assert stores.outcomes.for_return("main", return_id) == []
