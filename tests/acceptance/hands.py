"""What people do by hand in NetSuite, and what Loop and NetSuite show of one return afterwards."""

from datetime import timedelta

from tests.acceptance.trade import Record, Trade

DAY = timedelta(days=1)


def authorization(trade: Trade, return_id: str) -> Record:
    """The one authorization of a return."""
    found = [one for one in trade.records("returnAuthorization") if return_of(one) == return_id]
    assert len(found) == 1, [one["externalId"] for one in found]
    return found[0]


def return_of(record: Record) -> str:
    """The Loop return id on a record, under our field or another connector's."""
    custom = record["custom"]
    return str(custom.get("custbody_loop_return_id") or custom.get("custbody_hc_loopreturn_id") or "")


def set_flag(trade: Trade, return_id: str, field: str = "custbody_loop_flag", *, value: bool = True) -> None:
    """A person ticks or clears a box on the return's authorization."""
    trade.act("set_field", record=authorization(trade, return_id)["id"], field=field, value=value)


def review_done(trade: Trade, return_id: str) -> None:
    """A person finishes the review in Loop; the return is open again."""
    trade.act("review_done", return_id=return_id)


def calls(trade: Trade, return_id: str) -> dict[str, int]:
    """How often Loop was asked for each action on a return."""
    return dict(trade.loop(return_id)["calls"])


def state(trade: Trade, return_id: str) -> str:
    """Loop's state of a return."""
    return str(trade.loop(return_id)["state"])


def closed_lines(record: Record) -> list[bool]:
    """Which lines of a record are closed."""
    return [line["isClosed"] for line in record["lines"]]


def patches(trade: Trade) -> int:
    """How many changes of records NetSuite was asked for."""
    return sum(one.startswith("PATCH ") for one in trade.sandbox.writes("netsuite"))


def later(trade: Trade, ahead: timedelta) -> None:
    """Time passes for everybody, counted from now; then a sync."""
    trade.sandbox.control("POST", "/netsuite/settings", login_clock="sandbox")
    trade.sandbox.control("POST", "/clock", offset_s=ahead.total_seconds())
    trade.sync(ahead)


def writes_nothing(trade: Trade) -> None:
    """A sync that asks no remote for any write."""
    before = trade.writes()
    trade.sync()
    assert trade.writes() == before


def settled(trade: Trade, return_id: str) -> None:
    """Nothing waits, nothing needs attention, nothing in the journal is open, and another sync writes nothing."""
    assert trade.said(return_id) == {}
    assert set(trade.journal(return_id).values()) <= {"done", "dropped"}, trade.journal(return_id)
    writes_nothing(trade)
