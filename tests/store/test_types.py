"""Moments and documents come back as they were."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select
from sqlalchemy.exc import StatementError

from ledgerloop.store import Store
from ledgerloop.store.tables import executors
from ledgerloop.store.types import JsonText, canonical, digest
from tests.support.database import NOW


def test_a_moment_comes_back_aware_and_in_utc(store: Store) -> None:
    there = NOW.astimezone(timezone(timedelta(hours=-8)))
    with store.writing() as tx:
        tx.execute(insert(executors).values(executor_id="x", kind="serve", started_at=there, beat_at=there))
        found = tx.execute(select(executors.c.started_at)).scalar_one()
    assert (found, found.tzinfo) == (NOW, UTC)


def test_a_moment_without_a_zone_is_refused(store: Store) -> None:
    naive = datetime(2026, 3, 2)  # noqa: DTZ001  (the very thing refused)
    with pytest.raises(StatementError, match="without a time zone"), store.writing() as tx:
        tx.execute(insert(executors).values(executor_id="x", kind="serve", started_at=naive, beat_at=NOW))


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**11), max_value=10**11))
def test_amounts_keep_their_value(amount: Decimal) -> None:
    back = JsonText().process_result_value(canonical({"amount": amount}), None)  # type: ignore[arg-type]
    assert {"amount": amount} == back


def test_the_same_content_has_the_same_digest() -> None:
    one = {"b": [Decimal("1.10"), None, True], "a": "ä", "c": {"y": 1, "x": NOW}}
    other = {"c": {"x": NOW, "y": 1}, "a": "ä", "b": (Decimal("1.1"), None, True)}
    assert digest(one) == digest(other)
    assert digest(one) != digest({**one, "a": "a"})
    assert digest(b"raw") != digest("raw")
