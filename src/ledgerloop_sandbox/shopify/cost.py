"""What a query costs and whether the bucket still holds as much.

Source: shopify.dev docs/api/usage/rate-limits (read 2026-11-21). Assumed: the connection formula, calibrated on
recorded costs: 2 + round(log2(first) + 1) times the cost of a node.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLCompositeType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_composite_type,
    is_object_type,
)

FREE = ("MoneyBag", "MoneyV2", "PageInfo")
"""Object types that cost nothing."""

COUNT_COST = 10
MUTATION_COST = 10
BUCKET_FACTOR = 20
"""The bucket holds so many seconds of the restore rate. Source: recorded answers of July 2026."""


class CostCounter:
    """Counts one operation. With data it counts what was really returned."""

    def __init__(
        self, schema: GraphQLSchema, fragments: dict[str, FragmentDefinitionNode], variables: dict[str, Any]
    ) -> None:
        self.schema = schema
        self.fragments = fragments
        self.variables = variables

    def selection(self, chosen: SelectionSetNode | None, owner: GraphQLCompositeType, data: Any = ...) -> int:
        """Cost of the fields chosen of one object."""
        if chosen is None:
            return 0
        total, branches = 0, [0]
        for node in chosen.selections:
            if isinstance(node, FieldNode):
                total += self._field(node, owner, data)
                continue
            part, kind = self._fragment(node, owner)
            cost = self.selection(part, kind, data)
            if kind.name == owner.name:
                total += cost
            else:
                branches.append(cost)
        return total + max(branches)

    def _fragment(self, node: Any, owner: GraphQLCompositeType) -> tuple[SelectionSetNode, GraphQLCompositeType]:
        found = self.fragments[node.name.value] if isinstance(node, FragmentSpreadNode) else node
        assert isinstance(found, (FragmentDefinitionNode, InlineFragmentNode))
        kind = self.schema.type_map[found.type_condition.name.value] if found.type_condition else owner
        assert is_composite_type(kind)
        return found.selection_set, kind

    def _field(self, node: FieldNode, owner: GraphQLCompositeType, data: Any) -> int:
        name = node.name.value
        if name.startswith("__") or not hasattr(owner, "fields"):
            return 0
        kind = get_named_type(owner.fields[name].type)
        if not is_composite_type(kind) or kind.name in FREE:
            return 0
        below = _below(data, node.alias.value if node.alias else name)
        if below is None:
            return 0
        if kind.name == "Count":
            return COUNT_COST
        if kind.name.endswith("Connection") and is_object_type(kind):
            return self._connection(node, kind, below)
        return 1 + self.selection(node.selection_set, kind, below)

    def _connection(self, node: FieldNode, kind: GraphQLObjectType, data: Any) -> int:
        each = self._node_cost(node.selection_set, kind)
        if data is ...:
            size = self._size(node)
        else:
            rows = data.get("nodes", data.get("edges"))
            size = len(rows) if isinstance(rows, list) else 0
        return 2 + (round(math.log2(size) + 1) * each if size else 0)

    def _node_cost(self, chosen: SelectionSetNode | None, kind: GraphQLObjectType) -> int:
        """Cost of one node; `edges { node }` counts like `nodes`."""
        dearest = 0
        for node in chosen.selections if chosen else ():
            if isinstance(node, FieldNode) and node.name.value in ("nodes", "edges", "node"):
                below = get_named_type(kind.fields[node.name.value].type)
                assert is_composite_type(below)
                if node.name.value == "edges" and is_object_type(below):
                    dearest = max(dearest, self._node_cost(node.selection_set, below))
                else:
                    dearest = max(dearest, 1 + self.selection(node.selection_set, below))
        return dearest

    def _size(self, node: FieldNode) -> int:
        for argument in node.arguments or ():
            if argument.name.value in ("first", "last"):
                if isinstance(argument.value, IntValueNode):
                    return int(argument.value.value)
                if isinstance(argument.value, VariableNode):
                    return int(self.variables.get(argument.value.name.value) or 0)
        return 0


def _below(data: Any, key: str) -> Any:
    if data is ...:
        return ...
    below = data.get(key) if isinstance(data, dict) else None
    return (below[0] if below else None) if isinstance(below, list) else below


@dataclass
class Bucket:
    """The leaky bucket of one app and shop; points."""

    level: float | None = None
    at: float = field(default_factory=time.monotonic)

    def available(self, rate: float) -> float:
        """Points in the bucket now."""
        now, full = time.monotonic(), rate * BUCKET_FACTOR
        self.level = full if self.level is None else min(full, self.level + (now - self.at) * rate)
        self.at = now
        return self.level

    def take(self, points: float, rate: float) -> bool:
        """Take points out; False leaves the bucket as it is."""
        if self.available(rate) < points:
            return False
        assert self.level is not None
        self.level -= points
        return True

    def give_back(self, points: float, rate: float) -> None:
        """Put points back that were not needed."""
        self.level = min(rate * BUCKET_FACTOR, self.available(rate) + points)
