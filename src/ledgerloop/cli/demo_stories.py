"""The stories of the demo: what people do in Loop, Shopify and NetSuite, and what it must come to."""

from ledgerloop.cli.demo_balance import Promise
from ledgerloop.cli.demo_outcomes import OUTCOMES
from ledgerloop.cli.demo_scenes import arrives, buys, goods, line, returns
from ledgerloop.cli.demo_stage import US, Scene, Stage, Story

DECLINED = "The card issuer declined the refund."
"""Why Loop fails in one of the stories."""


def _by_invoice(stage: Stage) -> Scene:
    buys(
        stage,
        "Ana",
        "buys a T-shirt for 100.00, plus tax 8.00 and shipping 10.00",
        "#1001",
        line("TEE-M", "100.00"),
        shipping="10.00",
    )
    returns(stage, "Ana", "asks for her money back in Loop: too small")
    yield
    arrives(stage)
    yield
    yield


def _by_cash_sale(stage: Stage) -> Scene:
    item = line("TEE-L", "100.00")
    buys(stage, "Ben", "buys a T-shirt for 100.00, plus tax 8.00", "#1002", item, billing="cash_sale")
    returns(stage, "Ben", "asks for his money back in Loop: too big", reason="Too big")
    yield
    arrives(stage)
    yield
    yield


def _one_of_two(stage: Stage) -> Scene:
    lines = (line("TEE", "50.00", 2), line("CAP", "30.00"))
    what = "buys two T-shirts at 50.00 and a cap at 30.00, with 13.00 off the order; tax 9.36"
    buys(stage, "Cleo", what, "#1003", *lines, order_discount="13.00")
    returns(stage, "Cleo", "sends one T-shirt back: 50.00, less her discount of 5.00, plus tax 3.60")
    yield
    arrives(stage)
    yield
    yield


def _warehouse_first(stage: Stage) -> Scene:
    item = line("HOODIE", "150.00", 2, line_discount="30.00")
    buys(stage, "Dora", "buys two hoodies at 150.00, with 30.00 off; tax 21.60", "#1004", item)
    returns(stage, "Dora", "sends both back, in two parcels", units=2, reason="Damaged")
    yield
    number = stage.facts.authorizations[0].internal_id if stage.facts.authorizations else ""
    first = [{"line": 1, "quantity": 1}]
    stage.act("Warehouse", "receives the first parcel in NetSuite", "receive", authorization=number, lines=first)
    yield
    stage.expect(bool(stage.stopped("partly_received")), "Ledgerloop did not wait for the second parcel.")
    arrives(stage, "receives the second parcel in NetSuite")
    yield
    yield


def _loop_first(stage: Stage) -> Scene:
    buys(stage, "Emil", "buys two pairs of socks at 12.50; tax 2.00", "#1005", line("SOCKS", "12.50", 2))
    returns(stage, "Emil", "sends one pair back")
    yield
    stage.act(
        "Support", "checks the parcel and processes the return in Loop", "process_in_loop", return_id=stage.return_id
    )
    yield


def _order_late(stage: Stage) -> Scene:
    what = "buys a cap for 30.00, plus tax 2.40; the order is slow on its way to NetSuite"
    buys(stage, "Fay", what, "#1006", line("CAP", "30.00"), in_netsuite=False)
    returns(stage, "Fay", "asks for her money back in Loop before NetSuite knows the order")
    yield
    stage.expect(bool(stage.stopped("order_not_in_netsuite")), "Ledgerloop did not wait for the order.")
    stage.act("Shop", "brings the order to NetSuite at last", "bring_to_netsuite", order_id=stage.order_id)
    yield
    arrives(stage)
    yield
    yield


def _loop_fails(stage: Stage) -> Scene:
    buys(stage, "Gus", "buys a black T-shirt for 39.00, plus tax 3.12", "#1007", line("TEE-BLK-M", "39.00"))
    returns(stage, "Gus", "asks for his money back in Loop")
    yield
    arrives(stage)
    stage.world.sandbox.act("fail_next_process", return_id=stage.return_id, message=DECLINED)
    yield
    stage.tell("Loop", f"had said yes, and now fails: “{DECLINED}”")
    yield
    said = stage.stopped("loop_did_not_process")
    stage.expect(DECLINED in said, "Ledgerloop did not pass Loop's message on to a person.")
    stage.expect(not stage.facts.of_kind("creditMemo"), "NetSuite has a credit memo though no money had left.")
    stage.tell("Support", "mends the card in Loop, and says: ledgerloop retry")
    stage.world.retry(stage.return_id)
    yield
    yield


def _line_breaks(stage: Stage) -> Scene:
    buys(stage, "Hana", "buys a black T-shirt for 39.00, plus tax 3.12", "#1008", line("TEE-BLK-L", "39.00"))
    returns(stage, "Hana", "asks for her money back in Loop")
    yield
    arrives(stage)
    yield
    number = stage.facts.authorizations[0].internal_id if stage.facts.authorizations else "0"
    address = f"/returnAuthorization/{number}/!transform/creditMemo"
    stage.world.sandbox.call("POST", "/faults", remote="netsuite", name="lost_answer", match=address)
    stage.tell("The line", "is about to break: NetSuite will save the credit memo, and its answer will be lost")
    yield
    written = [one["fault"] for one in stage.world.sandbox.netsuite_log(address)]
    stage.expect(written == ["lost_answer"], f"The credit memo was asked for {len(written)} time(s): {written}.")
    stage.tell(US, "never got the answer, looked, found its own credit memo and went on: it was written once")


STORIES = (
    Story(
        "A full refund, billed by invoice",
        Promise("invoice", goods("100.00", "8.00", "40.00", shipping="10.00"), goods("100.00", "8.00", "40.00"), 1, 1),
        _by_invoice,
    ),
    Story(
        "A full refund, billed by cash sale",
        Promise("cash_sale", goods("100.00", "8.00", "40.00"), goods("100.00", "8.00", "40.00"), 1, 1),
        _by_cash_sale,
    ),
    Story(
        "One of two, from an order with a discount",
        Promise(
            "invoice",
            goods("130.00", "9.36", "52.00", discount="13.00"),
            goods("50.00", "3.60", "20.00", discount="5.00"),
            1,
            1,
        ),
        _one_of_two,
    ),
    Story(
        "The warehouse is first: received in NetSuite, parcel by parcel",
        Promise(
            "invoice",
            goods("300.00", "21.60", "120.00", discount="30.00"),
            goods("300.00", "21.60", "120.00", discount="30.00"),
            2,
            1,
        ),
        _warehouse_first,
    ),
    Story(
        "Loop is first: processed by the support desk",
        Promise("invoice", goods("25.00", "2.00", "10.00"), goods("12.50", "1.00", "5.00"), 1, 0),
        _loop_first,
    ),
    Story(
        "The return is quicker than its order",
        Promise("invoice", goods("30.00", "2.40", "12.00"), goods("30.00", "2.40", "12.00"), 1, 1),
        _order_late,
    ),
    Story(
        "Loop says yes, and then fails",
        Promise("invoice", goods("39.00", "3.12", "15.60"), goods("39.00", "3.12", "15.60"), 1, 2),
        _loop_fails,
    ),
    Story(
        "The line breaks while the credit memo is written",
        Promise("invoice", goods("39.00", "3.12", "15.60"), goods("39.00", "3.12", "15.60"), 1, 1),
        _line_breaks,
    ),
    *OUTCOMES,
)
"""In the order in which they are told."""
