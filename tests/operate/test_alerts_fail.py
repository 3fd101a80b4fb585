"""Alerts that do not get through: nothing is told twice, nothing is lost without being shown, nobody is held up."""

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from ledgerloop.operate.alerts.sending import LOST_AFTER
from ledgerloop.operate.alerts.watch import Alerts
from ledgerloop.store.alerts_sent import AlertsSent, MessageState
from tests.support.alerting import CHAT, DAY, HOOK, HOUR, MAIL, MINUTE, Alerted, alerted
from tests.support.receiver import BREAKS_OFF

SKU = "SKU TEE-BLK-M has no item in NetSuite."


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Alerted]:
    with alerted(tmp_path, channels=MAIL + CHAT + HOOK) as made:
        made.needs(SKU, "1")
        yield made


def test_an_unclear_webhook_is_repeated_with_the_same_id_and_the_same_bytes(shop: Alerted) -> None:
    shop.hook.answers = [BREAKS_OFF, 502]
    shop.turn(6 * MINUTE)
    assert shop.shown()["hook"] == ("trouble", "the answer was lost (RemoteProtocolError)")
    shop.turns(10 * MINUTE, MINUTE)
    first, second, third = shop.hook.posted
    assert first.body == second.body == third.body
    ids = {one.headers[name] for one in shop.hook.posted for name in ("idempotency-key", "x-ledgerloop-id")}
    assert ids == {json.loads(first.body)["id"]}
    stamps = [int(one.headers["x-ledgerloop-timestamp"]) for one in shop.hook.posted]
    assert [stamp - stamps[0] for stamp in stamps] == [0, 60, 180]
    assert len(shop.documents) == 3
    assert shop.shown()["hook"] == ("ok", "")


def test_an_unclear_letter_is_not_repeated_and_shown(shop: Alerted) -> None:
    shop.mail.says = {".": ""}
    shop.turn(6 * MINUTE)
    shop.mail.says = {}
    shop.turns(2 * DAY, 6 * HOUR)
    assert shop.letters == []
    assert shop.mail.heard.count("data") == 1
    assert shop.shown()["mail"] == ("trouble", "the answer was lost (SMTPServerDisconnected)")
    assert "mail unclear" in shop.states()


def test_an_unclear_text_of_a_chat_is_not_repeated_and_shown(shop: Alerted) -> None:
    shop.chat.answers = [BREAKS_OFF]
    shop.turn(6 * MINUTE)
    shop.turns(2 * DAY, 6 * HOUR)
    assert len(shop.texts) == 1
    assert shop.shown()["chat"][0] == "trouble"
    assert "chat unclear" in shop.states()


def test_the_next_message_that_is_taken_ends_the_trouble(shop: Alerted) -> None:
    shop.mail.says = {".": ""}
    shop.turn(6 * MINUTE)
    shop.mail.says = {}
    shop.needs("Another", "2")
    shop.turn(6 * MINUTE)
    assert shop.letters == ["[Ledgerloop] 1 return: Another"]
    assert shop.shown()["mail"] == ("ok", "")


def test_what_was_refused_is_tried_again_and_arrives_once(shop: Alerted) -> None:
    shop.mail.says = {"MAIL": "451 busy"}
    shop.chat.answers = [429, 404]
    shop.turn(6 * MINUTE)
    assert shop.shown()["mail"] == ("trouble", "it answered 451: busy")
    assert shop.shown()["chat"] == ("trouble", "it answered 429: no, thank you")
    shop.turn(2 * MINUTE)
    shop.mail.says = {}
    shop.turns(2 * HOUR, 10 * MINUTE)
    assert shop.counts() == (1, 3, 1)
    assert {one for one, _ in shop.shown().values()} == {"ok"}


def test_a_channel_that_fails_holds_up_no_other(shop: Alerted) -> None:
    shop.mail.says = {"EHLO": "", "HELO": ""}
    for number in range(4):
        shop.needs(f"Cause {number}", f"1{number}")
    shop.turn(6 * MINUTE)
    assert shop.counts() == (0, 5, 5)
    assert shop.mail.heard.count("ehlo [127.0.0.1]") <= 1


def test_after_a_day_a_message_is_given_up(shop: Alerted) -> None:
    shop.chat.answers = [404] * 100
    shop.turns(26 * HOUR, 2 * HOUR)
    assert 11 <= len(shop.texts) <= 13
    assert "chat failed" in shop.states()
    before = len(shop.texts)
    shop.turns(2 * DAY, 6 * HOUR)
    assert len(shop.texts) == before


def lose_the_sender(shop: Alerted) -> None:
    """A process that claims every message, and is killed before it sends any."""
    sent, now = AlertsSent(shop.here.parts.stores.store), shop.here.clock()
    shop.watch._sending.turn = lambda ends=None: None  # type: ignore[method-assign]
    shop.turn(6 * MINUTE)
    for name in ("mail", "chat", "hook"):
        for one in sent.due(name, shop.here.clock()):
            assert sent.claim(one, now) is not None
    shop.begin()


def test_a_process_that_was_killed_while_sending_leaves_letters_unclear(shop: Alerted) -> None:
    lose_the_sender(shop)
    shop.turn(MINUTE)
    assert shop.counts() == (0, 0, 0)
    shop.turn(LOST_AFTER.total_seconds())
    shop.turns(10 * MINUTE, 2 * MINUTE)
    assert shop.counts() == (0, 0, 1)
    assert sorted(shop.states()) == ["chat unclear", "hook sent", "mail unclear"]
    assert shop.shown()["mail"][1] == "the process that sent it ended before it had an answer"


def test_a_channel_that_was_removed_is_left_alone(shop: Alerted) -> None:
    shop.hook.answers = [404]
    shop.turn(6 * MINUTE)
    shop.without("webhook")
    shop.turns(HOUR)
    assert shop.counts() == (1, 1, 1)
    assert sorted(shop.states()) == ["chat sent", "hook failed", "mail sent"]


def test_without_a_channel_nothing_is_written(tmp_path: Path) -> None:
    with alerted(tmp_path, channels="") as shop:
        shop.needs(SKU, "1")
        shop.turns(2 * HOUR)
        assert shop.states() == []


def test_two_senders_at_once_send_one_of_each(tmp_path: Path, database_url: str) -> None:
    """Both take turns at the same moments, as if both had the duty."""
    with alerted(tmp_path, channels=MAIL + CHAT + HOOK, database=database_url) as shop:
        watches = [Alerts(shop.here.parts, shop.here.config) for _ in range(2)]
        for number in range(3):
            shop.needs(f"Cause {number}", str(number))
        shop.here.clock.pass_by(6 * MINUTE)
        both(watches)
        for number in range(7):
            shop.needs(f"Another {number}", f"1{number}")
        shop.here.clock.pass_by(6 * MINUTE)
        both(watches)
        both(watches)
        told = sorted(one["title"] for document in shop.documents for one in document["alerts"])
        assert told == sorted(
            f"1 return: {what} {one}" for what, most in (("Cause", 3), ("Another", 7)) for one in range(most)
        )
        assert len({one["id"] for one in shop.documents}) == len(shop.documents)
        assert sorted(set(shop.states())) == ["chat sent", "hook sent", "mail sent"]
        assert len(shop.states()) == sum(shop.counts())


def both(watches: list[Alerts]) -> None:
    """Have all take a turn at the same time."""
    begin, faults = threading.Barrier(len(watches)), []

    def turn(watch: Alerts) -> None:
        begin.wait(10)
        if not watch.turn():
            faults.append(watch)

    threads = [threading.Thread(target=turn, args=(one,)) for one in watches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == []


def test_what_came_of_an_attempt_that_was_taken_over_is_not_written(shop: Alerted) -> None:
    lose_the_sender(shop)
    sent = AlertsSent(shop.here.parts.stores.store)
    (lost,) = [one for one in sent.newest(10) if one.channel == "hook"]
    shop.turn(LOST_AFTER.total_seconds() + 60)
    assert not sent.close(lost, MessageState.SENT, shop.here.clock() + timedelta(seconds=1))
