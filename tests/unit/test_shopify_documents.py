"""The documents sent to Shopify: valid on the true schema, nothing deprecated, cheap."""

import math
from functools import cache
from pathlib import Path

import pytest
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    build_schema,
    parse,
    validate,
)
from graphql.validation import NoDeprecatedCustomRule, specified_rules

from ledgerloop.remotes.shopify.client import FULL, WHOLE
from ledgerloop.remotes.shopify.documents import document, source

SCHEMA = Path(__file__).parents[3] / "shared" / "data" / "shopify_admin_schema_2026-10.graphql"
OPERATIONS = [
    one.name.value for one in parse(source()).definitions if isinstance(one, OperationDefinitionNode) and one.name
]
FREE = ("shopMoney", "presentmentMoney", "pageInfo")


@cache
def schema() -> GraphQLSchema:
    """The Admin API 2026-10, from beside this repository. `assume_valid`: it breaks a rule of the library."""
    if not SCHEMA.exists():
        pytest.skip("Shopify's schema is not beside this repository: the documents were NOT validated")
    return build_schema(SCHEMA.read_text(encoding="utf-8"), assume_valid=True)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_each_document_as_sent_is_valid_and_uses_nothing_deprecated(operation: str) -> None:
    rules = (*specified_rules, NoDeprecatedCustomRule)

    assert validate(schema(), parse(document(operation).text), rules) == []


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_document_holds_one_operation_and_the_fragments_it_uses(operation: str) -> None:
    definitions = parse(document(operation).text).definitions
    operations = [one for one in definitions if isinstance(one, OperationDefinitionNode)]

    assert [one.name.value for one in operations if one.name] == [operation]
    assert document(operation).is_mutation == (operations[0].operation.value == "mutation")


def test_an_operation_that_does_not_exist_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        document("Nonsense")


@pytest.mark.parametrize(
    ("operation", "most"),
    [
        ("OrderMoney", 60),
        ("OrderMoneyWide", 60),
        ("OrderCredit", 60),
        ("OrderLines", 60),
        ("OrderExchanges", 140),
        ("OrdersUpdated", 20),
        ("Locations", 20),
        ("Webhooks", 20),
    ],
)
def test_documents_are_cheap(operation: str, most: int) -> None:
    assert 1 <= cost_of(operation) <= most


def test_the_estimated_cost_of_importing_an_order_is_100_points_at_most() -> None:
    assert cost_of("OrderWhole") == 83


def test_the_costs_of_a_whole_order_are_estimated_as_written_down() -> None:
    assert (cost_of("OrderMoney"), cost_of("OrderMoneyWide")) == (28, 36)


def test_the_client_knows_how_much_each_document_asks_for() -> None:
    asked = {name: tuple(int(size) for size in sizes_of(name)) for name in (*FULL, *WHOLE)}

    assert asked == {**FULL, **WHOLE}


def sizes_of(operation: str) -> list[str]:
    """`first` of the order's transactions and refunds."""
    definition = parse(document(operation).text).definitions[0]
    assert isinstance(definition, OperationDefinitionNode)
    order = definition.selection_set.selections[0]
    assert isinstance(order, FieldNode)
    assert order.selection_set is not None
    fields = [one for one in order.selection_set.selections if isinstance(one, FieldNode)]
    return [_first(one) for one in fields if one.name.value in ("transactions", "refunds")]


def cost_of(operation: str) -> int:
    """Estimate: objects 1, money and pageInfo 0, a connection 2 + round(log2(first) + 1) times its node.

    Assumed: fitted to recorded costs; plain lists count once.
    """
    definitions = parse(document(operation).text).definitions
    fragments = {one.name.value: one for one in definitions if isinstance(one, FragmentDefinitionNode)}
    one = next(one for one in definitions if isinstance(one, OperationDefinitionNode))
    return _cost(one.selection_set, fragments)


def _cost(selections: SelectionSetNode | None, fragments: dict[str, FragmentDefinitionNode]) -> int:
    total = 0
    for one in selections.selections if selections else ():
        if isinstance(one, FragmentSpreadNode):
            total += _cost(fragments[one.name.value].selection_set, fragments)
        elif isinstance(one, InlineFragmentNode):
            total += _cost(one.selection_set, fragments)
        elif isinstance(one, FieldNode) and one.selection_set and not _is_free(one):
            total += _cost_of_field(one, fragments)
    return total


def _cost_of_field(field: FieldNode, fragments: dict[str, FragmentDefinitionNode]) -> int:
    assert field.selection_set is not None
    first = _first(field)
    nodes = [one for one in field.selection_set.selections if isinstance(one, FieldNode) and one.name.value == "nodes"]
    if first and nodes:
        return 2 + round(math.log2(int(first)) + 1) * (1 + _cost(nodes[0].selection_set, fragments))
    return 1 + _cost(field.selection_set, fragments)


def _is_free(field: FieldNode) -> bool:
    return field.name.value in FREE or field.name.value.endswith("Set")


def _first(field: FieldNode) -> str:
    """The `first` argument, empty where there is none."""
    sizes = [one.value for one in field.arguments or () if one.name.value == "first"]
    return sizes[0].value if sizes and isinstance(sizes[0], IntValueNode) else ""
