"""One SKU holds returns back: what an alias would release is told beforehand, then released, once, and nothing else."""

import json
from collections.abc import Iterator

import pytest
from typer.testing import CliRunner, Result

from ledgerloop.cli.main import app_with
from ledgerloop.domain.unmapped import not_on_order
from ledgerloop.engine import converge, settle
from ledgerloop.engine.parts import Parts
from ledgerloop.operate import views
from ledgerloop.operate.mappings.importing import remove_one, set_one
from ledgerloop.operate.views import holding, release
from tests.support.stuck import OLD, StuckShop, stuck_shop

CONFIG_NAME = "ledgerloop.toml"


@pytest.fixture(scope="module")
def calm() -> Iterator[StuckShop]:
    """One that nobody changes."""
    with stuck_shop(3) as made:
        yield made


@pytest.fixture
def shop() -> Iterator[StuckShop]:
    with stuck_shop(2) as made:
        yield made


def due(parts: Parts) -> int:
    return parts.stores.due.counts(parts.clock())["due"]


def test_they_are_one_group_that_names_the_sku(calm: StuckShop) -> None:
    [group] = views.attention_groups(calm.parts)
    assert (group.code, group.count, group.cause) == ("item_not_found", 3, not_on_order(OLD))


def test_the_preview_decides_anew_and_changes_nothing(calm: StuckShop) -> None:
    calls, version = len(calm.memory.writes), calm.parts.stores.mappings.version()
    done, told = views.preview(calm.parts, "sku", OLD, calm.item())
    assert [(one.kind, one.key) for one in done.changes] == [("sku", OLD)]
    assert (told.waiting, told.released, told.unchanged, told.unread, told.more) == (3, 3, 0, 0, False)
    assert sorted(one.subject for one in told.named) == sorted(calm.returns)
    assert (len(calm.memory.writes), calm.parts.stores.mappings.version(), due(calm.parts)) == (calls, version, 0)
    assert calm.codes() == {"item_not_found": 3}


def test_an_item_that_the_orders_do_not_have_would_release_nothing(calm: StuckShop) -> None:
    _, told = views.preview(calm.parts, "sku", OLD, "999")
    assert (told.waiting, told.released, told.unchanged) == (3, 0, 3)


def test_a_mapping_of_something_else_would_release_nothing(shop: StuckShop) -> None:
    for kind, key, value in (("sku", "CAP-OLD", "1"), ("payment_method", "klarna", "9"), ("location", "loop:1", "7")):
        assert views.preview(shop.parts, kind, key, value)[1] == release.NOTHING
        assert set_one(shop.parts, kind, key, value, by="ana").woken == 0
    assert due(shop.parts) == 0


def test_what_would_stop_for_another_reason_is_told(shop: StuckShop) -> None:
    account = shop.memory.world.account
    account.make_authorization(account.find("salesOrder")[-1].id)
    shop.memory.clock.pass_by(600)
    shop.connector.sync()
    _, told = views.preview(shop.parts, "sku", OLD, shop.item())
    assert (told.waiting, told.released, dict(told.stops)) == (2, 1, {"over_return": 1})


def test_no_more_than_so_many_are_decided_and_that_is_said(calm: StuckShop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release, "MOST", 2)
    _, told = views.preview(calm.parts, "sku", OLD, calm.item())
    assert (told.waiting, told.released, told.more) == (2, 2, True)
    waiters = views.waiting_for(calm.parts, "sku", OLD)
    assert (waiters.count, waiters.more) == (2, True)


def test_the_alias_wakes_them_at_once_and_each_is_authorised_once(shop: StuckShop) -> None:
    stays = shop.come_back("CAP-OLD")
    shop.connector.sync()
    done = set_one(shop.parts, "sku", OLD, shop.item(), by="ana")
    assert (done.woken, due(shop.parts)) == (2, 2)
    shop.connector.sync()
    ours = [f"LOOP-RA-{one}" for one in sorted(shop.returns) if one != stays]
    assert shop.authorizations() == ours
    assert shop.codes() == {"item_not_found": 1}
    shop.connector.sync()
    assert shop.authorizations() == ours


def test_an_alias_that_is_taken_away_holds_what_is_not_authorised_yet(shop: StuckShop) -> None:
    set_one(shop.parts, "sku", OLD, shop.item(), by="ana")
    remove_one(shop.parts, "sku", OLD, by="ana")
    shop.connector.sync()
    assert shop.authorizations() == []
    assert shop.codes() == {"item_not_found": 2}


def test_a_case_that_is_decided_while_a_mapping_changes_is_decided_again(
    shop: StuckShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The alias comes after the decision and before its answer is kept: nobody else would wake the return."""
    late = shop.come_back("TEE-LATE-M")
    before = settle.save

    def save(parts: Parts, *rest: object) -> object:
        if not parts.stores.mappings.version():
            set_one(parts, "sku", "TEE-LATE-M", shop.item(), by="ana")
        return before(parts, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(converge, "save", save)
    shop.connector.sync()
    assert shop.authorizations() == [f"LOOP-RA-{late}"]


def test_every_change_stands_in_the_audit_chain_with_who_and_how(shop: StuckShop) -> None:
    set_one(shop.parts, "sku", OLD, "7", by="ana")
    set_one(shop.parts, "sku", OLD, shop.item(), by="olga", via="password")
    audit = shop.parts.stores.audit
    second, first = audit.newest(2)
    assert [(one.who, one.via, one.act) for one in (first, second)] == [
        ("ana", "command", "change_mappings"),
        ("olga", "password", "change_mappings"),
    ]
    assert [(one["key"], one["old"]) for one in second.detail["changed"]] == [(OLD, {"key": OLD, "value": "7"})]
    assert audit.verify().fault == ""


def test_suggestions_name_the_item_of_the_order_first(calm: StuckShop) -> None:
    [unknown] = [one for one in views.unknown_keys(calm.parts) if one.kind == "sku"]
    assert (unknown.key, unknown.count, unknown.candidates[0].value) == (OLD, 3, calm.item())
    assert views.candidates(calm.parts, "sku", OLD)[0].why == "TEE-M on its order"
    assert views.candidates(calm.parts, "sku", "NOBODY-KNOWS") == ()


def test_taking_an_alias_away_tells_what_would_stand_still_at_once(shop: StuckShop) -> None:
    assert views.preview(shop.parts, "sku", OLD, None)[1] == release.NOTHING
    set_one(shop.parts, "sku", OLD, shop.item(), by="ana")
    _, told = views.preview(shop.parts, "sku", OLD, None)
    assert (told.holding.held, dict(told.holding.codes)) == (2, {"item_not_found": 2})
    assert sorted(one.subject for one in told.holding.named) == sorted(shop.returns)
    assert (told.holding.later, told.holding.looked_at, told.holding.more) == (0, 2, False)


def test_what_comes_to_it_later_is_told_apart_and_what_is_done_is_not(shop: StuckShop) -> None:
    set_one(shop.parts, "sku", OLD, shop.item(), by="ana")
    other = shop.come_back("CAP-OLD")
    shop.connector.sync()
    cancelled, stays, *_ = shop.returns
    shop.act("cancel_in_loop", return_id=cancelled)
    shop.connector.sync()
    writes = len(shop.memory.writes)
    _, told = views.preview(shop.parts, "sku", OLD, None)
    assert (told.holding.held, [one.subject for one in told.holding.later_named]) == (0, [stays])
    assert other not in {one.subject for one in told.holding.later_named}
    assert (len(shop.memory.writes), len(shop.parts.stores.mappings.all())) == (writes, 1)


def test_another_value_may_hold_back_too(shop: StuckShop) -> None:
    set_one(shop.parts, "sku", OLD, shop.item(), by="ana")
    _, told = views.preview(shop.parts, "sku", OLD, "999")
    assert (told.holding.held, dict(told.holding.codes)) == (2, {"item_not_found": 2})


def test_no_more_than_so_many_are_looked_at(shop: StuckShop, monkeypatch: pytest.MonkeyPatch) -> None:
    set_one(shop.parts, "sku", OLD, shop.item(), by="ana")
    monkeypatch.setattr(holding, "MOST", 1)
    _, told = views.preview(shop.parts, "sku", OLD, None)
    assert (told.holding.held, told.holding.looked_at, told.holding.more) == (1, 1, True)


def test_the_command_tells_it_too_and_may_be_tried(shop: StuckShop) -> None:
    def run(*arguments: str) -> Result:
        return CliRunner().invoke(
            app_with(["mappings"]), ["mappings", *arguments, "--config", str(shop.connector.folder / CONFIG_NAME)]
        )

    tried = run("set", "sku", OLD, shop.item(), "--dry-run")
    assert (tried.exit_code, "2 of 2 that wait for it would go on." in tried.stdout) == (0, True)
    assert shop.parts.stores.mappings.all() == []
    assert run("set", "sku", OLD, shop.item()).exit_code == 0
    tried = run("remove", "sku", OLD, "--dry-run")
    assert "2 under way would stand still at once: " in tried.stderr
    assert "(2 x item_not_found)." in tried.stderr
    assert len(shop.parts.stores.mappings.all()) == 1
    effect = json.loads(run("remove", "sku", OLD, "--json").stdout)["effect"]
    assert effect == {
        "released": 0,
        "held_back": 2,
        "held_back_by": {"item_not_found": 2},
        "later": 0,
        "looked_at": 2,
        "more": False,
    }
    assert shop.parts.stores.mappings.all() == []
