"""`mappings`: files are imported wholly or not at all, everything is listed, and a change takes effect."""

import time
from dataclasses import replace
from typing import Any

import pytest

from ledgerloop.operate.mappings import listing
from ledgerloop.operate.mappings.importing import remove_one, set_one, take_in
from tests.acceptance.trade import Trade, document
from tests.support.sandbox import parts_of
from tests.support.serving import Running, wait_until

AS_PRINTED = """Sales Channel

<Enumeration description="Loop Exchange" enumCode="165" enumId="LOOP_EXCH" enumTypeId="ORDER_SALES_CHANNEL" />

Shopify Mapping

<ShopifyShopTypeMapping mappedKey="1662707" mappedTypeId="SHOPIFY_ORDER_SOURCE" mappedValue="LOOP_EXCH" shopId="SHOP"/>
"""


def file(trade: Trade, name: str, text: str) -> str:
    path = trade.folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def answered(trade: Trade, *arguments: str, status: int = 0) -> Any:
    done = trade.command("mappings", *arguments, "--json")
    assert done.returncode == status, done.stderr
    return document(done)


def listed(trade: Trade, **wanted: str) -> list[dict[str, Any]]:
    found = answered(trade, "list")["mappings"]
    return [one for one in found if all(one[name] == value for name, value in wanted.items())]


@pytest.mark.parametrize("name", ["loop.xml", "as-printed.txt"])
def test_the_two_elements_as_printed_import_and_are_listed(trade: Trade, name: str) -> None:
    done = trade.command("mappings", "import", file(trade, name, AS_PRINTED), "--by", "ana")
    assert (done.returncode, done.stderr, done.stdout.splitlines()[-1]) == (0, "", "2 of 2 changed.")

    (channel,) = listed(trade, entity="Enumeration")
    assert {**channel, "changed_at": "then"} == {
        "shop": "main",
        "entity": "Enumeration",
        "type": "ORDER_SALES_CHANNEL",
        "key": "LOOP_EXCH",
        "value": "165  Loop Exchange",
        "source": "imported",
        "state": "in effect",
        "file": name,
        "changed_by": "ana",
        "changed_at": "then",
    }
    sources = [(one["value"], one["source"], one["state"]) for one in listed(trade, key="1662707")]
    assert sorted(sources) == [("LOOP_EXCH", "built in", "overridden"), ("LOOP_EXCH", "imported", "in effect")]

    plain = trade.command("mappings", "list").stdout
    assert f"ORDER_SALES_CHANNEL  LOOP_EXCH  165  Loop Exchange  imported: {name}  in effect" in plain
    with parts_of(trade.config) as parts:
        policy = parts.shops["main"].policy
    assert (policy.channels.of_source("1662707"), policy.channels.codes) == ("LOOP_EXCH", {"LOOP_EXCH": "165"})

    again = answered(trade, "import", file(trade, name, AS_PRINTED))
    assert (again["read"], again["changed"]) == (2, [])


def test_a_dry_run_says_what_would_change_and_changes_nothing(trade: Trade) -> None:
    told = answered(trade, "import", file(trade, "loop.xml", AS_PRINTED), "--dry-run")
    assert [one["key"] for one in told["would_change"]] == ["LOOP_EXCH", "1662707"]
    assert (told["changed"], listed(trade, source="imported"), answered(trade, "log")["changes"]) == ([], [], [])
    plain = trade.command("mappings", "import", file(trade, "loop.xml", AS_PRINTED), "--dry-run")
    assert plain.stdout.splitlines()[-1] == "2 of 2 would be changed."


def test_a_refused_file_is_refused_whole_with_every_line_and_reason(trade: Trade) -> None:
    text = f'{AS_PRINTED}\n<Enumeratoin enumId="A"/>\n<ShopifyShopTypeMapping mappedKey="2"/>\n'
    done = trade.command("mappings", "import", file(trade, "loop.xml", text))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        "loop.xml line 9: Enumeratoin is not an entity or kind of mapping. [mapping_entity_unknown]",
        (
            "  -> Did you mean Enumeration? Take it out of the file; these are known: EnumerationType, Enumeration, "
            "ShopifyShopTypeMapping, IntegrationTypeMapping, PaymentMethodType, ShopifyShopLocation, Facility, "
            "FacilityIdentification, sku, location, payment_method, refund_account, reason."
        ),
        "loop.xml line 10: ShopifyShopTypeMapping has no mappedTypeId and no mappedValue. [mapping_key_missing]",
        "  -> Add mappedTypeId, mappedValue.",
        "Nothing was changed.",
    ]
    told = answered(trade, "import", str(trade.folder / "loop.xml"), status=2)
    assert [(one["code"], one["line"]) for one in told["problems"]] == [
        ("mapping_entity_unknown", 9),
        ("mapping_key_missing", 10),
    ]
    assert (listed(trade, source="imported"), answered(trade, "log")["changes"]) == ([], [])


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><Enumeration enumId="&b;"/>', "mapping_file_unsafe"),
        (b'\xff\xfe\xff<Enumeration enumId="A"/>\xd8', "mapping_file_broken"),
        (b"x" * 10_000_001, "mapping_file_broken"),
    ],
    ids=["entities", "no text", "too large"],
)
def test_a_hostile_file_is_refused(trade: Trade, raw: bytes, code: str) -> None:
    path = trade.folder / "hostile.xml"
    path.write_bytes(raw)
    told = answered(trade, "import", str(path), status=2)
    assert [one["code"] for one in told["problems"]] == [code]


@pytest.mark.soak
def test_a_file_or_a_shop_that_is_not_there_ends_with_2(trade: Trade) -> None:
    missing = trade.command("mappings", "import", str(trade.folder / "nowhere.xml"))
    assert (missing.returncode, "nowhere.xml cannot be read" in missing.stderr) == (2, True)
    other = trade.command("mappings", "set", "sku", "TEE", "7", "--shop", "other")
    assert (other.returncode, "there is main" in other.stderr) == (2, True)
    nowhere = trade.command("mappings", "export", "--out", str(trade.folder / "no" / "where.xml"))
    assert (nowhere.returncode, "cannot be written" in nowhere.stderr) == (2, True)


def second_shop(trade: Trade) -> None:
    """Configure a second shop with its own NetSuite numbers."""
    text = trade.config.read_text()
    shops = text[text.index("[[shops]]") :]
    second = shops.replace('id = "main"', 'id = "eu"\nexternal_id_prefix = "EU-"', 1)
    trade.config.write_text(f"{text}\n{second}")


@pytest.mark.soak
def test_with_several_shops_an_unknown_one_must_be_named(trade: Trade) -> None:
    second_shop(trade)
    path = file(trade, "loop.xml", AS_PRINTED)
    told = answered(trade, "import", path, status=2)
    assert [(one["code"], one["line"]) for one in told["problems"]] == [("mapping_shop_unknown", 7)]
    told = answered(trade, "import", path, "--shop", "eu")
    assert [one["shop"] for one in told["changed"]] == ["eu", "eu"]
    trade.command("mappings", "set", "channel", "LOOP_EXCH", "166")
    said = trade.command("mappings", "set", "channel", "LOOP_EXCH", "167")
    assert "Shop eu has a mapping of its own, which holds there." in said.stderr
    with parts_of(trade.config) as parts:
        codes = {name: shop.policy.channels.codes["LOOP_EXCH"] for name, shop in parts.shops.items()}
    assert codes == {"main": "167", "eu": "165"}


@pytest.mark.parametrize("form", ["xml", "csv", "toml"])
def test_an_export_stands_alone_on_stdout_and_imports_elsewhere(trade: Trade, form: str) -> None:
    with parts_of(trade.config) as parts:
        take_in(parts, "loop.xml", AS_PRINTED.encode(), by="ana")
        set_one(parts, "sku", "TEE <M> & „grün“", "77", by="ana")
        before = [replace(row, file="", changed_at=None, source="") for row in listing.rows(parts)]
    done = trade.command("mappings", "export", "--format", form)
    written = trade.folder / f"mappings.{form}"
    assert trade.command("mappings", "export", "--format", form, "--out", str(written)).stdout == ""
    assert (done.returncode, written.read_text(encoding="utf-8")) == (0, done.stdout)

    trade.forget_everything()
    with parts_of(trade.config) as parts:
        assert len(take_in(parts, written.name, written.read_bytes(), by="ana").changes) == 3
        after = [replace(row, file="", changed_at=None, source="") for row in listing.rows(parts)]
    assert after == before


@pytest.mark.soak
def test_the_log_says_who_changed_what_and_the_configuration_holds_again_after_a_removal(trade: Trade) -> None:
    trade.command("mappings", "set", "location", "default", "8", "--by", "ana")
    trade.command("mappings", "set", "location", "default", "9", "--by", "ben")
    (configured,) = listed(trade, entity="location", source="configuration")
    assert (configured["value"], configured["state"]) == ("7", "overridden")
    with parts_of(trade.config) as parts:
        assert parts.shops["main"].policy.locations["default"] == "9"
    trade.command("mappings", "remove", "location", "default", "--by", "eve")
    with parts_of(trade.config) as parts:
        assert parts.shops["main"].policy.locations["default"] == "7"

    changes = answered(trade, "log")["changes"]
    told = [(one["by"], (one["old"] or {}).get("value"), (one["new"] or {}).get("value")) for one in changes]
    assert told == [("eve", "9", None), ("ben", "8", "9"), ("ana", None, "8")]
    assert len(trade.command("mappings", "log", "--limit", "2").stdout.splitlines()) == 2


@pytest.mark.parametrize(
    ("kind", "key", "value", "code"),
    [
        ("skus", "TEE", "7", "mapping_entity_unknown"),
        ("sku", "TEE", "shirt", "mapping_value_wrong"),
        ("reason", "Worn", "maybe", "mapping_value_wrong"),
        ("sku", "", "7", "mapping_key_missing"),
        ("channel", "LOOP_EXCH\x00", "165", "mapping_value_wrong"),
    ],
)
def test_what_cannot_be_set_is_refused(trade: Trade, kind: str, key: str, value: str, code: str) -> None:
    with parts_of(trade.config) as parts:
        done = set_one(parts, kind, key, value, by="ana")
        assert ([one.code for one in done.problems], parts.stores.mappings.all()) == ([code], [])


def test_a_refusal_by_hand_ends_with_2(trade: Trade) -> None:
    told = answered(trade, "set", "skus", "TEE", "7", status=2)
    assert [one["code"] for one in told["problems"]] == ["mapping_entity_unknown"]
    done = trade.command("mappings", "remove", "thing", "TEE")
    assert (done.returncode, done.stderr.splitlines()[-1]) == (2, "Nothing was changed.")


def test_every_kind_can_be_set_and_removed(trade: Trade) -> None:
    given = {
        "source": ("580111", "FACBK_SALES_CHANNEL"),
        "channel": ("LOOP_EXCH", "165"),
        "sku": ("TEE-M", "77"),
        "location": ("shopify:501", "8"),
        "payment_method": ("klarna", "12"),
        "refund_account": ("klarna", "155"),
        "reason": ("Keep it", "keep_item"),
        "SHOPIFY_PAYMENT_TYPE": ("paypal", "EXT_SHOP_PAYPAL"),
        "NETSUITE_PMT_MTHD": ("EXT_SHOP_PAYPAL", "14"),
    }
    with parts_of(trade.config) as parts:
        before = listing.rows(parts)
        for kind, (key, value) in given.items():
            assert len(set_one(parts, kind, key, value, by="ana").changes) == 1
        policy = parts.shops["main"].policy
        assert {row.state for row in listing.rows(parts)} == {"in effect"}
        for kind, (key, _) in given.items():
            assert len(remove_one(parts, kind, key, by="ana").changes) == 1
        assert (listing.rows(parts), len(before)) == (before, 11)
    assert policy.channels.of_source("580111") == "FACBK_SALES_CHANNEL"
    assert (policy.channels.codes, policy.sku_aliases) == ({"LOOP_EXCH": "165"}, {"TEE-M": "77"})
    assert (policy.locations["shopify:501"], policy.keep_item_reasons) == ("8", frozenset({"Keep it"}))
    assert (policy.payment_methods["klarna"], policy.payment_methods["paypal"]) == ("12", "14")
    assert policy.refund_accounts == {"klarna": "155"}


def test_any_record_can_be_removed_as_it_is_listed(trade: Trade) -> None:
    text = '<FacilityIdentification facilityIdenTypeId="ORDR_ORGN_DPT" facilityId="BERLIN" idValue="4"/>'
    with parts_of(trade.config) as parts:
        assert len(take_in(parts, "a.xml", text.encode(), by="ana").changes) == 1
        assert [row.state for row in listing.rows(parts) if row.source == "imported"] == ["kept"]
        done = remove_one(parts, "FacilityIdentification", "ORDR_ORGN_DPT|BERLIN", by="ana")
        assert (len(done.changes), parts.stores.mappings.all()) == (1, [])


def test_only_what_stopped_for_want_of_a_mapping_is_looked_at_again(trade: Trade) -> None:
    with parts_of(trade.config) as parts:
        now = parts.clock()
        for subject, code in (("order:58", "channel_unknown"), ("order:59", "amount_differs")):
            parts.stores.outcomes.set(
                "main", subject, "exchange_order", kind="attention", code=code, text="t", remedy="r", since=now
            )
        done = set_one(parts, "source", "580111", "FACBK_SALES_CHANNEL", by="ana")
        woken = parts.stores.due.get("main", "58")
        assert (done.woken, parts.stores.due.get("main", "59")) == (1, None)
        assert woken is not None
        assert woken.due_at is not None
        assert woken.due_at <= parts.clock()
        assert set_one(parts, "source", "580111", "FACBK_SALES_CHANNEL", by="ana").woken == 0


def test_a_mapping_wakes_what_needed_it_and_takes_effect_in_a_running_serve(trade: Trade) -> None:
    trade.rewrite(('default = "9"\nshopify_payments', "shopify_payments"))
    return_id = trade.wants_back(trade.order(gateway="afterpay"))
    trade.process_by_hand(return_id)
    with Running(trade.config) as serve:
        wait_until(lambda: trade.codes(return_id) == {"gateway_unmapped"})
        assert trade.records("customerRefund") == []
        both = file(trade, "afterpay.toml", "[payment_method]\nafterpay = 9\n[refund_account]\nafterpay = 155\n")
        done = trade.command("mappings", "import", both)
        assert "1 order(s) that stopped for want of a mapping are looked at again." in done.stdout
        wait_until(lambda: trade.records("customerRefund"), seconds=20)
        assert serve.stop() == 0
    assert trade.codes(return_id) == set()


def test_thousands_of_mappings_import_in_seconds(trade: Trade) -> None:
    rows = "".join(f"sku,TEE-{number},{number}\n" for number in range(1, 10_001))
    began = time.monotonic()
    done = trade.command("mappings", "import", file(trade, "skus.csv", f"kind,key,value\n{rows}"))
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "10000 of 10000 changed.")
    assert time.monotonic() - began < 30
    with parts_of(trade.config) as parts:
        assert len(parts.shops["main"].policy.sku_aliases) == 10_000
