"""The demo: every story ends in balance, a single wrong cent anywhere is found, and nothing is left behind."""

import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest

from ledgerloop.cli.demo import exit_status
from ledgerloop.cli.demo_balance import ACCOUNTS, Ledger, differences, ledger
from ledgerloop.cli.demo_exchange import usd
from ledgerloop.cli.demo_facts import Facts, Placed, Record, money, read_facts
from ledgerloop.cli.demo_stage import Played, play
from ledgerloop.cli.demo_stories import STORIES
from ledgerloop.cli.demo_world import World, connected, free_port, running_sandbox, written_config
from tests.support.processes import Started, run

CENT = usd("0.01")

PLAYED = (*STORIES[:2], STORIES[9], STORIES[12])
"""Those that are looked at closely: by invoice, by cash sale, an exchange for something dearer, a gift card."""


def demo(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run("demo", *arguments, timeout_s=240, TMPDIR=str(folder))


class TheWholeDemo:
    def __init__(self, folder: Path) -> None:
        self.answer = demo(folder)
        self.left_behind = list(folder.iterdir())
        self.text = " ".join(self.answer.stdout.split())


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> TheWholeDemo:
    return TheWholeDemo(tmp_path_factory.mktemp("demo"))


def test_every_story_ends_in_balance(whole: TheWholeDemo) -> None:
    assert (whole.answer.returncode, whole.answer.stderr) == (0, "")
    assert [story.title for story in STORIES if story.title not in whole.text] == []
    assert whole.text.count("In balance:") == len(STORIES)
    assert whole.text.count("Not in balance") == 0


def test_the_money_of_the_stories_is_told(whole: TheWholeDemo) -> None:
    sums = ["108.00", "108.00", "48.60", "291.60", "13.50", "32.40", "42.12", "42.12"]
    sums += ["0.00", "0.00", "43.20", "0.00", "0.00"]
    assert [f"{one.promise.due.amount}" for one in STORIES] == sums
    assert [one for one in sums if f"In balance: {one} = {one} = {one}, as it must be." not in whole.text] == []
    assert "729.54" in whole.text


def test_an_exchange_of_each_kind_leaves_the_clearing_account_at_zero(whole: TheWholeDemo) -> None:
    exchanges = [one for one in STORIES if one.promise.exchange is not None]
    assert [str(one.promise.credit.amount) for one in exchanges] == ["108.00", "108.00", "64.80", "108.00"]
    assert whole.text.count("as it must be. Exchange clearing: 0.00.") == len(exchanges)
    assert "13 returns │ │ 729.54 │ 0.00 │" in whole.text
    assert "Exchange clearing │ 388.80 │ -388.80 │ 0.00 │ 0.00 │ yes" in whole.text
    assert "Gift card liability │ 0.00 │ -118.00 │ -118.00 │ -118.00 │ yes" in whole.text


def test_each_story_tells_what_makes_it_one(whole: TheWholeDemo) -> None:
    told = (
        "writes customer refund RF",
        "writes cash refund CR",
        "less her discount of 5.00",
        "waits: The warehouse has not received everything: 1 ×",
        "writes item receipt IR",
        "is not in NetSuite yet",
        "needs a person: Loop took the request and then failed: The card issuer declined the refund.",
        "it was written once",
        "makes exchange order EXC-1009 in Shopify (8.00)",
        "makes exchange order EXC-1010 in Shopify (62.00) Loop collects an upsell of 54.00 outside Shopify",
        "writes cash sale CS",
        "issues a gift card of 118.00",
    )
    assert [one for one in told if one not in whole.text] == []


def test_the_demo_is_plain_in_a_pipe_and_leaves_nothing_behind(whole: TheWholeDemo) -> None:
    assert "\x1b" not in whole.answer.stdout
    assert whole.left_behind == []


@pytest.mark.soak
def test_one_story_can_be_played_alone(tmp_path: Path) -> None:
    answer = demo(tmp_path, "--story", "3")
    assert (answer.returncode, answer.stdout.count("In balance:")) == (0, 1)
    assert "48.60 = 48.60 = 48.60" in answer.stdout


def test_a_story_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    assert demo(tmp_path, "--story", str(len(STORIES) + 1)).returncode == 2


def test_with_stay_the_connector_serves_until_it_is_stopped(tmp_path: Path) -> None:
    process = Started("demo", "--story", "2", "--stay", TMPDIR=str(tmp_path))
    addresses: dict[str, str] = {}
    for line in process.stdout:
        name, _, value = line.strip().partition(" ")
        addresses[name] = value.strip()
        if line.startswith("Stays up"):
            break
    with httpx2.Client(trust_env=False, timeout=10.0) as client:
        assert client.get(addresses["health"]).status_code == 200
        assert client.get(f"{addresses['control']}/state").status_code == 200
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
        assert process.returncode == 0
        for name in ("health", "control"):
            with pytest.raises(httpx2.TransportError):
                client.get(addresses[name])
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    port = free_port()
    with (
        running_sandbox() as (announced, sandbox),
        written_config(announced, port) as config,
        connected(config, sandbox, port) as opened,
    ):
        yield opened


@pytest.fixture(scope="module")
def played(world: World) -> Played:
    return play(world, PLAYED, lambda _text: None)


def test_the_connector_is_told_by_webhooks_too(world: World, played: Played) -> None:
    deliveries = world.sandbox.call("GET", "/deliveries")["deliveries"]
    assert {one["remote"] for one in deliveries} == {"loop", "shopify"}
    assert {one["status"] for one in deliveries} == {200}


def test_stories_in_balance_end_with_status_0(played: Played) -> None:
    assert [one.wrong for one in played.told] == [(), (), (), ()]
    assert (played.balanced, exit_status(played)) == (True, 0)


def _records(change: Callable[[Record], Record | None], *kinds: str) -> Callable[[Facts], Facts]:
    """Change the records of these types; None leaves a record out."""

    def changed(facts: Facts) -> Facts:
        records = [change(one) if one.kind in kinds else one for one in facts.records]
        assert records != list(facts.records)
        return replace(facts, records=tuple(one for one in records if one is not None))

    return changed


def _loop(**changes: Any) -> Callable[[Facts], Facts]:
    return lambda facts: replace(facts, loop=replace(facts.loop, **changes))  # type: ignore[type-var]


def _shopify(**changes: Any) -> Callable[[Facts], Facts]:
    return lambda facts: replace(facts, shopify=replace(facts.shopify, **changes))  # type: ignore[type-var]


def _less(one: Record) -> Record:
    return replace(one, total=one.total - CENT, applied={doc: sum_ - CENT for doc, sum_ in one.applied.items()})


def _clears_less(one: Record) -> Record:
    return replace(one, clearing=one.clearing + CENT)


def _gone(_one: Record) -> None:
    return None


def _status(letter: str) -> Callable[[Record], Record]:
    return lambda one: replace(one, status=letter)


TAMPERED: Mapping[str, tuple[int, Callable[[Facts], Facts]]] = {
    "Loop refunded a cent less": (0, _loop(refund=usd("107.99"))),
    "Shopify refunded a cent more": (0, _shopify(refunded=usd("108.01"))),
    "Shopify refunded something else on the order": (0, _shopify(refunded_on_order=usd("109.00"))),
    "the credit memo is a cent less": (0, _records(_less, "creditMemo")),
    "the customer refund is a cent less": (0, _records(_less, "customerRefund")),
    "the cash refund is a cent less": (1, _records(_less, "cashRefund")),
    "the customer refund pays something else": (
        0,
        _records(lambda one: replace(one, applied={"1": one.total}), "customerRefund"),
    ),
    "the credit memo is still open": (0, _records(lambda one: replace(one, remaining=CENT), "creditMemo")),
    "there is no customer refund": (0, _records(_gone, "customerRefund")),
    "there is no cash refund": (1, _records(_gone, "cashRefund")),
    "there is no item receipt": (0, _records(_gone, "itemReceipt")),
    "two units were received": (0, _records(lambda one: replace(one, units=2), "itemReceipt")),
    "the authorization is still pending refund": (0, _records(_status("F"), "returnAuthorization")),
    "an invoiced order has a cash refund": (
        0,
        _records(lambda one: replace(one, kind="cashRefund"), "customerRefund"),
    ),
    "Loop's return is open": (0, _loop(state="open")),
    "Loop's return was closed by hand": (0, _loop(processed=False)),
    "Loop was asked twice": (0, _loop(asked=2)),
    "NetSuite credited a cent less to exchange clearing": (2, _records(_clears_less, "creditMemo")),
    "the exchange order is a cent less": (2, _records(_less, "salesOrder")),
    "the deposits are a cent less": (2, _records(_less, "customerDeposit")),
    "there is no exchange order in NetSuite": (2, _records(_gone, "salesOrder")),
    "the exchange order is a cash sale": (2, _records(lambda one: replace(one, kind="cashSale"), "salesOrder")),
    "Loop's upsell is a cent more": (2, _loop(upsell=usd("54.01"))),
    "Shopify's exchange order is a cent more": (
        2,
        lambda facts: replace(facts, placed=replace(facts.placed, total=usd("62.01"))),  # type: ignore[type-var]
    ),
    "there is an exchange that nobody asked for": (0, lambda facts: replace(facts, placed=Placed("EXC-1", CENT))),
    "the gift card is a cent less": (3, _loop(gift_card=usd("117.99"))),
    "Loop does not know the return": (0, lambda facts: replace(facts, loop=None)),
}


@pytest.mark.parametrize("tampering", TAMPERED)
def test_whatever_is_not_as_it_must_be_ends_with_status_1(played: Played, tampering: str) -> None:
    number, tamper = TAMPERED[tampering]
    told = played.told[number]
    wrong = differences(told.story.promise, tamper(told.facts))
    assert wrong != ()
    stories = tuple(replace(one, wrong=wrong) if one is told else one for one in played.told)
    assert exit_status(replace(played, told=stories)) == 1


def test_a_record_written_twice_is_found(played: Played) -> None:
    told = played.told[0]
    memo = told.facts.of_kind("creditMemo")[0]
    twice = replace(told.facts, records=(*told.facts.records, replace(memo, internal_id="99999")))
    assert "NetSuite has 2 × creditMemo, not 1." in differences(told.story.promise, twice)


def _balances(books: Ledger, **changes: str) -> Ledger:
    promises = [story.promise for story in PLAYED]
    shown = {role: account.shown for role, account in zip(ACCOUNTS, books.accounts, strict=True)}
    return ledger(promises, {**shown, **{role: usd(amount) for role, amount in changes.items()}})


def test_the_ledger_is_what_was_sold_less_what_came_back(played: Played) -> None:
    shown = {account.name: str(account.shown.amount) for account in played.ledger.accounts}
    assert shown == {
        "Inventory": "-60.00",
        "Cost of goods sold": "60.00",
        "Accounts receivable": "0.00",
        "Bank (Shopify clearing)": "226.00",
        "Revenue": "-150.00",
        "Discounts": "0.00",
        "Sales tax payable": "-12.00",
        "Shipping income": "-10.00",
        "Exchange clearing": "0.00",
        "Upsells collected by Loop": "54.00",
        "Customer deposits": "0.00",
        "Gift card liability": "-118.00",
        "Bonus given": "10.00",
    }
    assert _balances(played.ledger) == played.ledger


@pytest.mark.parametrize(
    "changes",
    [
        {"bank": "10.01"},
        {"tax": "-0.01"},
        {"inventory": "40.00"},
        {"ar": "0.01"},
        {"variance": "0.01"},
        {"exchange_clearing": "0.01"},
    ],
)
def test_a_cent_on_a_wrong_account_ends_with_status_1(played: Played, changes: dict[str, str]) -> None:
    tampered = replace(played, ledger=_balances(played.ledger, **changes))
    assert exit_status(tampered) == 1


def test_a_last_run_that_still_writes_ends_with_status_1(played: Played) -> None:
    assert exit_status(replace(played, restless=1)) == 1


def test_a_refund_made_behind_our_back_is_seen_in_the_systems_themselves(world: World, played: Played) -> None:
    told = played.told[0]
    order_id = world.state()["shopify"]["orders"][0]["id"]
    world.sandbox.act("shopify_refund", order_id=order_id, amount="0.01")
    facts = read_facts(world.state(), order_id, told.return_id)
    assert differences(told.story.promise, facts) == (
        f"Shopify refunded on this order {money('108.01')}, not {money('108.00')}.",
    )
