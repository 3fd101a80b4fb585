"""Executes GraphQL documents over the shop with the types of `schema/`, which are a part of Shopify's true schema."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Awaitable, Callable
from functools import lru_cache
from importlib.resources import files
from typing import Any, TypeGuard

from graphql import (
    DocumentNode,
    ExecutionResult,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLResolveInfo,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    build_schema,
    execute,
    get_named_type,
    get_operation_ast,
    parse,
    validate,
)

from .cost import MUTATION_COST, CostCounter
from .roots import Roots
from .state import ShopifyState

MAX_PAGE = 250
"""Largest page. Source: shopify.dev docs/api/usage/pagination-graphql (read 2026-11-21)."""

GUARDED: dict[tuple[str, str], str] = {
    ("QueryRoot", "order"): "read_orders",
    ("QueryRoot", "orders"): "read_orders",
    ("QueryRoot", "ordersCount"): "read_orders",
    ("QueryRoot", "locations"): "read_locations",
    ("Order", "returns"): "read_returns",
    ("Refund", "return"): "read_returns",
    ("Order", "customer"): "read_customers",
    ("LineItem", "variant"): "read_products",
    ("LineItem", "product"): "read_products",
    ("Order", "retailLocation"): "read_locations",
}
"""Fields that need an access scope."""


@lru_cache(maxsize=1)
def schema() -> GraphQLSchema:
    """Build the schema from its files, once."""
    folder = files(__package__) / "schema"
    names = ("roots.graphql", "connections.graphql", "orders.graphql", "amounts.graphql")
    return build_schema("\n".join((folder / name).read_text("utf-8") for name in names), assume_valid=True)


class Document:
    """A parsed and checked document."""

    def __init__(self, text: str) -> None:
        self.errors: list[dict[str, Any]] = []
        self.node: DocumentNode | None = None
        try:
            self.node = parse(text)
        except GraphQLError as error:
            self.errors = [{**error.formatted, "message": error.message}]
            return
        self.errors = [dict(error.formatted) for error in validate(schema(), self.node)]
        self.fragments = {
            one.name.value: one for one in self.node.definitions if isinstance(one, FragmentDefinitionNode)
        }

    def operation(self, name: str | None) -> OperationDefinitionNode | None:
        """Give the operation to execute."""
        return get_operation_ast(self.node, name) if self.node else None

    def cost(self, name: str | None, variables: dict[str, Any], data: Any = ...) -> int:
        """Give the requested cost, or with data the actual one."""
        operation = self.operation(name)
        if operation is None:
            return 0
        mutation = operation.operation is OperationType.MUTATION
        root = schema().mutation_type if mutation else schema().query_type
        assert root is not None
        counter = CostCounter(schema(), self.fragments, variables)
        counted = counter.selection(operation.selection_set, root, data)
        return max(1, counted + (MUTATION_COST if mutation else 0))


@lru_cache(maxsize=256)
def document(text: str) -> Document:
    """Parse and check a document, or take it from the cache."""
    return Document(text)


def run(state: ShopifyState, found: Document, name: str | None, variables: dict[str, Any]) -> ExecutionResult:
    """Execute an operation."""
    assert found.node is not None
    result = execute(
        schema(),
        found.node,
        root_value=Roots(state).fields(),
        context_value=state,
        variable_values=variables,
        operation_name=name,
        field_resolver=_resolve,
        is_awaitable=never_awaited,
    )
    assert isinstance(result, ExecutionResult)
    return result


def never_awaited(_value: Any) -> TypeGuard[Awaitable[Any]]:
    """Nothing here is awaited; asking every value would take a good part of the time."""
    return False


def value_of(source: Any, info: GraphQLResolveInfo[Any], args: dict[str, Any]) -> Any:
    """Give what a field holds, before paging. Raises GraphQLError where the scope is missing."""
    scope = GUARDED.get((info.parent_type.name, info.field_name))
    if scope is not None and scope not in info.context.settings.scopes:
        raise _access_denied(info.field_name, f"`{scope}` access scope.")
    if f"{info.parent_type.name}.{info.field_name}" in info.context.settings.refused_fields:
        raise _access_denied(info.field_name, "approval for protected customer data.")
    value = source[info.field_name]
    return value(args) if callable(value) else value


def _resolve(source: Any, info: GraphQLResolveInfo[ShopifyState], **args: Any) -> Any:
    value = value_of(source, info, args)
    if get_named_type(info.return_type).name.endswith("Connection"):
        return _page(value, args, info.field_name)
    if isinstance(value, list) and args.get("first") is not None:
        return value[: args["first"]]
    return value


def _access_denied(name: str, needed: str) -> GraphQLError:
    return GraphQLError(
        f"Access denied for {name} field. Required access: {needed}",
        extensions={
            "code": "ACCESS_DENIED",
            "documentation": "https://shopify.dev/api/usage/access-scopes",
            "requiredAccess": needed,
        },
    )


def _page(rows: list[dict[str, Any]], args: dict[str, Any], name: str) -> dict[str, Any]:
    first, last = args.get("first"), args.get("last")
    if first is None and last is None:
        raise GraphQLError(f"you must provide one of first or last ({name})", extensions={"code": "BAD_REQUEST"})
    size: int = last or 0 if first is None else first
    if not 0 <= size <= MAX_PAGE:
        raise GraphQLError(
            f"{name}: first and last must be between 0 and {MAX_PAGE}", extensions={"code": "BAD_REQUEST"}
        )
    if args.get("reverse"):
        rows = rows[::-1]
    start = _beyond(rows, args.get("after"), name, reverse=bool(args.get("reverse")))
    end = _before(rows, args.get("before"), name)
    window = rows[start:end]
    chosen = window[:size] if first is not None else window[len(window) - size :]
    begin = start if first is not None else start + len(window) - len(chosen)
    cursors = [_cursor(row) for row in chosen]
    chosen = [row["_make"]() if "_make" in row else row for row in chosen]
    return {
        "nodes": chosen,
        "edges": [{"node": row, "cursor": cursor} for row, cursor in zip(chosen, cursors, strict=True)],
        "pageInfo": {
            "hasNextPage": begin + len(chosen) < len(rows),
            "hasPreviousPage": begin > 0,
            "startCursor": cursors[0] if cursors else None,
            "endCursor": cursors[-1] if cursors else None,
        },
    }


def _key(row: dict[str, Any]) -> list[Any]:
    ident = str(row.get("id", row.get("index", ""))).rsplit("/", 1)[-1]
    return [row.get("_sort", ""), int(ident) if ident.isdigit() else 0]


def _cursor(row: dict[str, Any]) -> str:
    value, ident = _key(row)
    return base64.b64encode(json.dumps({"last_id": ident, "last_value": value}).encode()).decode()


def _read(cursor: str, name: str) -> list[Any]:
    try:
        kept = json.loads(base64.b64decode(cursor, validate=True))
        return [kept["last_value"], kept["last_id"]]
    except (ValueError, KeyError, TypeError, binascii.Error) as error:
        raise GraphQLError(f"Invalid cursor for current pagination sort. ({name})") from error


def _beyond(rows: list[dict[str, Any]], after: str | None, name: str, *, reverse: bool) -> int:
    if not after:
        return 0
    mark = _read(after, name)
    if any("_sort" in row for row in rows):
        passed: Callable[[dict[str, Any]], bool] = lambda row: _key(row) >= mark if reverse else _key(row) <= mark  # noqa: E731
        return sum(1 for row in rows if passed(row))
    return next((n + 1 for n, row in enumerate(rows) if _key(row) == mark), len(rows))


def _before(rows: list[dict[str, Any]], before: str | None, name: str) -> int:
    if not before:
        return len(rows)
    mark = _read(before, name)
    return next((n for n, row in enumerate(rows) if _key(row) == mark), len(rows))
