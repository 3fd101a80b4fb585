"""The doctor looks every id up that is named, in the configuration and in mappings, and every field of orders."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from ledgerloop.config import load_config
from ledgerloop.operate.doctor import Finding
from ledgerloop.operate.doctor.catalog import read_catalog
from ledgerloop.operate.doctor.fields import examine_fields
from ledgerloop.operate.doctor.lists import examine_lists
from ledgerloop.operate.doctor.patient import Patient
from ledgerloop.operate.mappings.importing import set_one, take_in
from tests.machine.connector import Connector
from tests.support.world_in_memory import Asked, MemoryWorld, Watcher


@pytest.fixture
def world() -> MemoryWorld:
    return MemoryWorld(lambda _delivery: 0)


@pytest.fixture
def connector(world: MemoryWorld) -> Iterator[Connector]:
    made = Connector(world)
    yield made
    made.remove()


def configure(connector: Connector, *pairs: tuple[str, str]) -> None:
    path = connector.folder / "ledgerloop.toml"
    text = path.read_text()
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text)
    connector.config = load_config(path, {})
    connector.start()


def patient(connector: Connector) -> Patient:
    parts, config = connector.parts, connector.config
    parts.shops["main"].policies.look()
    return Patient(config, config.shops[0], parts.shops["main"], parts)


def wrong(findings: Iterator[Finding]) -> dict[str, str]:
    """What is not in order: the beginning of what is said, with code and severity."""
    return {one.problem.partition(":")[0]: f"{one.code} {one.severity.value}" for one in findings if one.remedy}


def test_ids_of_mappings_are_looked_up_like_those_of_the_configuration(
    world: MemoryWorld, connector: Connector
) -> None:
    good = str(world.world.account.item_id("TEE-M"))
    for kind, key, value in (
        ("sku", "TEE-OLD-M", good),
        ("sku", "TEE-GONE", "99001"),
        ("sku", "CAP-GONE", "99002"),
        ("location", "loop:2207", "99003"),
        ("location", "loop:2208", "7"),
        ("refund_account", "paypal", "99004"),
        ("refund_account", "manual", "155"),
    ):
        assert not set_one(connector.parts, kind, key, value, by="ana").problems
    found = wrong(examine_lists(patient(connector)))
    assert found == {
        "SKUs that are mapped to items which NetSuite does not have": "netsuite_item_missing broken",
        "mapping location loop": "netsuite_location_missing broken",
        "mapping refund_account paypal = 99004": "netsuite_account_missing broken",
        "NetSuite does not show the list paymentmethod, so these are not verified": "netsuite_list_unreadable warning",
    }


class Queries(Watcher):
    """What NetSuite is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def before(self, asked: Asked) -> None:
        self.asked.append(asked.body.decode())


def test_missing_items_of_many_skus_are_one_finding_and_few_queries(world: MemoryWorld, connector: Connector) -> None:
    rows = "".join(f"sku,OLD-{number:03},{80_000 + number}\n" for number in range(250))
    assert not take_in(connector.parts, "old.csv", f"kind,key,value\n{rows}".encode(), by="ana").problems
    world.watcher = watcher = Queries()
    [found] = [one for one in examine_lists(patient(connector)) if one.code == "netsuite_item_missing"]
    assert ": 250: OLD-000 = 80000, " in found.problem
    assert found.problem.endswith("OLD-009 = 80009 and 240 more.")
    assert len([one for one in watcher.asked if " FROM item " in one]) == 2


def test_currencies_and_the_default_customer_are_looked_up(world: MemoryWorld, connector: Connector) -> None:
    configure(
        connector,
        ("concurrency = 2", 'concurrency = 2\ndefault_customer = "99005"'),
        (
            "[shops.netsuite.accounts]",
            '[shops.netsuite.currencies]\nUSD = "1"\nCAD = "1"\nEUR = "99006"\n\n[shops.netsuite.accounts]',
        ),
    )
    found = wrong(examine_lists(patient(connector)))
    assert {
        "default_customer = 99005": "netsuite_customer_missing broken",
        "currencies.CAD = 1": "netsuite_currency_other warning",
        "currencies.EUR = 99006": "netsuite_currency_missing broken",
    }.items() <= found.items()
    assert "currencies.USD = 1" not in found


@pytest.mark.parametrize(("sends", "codes"), [(True, ["netsuite_field_missing"]), (False, [])])
def test_fields_of_orders_must_be_on_orders_where_orders_are_sent(
    connector: Connector, *, sends: bool, codes: list[str]
) -> None:
    if not sends:
        configure(connector, ("[shops.policy]", "[shops.policy]\norder_channels = []"))
    catalog = read_catalog(patient(connector).shop.netsuite)
    assert wrong(examine_fields(patient(connector), catalog)) == {}
    lacking = {name: one for name, one in catalog.properties["cashSale"].items() if name != "otherRefNum"}
    catalog = replace(catalog, properties={**catalog.properties, "cashSale": lacking})
    found = [one for one in examine_fields(patient(connector), catalog) if one.remedy]
    assert [one.code for one in found] == codes
    assert all("no such field on cashSale" in one.problem for one in found)
