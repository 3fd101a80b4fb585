"""Bulk queries: run aside over whole connections, their result a file of JSON lines on an address of its own.

Source: shopify.dev docs/api/usage/bulk-operations/queries (read 2026-11-21).
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterator
from functools import partial
from typing import Any

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLResolveInfo,
    InlineFragmentNode,
    SelectionSetNode,
    execute,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_list_type,
)

from ledgerloop_sandbox.clock import iso_z

from .state import BulkOperation, ShopifyState
from .views import View, gid

MOST_AT_ONCE = 5
"""Bulk queries of a shop at one time, from 2026-01 on."""

MOST_CONNECTIONS = 5
DEEPEST = 2

CHUNK = 50
"""Root objects resolved between two pauses."""


def start(state: ShopifyState, query: str) -> View:
    """Begin a bulk query, or say why not."""
    problem = _refuse(query)
    running = sum(1 for one in state.bulk.values() if one.status in ("CREATED", "RUNNING"))
    if problem is None and running >= MOST_AT_ONCE:
        problem = ("LIMIT_REACHED", f"The limit of {MOST_AT_ONCE} running bulk queries is reached")
    if problem is not None:
        error = {"code": problem[0], "field": ["query"], "message": problem[1]}
        return {"bulkOperation": None, "userErrors": [error]}
    made = BulkOperation(state.next_id(), query, state.now(), secrets.token_urlsafe(16))
    state.bulk[made.id] = made
    answer = {"bulkOperation": view(state, made), "userErrors": []}
    state.later(state.settings.bulk_delay_s, partial(_carry_out, state, made))
    return answer


def shown(state: ShopifyState, ident: str) -> View | None:
    """Give a bulk operation by its id."""
    number = ident.removeprefix("gid://shopify/BulkOperation/")
    found = state.bulk.get(int(number)) if number.isdigit() else None
    return view(state, found) if found else None


def view(state: ShopifyState, one: BulkOperation) -> View:
    """Give a bulk operation as GraphQL sees it; the address is there once there is something to fetch."""
    address = f"{state.address}/bulk/{one.secret}.jsonl" if one.result else None
    return {
        "__typename": "BulkOperation",
        "id": gid("BulkOperation", one.id),
        "type": "QUERY",
        "query": one.query,
        "status": one.status,
        "errorCode": one.error_code,
        "createdAt": iso_z(one.created_at),
        "completedAt": iso_z(one.completed_at) if one.completed_at else None,
        "objectCount": str(one.objects),
        "rootObjectCount": str(one.roots),
        "fileSize": str(len(one.result)) if one.result and one.completed_at else None,
        "url": address if one.status == "COMPLETED" else None,
        "partialDataUrl": address if one.status == "FAILED" else None,
    }


def file_named(state: ShopifyState, secret: str) -> bytes | None:
    """Give the result under an address, if there is one."""
    return next((one.result for one in list(state.bulk.values()) if one.secret == secret and one.completed_at), None)


def _refuse(query: str) -> tuple[str, str] | None:
    from .graphql import document, schema  # noqa: PLC0415 - the roots offer bulk queries, which run over the roots

    found = document(query)
    operation = found.operation(None)
    if found.errors or operation is None:
        said = found.errors[0]["message"] if found.errors else "there is no query"
        return "INVALID", f"Invalid bulk query: {said}"
    root = schema().query_type
    assert root is not None
    if len(operation.selection_set.selections) != 1:
        return "INVALID", "Bulk queries cannot contain more than one top-level field."
    depths = list(_connections(operation.selection_set, root, found.fragments, 1, in_list=False))
    if not depths:
        return "INVALID", "Bulk queries must contain at least one connection."
    if 0 in depths:
        return "INVALID", "Queries that contain a connection field within a list field are not currently supported."
    if len(depths) > MOST_CONNECTIONS:
        return "INVALID", f"Bulk queries cannot contain more than {MOST_CONNECTIONS} connections."
    if max(depths) > DEEPEST:
        return "INVALID", f"Bulk queries cannot contain connections with a nesting depth greater than {DEEPEST}."
    return None


def _connections(
    chosen: SelectionSetNode | None, kind: Any, fragments: dict[str, Any], depth: int, *, in_list: bool
) -> Iterator[int]:
    """Give the depth of every connection, 0 for one within a list."""
    for node in chosen.selections if chosen else ():
        if isinstance(node, FragmentSpreadNode):
            below = fragments[node.name.value].selection_set
            yield from _connections(below, kind, fragments, depth, in_list=in_list)
        elif isinstance(node, InlineFragmentNode):
            yield from _connections(node.selection_set, kind, fragments, depth, in_list=in_list)
        elif isinstance(node, FieldNode):
            field = getattr(kind, "fields", {}).get(node.name.value)
            if field is None or not is_composite_type(get_named_type(field.type)):
                continue
            named = get_named_type(field.type)
            connection = named.name.endswith("Connection")
            if connection:
                yield 0 if in_list else depth
            inside = in_list or (
                is_list_type(get_nullable_type(field.type)) and node.name.value not in ("nodes", "edges")
            )
            deeper = depth + 1 if connection else depth
            yield from _connections(node.selection_set, named, fragments, deeper, in_list=inside)


class _Run:
    """One run over the root connection, chunk by chunk; also the context of the resolvers."""

    def __init__(self, state: ShopifyState) -> None:
        self.settings = state.settings
        self.rows: list[View] | None = None
        self.begin = 0

    def resolve(self, source: Any, info: GraphQLResolveInfo[Any], **args: Any) -> Any:
        """Resolve a field; connections come whole, the root's by chunk."""
        from .graphql import value_of  # noqa: PLC0415 - see above

        if info.path.prev is None and self.rows is not None:
            rows = self.rows[self.begin : self.begin + CHUNK]
        else:
            value = value_of(source, info, args)
            if not get_named_type(info.return_type).name.endswith("Connection"):
                return value
            rows = value
            if info.path.prev is None:
                self.rows, rows = value, value[:CHUNK]
        nodes = [row["_make"]() if "_make" in row else row for row in rows]
        page = {"hasNextPage": False, "hasPreviousPage": False, "startCursor": None, "endCursor": None}
        return {"nodes": nodes, "edges": [{"node": node, "cursor": ""} for node in nodes], "pageInfo": page}


def _carry_out(state: ShopifyState, one: BulkOperation) -> None:
    """Run the query, keep its lines, and tell who wants to know."""
    if state.bulk.get(one.id) is not one:
        return
    one.status = "RUNNING"
    lines: list[str] = []
    try:
        for root in _roots(state, one.query):
            lines += [json.dumps(row, separators=(",", ":"), ensure_ascii=False) for row in _flat(root, None)]
            one.roots, one.objects = one.roots + 1, len(lines)
            if state.settings.bulk_fails:
                break
        one.error_code = state.settings.bulk_fails or None
    except PermissionError:
        one.error_code = "ACCESS_DENIED"
    one.result = "".join(f"{line}\n" for line in lines).encode()
    one.completed_at = state.now()
    one.status = "FAILED" if one.error_code else "COMPLETED"
    state.emit(
        "bulk_operations/finish",
        str(one.id),
        {
            "admin_graphql_api_id": gid("BulkOperation", one.id),
            "completed_at": iso_z(one.completed_at),
            "created_at": iso_z(one.created_at),
            "error_code": one.error_code and one.error_code.lower(),
            "status": one.status.lower(),
            "type": "query",
        },
    )


def _roots(state: ShopifyState, query: str) -> Iterator[View]:
    """Give the root connection's objects. Raises PermissionError where a scope is missing."""
    from .graphql import document, never_awaited, schema  # noqa: PLC0415 - see above
    from .roots import Roots  # noqa: PLC0415 - see above

    node = document(query).node
    assert node is not None
    run = _Run(state)
    fields = Roots(state).fields()
    while run.rows is None or run.begin < len(run.rows):
        result: Any = execute(
            schema(),
            node,
            root_value=fields,
            context_value=run,
            field_resolver=run.resolve,
            is_awaitable=never_awaited,
        )
        if result.errors:
            raise PermissionError(result.errors[0].message)
        for connection in result.data.values():
            yield from _nodes(connection)
        run.begin += CHUNK
        if run.rows is None:
            return
        time.sleep(0)


def _nodes(connection: View) -> list[View]:
    return list(connection["nodes"]) if "nodes" in connection else [edge["node"] for edge in connection["edges"]]


def _flat(node: View, parent: str | None) -> Iterator[View]:
    """An object as a line, then the objects of its connections, each with its parent's id."""
    below: list[View] = []
    row: View = {}
    for key, value in node.items():
        if isinstance(value, dict) and ("nodes" in value or "edges" in value):
            below += _nodes(value)
        else:
            row[key] = value
    yield {**row, "__parentId": parent} if parent is not None else row
    for one in below:
        yield from _flat(one, str(node.get("id")))
