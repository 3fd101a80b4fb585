"""`webhooks`, `doctor --fix` and `serve` keep the subscriptions; `sync` and plain `doctor` never touch them."""

from typing import Any

import pytest

from tests.acceptance.trade import Trade, document
from tests.support.sandbox import Sandbox, parts_of
from tests.support.serving import Running, wait_until

PUBLIC = "https://returns.example.com"
ALL = 8
"""Subscriptions that an ordinary shop wants: four at Loop, three at Shopify."""


def there(trade: Trade) -> list[tuple[str, str]]:
    """What both remotes hold: name and address."""
    with parts_of(trade.config) as parts:
        shop = parts.shops["main"]
        loop = [(one["trigger"], one["url"]) for one in shop.loop.webhooks()]
        return sorted([*loop, *((one["topic"], one["uri"]) for one in shop.shopify.webhooks())])


def answered(trade: Trade, *arguments: str, status: int = 0) -> Any:
    done = trade.command(*arguments, "--json")
    assert done.returncode == status, done.stderr
    return document(done)


def test_subscribe_makes_them_once_and_unsubscribe_removes_what_it_made(trade: Trade) -> None:
    with parts_of(trade.config) as parts:
        parts.shops["main"].loop.create_webhook("return", "return.updated", "https://hooks.example.org/in")
    made = answered(trade, "webhooks", "subscribe")
    assert ({one["act"] for one in made["done"]}, len(made["done"]), made["problems"]) == ({"created"}, ALL, [])
    assert answered(trade, "webhooks", "subscribe") == {"done": [], "problems": []}
    assert len(there(trade)) == ALL + 1
    removed = answered(trade, "webhooks", "unsubscribe")
    assert ({one["act"] for one in removed["done"]}, len(removed["done"])) == ({"removed"}, ALL)
    assert there(trade) == [("return.updated", "https://hooks.example.org/in")]
    rows = [(one["act"], one["via"], one["about"], one["detail"]) for one in answered(trade, "audit", "list")["audit"]]
    assert rows == [
        ("unsubscribe_webhooks", "command", "webhooks", {"done": ALL, "failed": 0}),
        ("subscribe_webhooks", "command", "webhooks", {"done": 0, "failed": 0}),
        ("subscribe_webhooks", "command", "webhooks", {"done": ALL, "failed": 0}),
    ]


def test_the_list_shows_what_is_missing_and_makes_nothing(trade: Trade) -> None:
    listed = answered(trade, "webhooks", "list")["subscriptions"]
    assert ([one["state"] for one in listed], there(trade)) == (["missing"] * ALL, [])
    trade.command("webhooks", "subscribe")
    listed = answered(trade, "webhooks", "list")["subscriptions"]
    assert {(one["state"], one["made"], one["wanted"]) for one in listed} == {("active", True, True)}
    plain = trade.command("webhooks", "list")
    assert f"main  loop  return.created  active  {PUBLIC}/webhooks/main/loop  Ledgerloop" in plain.stdout.splitlines()


def test_only_the_shop_that_is_named_is_meant(trade: Trade) -> None:
    unknown = trade.command("webhooks", "subscribe", "--shop", "other")
    assert (unknown.returncode, "there is main" in unknown.stderr, there(trade)) == (2, True, [])
    assert len(answered(trade, "webhooks", "subscribe", "--shop", "main")["done"]) == ALL


def test_without_a_public_address_subscribing_is_refused_and_removing_still_works(trade: Trade) -> None:
    answered(trade, "webhooks", "subscribe")
    trade.rewrite((f'public_url = "{PUBLIC}"', 'public_url = ""'))
    refused = trade.command("webhooks", "subscribe")
    assert (refused.returncode, "server.public_url  [config_missing]" in refused.stderr) == (2, True)
    assert len(answered(trade, "webhooks", "unsubscribe")["done"]) == ALL
    assert there(trade) == []


def test_what_a_remote_refuses_is_told_with_its_remedy(trade: Trade, sandbox: Sandbox) -> None:
    sandbox.control("POST", "/loop/settings", scopes=["returns"])
    told = answered(trade, "webhooks", "subscribe", status=1)
    assert [(one["remote"], one["code"]) for one in told["problems"]] == [("loop", "loop_credentials")]
    assert "Developer Tools" in told["problems"][0]["remedy"]
    assert len(told["done"]) == 4


def test_doctor_makes_them_only_when_told_to_fix(trade: Trade) -> None:
    before = {one["code"] for one in answered(trade, "doctor", status=1)["findings"]}
    assert ("webhook_missing" in before, there(trade)) == (True, [])
    findings = answered(trade, "doctor", "--fix", status=1)["findings"]
    assert "webhook_missing" not in {one["code"] for one in findings}
    assert len([one for one in findings if "was created; it calls" in one["problem"]]) == ALL
    assert len(there(trade)) == ALL
    again = answered(trade, "doctor", "--fix", status=1)["findings"]
    assert [one for one in again if "it calls" in one["problem"]] == []


def test_doctor_tells_what_it_could_not_fix(trade: Trade, sandbox: Sandbox) -> None:
    sandbox.control("POST", "/loop/settings", scopes=["returns"])
    findings = answered(trade, "doctor", "--fix", status=1)["findings"]
    told = [one["about"] for one in findings if one["problem"].startswith("Nothing was subscribed")]
    assert told == ["main: Loop"]


def test_sync_subscribes_to_nothing(trade: Trade) -> None:
    trade.wants_back(trade.order())
    trade.sync()
    assert there(trade) == []


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_serve_subscribes_at_its_start(trade: Trade, database: str, request: pytest.FixtureRequest) -> None:
    changes = {"database": request.getfixturevalue("postgres_url")} if database == "postgresql" else {}
    trade.policy(every_s=3600, **changes)
    with Running(trade.config) as serve:
        wait_until(lambda: len(there(trade)) == ALL)
        assert serve.stop() == 0


def test_serve_without_a_public_address_subscribes_to_nothing(trade: Trade) -> None:
    trade.rewrite((f'public_url = "{PUBLIC}"', 'public_url = ""'))
    trade.wants_back(trade.order())
    with Running(trade.config) as serve:
        wait_until(lambda: trade.records("returnAuthorization"))
        assert serve.stop() == 0
    assert there(trade) == []
