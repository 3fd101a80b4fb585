"""What a script in NetSuite pushes: stored before it is answered, and what it names is read again."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledgerloop.engine.called import CALLED_S, Called
from ledgerloop.engine.parts import Shop
from ledgerloop.intake.messages import work_inbox
from ledgerloop.remotes.netsuite.webhook import Named, named_in
from ledgerloop.store.due import DueRow
from tests.support.serving import signature
from tests.support.web import Site, site

PATH = "/webhooks/main/netsuite"
RETURN = {"id": 77, "state": "open", "provider_order_id": "5001", "updated_at": "2026-03-01T00:00:00Z"}


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Site]:
    secrets = 'webhook_secrets = ["old-secret", "netsuite-secret"]'
    with site(f"sqlite:///{tmp_path / 'll.db'}", tmp_path, netsuite=secrets) as made:
        stores, at = made.parts.stores, made.clock()
        stores.returns.put_list_view("main", "77", RETURN, at)
        authorization = {"type": "RtnAuth", "id": "41", "external_id": "", "created_from": "40", "last_modified": ""}
        stores.documents.put_family("main", "5001", [authorization], at, complete=True)
        stores.source_orders.put("main", "5001", [{"id": "40"}], at)
        yield made


def push(here: Site, said: Any, secret: str = "netsuite-secret", path: str = PATH) -> int:
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    headers = {"X-Ledgerloop-Signature": signature(body, secret)}
    return int(here.client.post(path, content=body, headers=headers).status_code)


def shop_of(here: Site) -> Shop:
    return here.parts.shops["main"]


def worked(here: Site) -> list[str]:
    """Work the inbox off; gives what was noted about each message."""
    inbox = here.parts.stores.inbox
    waiting = [one.id for one in inbox.unworked()]
    shop = shop_of(here)
    work_inbox(shop.watch, inbox, shop.loop)
    return [message.note for one in waiting if (message := inbox.get(one)) is not None and message.worked_at]


def is_due(here: Site) -> bool:
    row: DueRow | None = here.parts.stores.due.get("main", "5001")
    return row is not None and row.due_at is not None


def is_stale(here: Site) -> tuple[bool, bool]:
    """Whether the documents of the order, and the order itself, are read again."""
    source = here.parts.stores.source_orders.get("main", "5001")
    return here.parts.stores.documents.for_order("main", "5001").stale, source is not None and source.stale


@pytest.mark.parametrize(
    "said",
    [
        {"type": "returnAuthorization", "id": "41"},
        {"type": "returnauthorization", "id": 41},
        {"id": "41"},
        {"type": "salesOrder", "id": "40"},
        {"type": "itemReceipt", "id": "99", "createdFrom": "41"},
        {"returnId": "77"},
        {"orderId": 5001},
        [{"type": "customer", "id": "3"}, {"type": "returnAuthorization", "id": "41"}],
    ],
)
def test_what_a_push_names_is_due_and_read_again(here: Site, said: Any) -> None:
    assert push(here, said) == 200
    assert worked(here) == [""]
    assert (is_due(here), is_stale(here)) == (True, (True, True))
    assert not shop_of(here).watch.netsuite_called.is_set()


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"\xff",
        b"[" * 9000,
        [],
        "41",
        {"type": "itemReceipt"},
        {"id": ["41"]},
        {"type": "itemReceipt", "id": "99"},
        {"returnId": "78"},
        {"orderId": "5002"},
    ],
)
def test_what_names_nothing_known_is_stored_and_calls_for_the_poll(here: Site, said: Any) -> None:
    assert push(here, said) == 200
    assert worked(here) == ["names nothing known: NetSuite is polled"]
    assert (is_stale(here), shop_of(here).watch.netsuite_called.is_set()) == ((False, False), True)


def test_records_that_no_return_has_call_for_nothing(here: Site) -> None:
    assert push(here, [{"type": "customer", "id": "41"}, {"type": "inventoryitem", "id": "40"}]) == 200
    assert worked(here) == ["names no transaction"]
    assert (is_due(here), is_stale(here), shop_of(here).watch.netsuite_called.is_set()) == (
        False,
        (False, False),
        False,
    )


def test_one_unknown_among_known_ones_calls_for_the_poll_too(here: Site) -> None:
    assert push(here, [{"id": "41"}, {"id": "99"}]) == 200
    worked(here)
    assert (is_due(here), shop_of(here).watch.netsuite_called.is_set()) == (True, True)


def test_the_same_record_may_change_twice(here: Site) -> None:
    said = {"type": "returnAuthorization", "id": "41"}
    assert (push(here, said), worked(here)) == (200, [""])
    here.parts.stores.documents.put_family("main", "5001", [], here.clock(), complete=True)
    here.parts.stores.source_orders.put("main", "5001", [{"id": "40"}, {"id": "41"}], here.clock())
    here.clock.pass_by(1)
    assert (push(here, said), worked(here)) == (200, [""])
    assert is_stale(here) == (True, True)


def test_many_calls_are_followed_by_one_poll_and_none_is_lost(here: Site) -> None:
    time_s = [100.1]
    called, shop = Called(lambda: time_s[0]), shop_of(here)
    assert not called.follow(shop)
    shop.watch.netsuite_called.set()
    assert [called.follow(shop), called.follow(shop)] == [True, False]
    shop.watch.netsuite_called.set()
    time_s[0] += CALLED_S - 1
    assert not called.follow(shop)
    time_s[0] += 1
    assert [called.follow(shop), called.follow(shop)] == [True, False]


def test_only_a_configured_secret_opens_the_door(here: Site, tmp_path: Path) -> None:
    assert [push(here, b"{}", secret) for secret in ("old-secret", "netsuite-secret", "another")] == [200, 200, 401]
    with site(f"sqlite:///{tmp_path / 'shut.db'}", tmp_path) as shut:
        answer = shut.client.post(PATH, content=b"{}", headers={"X-Ledgerloop-Signature": signature(b"{}", "")})
        assert (answer.status_code, answer.json()["code"]) == (401, "webhook_secret_missing")
        assert "webhook_secrets" in answer.json()["detail"]
        assert shut.parts.stores.inbox.unworked() == []


def test_a_message_is_read_whatever_its_spelling() -> None:
    assert named_in(b'{"type": " ItemReceipt ", "id": 55}') == [Named("itemreceipt", "55")]
    assert named_in(b'[{"id": "1"}, 2]') is None
