"""`ledgerloop books`: what it says when everything agrees, and that one wrong cent anywhere is found."""

import json
from collections.abc import Callable
from decimal import Decimal

import pytest

from tests.acceptance.selling import AT_ONCE, exchange, exchange_order, ship_and_bill
from tests.acceptance.trade import Record, Trade
from tests.support.soak import rest_in_the_soak

OK, DIFFERS = 0, 1


def books(trade: Trade, *arguments: str) -> tuple[int, Record]:
    """Exit status and the JSON pack."""
    done = trade.command("books", "--format", "json", *arguments)
    assert done.returncode in (OK, DIFFERS), done.stderr
    return done.returncode, dict(json.loads(done.stdout))


def differences(pack: Record) -> list[tuple[str, str, str, str]]:
    """Return, code, sum and amount of what counts."""
    counted = (one for one in pack["differences"] if one["counts"] == "yes")
    return [(one["return"], one["code"], one["term"], one["amount"]) for one in counted]


def open_items(pack: Record) -> list[tuple[str, str, str]]:
    return [(one["return"], one["code"], one["amount"]) for one in pack["open_items"]]


def accounts(pack: Record) -> dict[str, Decimal]:
    """NetSuite's accounts that hold something."""
    found = {tuple(one["account"].split(".")): Decimal(one["closing"]) for one in pack["accounts"]}
    return {name: held for (whose, name), held in found.items() if held and whose == "netsuite"}


def between(pack: Record) -> list[str]:
    """Accounts between the systems on which something is left."""
    return [one["account"] for one in pack["accounts"] if one["account"][0] == "b" and Decimal(one["closing"])]


def refunded(trade: Trade, order: Record | None = None) -> str:
    """A return that was refunded and posted."""
    return_id = trade.wants_back(order or trade.order())
    trade.sync()
    trade.receive(return_id)
    trade.until_done()
    return return_id


def exchanged(trade: Trade, price: str, name: str = "#1001") -> tuple[str, str]:
    """An exchange of which both sides stand in NetSuite; its sales order is not billed. Return id and new order."""
    trade.policy(AT_ONCE)
    return_id = exchange(trade, trade.order(name), price)
    trade.process_by_hand(return_id)
    trade.sync()
    trade.sync()
    return return_id, exchange_order(trade, return_id)


def test_a_refund_on_which_all_three_agree(trade: Trade) -> None:
    order = trade.order()
    before = trade.books()
    return_id = refunded(trade, order)
    status, pack = books(trade)
    assert (status, pack["balanced"]) == (OK, "yes")
    assert [(one["return"], one["term"]) for one in pack["returns"]] == [(return_id, "refund"), (return_id, "goods")]
    first = pack["returns"][0]
    assert (first["loop"], first["shopify"], first["netsuite"], first["difference"]) == ("108.00",) * 3 + ("0.00",)
    assert (differences(pack), open_items(pack), between(pack)) == ([], [], [])
    assert accounts(pack) == {"sales": Decimal("108.00"), "money": Decimal("-108.00")}
    assert trade.moved(before)["bank"] == accounts(pack)["money"]


def test_nothing_is_known_yet(trade: Trade) -> None:
    status, pack = books(trade)
    assert (status, pack["returns"], pack["accounts"]) == (OK, [], [])


def test_a_return_on_its_way_is_open_and_no_difference(trade: Trade) -> None:
    return_id = trade.wants_back(trade.order())
    trade.sync()
    status, pack = books(trade)
    assert (status, differences(pack)) == (OK, [])
    assert open_items(pack) == [(return_id, "in_transit", "108.00")]
    trade.receive(return_id)
    trade.sync()
    assert open_items(books(trade)[1]) == [(return_id, "received_not_credited", "108.00")]


def test_a_processed_return_that_is_held_is_a_difference_with_its_reason(trade: Trade) -> None:
    trade.policy("variance_limit = 0")
    trade.rewrite(("variance_limit = 0", 'receive = "netsuite"'))
    return_id = trade.wants_back(trade.order())
    trade.sync()
    trade.process_by_hand(return_id)
    trade.sync()
    status, pack = books(trade)
    assert status == DIFFERS
    codes = {code for _, code, _, _ in differences(pack)}
    assert codes == set(trade.said(return_id).values())
    assert {term for _, _, term, _ in differences(pack)} == {"refund", "goods"}


@pytest.mark.parametrize(
    ("price", "money"),
    [
        ("100.00", "0"),
        pytest.param("150.00", "54.00", marks=pytest.mark.soak),
        pytest.param("60.00", "-43.20", marks=pytest.mark.soak),
    ],
)
def test_an_exchange_ties_to_the_clearing_account_before_and_after_it_is_billed(
    trade: Trade, price: str, money: str
) -> None:
    return_id, new = exchanged(trade, price)
    status, pack = books(trade)
    assert (status, differences(pack)) == (OK, [])
    assert [one[:2] for one in open_items(pack)] == [(return_id, "exchange_not_billed")]
    assert accounts(pack)["clearing"] == trade.books()["exchange_clearing"]

    ship_and_bill(trade, new)
    assert [one[:2] for one in open_items(books(trade, "--offline")[1])] == [(return_id, "exchange_not_billed")]
    status, pack = books(trade)
    assert (status, differences(pack), open_items(pack), between(pack)) == (OK, [], [], [])
    assert "clearing" not in accounts(pack)
    assert "exchange_clearing" not in trade.books()
    assert accounts(pack).get("money", Decimal(0)) == Decimal(money)


def test_an_exchange_in_the_store_is_balanced_at_once(trade: Trade) -> None:
    trade.policy(AT_ONCE, 'receive = "loop"')
    return_id = exchange(trade, trade.order(billing="cash_sale"), "150.00", is_pos=True)
    trade.process_by_hand(return_id)
    for _ in range(3):
        trade.sync()
    status, pack = books(trade)
    assert (status, differences(pack), open_items(pack), between(pack)) == (OK, [], [], [])
    assert accounts(pack) == {"sales": Decimal("-54.00"), "money": Decimal("54.00")}


def _loop(name: str, amount: str) -> Callable[[Trade, str], object]:
    return lambda trade, return_id: trade.act("tamper", return_id=return_id, **{name: amount})


def _shopify(trade: Trade, return_id: str) -> object:
    order_id = trade.loop(return_id)["order_id"]
    orders = trade.sandbox.control("GET", "/state")["shopify"]["orders"]
    refunds = next(one["refunds"] for one in orders if one["id"] == order_id)
    paid = refunds[0]["transactions"][0]["id"]
    return trade.act("tamper_transaction", order_id=order_id, transaction_id=paid, by="-0.01")


def _record(kind: str, by: str, line: int | None = None) -> Callable[[Trade, str], object]:
    def tamper(trade: Trade, return_id: str) -> object:
        mine = [one for one in trade.records(kind) if return_id in str(one["externalId"])]
        return trade.act("tamper_record", record=mine[0]["id"], by=by, line=line)

    return tamper


WRONG = {
    "Loop's refund": (_loop("refund", "108.01"), ("shopify_less_than_loop", "refund", "0.01")),
    "Loop's value of the goods": (_loop("return_total", "108.01"), ("netsuite_wrong_amount", "goods", "0.01")),
    "Loop's fee": (_loop("handling_fee", "0.01"), ("netsuite_wrong_amount", "handling fee", "0.01")),
    "Loop's gift card": (_loop("gift_card", "0.01"), ("netsuite_wrong_amount", "gift card", "0.01")),
    "Loop's tax": (_loop("return_tax_total", "8.01"), ("loop_amounts_disagree", "Loop's return total", "-0.01")),
    "Shopify's refund": (_shopify, ("shopify_less_than_loop", "refund", "0.01")),
    "the credit memo": (_record("creditMemo", "0.01", line=1), ("netsuite_wrong_amount", "goods", "-0.01")),
    "the customer refund": (_record("customerRefund", "-0.01"), ("netsuite_wrong_amount", "refund", "0.01")),
}


@pytest.mark.parametrize("what", rest_in_the_soak(WRONG, "the credit memo"))
def test_one_wrong_cent_is_found_in_the_right_return(trade: Trade, what: str) -> None:
    tamper, told = WRONG[what]
    fine, wrong = refunded(trade), refunded(trade, trade.order("#1002"))
    assert books(trade)[0] == OK
    tamper(trade, wrong)
    status, pack = books(trade, "--fresh")
    assert status == DIFFERS
    found = differences(pack)
    assert {one[0] for one in found} == {wrong}
    assert told in [one[1:] for one in found]
    assert [one["difference"] for one in pack["returns"] if one["return"] == fine] == ["0.00", "0.00"]


@pytest.mark.soak
def test_a_wrong_cent_that_a_poll_sees_is_a_correction_too(trade: Trade) -> None:
    return_id = refunded(trade)
    books(trade)
    _record("creditMemo", "0.01", line=1)(trade, return_id)
    trade.sync()
    status, pack = books(trade, "--offline")
    assert status == DIFFERS
    assert [(one["return"], one["before"], one["after"], one["what"]) for one in pack["corrections"]] == [
        (return_id, "108.00", "108.01", "changed")
    ]


def test_a_deleted_refund_is_missing(trade: Trade) -> None:
    return_id = refunded(trade)
    books(trade)
    trade.act("delete_record", id=trade.record("customerRefund")["id"], force=True)
    status, pack = books(trade, "--fresh")
    assert status == DIFFERS
    assert differences(pack) == [(return_id, "missing_record", "refund", "108.00")]
    assert pack["corrections"][0]["what"] == "no longer shown"


@pytest.mark.soak
def test_a_period_holds_its_own_returns_and_the_rest_is_left_out(trade: Trade) -> None:
    return_id = refunded(trade)
    _, everything = books(trade)
    day = everything["returns"][0]["processed_on"]
    _, mine = books(trade, "--from", day, "--to", day)
    assert {one["return"] for one in mine["returns"]} == {return_id}
    assert (mine["from"], mine["to"]) == (day, day)
    status, before = books(trade, "--to", "2020-01-01")
    assert (status, before["returns"], before["accounts"]) == (OK, [], [])


@pytest.mark.parametrize("form", rest_in_the_soak(["json", "csv", "xlsx"], "xlsx"))
def test_a_pack_is_written_proved_and_found_to_be_changed(trade: Trade, form: str) -> None:
    refunded(trade)
    path = trade.folder / f"pack.{form}"
    done = trade.command("books", "--format", form, "--out", str(path))
    assert (done.returncode, "hash" in done.stdout) == (OK, True), done.stderr
    proved = trade.command("books", "--verify", str(path))
    assert (proved.returncode, "as it was made" in proved.stdout) == (OK, True), proved.stderr
    if form != "xlsx":
        path.write_text(path.read_text().replace("108.00", "108.01", 1))
        changed = trade.command("books", "--verify", str(path))
        assert (changed.returncode, "CHANGED" in changed.stderr) == (DIFFERS, True)


@pytest.mark.soak
def test_the_same_books_have_the_same_hash_in_every_format(trade: Trade) -> None:
    refunded(trade)
    first, second = books(trade)[1], books(trade)[1]
    printed = trade.command("books").stdout
    assert first["hash"] == second["hash"]
    assert first["hash"] in printed
    assert "balanced" in printed


def test_one_return_is_told_in_facts_and_entries(trade: Trade) -> None:
    return_id = refunded(trade)
    told = trade.command("books", "--return", return_id)
    assert told.returncode == OK, told.stderr
    assert "The three systems agree." in told.stdout
    assert trade.command("books", "--return", "1").returncode == 3


@pytest.mark.soak
def test_a_remote_that_is_down_is_told_and_the_books_are_made_all_the_same(trade: Trade) -> None:
    return_id, _ = exchanged(trade, "100.00")
    trade.fault("netsuite", "error_500", times=1000)
    done = trade.command("books", "--format", "json")
    assert done.returncode == OK, done.stderr
    assert "the books rest on what was read before" in done.stderr
    assert [one["return"] for one in json.loads(done.stdout)["open_items"]] == [return_id]
