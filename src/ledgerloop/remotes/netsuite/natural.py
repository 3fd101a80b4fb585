"""Records of returns and of money that left, found by what they name, whoever entered them and whatever they are made
from.

A return authorization names a Loop return; a credit memo, cash refund or customer refund names a return or a Shopify
refund: in the configured fields, or in its memo. Memos are searched among the records of the cases' own customers
alone, and nothing before the cut-over.
Source: rulebook section 0, never twice; docs.oracle.com, SuiteQL, table transaction (read 2026-11-21).
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, TypeAlias

from ledgerloop.remotes.netsuite.suiteql import marks

Condition: TypeAlias = tuple[str, list[str]]
"""What stands after WHERE, and the values bound in it."""

AUTHORIZATION: Final = "RtnAuth"
TYPES: Final = (AUTHORIZATION, "CustCred", "CashRfnd", "CustRfnd")
"""SuiteQL's codes of return authorizations, and of the records that give money back."""

MOST_NAMES: Final = 150
"""Names asked for in one query: each is bound a few times, and all stay far below the 1000 values that Oracle takes."""

_RETURN: Final = re.compile(r"Loop return ([\w-]+)")
_DIGITS: Final = re.compile(r"\d+")


@dataclass(frozen=True)
class Names:
    """What the records of one case may name: Loop returns, Shopify refunds; and the customers whose they may be."""

    return_ids: frozenset[str] = frozenset()
    refund_ids: frozenset[str] = frozenset()
    customer_ids: frozenset[str] = frozenset()

    def __len__(self) -> int:
        return len(self.return_ids) + len(self.refund_ids)


@dataclass(frozen=True)
class Named:
    """The names of many cases, by their keys, on records dated `since` or later."""

    cases: Mapping[str, Names]
    since: date

    def portions(self) -> Iterator[list[Names]]:
        """Cut the cases into queries; those without names are left out."""
        portion: list[Names] = []
        for one in self.cases.values():
            if portion and sum(map(len, portion)) + len(one) > MOST_NAMES:
                yield portion
                portion = []
            if len(one):
                portion.append(one)
        if portion:
            yield portion


class NaturalKeys:
    """Where an account's records name returns and refunds: fields of the transaction, empty ones left out."""

    def __init__(self, return_ids: Sequence[str], refund_id: str) -> None:
        self._return_ids = [name.lower() for name in return_ids if name]
        self._refund_ids = [name.lower() for name in (refund_id,) if name]

    def condition(self, portion: Collection[Names], since: date) -> Condition:
        """The condition for records that bear one of these names, and the values bound in it; empty where none can."""
        returns = _all(one.return_ids for one in portion)
        refunds = _all(one.refund_ids for one in portion)
        customers = _all(one.customer_ids for one in portion)
        ways = [(f"t.{name} IN ({marks(returns)})", returns) for name in self._return_ids if returns]
        ways += [(f"t.{name} IN ({marks(refunds)})", refunds) for name in self._refund_ids if refunds]
        if customers:
            memos = [*(f"%Loop return {one}%" for one in returns), *(f"%{one}%" for one in refunds)]
            like = " OR ".join(["t.memo LIKE ?"] * len(memos))
            ways.append((f"(t.entity IN ({marks(customers)}) AND ({like}))", [*customers, *memos]))
        if not ways:
            return "", []
        types = ", ".join(f"'{one}'" for one in TYPES)
        dated = "t.trandate >= TO_DATE(?, 'YYYY-MM-DD')"
        where = f"t.type IN ({types}) AND {dated} AND ({' OR '.join(way for way, _ in ways)})"
        return where, [since.isoformat(), *(value for _, values in ways for value in values)]

    def owners(self, document: Mapping[str, Any], named: Named) -> list[str]:
        """The cases whose returns or refunds a record names."""
        if document["type"] not in TYPES:
            return []
        head = document["head"]
        memo = head.get("memo", "")
        returns = {*(head.get(name, "") for name in self._return_ids), *_RETURN.findall(memo)}
        refunds = {*(head.get(name, "") for name in self._refund_ids), *_DIGITS.findall(memo)}
        if document["type"] == AUTHORIZATION:
            refunds = set()
        return [key for key, one in named.cases.items() if returns & one.return_ids or refunds & one.refund_ids]


def _all(sets: Iterable[frozenset[str]]) -> list[str]:
    return sorted(frozenset().union(*sets))
