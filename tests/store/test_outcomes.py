"""Where a return stands, its findings and its timeline; cursors and settings."""

import pytest

from ledgerloop.store import Store
from ledgerloop.store.cursors import Cursors
from ledgerloop.store.events import Timeline
from ledgerloop.store.outcomes import Outcome, Outcomes
from ledgerloop.store.returns import LoopReturns
from ledgerloop.store.settings import Settings
from tests.support.database import NOW, later


def answer(sync: str, kind: str, code: str = "", text: str = "", seconds: float = 0) -> Outcome:
    return Outcome("main", "48", sync, kind, code, text, "do this", later(seconds), None)


def test_since_is_kept_while_the_answer_stays_the_same(store: Store) -> None:
    outcomes = Outcomes(store)
    for seconds in (0, 60, 120):
        outcomes.replace_all("main", "48", [answer("refund", "waiting", "refund_pending", "pending", seconds)])
    assert [one.since for one in outcomes.waiting()] == [NOW]
    outcomes.replace_all("main", "48", [answer("refund", "waiting", "refund_pending", "other words", 180)])
    assert [later(180)] == [one.since for one in outcomes.waiting("main")]


def test_a_finding_opens_once_lasts_and_is_resolved(store: Store) -> None:
    outcomes = Outcomes(store)
    for seconds in (0, 60):
        outcomes.replace_all("main", "48", [answer("refund", "attention", "over_credit", "too much", seconds)])
    [finding] = outcomes.findings(is_open=True)
    assert (NOW, later(60), "over_credit") == (finding.first_seen, finding.last_seen, finding.code)
    assert outcomes.counts("attention") == {"over_credit": 1}
    outcomes.replace_all("main", "48", [answer("refund", "settled", seconds=90)])
    assert outcomes.findings("main", is_open=True) == []
    assert [later(90)] == [one.resolved_at for one in outcomes.findings(return_id="48", is_open=False)]
    assert outcomes.counts(shop="main") == {"settled": 1}


def test_another_problem_is_another_finding(store: Store) -> None:
    outcomes = Outcomes(store)
    outcomes.set("main", "48", "refund", kind="attention", code="over_credit", text="a", remedy="b", since=NOW)
    outcomes.set("main", "48", "refund", kind="attention", code="closed_period", text="a", remedy="b", since=later(5))
    outcomes.set("main", "48", "refund", kind="attention", code="over_credit", text="a", remedy="b", since=later(9))
    history = [(one.code, one.first_seen, one.resolved_at) for one in outcomes.findings()]
    assert [
        ("over_credit", NOW, later(5)),
        ("closed_period", later(5), later(9)),
        ("over_credit", later(9), None),
    ] == history


def test_a_sync_that_says_nothing_any_more_is_dropped_with_its_finding(store: Store) -> None:
    outcomes = Outcomes(store)
    first = answer("return_authorization", "attention", "item_not_found", "no such item")
    outcomes.replace_all("main", "48", [first, answer("refund", "waiting", "refund_pending", "x")])
    assert [first] == outcomes.needing_attention()
    outcomes.replace_all("main", "48", [answer("refund", "waiting", "refund_pending", "x")], at=later(5))
    assert [one.sync for one in outcomes.for_return("main", "48")] == ["refund"]
    assert ([], [later(5)]) == (outcomes.needing_attention(), [one.resolved_at for one in outcomes.findings()])
    assert [one.return_id for one in outcomes.by_code("refund_pending", "main")] == ["48"]


def test_the_timeline_does_not_repeat_itself(store: Store) -> None:
    timeline = Timeline(store)

    def say(text: str, kind: str = "waiting", sync: str = "refund", **detail: str) -> bool:
        return timeline.append("main", "5821", "48", NOW, kind, text, detail, sync=sync)

    assert [
        say("a"),
        say("a"),
        say("a", code="x"),
        say("a", sync="receipt"),
        say("b"),
        say("a"),
    ] == [True, False, True, True, True, True]
    events = timeline.for_return("main", "48")
    assert [event.text for event in events] == ["a", "a", "a", "b", "a"]
    assert events[1].detail == {"code": "x"}
    assert [event.text for event in timeline.for_return("main", "48", limit=2)] == ["b", "a"]


def test_a_cursor_moves_together_with_what_was_read(store: Store) -> None:
    cursors, returns = Cursors(store), LoopReturns(store)

    def poll_that_breaks() -> None:
        with store.writing() as tx:
            returns.put_list_view("main", "48", {}, NOW, tx)
            cursors.put("main", "loop", "updated", "t1", tx)
            assert cursors.get("main", "loop", "updated", tx) == "t1"
            raise ConnectionError

    with pytest.raises(ConnectionError):
        poll_that_breaks()
    assert (cursors.get("main", "loop", "updated"), returns.get("main", "48")) == (None, None)
    cursors.put("main", "loop", "updated", "t1")
    cursors.put("main", "loop", "updated", "t2")
    assert cursors.get("main", "loop", "updated") == "t2"
    cursors.forget("main", "loop", "updated")
    assert cursors.get("main", "loop", "updated") is None


def test_what_was_fixed_stays(store: Store) -> None:
    settings = Settings(store)
    assert settings.fix("main", "external_id_prefix", "") == ""
    assert settings.fix("main", "external_id_prefix", "EU-") == ""
    settings.put("", "account", "1")
    settings.put("", "account", "2")
    assert settings.get("", "account") == "2"
