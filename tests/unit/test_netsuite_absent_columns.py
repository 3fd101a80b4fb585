"""What an account lacks is left out of queries, however NetSuite words it; and nothing else is left out for it."""

import re
from collections.abc import Callable, Sequence

import pytest

from ledgerloop.outcome import CredentialsRefused, Refused, Throttled
from ledgerloop.remotes.netsuite.reading import MAY_BE_ABSENT, Reading
from ledgerloop.remotes.netsuite.suiteql import Row

UNKNOWN = "Search error occurred: Unknown identifier '{}'. Available identifiers are: {{transaction=transaction}}."
NOT_EXPOSED = (
    "Invalid search query. Detailed unprocessed description follows. Search error occurred: Field '{}' for record "
    "'item' was not found. Reason: NOT_EXPOSED - Not exposed."
)
WORDLESS = "Invalid search query."


class Account:
    """Refuses whatever query names one of the columns that it `lacks`."""

    def __init__(self, *lacks: str, says: str = UNKNOWN, kind: Callable[..., Exception] = Refused) -> None:
        self.lacks = list(lacks)
        self._says = says
        self._kind = kind
        self.asked: list[str] = []

    def query_all(self, sql: str, params: Sequence[str] = (), next_params: object = None) -> list[Row]:
        self.asked.append(sql)
        for one in self.lacks:
            if re.search(rf"\b{one}\b", sql):
                raise self._kind("netsuite", "netsuite_invalid_request", self._says.format(one))
        return []

    def query(self, sql: str, params: Sequence[str] = ()) -> list[Row]:
        return self.query_all(sql, params)

    @property
    def columns(self) -> set[str]:
        """The optional columns of the last query."""
        return {one for one in MAY_BE_ABSENT if one in self.asked[-1]}


def reading(account: Account) -> Reading:
    return Reading(
        account,
        order_reference="otherRefNum",
        order_id="",
        order_line_id="",
        sku="itemid",
        return_ids=["custbody_loop_return_id"],
        flag="custbody_loop_flag",
        reviewed="",
        shopify_refund_id="",
    )


@pytest.mark.parametrize("says", [UNKNOWN, NOT_EXPOSED, 'Unknown column "I.{}"', WORDLESS, "Unknown identifier {}"])
def test_a_column_that_the_account_lacks_is_left_out_alone_and_for_good(says: str) -> None:
    account = Account("usebins", "kitmemberof", says=says)
    asking = reading(account)
    assert asking.by_id(["1"]) == []
    assert account.columns == {*MAY_BE_ABSENT} - {"i.usebins", "tl.kitmemberof"}

    account.asked.clear()
    asking.by_id(["1"])
    assert len(account.asked) == 1


@pytest.mark.parametrize("says", [UNKNOWN, WORDLESS])
def test_a_wrong_custom_field_costs_no_other_column(says: str) -> None:
    account = Account("custbody_loop_flag", says=says)
    asking = reading(account)
    with pytest.raises(Refused):
        asking.by_id(["1"])

    account.lacks = []
    asking.by_id(["1"])
    assert account.columns == {*MAY_BE_ABSENT}


def test_a_refusal_of_what_is_looked_for_is_told_and_the_columns_are_tried_once() -> None:
    account = Account("otherrefnum", says=WORDLESS)
    asking = reading(account)
    for _ in range(3):
        with pytest.raises(Refused):
            asking.orders({"5920": ["#1001"]})
    assert len(account.asked) == 3 + 1 + len(MAY_BE_ABSENT)
    asking.by_id(["1"])
    assert account.columns == {*MAY_BE_ABSENT}


@pytest.mark.parametrize("kind", [CredentialsRefused, Throttled])
def test_who_may_not_ask_learns_nothing_about_columns(kind: Callable[..., Exception]) -> None:
    account = Account("usebins", kind=kind)
    with pytest.raises((CredentialsRefused, Throttled)):
        reading(account).by_id(["1"])
    assert len(account.asked) == 1
