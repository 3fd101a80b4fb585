"""Queries that ask for two things at once: where an account refuses that, they are asked one after the other."""

from collections.abc import Sequence
from datetime import date

import pytest

from ledgerloop.outcome import CredentialsRefused, Refused
from ledgerloop.remotes.netsuite.natural import Named, Names
from ledgerloop.remotes.netsuite.reading import Reading
from ledgerloop.remotes.netsuite.suiteql import Row

NAMED = Named({"5920": Names(frozenset({"4821"}))}, date(2026, 1, 1))


class Account:
    """Refuses unions, or everything."""

    def __init__(self, refusal: Refused, *, all_of_it: bool = False) -> None:
        self._refusal = refusal
        self._all = all_of_it
        self.asked: list[str] = []

    def query(self, sql: str, params: Sequence[str] = ()) -> list[Row]:
        self.asked.append(sql)
        if self._all or "UNION" in sql:
            raise self._refusal
        number = "2001" if "m.createdfrom IN" in sql else "2002"
        return [{"id": number, "type": "RtnAuth", "line": "1"}]

    def query_all(self, sql: str, params: Sequence[str] = (), next_params: object = None) -> list[Row]:
        return self.query(sql, params)


def reading(account: Account) -> Reading:
    names = ("order_reference", "order_id", "order_line_id", "flag", "reviewed", "shopify_refund_id")
    return Reading(account, sku="itemid", return_ids=["custbody_loop_return_id"], **dict.fromkeys(names, ""))


def test_what_is_refused_together_is_asked_apart_from_then_on() -> None:
    account = Account(Refused("netsuite", "netsuite_invalid_request", "Invalid search query."))
    read = reading(account)
    for _ in range(2):
        found = read.made_from(["1001"], read.naming(NAMED))
        assert [one["id"] for one in found] == ["2001", "2002"]
    assert sum("UNION" in one for one in account.asked) == 1


@pytest.mark.parametrize("kind", [Refused, CredentialsRefused])
def test_what_is_refused_apart_too_is_told(kind: type[Refused]) -> None:
    read = reading(Account(kind("netsuite", "netsuite_invalid_request", "No."), all_of_it=True))
    with pytest.raises(kind):
        read.made_from(["1001"], read.naming(NAMED))
