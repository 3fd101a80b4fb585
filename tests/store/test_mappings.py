"""Mappings are kept with who changed them, exported whole, and take effect on the policy."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from ledgerloop.domain import channels
from ledgerloop.domain.mapped import Entry, with_mappings
from ledgerloop.domain.policy import Policy
from ledgerloop.engine.policies import LOOK_EVERY_S, CurrentPolicy
from ledgerloop.operate.mappings import csv_rows, entity_xml, toml_tables
from ledgerloop.operate.mappings.entities import ENTITIES
from ledgerloop.operate.mappings.export import exported
from ledgerloop.operate.mappings.merge import Scope, merged
from ledgerloop.operate.mappings.records import Contents
from ledgerloop.store import Store, open_store
from ledgerloop.store.mappings import Change, Mappings
from tests.support.database import NOW, later

MAIN = Scope(("main",))
TWO = Scope(("eu", "us"))
READERS = {"xml": entity_xml.read, "csv": csv_rows.read, "toml": toml_tables.read}


def sku(name: str, item: str | None, old: str | None = None, shop: str = "main") -> Change:
    before, after = ({"key": name, "value": one} if one is not None else None for one in (old, item))
    return Change(shop, "sku", name, before, after)


def apply(store: Store, *changes: Change, by: str = "ana", file: str = "", seconds: float = 0) -> None:
    mappings = Mappings(store)
    with store.writing() as tx:
        mappings.lock(tx)
        mappings.apply(changes, tx, by=by, at=later(seconds), file=file)


def test_a_change_is_kept_with_who_made_it_when_and_from_which_file(store: Store) -> None:
    apply(store, sku("TEE", "7"), sku("CAP", "8"), file="skus.csv")
    apply(store, sku("TEE", "9", old="7"), sku("CAP", None, old="8"), by="ben", seconds=60)
    mappings = Mappings(store)
    (held,) = mappings.all()
    assert (held.entry, held.file, held.changed_by, held.changed_at) == (
        Entry("main", "sku", "TEE", {"key": "TEE", "value": "9"}),
        "",
        "ben",
        later(60),
    )
    assert [(one.change, one.changed_by, one.file, one.changed_at) for one in mappings.history()] == [
        (sku("CAP", None, old="8"), "ben", "", later(60)),
        (sku("TEE", "9", old="7"), "ben", "", later(60)),
        (sku("CAP", "8"), "ana", "skus.csv", NOW),
        (sku("TEE", "7"), "ana", "skus.csv", NOW),
    ]


def test_every_change_moves_the_version(store: Store) -> None:
    versions = [Mappings(store).version()]
    for item in ("7", "8"):
        apply(store, sku("TEE", item))
        versions.append(Mappings(store).version())
    assert versions == [0, 1, 2]


def test_what_fails_half_way_changes_nothing(store: Store) -> None:
    without_key = Change("main", "sku", None, None, {})  # type: ignore[arg-type]
    with pytest.raises(IntegrityError):
        apply(store, sku("TEE", "7"), without_key)
    assert (Mappings(store).all(), Mappings(store).history(), Mappings(store).version()) == ([], [], 0)


def test_a_running_process_sees_a_change_within_a_second(store: Store) -> None:
    passed = [0.0]
    policy = CurrentPolicy(Policy("main", sku_aliases={"CAP": "1"}), Mappings(store), elapsed=lambda: passed[0])
    first = policy()
    apply(store, sku("TEE", "7"), sku("CAP", "2"))
    assert policy() is first
    passed[0] = LOOK_EVERY_S
    assert policy().sku_aliases == {"TEE": "7", "CAP": "2"}
    passed[0] = 2 * LOOK_EVERY_S
    apply(store, sku("CAP", None, old="2"))
    assert policy().sku_aliases == {"TEE": "7", "CAP": "1"}
    unchanged = policy()
    passed[0] = 3 * LOOK_EVERY_S
    assert policy() is unchanged
    assert policy.configured.sku_aliases == {"CAP": "1"}


def test_a_case_is_decided_by_the_newest_mappings(store: Store) -> None:
    policy = CurrentPolicy(Policy("main"), Mappings(store), elapsed=lambda: 0.0)
    assert (policy().sku_aliases, policy.look()) == ({}, 0)
    apply(store, sku("TEE", "7"))
    assert (policy().sku_aliases, policy.look(), policy().sku_aliases) == ({}, 1, {"TEE": "7"})
    assert policy.look(settled=True) == 1


def test_a_change_that_is_being_made_is_waited_for_where_readers_do_not_wait(postgres_url: str) -> None:
    store = open_store(postgres_url)
    mappings = Mappings(store)
    apply(store, sku("TEE", "7"))
    with ThreadPoolExecutor(1) as pool:
        with store.writing() as tx:
            mappings.lock(tx)
            seen = pool.submit(mappings.settled_version)
            mappings.apply([sku("TEE", "8", old="7")], tx, by="ana", at=NOW)
        assert seen.result(timeout=30) == 2
    store.close()


# -- what a policy makes of them --


def entries(*records: tuple[str, dict[str, str]], shop: str = "main") -> list[Entry]:
    return [Entry(shop, kind, ENTITIES[kind].key_of(fields), fields) for kind, fields in records]


def source(key: str, channel: str) -> tuple[str, dict[str, str]]:
    return (
        "ShopifyShopTypeMapping",
        {"mappedTypeId": "SHOPIFY_ORDER_SOURCE", "mappedKey": key, "mappedValue": channel},
    )


def test_a_source_is_compared_as_text_whatever_its_capitals() -> None:
    policy = with_mappings(Policy("main"), entries(source("580111", "FACBK_SALES_CHANNEL"), source("POS", "STORE")))
    assert [policy.channels.of_source(key) for key in ("580111", "pos", "Pos", "1662707", "58011")] == [
        "FACBK_SALES_CHANNEL",
        "STORE",
        "STORE",
        channels.LOOP_EXCH,
        channels.UNKNOWN,
    ]


def test_both_elements_of_the_loop_channel_give_its_code_and_change_no_recognition() -> None:
    before = Policy("main")
    loop = {
        "enumId": "LOOP_EXCH",
        "enumTypeId": "ORDER_SALES_CHANNEL",
        "enumCode": "165",
        "description": "Loop Exchange",
    }
    after = with_mappings(before, entries(("Enumeration", loop), source("1662707", "LOOP_EXCH")))
    assert (after.channels.codes, after.channels.names) == ({"LOOP_EXCH": "165"}, {"LOOP_EXCH": "Loop Exchange"})
    assert after.channels.sources == before.channels.sources


def test_an_enumeration_of_another_type_is_no_channel() -> None:
    other = {"enumId": "A", "enumTypeId": "FACILITY_IDENTITY", "enumCode": "1"}
    assert with_mappings(Policy("main"), entries(("Enumeration", other))).channels.codes == {}


def test_gateways_get_their_method_by_way_of_payment_types() -> None:
    method = {"integrationTypeId": "NETSUITE_PMT_MTHD"}
    found = with_mappings(
        Policy("main", payment_methods={"default": "1", "manual": "2", "gift_card": "3"}),
        entries(
            ("IntegrationTypeMapping", {**method, "mappingKey": "DEFAULT", "mappingValue": "9"}),
            ("IntegrationTypeMapping", {**method, "mappingKey": "EXT_SHOP_GFT_CARD", "mappingValue": "11"}),
            ("IntegrationTypeMapping", {**method, "mappingKey": "EXT_KLARNA", "mappingValue": "12"}),
            ("IntegrationTypeMapping", {**method, "mappingKey": "EXT_AMEX", "mappingValue": "Amex"}),
            (
                "ShopifyShopTypeMapping",
                {
                    "mappedTypeId": "SHOPIFY_PAYMENT_TYPE",
                    "mappedKey": "gift_card",
                    "mappedValue": "EXT_SHOP_GFT_CARD",
                },
            ),
            ("PaymentMethodType", {"paymentMethodTypeId": "EXT_KLARNA", "paymentMethodCode": "klarna"}),
            ("PaymentMethodType", {"paymentMethodTypeId": "EXT_AMEX", "paymentMethodCode": "amex"}),
            ("payment_method", {"key": "klarna", "value": "13"}),
        ),
    ).payment_methods
    assert {name: found.get(name) for name in ("default", "manual", "gift_card", "klarna", "amex")} == {
        "default": "9",
        "manual": "2",
        "gift_card": "11",
        "klarna": "13",
        "amex": None,
    }


def test_locations_come_from_facilities_and_our_own_kind_wins() -> None:
    found = with_mappings(
        Policy("main", locations={"default": "7"}),
        entries(
            ("Facility", {"facilityId": "BERLIN", "externalId": "21"}),
            ("Facility", {"facilityId": "PARIS", "externalId": "22"}),
            ("ShopifyShopLocation", {"facilityId": "BERLIN", "shopifyLocationId": "501"}),
            ("ShopifyShopLocation", {"facilityId": "PARIS", "shopifyLocationId": "502"}),
            ("ShopifyShopLocation", {"facilityId": "ROME", "shopifyLocationId": "503"}),
            ("location", {"key": "shopify:502", "value": "30"}),
        ),
    ).locations
    assert found == {"default": "7", "shopify:501": "21", "shopify:502": "30"}


def test_a_reason_says_whether_goods_stay_with_the_shopper() -> None:
    before = Policy("main", keep_item_reasons=frozenset({"Keep it", "Broken"}))
    said = entries(
        ("reason", {"key": "Broken", "value": "comes_back"}), ("reason", {"key": "Worn", "value": "keep_item"})
    )
    assert with_mappings(before, said).keep_item_reasons == {"Keep it", "Worn"}


def test_a_shops_own_mapping_wins_over_that_of_every_shop() -> None:
    for_all = entries(("sku", {"key": "TEE", "value": "1"}), ("sku", {"key": "CAP", "value": "2"}), shop="")
    own = entries(("sku", {"key": "TEE", "value": "3"}), shop="eu")
    assert with_mappings(Policy("eu"), [*own, *for_all]).sku_aliases == {"TEE": "3", "CAP": "2"}
    assert with_mappings(Policy("us"), [*own, *for_all]).sku_aliases == {"TEE": "1", "CAP": "2"}


def test_without_mappings_the_policy_is_the_configured_one() -> None:
    policy = Policy("main", variance_limit=Decimal("0.01"), returns_from=date(2026, 5, 1))
    assert with_mappings(policy, entries(source("a", "B"), shop="other")) is policy


# -- what a file changes --


def change(before: Sequence[Entry], text: str, scope: Scope = MAIN) -> tuple[list[Change], Contents]:
    contents = entity_xml.read(text)
    return merged(before, contents, scope), contents


METHOD = '<IntegrationTypeMapping integrationTypeId="NETSUITE_PMT_MTHD" mappingKey="EXT_VISA" mappingValue="9"/>'


def held(*changes: Change) -> list[Entry]:
    return [Entry(one.shop, one.kind, one.key, one.new) for one in changes if one.new is not None]


def test_the_same_file_twice_changes_nothing() -> None:
    first, _ = change([], METHOD)
    assert len(first) == 1
    assert change(held(*first), METHOD)[0] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('<Enumeration enumId="A" enumCode="2"/>', {"enumTypeId": "T", "enumCode": "2", "description": "d"}),
        ('<Enumeration enumId="A" enumCode=""/>', {"enumTypeId": "T", "description": "d"}),
        ('<create-replace><Enumeration enumId="A" enumTypeId="T"/></create-replace>', {"enumTypeId": "T"}),
        ('<create><Enumeration enumId="A" enumTypeId="U"/></create>', "unchanged"),
        ('<delete><Enumeration enumId="A"/></delete>', None),
    ],
)
def test_an_upsert_keeps_what_is_not_named(text: str, expected: object) -> None:
    before = entries(("Enumeration", {"enumId": "A", "enumTypeId": "T", "enumCode": "1", "description": "d"}))
    changes, contents = change(before, text)
    assert contents.problems == []
    if expected == "unchanged":
        assert changes == []
    else:
        assert [one.new for one in changes] == [expected and {"enumId": "A", **dict(expected)}]  # type: ignore[call-overload]


def test_integration_mappings_are_found_by_their_id_and_by_type_and_key() -> None:
    first, _ = change([], METHOD.replace("integrationTypeId", 'integrationMappingId="100" integrationTypeId'))
    before = held(*first)
    by_key, _ = change(before, METHOD.replace('"9"', '"10"'))
    assert [(one.key, (one.new or {})["mappingValue"], (one.new or {})["integrationMappingId"]) for one in by_key] == [
        ("NETSUITE_PMT_MTHD|EXT_VISA", "10", "100")
    ]
    by_id, _ = change(before, '<IntegrationTypeMapping integrationMappingId="100" mappingValue="11"/>')
    assert [(one.new or {})["mappingValue"] for one in by_id] == ["11"]
    moved, contents = change(
        before,
        METHOD.replace("EXT_VISA", "EXT_AMEX").replace(
            "integrationTypeId", 'integrationMappingId="100" integrationTypeId'
        ),
    )
    assert {one.key: one.new is not None for one in moved} == {
        "NETSUITE_PMT_MTHD|EXT_VISA": False,
        "NETSUITE_PMT_MTHD|EXT_AMEX": True,
    }
    assert "not mapped any more" in contents.remarks[0].text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('<Enumeration enumTypeId="T"/>', "mapping_key_missing"),
        ('<Enumeration enumId="A"/>', "mapping_key_missing"),
        ('<ShopifyShopTypeMapping mappedKey="1"/>', "mapping_key_missing"),
        ('<IntegrationTypeMapping integrationMappingId="1" mappingValue="2"/>', "mapping_key_missing"),
        ('<sku key="TEE" value="Shirt"/>', "mapping_value_wrong"),
        ('<location key="Berlin" value="7"/>', "mapping_value_wrong"),
        ('<location key="shopify:1" value="Berlin"/>', "mapping_value_wrong"),
        ('<reason key="Worn" value="perhaps"/>', "mapping_value_wrong"),
        ('<sku key="1.66271E+06" value="7"/>', "mapping_value_wrong"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_line(text: str, code: str) -> None:
    _, contents = change([], f"\n{METHOD}\n{text}")
    assert [(one.code, one.line) for one in contents.problems] == [(code, 3)]


def test_what_is_surprising_is_told() -> None:
    before = entries(source("exchange", "EXCHG_SALES_CHANNEL"))
    text = """<ShopifyShopTypeMapping mappedKey="Exchange" mappedTypeId="SHOPIFY_PAYMENT_TYPE" mappedValue="X"/>
<IntegrationTypeMapping integrationTypeId="NETSUITE_PMT_MTHD" mappingKey="A" mappingValue="Visa"/>
<IntegrationTypeMapping integrationTypeId="NETSUITE_PMT_MTHD" mappingKey="A" mappingValue="9"/>
<delete><Enumeration enumId="GONE"/></delete>"""
    changes, contents = change(before, text)
    assert [(one.key, (one.new or {}).get("mappingValue")) for one in changes] == [
        ("exchange", None),
        ("NETSUITE_PMT_MTHD|A", "9"),
    ]
    assert [(one.line, one.text.split(";")[0]) for one in contents.remarks] == [
        (
            1,
            "ShopifyShopTypeMapping Exchange was of type SHOPIFY_ORDER_SOURCE and is now of type SHOPIFY_PAYMENT_TYPE",
        ),
        (2, "Visa is a name and no internal id: it is kept for feeds, and no payment is written with it."),
        (3, "IntegrationTypeMapping NETSUITE_PMT_MTHD A stands in line 2 too"),
        (4, "Enumeration GONE is not there, so it is not deleted."),
    ]


@pytest.mark.parametrize(
    ("scope", "named", "shop"),
    [
        (MAIN, "main", "main"),
        (MAIN, "SHOP", "main"),
        (MAIN, None, "main"),
        (TWO, "us", "us"),
        (TWO, None, ""),
        (TWO, "SHOP", None),
        (Scope(("eu", "us"), "eu"), "SHOP", "eu"),
        (Scope(("eu", "us"), "eu"), None, "eu"),
        (Scope(("eu", "us"), "eu"), "us", "us"),
    ],
)
def test_whose_shop_a_record_is_for(scope: Scope, named: str | None, shop: str | None) -> None:
    attribute = f'shopId="{named}"' if named else ""
    text = f'<ShopifyShopTypeMapping {attribute} mappedKey="1" mappedTypeId="T" mappedValue="V"/>'
    changes, contents = change([], text, scope)
    assert [one.shop for one in changes] == ([] if shop is None else [shop])
    assert [one.code for one in contents.problems] == (["mapping_shop_unknown"] if shop is None else [])


# -- export --

TEXTS = (
    st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn")) | st.sampled_from("\n\t<>&\"'|\\;,[]=#"), max_size=12)
    .map(str.strip)
    .filter(lambda text: bool(text) and "${" not in text)
)
IDS = st.integers(1, 10**12).map(str)


@st.composite
def mappings_of(draw: st.DrawFn, shops: tuple[str, ...]) -> Entry:
    kind = draw(st.sampled_from(sorted(ENTITIES)))
    entity = ENTITIES[kind]
    optional = draw(st.sets(st.sampled_from(entity.may))) if entity.may else set()
    fields = {name: draw(TEXTS) for name in (*entity.keys, *entity.must, *sorted(optional - {"integrationMappingId"}))}
    if kind in ("sku", "location", "payment_method", "refund_account"):
        fields["value"] = draw(IDS)
    if kind == "location":
        fields["key"] = f"shopify:{draw(IDS)}"
    if kind == "reason":
        fields["value"] = draw(st.sampled_from(["keep_item", "comes_back"]))
    shop = draw(st.sampled_from(("", *shops))) if len(shops) > 1 else shops[0]
    return Entry(shop, kind, entity.key_of(fields), fields)


def placed(found: list[Entry]) -> dict[tuple[str, str, str], dict[str, str]]:
    return {(one.shop, one.kind, one.key): dict(one.fields) for one in found}


@pytest.mark.parametrize("form", ["xml", "csv", "toml"])
@pytest.mark.parametrize("scope", [MAIN, TWO], ids=["one shop", "two shops"])
@settings(max_examples=60)
@given(data=st.data())
def test_an_export_imports_to_the_same_mappings(form: str, scope: Scope, data: st.DataObject) -> None:
    before = placed(data.draw(st.lists(mappings_of(scope.shops), max_size=6)))
    document = exported([Entry(*place, fields) for place, fields in before.items()], scope.shops, form)
    contents = READERS[form](document)
    after = merged([], contents, scope)
    assert contents.problems == []
    assert placed(held(*after)) == before
