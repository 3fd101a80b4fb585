"""Coming in by password and by link, being kept out, staying in, and leaving."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from ledgerloop.operate.people import roster
from ledgerloop.store.sessions import IDLE
from ledgerloop.store.users import Role
from ledgerloop.web.csrf import token_of
from ledgerloop.web.sign_in import inside
from tests.support.web import PAGE, PASSWORD, SYSTEM, Site, csrf_in, site

COOKIE = "ledgerloop_session"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Site]:
    with site(f"sqlite:///{tmp_path}/l.db", tmp_path) as made:
        made.add("anna", Role.OPERATOR)
        yield made


def is_in(here: Site) -> bool:
    """Whether an unknown path is not found, which only who is signed in is told."""
    return here.client.get("/no-such-page").status_code == 404


def test_a_person_signs_in_goes_on_and_signs_out(here: Site) -> None:
    assert not is_in(here)
    answer = here.sign_in("Anna ", next="/returns?state=open")
    assert (answer.status, answer.location) == (303, "/returns?state=open")
    assert is_in(here)
    proof = token_of_session(here)
    gone = here.client.post("/sign-out", data={"csrf": proof})
    assert (gone.status_code, gone.headers["location"]) == (303, "/sign-in")
    assert not is_in(here)
    assert here.acts() == ["tests user_add", "anna sign_in", "anna sign_out"]


def token_of_session(here: Site) -> str:
    return token_of(here.client.cookies[COOKIE])


def test_an_ended_session_does_not_come_back_with_its_cookie(here: Site) -> None:
    here.sign_in("anna")
    secret = here.client.cookies[COOKIE]
    here.client.post("/sign-out", data={"csrf": token_of_session(here)})
    here.client.cookies.set(COOKIE, secret)
    assert not is_in(here)


@pytest.mark.parametrize(("name", "password"), [("anna", "wrong horse battery"), ("nobody", PASSWORD), ("", "")])
def test_a_wrong_name_and_a_wrong_password_are_answered_alike(here: Site, name: str, password: str) -> None:
    answer = here.sign_in(name, password)
    assert answer.status == 401
    assert "Name or password is wrong." in answer.text
    assert not is_in(here)


def test_what_was_typed_is_shown_as_text(here: Site) -> None:
    answer = here.sign_in('"><script>alert(1)</script>', "x", next='/"><b>')
    assert "<script>" not in answer.text
    assert "<b>" not in answer.text


def test_guessing_is_locked_out_for_longer_and_longer(here: Site) -> None:
    assert [here.sign_in("anna", "wrong").status for _ in range(6)] == [401] * 5 + [429]
    assert here.sign_in("anna").status == 429, "the right password does not help while it is locked"
    here.clock.pass_by(31)
    assert here.sign_in("anna", "wrong").status == 429
    here.clock.pass_by(31)
    assert here.sign_in("anna").status == 429, "the second lock lasts twice as long"
    here.clock.pass_by(30)
    assert here.sign_in("anna").status == 303
    assert here.acts()[1:] == ["anna sign_in_locked", "anna sign_in_locked", "anna sign_in"]


def test_a_lock_says_when_it_ends_and_keeps_nobody_else_out(here: Site) -> None:
    here.add("ben", Role.VIEWER)
    for _ in range(6):
        here.sign_in("anna", "wrong")
    proof = csrf_in(here.client.get("/sign-in").text)
    kept = here.client.post("/sign-in", data={"csrf": proof, "name": "anna", "password": PASSWORD})
    assert (kept.status_code, kept.headers["retry-after"]) == (429, "30")
    assert here.sign_in("ben").status == 303


def test_an_address_that_tries_many_names_is_locked_out(here: Site) -> None:
    for number in range(31):
        here.sign_in(f"user{number}", "wrong")
    assert here.sign_in("anna").status == 429


def test_a_form_that_is_not_ours_signs_nobody_in(here: Site) -> None:
    form = {"name": "anna", "password": PASSWORD}
    assert here.client.post("/sign-in", data=form).status_code == 403
    proof = csrf_in(here.client.get("/sign-in").text)
    assert here.client.post("/sign-in", data={**form, "csrf": "another"}).status_code == 403
    elsewhere = {"Origin": "https://evil.example.com"}
    assert here.client.post("/sign-in", data={**form, "csrf": proof}, headers=elsewhere).status_code == 403
    assert here.client.post("/sign-in", content=b"\xff" * 20_000).status_code == 403
    assert not is_in(here)


def test_every_sign_in_begins_a_session_of_its_own(here: Site) -> None:
    here.client.cookies.set(COOKIE, "chosen-by-somebody-else")
    here.sign_in("anna")
    first = {one.value for one in here.client.cookies.jar if one.name == COOKIE}
    here.client.cookies.clear()
    here.sign_in("anna")
    assert here.client.cookies[COOKIE] not in first | {"chosen-by-somebody-else"}


def test_signing_in_again_ends_the_session_that_was_there(here: Site) -> None:
    here.sign_in("anna")
    before = here.client.cookies[COOKIE]
    here.sign_in("anna")
    now = here.client.cookies[COOKIE]
    known = {}
    for secret in (before, now):
        here.client.cookies.clear()
        here.client.cookies.set(COOKIE, secret)
        known[secret] = is_in(here)
    assert known == {before: False, now: True}


def test_a_session_ends_when_nobody_uses_it(here: Site) -> None:
    here.sign_in("anna")
    here.clock.pass_by(IDLE.total_seconds() - 1)
    assert is_in(here)
    here.clock.pass_by(IDLE.total_seconds())
    assert not is_in(here)


def test_a_new_password_and_a_disabled_user_end_every_session(here: Site) -> None:
    here.sign_in("anna")
    stores, at = here.parts.stores, here.clock()
    roster.set_password(stores, "anna", "another good one", by=SYSTEM, at=at)
    assert not is_in(here)
    assert here.sign_in("anna").status == 401
    assert here.sign_in("anna", "another good one").status == 303
    roster.set_disabled(stores, "anna", True, by=SYSTEM, at=at)
    assert not is_in(here)
    assert here.sign_in("anna", "another good one").status == 401


def link(here: Site, name: str = "anna") -> str:
    lasts = timedelta(minutes=15)
    return f"/sign-in/link/{roster.make_link(here.parts.stores, name, lasts, by=SYSTEM, at=here.clock())}"


def test_a_link_signs_in_once_and_only_when_it_is_confirmed(here: Site) -> None:
    path = link(here)
    for _ in range(2):
        shown = here.client.get(path, headers=PAGE)
        assert (shown.status_code, "Sign in as anna" in shown.text) == (200, True)
    assert here.client.post(path, data={}).status_code == 403
    assert not is_in(here)
    assert here.client.post(path, data={"csrf": csrf_in(shown.text)}).status_code == 303
    assert is_in(here)
    here.client.cookies.clear()
    again = here.client.get(path, headers=PAGE)
    assert (again.status_code, "used already" in again.text) == (410, True)


@pytest.mark.parametrize("why", ["late", "disabled", "unknown"])
def test_a_link_that_is_over_signs_nobody_in(here: Site, why: str) -> None:
    path = link(here)
    proof = csrf_in(here.client.get(path).text)
    if why == "late":
        here.clock.pass_by(901)
    elif why == "disabled":
        roster.set_disabled(here.parts.stores, "anna", True, by=SYSTEM, at=here.clock())
    else:
        path = path[:-1]
    assert here.client.post(path, data={"csrf": proof}).status_code == 403
    assert not is_in(here)


def test_without_any_user_the_page_says_how_to_make_one(tmp_path: Path) -> None:
    with site(f"sqlite:///{tmp_path}/l.db", tmp_path) as here:
        assert "ledgerloop users add" in here.client.get("/sign-in").text
        here.add("anna", Role.ADMIN)
        assert "ledgerloop users add" not in here.client.get("/sign-in").text


def test_over_https_the_cookies_are_secure_and_belong_to_this_host(tmp_path: Path) -> None:
    with site(f"sqlite:///{tmp_path}/l.db", tmp_path, public_url="https://returns.example.com") as here:
        here.add("anna", Role.VIEWER)
        proof = csrf_in(here.client.get("/sign-in").text)
        form = {"csrf": proof, "name": "anna", "password": PASSWORD}
        cookie = here.client.post("/sign-in", data=form).headers.get_list("set-cookie")[0]
        assert cookie.startswith("__Host-ledgerloop_session=")
        parts = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert {"httponly", "path=/", "samesite=lax", "secure"} <= parts
        assert not any(part.startswith("domain") for part in parts)


def test_behind_a_proxy_of_ours_each_address_is_counted_alone(tmp_path: Path) -> None:
    with site(f"sqlite:///{tmp_path}/l.db", tmp_path, server="behind_proxy = true") as here:
        here.add("anna", Role.VIEWER)
        here.client.headers["x-forwarded-for"] = "203.0.113.9, 198.51.100.7"
        assert [here.sign_in("anna", "wrong").status for _ in range(6)][-1] == 429
        here.client.headers["x-forwarded-for"] = "198.51.100.7, 203.0.113.9"
        assert here.sign_in("anna").status == 303


def test_forwarded_addresses_of_strangers_are_not_believed(here: Site) -> None:
    for number in range(6):
        here.client.headers["x-forwarded-for"] = f"203.0.113.{number}"
        status = here.sign_in("anna", "wrong").status
    assert status == 429


@pytest.mark.parametrize(
    ("there", "goes"),
    [
        ("/returns/77?tab=books", "/returns/77?tab=books"),
        ("", "/"),
        ("https://evil.example.com", "/"),
        ("//evil.example.com", "/"),
        ("/\\evil.example.com", "/"),
        ("/\tevil", "/"),
        ("/sign-out", "/"),
    ],
)
def test_after_signing_in_nobody_is_sent_elsewhere(there: str, goes: str) -> None:
    assert inside(there) == goes
