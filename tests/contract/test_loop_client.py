"""What the Loop client asks, and what it makes of the answers."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from ledgerloop.outcome import (
    CredentialsRefused,
    NotThere,
    Refused,
    RemoteProblem,
    Throttled,
    Unclear,
    Unreachable,
)
from ledgerloop.remotes.loop.client import LoopClient
from ledgerloop.remotes.loop.errors import CODES, ROWS
from tests.support.scripted import Scripted, answer

KEY = "loop-key-c0ffee"
RETURN = "48210077"


def client_of(loop: Scripted) -> LoopClient:
    http = loop.http("loop", "https://loop.example.com/api")
    return LoopClient(http, KEY, "2026-07", loop.pace, loop.time.clock, sleep=loop.time.sleep)


def nested(envelope: str, message: str, code: str = "") -> dict[str, Any]:
    return {envelope: {"message": message, **({"code": code} if code else {})}}


CANNOT = "and therefore cannot be processed."
INVALID = "The given data was invalid."

REFUSALS = [
    (200, nested("errors", f"Return is closed {CANNOT}", "UNPROCESSABLE_RETURN"), "loop_refused_closed"),
    (200, nested("errors", f"Return is open {CANNOT}", "UNPROCESSABLE_FLAGGED_RETURN"), "loop_refused_flagged"),
    (200, {"message": "Return is cancelled and therefore cannot be processed."}, "loop_refused_cancelled"),
    (200, {"message": "Return is review and therefore cannot be processed."}, "loop_refused_review"),
    (200, {"content": "Return is expired and cannot be processed."}, "loop_refused_expired"),
    (200, {"content": "Return is flagged and cannot be processed."}, "loop_refused_flagged"),
    (200, {"message": "Return is archived and cannot be cancelled."}, "loop_refused_state"),
    (200, {"errors": {"code": "UnprocessableStateReturn"}}, "loop_refused_state"),
    (200, nested("errors", "No return found with this ID."), "loop_not_found"),
    (200, nested("error", "No return found with this ID."), "loop_not_found"),
    (404, {"errors": {"code": "NOT_FOUND"}}, "loop_not_found"),
    (404, {"error": {"code": "return_not_found", "message": "Not here"}}, "loop_not_found"),
    (404, {"message": "The route could not be found."}, "loop_wrong_address"),
    (301, None, "loop_wrong_address"),
    (401, {"error": {"code": "401", "http_code": "GEN-UNAUTHORIZED", "message": "Unauthorized."}}, "loop_credentials"),
    (200, {"error": {"code": "401", "http_code": "GEN-UNAUTHORIZED", "message": "Unauthorized."}}, "loop_credentials"),
    (403, {"message": "Forbidden."}, "loop_forbidden"),
    (422, {"message": INVALID, "errors": {"from": ["The range is too large."]}}, "loop_validation"),
    (422, {"errors": {"from": ["The range is too large."]}}, "loop_validation"),
    (422, nested("error", "The line item id field is required."), "loop_validation"),
    (422, nested("errors", "Content is required and must be less than 255 characters."), "loop_validation"),
    (400, {"errors": ["Bad order id."]}, "loop_validation"),
    (422, {"message": "Return cannot be modified."}, "loop_refused_state"),
    (422, {"message": "There are no line items that qualify for removal"}, "loop_refused_lines"),
    (422, {"message": "Not all line items qualify for removal"}, "loop_refused_lines"),
    (200, {"errors": [{"message": "Something else.", "code": "UNEXPECTED_ERROR"}]}, "loop_refused"),
    (200, {"errors": "Something else."}, "loop_refused"),
    (200, False, "loop_refused"),
    (200, {"success": True}, "loop_refused"),
    (200, ["true"], "loop_refused"),
    (201, 1, "loop_refused"),
]  # fmt: skip


@pytest.mark.parametrize(("status", "body", "code"), REFUSALS)
def test_every_shape_of_a_refusal_is_a_refusal(status: int, body: object, code: str) -> None:
    loop = Scripted(answer(status, body))

    with pytest.raises(Refused) as caught:
        client_of(loop).process(RETURN, {})

    assert caught.value.code == code
    assert len(loop.asked) == 1


def test_a_refusal_carries_loops_own_words_and_code() -> None:
    loop = Scripted(answer(200, REFUSALS[0][1]))

    with pytest.raises(Refused) as caught:
        client_of(loop).process(RETURN, {})

    assert caught.value.message == "Return is closed and therefore cannot be processed."
    assert caught.value.detail == "UNPROCESSABLE_RETURN"
    assert loop.evidence.calls[0].outcome == "loop_refused_closed"


@pytest.mark.parametrize("text", ["true", '"true"', " true\n"])
def test_only_true_is_success(text: str) -> None:
    loop = Scripted(answer(text=text))

    client_of(loop).process(RETURN, {"netsuite_ra": "RA-1"})

    asked = loop.asked[0]
    assert (asked.method, asked.path) == ("POST", f"/api/2026-07/warehouse/return/{RETURN}/process")
    assert asked.json == {"netsuite_ra": "RA-1"}
    assert asked.headers["x-authorization"] == KEY
    assert (loop.evidence.calls[0].write, loop.evidence.calls[0].subject) == (True, RETURN)


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (answer(500, {"message": "An error was encountered during processing."}), "loop_failed"),
        (answer(502, text="<html>bad gateway</html>"), "loop_failed"),
        (answer(200, text="<html>hello</html>"), "loop_malformed"),
        (answer(200, text=""), "loop_malformed"),
        (answer(204, text=""), "loop_malformed"),
        (httpx2.ReadTimeout("late"), "loop_unclear"),
        (httpx2.RemoteProtocolError("gone"), "loop_unclear"),
    ],
)
def test_an_action_that_may_have_been_executed_is_unclear_and_sent_once(reply: Any, code: str) -> None:
    loop = Scripted(reply)

    with pytest.raises(Unclear) as caught:
        client_of(loop).cancel(RETURN)

    assert caught.value.code == code
    assert len(loop.asked) == 1


def test_an_action_that_never_left_is_unreachable() -> None:
    loop = Scripted(httpx2.ConnectError("refused"))

    with pytest.raises(Unreachable) as caught:
        client_of(loop).flag(RETURN)

    assert (caught.value.code, len(loop.asked)) == ("loop_unreachable", 1)


def test_a_throttled_action_slows_the_pace_and_is_left_to_the_caller() -> None:
    loop = Scripted(answer(429, {"message": "Too Many Attempts."}, retry_after="17"))

    with pytest.raises(Throttled) as caught:
        client_of(loop).close(RETURN)

    assert caught.value.retry_after_s == 17
    assert (loop.pace.slowed, loop.time.slept, len(loop.asked)) == ([17], [], 1)


@pytest.mark.parametrize(("header", "pause_s"), [("9999", 120), ("soon", None), ("", None)])
def test_retry_after_is_obeyed_within_reason(header: str, pause_s: float | None) -> None:
    loop = Scripted(answer(429, {}, retry_after=header))

    with pytest.raises(Throttled):
        client_of(loop).close(RETURN)

    assert loop.pace.slowed == [pause_s]


def test_a_throttled_read_waits_as_told_and_goes_on() -> None:
    loop = Scripted(answer(429, {}, retry_after="3"), answer(200, {"id": 48210077}))

    assert client_of(loop).details(RETURN) == {"id": 48210077}
    assert (loop.time.slept, loop.pace.taken, loop.pace.slowed) == ([3], 2, [3])


def test_a_read_told_to_wait_longer_than_it_may_gives_up_at_once() -> None:
    loop = Scripted(answer(429, {}, retry_after="60"))

    with pytest.raises(Throttled) as caught:
        client_of(loop).details(RETURN)

    assert (caught.value.retry_after_s, loop.time.slept) == (60, [])


@pytest.mark.parametrize(
    "reply",
    [answer(503, {}), answer(200, text="<html>"), httpx2.ReadError("reset"), httpx2.ConnectError("refused")],
)
def test_a_read_is_repeated_for_some_seconds(reply: Any) -> None:
    loop = Scripted(reply, reply, answer(200, {"id": RETURN}))

    assert client_of(loop).details(RETURN)["id"] == RETURN
    assert loop.pace.taken == 3
    assert 0.5 <= sum(loop.time.slept) <= 1.5


@pytest.mark.parametrize(
    ("reply", "code"), [(answer(503, {}), "loop_failed"), (httpx2.ReadTimeout(""), "loop_unclear")]
)
def test_a_read_that_never_works_did_no_harm(reply: Any, code: str) -> None:
    loop = Scripted(reply)

    with pytest.raises(Unreachable) as caught:
        client_of(loop).details(RETURN)

    assert caught.value.code == code
    assert 4 <= len(loop.asked) <= 7
    assert sum(loop.time.slept) < 10


def test_refusals_of_a_read_are_not_repeated() -> None:
    loop = Scripted(answer(401, {"error": {"http_code": "GEN-UNAUTHORIZED", "message": "Unauthorized."}}))

    with pytest.raises(CredentialsRefused):
        client_of(loop).probe()

    assert len(loop.asked) == 1


def test_details_are_asked_by_the_return_id_alone() -> None:
    loop = Scripted(answer(200, {"id": 48210077, "refunds": []}))

    client_of(loop).details(RETURN)

    assert (loop.asked[0].path, loop.asked[0].query) == ("/api/2026-07/warehouse/return/details", {"return_id": RETURN})


def test_details_of_an_unknown_return_are_not_there_though_the_status_is_200() -> None:
    with pytest.raises(NotThere) as caught:
        client_of(Scripted(answer(200, nested("error", "No return found with this ID.")))).details(RETURN)

    assert caught.value.message == "No return found with this ID."


@pytest.mark.parametrize("body", [{"id": 1}, {}, [], True])
def test_details_of_another_return_or_of_nothing_are_not_taken(body: object) -> None:
    with pytest.raises(Unreachable) as caught:
        client_of(Scripted(answer(200, body))).details(RETURN)

    assert caught.value.code == "loop_malformed"


@pytest.mark.parametrize(
    ("act", "path", "query", "body"),
    [
        (lambda loop: loop.flag(RETURN), "flag", {}, ""),
        (lambda loop: loop.cancel(RETURN), "cancel", {}, ""),
        (lambda loop: loop.close(RETURN), "close", {}, ""),
        (lambda loop: loop.remove_lines(RETURN, ["1", "2"]), "remove", {"line_item_id": "1,2"}, ""),
        (lambda loop: loop.note(RETURN, "seen"), "note", {}, '{"content": "seen"}'),
    ],
)
def test_actions_and_their_addresses(act: Any, path: str, query: dict[str, str], body: str) -> None:
    loop = Scripted(answer(200, True))

    act(client_of(loop))

    asked = loop.asked[0]
    assert (asked.path, asked.query, asked.body) == (f"/api/2026-07/warehouse/return/{RETURN}/{path}", query, body)


def test_a_403_to_removing_lines_means_that_the_return_is_unknown() -> None:
    with pytest.raises(NotThere):
        client_of(Scripted(answer(403, {}))).remove_lines(RETURN, ["1"])


def test_a_note_is_cut_to_254_characters() -> None:
    loop = Scripted(answer(200, True))

    client_of(loop).note(RETURN, "ä" * 300)
    client_of(loop).note(RETURN, "ä" * 254)

    assert [len(asked.json["content"]) for asked in loop.asked] == [254, 254]
    assert [asked.json["content"][-1] for asked in loop.asked] == ["…", "ä"]


def test_no_notes_is_not_an_error() -> None:
    assert client_of(Scripted(answer(422, False))).notes(RETURN) == []


def test_notes_are_read_and_a_real_refusal_of_them_is_one() -> None:
    note = {"id": 1, "content": "seen", "created_at": "2026-03-02 18:04:11"}

    assert client_of(Scripted(answer(200, {"notes": [note]}))).notes(RETURN) == [note]
    with pytest.raises(Refused):
        client_of(Scripted(answer(422, {"message": "no"}))).notes(RETURN)


@pytest.mark.parametrize("identity", ["", "../list", "1/2", "1?x=y"])
def test_what_is_no_id_never_gets_into_an_address(identity: str) -> None:
    loop = Scripted(answer(200, True))

    with pytest.raises(NotThere):
        client_of(loop).cancel(identity)

    assert loop.asked == []


@pytest.mark.parametrize("body", [[{"id": 1}], {"destinations": [{"id": 1}]}, {"data": [{"id": 1}]}])
def test_destinations_are_read_in_any_envelope(body: object) -> None:
    assert client_of(Scripted(answer(200, body))).destinations() == [{"id": 1}]


def test_webhook_subscriptions_are_listed_made_changed_and_ended() -> None:
    def respond(asked: Any) -> httpx2.Response:
        made = {"id": 7, "topic": "return", "status": "active"}
        by_method = {
            "GET": answer(200, {"webhooks": [made]}),
            "POST": answer(201, made),
            "PUT": answer(204, text=""),
            "DELETE": answer(204, text=""),
        }
        return by_method[asked.method]

    loop = Scripted(respond=respond)
    client = client_of(loop)

    assert client.webhooks()[0]["id"] == 7
    assert client.create_webhook("return", "return.closed", "https://example.com/hook")["id"] == 7
    client.update_webhook("7", "return", "return.closed", "https://example.com/hook")
    client.delete_webhook("7")

    wanted = {"topic": "return", "trigger": "return.closed", "url": "https://example.com/hook", "status": "active"}
    assert [asked.json for asked in loop.asked[1:3]] == [wanted, wanted]
    assert [asked.path for asked in loop.asked[2:]] == ["/api/2026-07/webhooks/7"] * 2


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (answer(404, {"errors": {"code": "NOT_FOUND"}}), NotThere),
        (answer(200, {"errors": {"code": "FAILED_TO_DELETE_WEBHOOK"}}), Refused),
        (answer(500, {}), Unclear),
        (answer(200, text="<html>"), Unclear),
    ],
)
def test_a_subscription_that_was_not_ended_is_told(reply: httpx2.Response, kind: type[RemoteProblem]) -> None:
    with pytest.raises(kind):
        client_of(Scripted(reply)).delete_webhook("7")


def test_the_probe_is_the_cheapest_read_and_wants_a_list() -> None:
    loop = Scripted(answer(200, {"returns": [], "nextPageUrl": None}))

    client_of(loop).probe()

    assert loop.asked[0].query == {"paginate": "true", "pageSize": "1"}
    with pytest.raises(Unreachable):
        client_of(Scripted(answer(200, {"hello": "world"}))).probe()


def test_no_secret_and_no_shopper_is_kept_as_evidence() -> None:
    loop = Scripted(answer(200, {"id": 48210077, "customer": "ada@example.com", "address": {"name": "Ada L"}}))

    client_of(loop).details(RETURN)

    kept = repr(loop.evidence.calls)
    assert RETURN in kept
    assert [secret for secret in (KEY, "ada@example.com", "Ada L") if secret in kept] == []
    assert KEY not in repr(client_of(loop))


def test_every_code_of_the_table_has_a_cause_and_a_remedy() -> None:
    assert {row.code for row in ROWS} <= set(CODES)
    assert [code for code, texts in CODES.items() if not code.startswith("loop_") or not all(texts)] == []
    assert [row for row in ROWS if not row.source] == []


def test_amounts_that_come_as_json_numbers_stay_exact() -> None:
    loop = Scripted(answer(200, text=f'{{"id": "{RETURN}", "refund": 86.10}}'))

    assert str(client_of(loop).details(RETURN)["refund"]) == "86.10"


def test_the_last_second_before_now_is_asked_for_too() -> None:
    loop = Scripted(answer(200, {"returns": [], "nextPageUrl": None}))
    until = datetime(2026, 3, 1, 12, 0, 0, 400_000, tzinfo=UTC)

    list(client_of(loop).list_returns(since=until - timedelta(hours=1), until=until, states=["open"]))

    assert loop.asked[0].query["from"] == "2026-03-01T11:00:00.000Z"
    assert loop.asked[0].query["to"] == "2026-03-01T12:00:01.000Z"


def test_details_are_asked_for_in_the_shoppers_currency_only_where_that_is_wanted() -> None:
    loop = Scripted(answer(200, {"id": RETURN}), answer(200, {"id": RETURN}))
    client = client_of(loop)
    client.details(RETURN)
    client.details(RETURN, currency_type="presentment")
    assert [one.query for one in loop.asked] == [
        {"return_id": RETURN},
        {"return_id": RETURN, "currency_type": "presentment"},
    ]
