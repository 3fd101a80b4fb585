"""A change of mappings wakes just what waits for it, whatever record the mapping is made of."""

from collections.abc import Iterator

import pytest

from ledgerloop.domain.unmapped import no_item, no_method, several_items
from ledgerloop.operate import views
from ledgerloop.operate.mappings.importing import set_one, take_in
from ledgerloop.store.outcomes import Outcome
from tests.machine.connector import Connector
from tests.support import many
from tests.support.world_in_memory import MemoryWorld

FILE = """<PaymentMethodType paymentMethodTypeId="EXT_KLARNA" paymentMethodCode="klarna"/>
<IntegrationTypeMapping integrationTypeId="NETSUITE_PMT_MTHD" mappingKey="EXT_KLARNA" mappingValue="12"/>"""


@pytest.fixture
def here() -> Iterator[Connector]:
    made = Connector(MemoryWorld(lambda _delivery: 0))
    yield made
    made.remove()


def stands(here: Connector, subject: str, code: str, cause: str = "", kind: str = "attention") -> None:
    """Something stands still."""
    at = here.parts.clock()
    row = Outcome("main", subject, "refund", kind, code, cause or code, "", at, None, cause)
    here.parts.stores.outcomes.replace_all("main", subject, [row], at)


def due(here: Connector) -> set[str]:
    """Orders that are due."""
    stores, every = here.parts.stores, ("58", "59", "60", "61")
    rows = {one: stores.due.get("main", one) for one in every}
    return {one for one, row in rows.items() if row is not None and row.due_at == here.parts.clock()}


def test_a_gateway_wakes_what_waits_for_that_gateway(here: Connector) -> None:
    stands(here, "order:58", "gateway_unmapped", no_method("klarna"))
    stands(here, "order:59", "gateway_unmapped", no_method("paypal"))
    assert set_one(here.parts, "payment_method", "klarna", "12", by="ana").woken == 1
    assert due(here) == {"58"}


def test_a_gateway_that_is_mapped_by_way_of_a_payment_type_wakes_the_same(here: Connector) -> None:
    stands(here, "order:58", "gateway_unmapped", no_method("klarna"))
    stands(here, "order:59", "gateway_unmapped", no_method("paypal"))
    assert take_in(here.parts, "hotwax.xml", FILE.encode(), by="ana").woken == 1
    assert due(here) == {"58"}


def test_the_default_wakes_every_gateway_and_a_refund_account_none(here: Connector) -> None:
    stands(here, "order:58", "gateway_unmapped", no_method("klarna"))
    stands(here, "order:59", "gateway_unmapped", no_method("paypal"))
    assert set_one(here.parts, "refund_account", "klarna", "155", by="ana").woken == 0
    assert set_one(here.parts, "payment_method", "default", "10", by="ana").woken == 2


def test_a_sku_wakes_whatever_code_names_it_and_no_other_sku(here: Connector) -> None:
    stands(here, "order:58", "item_not_found", no_item("TEE"))
    stands(here, "order:59", "item_ambiguous", several_items("TEE"))
    stands(here, "order:60", "item_not_found", no_item("TEE-M"))
    stands(here, "order:61", "amount_differs", no_item("TEE"))
    assert set_one(here.parts, "sku", "TEE", "7", by="ana").woken == 2
    assert due(here) == {"58", "59"}


def test_a_kept_reason_and_a_location_wake_by_code_what_waits_too(here: Connector) -> None:
    stands(here, "order:58", "partly_received", kind="waiting")
    stands(here, "order:59", "receive_by_hand")
    stands(here, "order:60", "goods_not_received", kind="waiting")
    stands(here, "order:61", "order_not_in_netsuite", kind="waiting")
    assert set_one(here.parts, "location", "quarantine", "8", by="ana").woken == 1
    assert set_one(here.parts, "reason", "Keep it", "keep_item", by="ana").woken == 3
    assert due(here) == {"58", "59", "60"}


def test_what_holds_already_wakes_nothing(here: Connector) -> None:
    assert set_one(here.parts, "sku", "TEE", "7", by="ana").woken == 0
    stands(here, "order:58", "item_not_found", no_item("TEE"))
    assert set_one(here.parts, "sku", "TEE", "7", by="ben").woken == 0
    assert due(here) == set()


def test_a_change_that_fails_wakes_nothing(here: Connector, monkeypatch: pytest.MonkeyPatch) -> None:
    """The change, its audit row and what it wakes take effect together, or none of them."""
    stands(here, "order:58", "item_not_found", no_item("TEE"))

    def torn(*_: object, **__: object) -> int:
        raise OSError("the disk is full")

    monkeypatch.setattr(here.parts.stores.audit, "note", torn)
    with pytest.raises(OSError, match="disk"):
        set_one(here.parts, "sku", "TEE", "7", by="ana")
    assert (due(here), here.parts.stores.mappings.all()) == (set(), [])


def test_several_thousand_skus_at_once_wake_those_that_are_waited_for(here: Connector) -> None:
    stands(here, "order:58", "item_not_found", no_item("TEE-2999"))
    stands(here, "order:59", "item_not_found", no_item("CAP"))
    rows = "".join(f"sku,TEE-{number},{number}\n" for number in range(1, 3001))
    assert take_in(here.parts, "skus.csv", f"kind,key,value\n{rows}".encode(), by="ana").woken == 1
    [deed] = here.parts.stores.audit.newest(1)
    assert (deed.detail["file"], deed.detail["changes"], len(deed.detail["changed"])) == ("skus.csv", 3000, 20)


def test_a_gateway_is_suggested_what_a_gateway_of_a_like_name_stands_for(here: Connector) -> None:
    assert views.unknown_keys(here.parts) == ()
    stands(here, "order:58", "gateway_unmapped", no_method("klarna_pay"))
    set_one(here.parts, "payment_method", "klarna", "12", by="ana")
    here.parts.shops["main"].policies.look()
    [unknown] = views.unknown_keys(here.parts)
    assert (unknown.kind, unknown.key) == ("payment_method", "klarna_pay")
    assert (unknown.candidates[0].value, unknown.candidates[0].why) == ("12", "as klarna")


def test_a_destination_that_falls_back_to_the_default_location_is_suggested(here: Connector) -> None:
    for number, destination in enumerate(("71", "71", "72")):
        view = {**many.body(number), "destination_id": destination}
        here.parts.stores.returns.put_details_view("main", many.return_id(number), view, here.parts.clock())
    set_one(here.parts, "location", "loop:72", "8", by="ana")
    here.parts.shops["main"].policies.look()
    [unknown] = views.unknown_keys(here.parts)
    assert (unknown.kind, unknown.key, unknown.count) == ("location", "loop:71", 2)
    assert [(one.value, one.why) for one in unknown.candidates] == [("7", "as default"), ("8", "as loop:72")]
