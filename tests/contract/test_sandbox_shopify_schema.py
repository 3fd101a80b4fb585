"""What the simulator serves is a part of Shopify's true schema, and all of it is really served."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    GraphQLSchema,
    build_schema,
    get_named_type,
    is_enum_type,
    is_input_object_type,
    is_interface_type,
    is_leaf_type,
    is_object_type,
    is_union_type,
)

from ledgerloop_sandbox.acts import ACTS
from ledgerloop_sandbox.shopify import graphql, rest
from ledgerloop_sandbox.world import World

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "data"
TRUE_SCHEMA = Path(os.environ.get("LEDGERLOOP_SHOPIFY_SCHEMA", SHARED / "shopify_admin_schema_2026-10.graphql"))
SAMPLE_ORDER = SHARED / "samples" / "sample_orders_create_loop_online.json"
SAMPLE_REFUND = SHARED / "samples" / "sample_refunds_create_no_money.json"


@pytest.fixture(scope="module")
def true_schema() -> GraphQLSchema:
    if not TRUE_SCHEMA.is_file():
        pytest.skip(f"Shopify's schema is not there ({TRUE_SCHEMA.name}); set LEDGERLOOP_SHOPIFY_SCHEMA to its file")
    return build_schema(TRUE_SCHEMA.read_text("utf-8"), assume_valid=True)


def own_types() -> dict[str, Any]:
    return {name: kind for name, kind in graphql.schema().type_map.items() if not name.startswith("__")}


def test_every_type_field_argument_and_value_is_shopifys(true_schema: GraphQLSchema) -> None:
    wrong = []
    for name, kind in own_types().items():
        theirs: Any = true_schema.type_map.get(name)
        if type(theirs) is not type(kind):
            wrong.append(name)
        elif is_object_type(kind) or is_interface_type(kind) or is_input_object_type(kind):
            for field, value in kind.fields.items():
                true = theirs.fields.get(field)
                if true is None or str(true.type) != str(value.type):
                    wrong.append(f"{name}.{field}")
                    continue
                for argument, wanted in getattr(value, "args", {}).items():
                    if argument not in true.args or str(true.args[argument].type) != str(wanted.type):
                        wrong.append(f"{name}.{field}({argument})")
        elif is_enum_type(kind):
            wrong += [f"{name}.{value}" for value in kind.values if value not in theirs.values]
        elif is_union_type(kind):
            wrong += [f"{name}|{one.name}" for one in kind.types if one.name not in [t.name for t in theirs.types]]
    assert wrong == []


def test_no_served_field_is_deprecated(true_schema: GraphQLSchema) -> None:
    deprecated = [
        f"{name}.{field}"
        for name, kind in own_types().items()
        if is_object_type(kind)
        for field in kind.fields
        if _fields(true_schema, name)[field].deprecation_reason
    ]
    assert deprecated == []


def _fields(schema: GraphQLSchema, name: str) -> Any:
    kind: Any = schema.type_map[name]
    return kind.fields


def rich_world() -> World:
    """One order with everything: discounts, shipping, two tenders, a processed return and an open one."""
    world = World()
    lines = [{"sku": "TEE", "quantity": 3, "price": "50.00", "line_discount": "6.00"}, {"sku": "CAP", "price": "30.00"}]
    order = ACTS["place_order"](
        world,
        lines=lines,
        order_discount="13.00",
        shipping="10.00",
        payments=[["gift_card", "20.00"], ["shopify_payments", "159.68"]],
        in_netsuite=False,
        location="store",
    )
    made = ACTS["request_return"](world, order["order_id"])
    ACTS["process_in_loop"](world, made["return_id"])
    ACTS["request_return"](world, order["order_id"])
    ACTS["shopify_refund"](world, order["order_id"], "10.00")
    return world


def selection(kind: Any, depth: int) -> str:
    """Choose every field of a type, down to a depth."""
    if is_union_type(kind):
        return "{ __typename " + " ".join(f"... on {one.name} {selection(one, depth)}" for one in kind.types) + " }"
    parts = ["__typename"]
    for name, field in kind.fields.items():
        below: Any = get_named_type(field.type)
        needs_page = below.name.endswith("Connection")
        if is_leaf_type(below):
            parts.append(name)
        elif depth > 0:
            parts.append(f"{name}{'(first: 20)' if needs_page else ''} {selection(below, depth - 1)}")
    return "{ " + " ".join(parts) + " }"


def test_every_served_field_has_a_value_of_its_type() -> None:
    world = rich_world()
    order: Any = graphql.schema().type_map["Order"]
    chosen = selection(order, 3)
    (order_id,) = world.orders
    found = graphql.document(f'{{ order(id: "gid://shopify/Order/{order_id}") {chosen} }}')
    assert found.errors == []
    result = graphql.run(world.shopify, found, None, {})
    assert result.errors is None
    assert result.data is not None
    assert result.data["order"]["refunds"][0]["return"]["status"] == "CLOSED"


def test_the_other_roots_are_served_whole() -> None:
    world = rich_world()
    types = graphql.schema().type_map
    chosen = {
        name: selection(types[name], 2) for name in ("Shop", "AppInstallation", "ApiVersion", "LocationConnection")
    }
    found = graphql.document(
        f"{{ shop {chosen['Shop']} currentAppInstallation {chosen['AppInstallation']}"
        f" publicApiVersions {chosen['ApiVersion']} locations(first: 5) {chosen['LocationConnection']}"
        " ordersCount { count } }"
    )
    result = graphql.run(world.shopify, found, None, {})
    assert (found.errors, result.errors) == ([], None)


def keys_of(body: Any, sample: Any, at: str = "") -> set[str]:
    """Collect the paths of keys on which two bodies differ; lists are compared by their first element."""
    if isinstance(body, dict) and isinstance(sample, dict):
        differing = {f"{at}.{key}" for key in set(body) ^ set(sample)}
        return differing.union(*(keys_of(body[key], sample[key], f"{at}.{key}") for key in set(body) & set(sample)))
    if isinstance(body, list) and isinstance(sample, list) and body and sample:
        return keys_of(body[0], sample[0], f"{at}[]")
    return set()


@pytest.mark.skipif(not SAMPLE_ORDER.is_file(), reason="the sample bodies are not there")
def test_an_order_webhook_has_the_key_set_of_the_samples() -> None:
    world = rich_world()
    (order,) = world.shopify.orders.values()
    differing = keys_of(rest.order_body(order), json.loads(SAMPLE_ORDER.read_text("utf-8")))
    assert {path for path in differing if path.count(".") == 1 or path.startswith(".line_items[].")} == set()


@pytest.mark.skipif(not SAMPLE_REFUND.is_file(), reason="the sample bodies are not there")
def test_a_refund_webhook_has_the_key_set_of_the_samples() -> None:
    world = rich_world()
    (order,) = world.shopify.orders.values()
    body = rest.refund_body(order, order.refunds[0])
    differing = keys_of(body, json.loads(SAMPLE_REFUND.read_text("utf-8")))
    assert {path for path in differing if ".line_item." not in path} == set()
    assert isinstance(body["refund_line_items"][0]["subtotal"], float)
