"""Nothing is shown, and nothing done, to who is neither signed in nor has a token."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import pytest
from fastapi import Depends, FastAPI
from starlette.routing import BaseRoute, Mount, Route
from starlette.testclient import TestClient

from ledgerloop.operate.people import roster
from ledgerloop.store.users import Role
from ledgerloop.web.cookies import session_cookie
from ledgerloop.web.csrf import token_of
from ledgerloop.web.guard import Guard, is_open
from ledgerloop.web.problems import SECURITY_HEADERS
from ledgerloop.web.who import Person, signed_in
from tests.support.web import PAGE, SYSTEM, Site, site

COOKIE = "ledgerloop_session"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Site]:
    with site(f"sqlite:///{tmp_path}/l.db", tmp_path) as made:
        made.add("anna", Role.OPERATOR)
        yield made


@pytest.fixture
def rooms(here: Site) -> TestClient:
    """A few rooms behind the guard: one for each role, which say who is in and what they were sent."""
    app = FastAPI()

    @app.get("/viewers")
    def viewers(person: Annotated[Person, Depends(signed_in(Role.VIEWER))]) -> str:
        return f"{person.name} {person.role} {person.via.split()[0]}"

    @app.post("/operators")
    async def operators(body: dict[str, str], person: Annotated[Person, Depends(signed_in(Role.OPERATOR))]) -> str:
        return f"{person.name} {body['what']}"

    @app.get("/admins")
    def admins(person: Annotated[Person, Depends(signed_in(Role.ADMIN))]) -> str:
        return person.name

    stores, clock = here.parts.stores, here.clock
    guarded = Guard(app, stores, clock, session_cookie(""))
    return TestClient(guarded, base_url="http://127.0.0.1:8080", follow_redirects=False)


def paths(routes: list[BaseRoute], before: str = "") -> Iterator[tuple[str, str]]:
    """Every path that the application knows, with every method of it."""
    for one in routes:
        if isinstance(one, Route):
            path = before + one.path.replace("{", "").replace("}", "").replace(":path", "")
            yield from ((method, path) for method in one.methods or {"GET"})
        elif isinstance(one, Mount):
            yield from paths(list(one.routes), before + one.path)
            yield "GET", f"{before}{one.path}/anything"
        elif hasattr(one, "original_router"):
            yield from paths(list(one.original_router.routes), before)
        else:
            yield "GET", before + str(getattr(one, "path", "/"))


def test_every_path_but_the_open_ones_is_closed(here: Site) -> None:
    known = list(paths(here.client.app.routes))  # type: ignore[attr-defined]
    assert len(known) > 130
    assert ("PUT", "/api/v1/mappings") in known
    answers = {
        (method, path): here.client.request(method, path)
        for method, path in [*known, ("GET", "/"), ("GET", "/api/v1/returns"), ("GET", "/events"), ("GET", "/docs")]
        if not is_open(path)
    }
    assert {place: one.status_code for place, one in answers.items() if one.status_code != 401} == {}
    assert {one.headers["www-authenticate"] for one in answers.values()} == {'Bearer realm="ledgerloop"'}
    bodies = [one.json() for (method, _), one in answers.items() if method != "HEAD"]
    told = {"title": "Unauthorized", "status": 401, "detail": "You are not signed in.", "errors": []}
    code = "not_signed_in"
    assert [one for one in bodies if one != {**told, "code": code, "type": f"urn:ledgerloop:problem:{code}"}] == []


@pytest.mark.parametrize(("role", "kept_out"), [(Role.VIEWER, {403}), (Role.OPERATOR, {200, 303, 403, 404, 422})])
def test_pages_let_nobody_do_more_than_their_role(here: Site, role: Role, kept_out: set[int]) -> None:
    here.add("somebody", role)
    here.sign_in("somebody")
    form = {"csrf": token_of(here.client.cookies[COOKIE]), "once": "1"}
    routes = [one for one in here.client.app.routes if isinstance(one, Route)]  # type: ignore[attr-defined]
    acts = [one.path for one in routes if "POST" in (one.methods or ()) and not is_open(one.path)]
    assert len(acts) > 6
    before = here.acts()
    answers = {path: here.client.post(path, data=form, headers=PAGE).status_code for path in acts if "out" not in path}
    assert set(answers.values()) <= kept_out, answers
    assert answers["/set-up/webhooks"] == 403
    if role is Role.VIEWER:
        assert here.acts() == before


def test_only_a_few_paths_are_open() -> None:
    opened = ("/healthz", "/readyz", "/metrics", "/sign-in", "/webhooks/main/loop", "/static/app.css")
    assert [one for one in opened if not is_open(one)] == []
    closed = ("/", "/healthz/", "/metrics/x", "/sign-out", "/webhooks", "/static", "/api/v1/", "//healthz", "")
    assert [one for one in closed if is_open(one)] == []


def test_health_and_metrics_need_nobody(here: Site) -> None:
    assert [here.client.get(path).status_code for path in ("/healthz", "/readyz", "/metrics")] == [200, 200, 200]


def test_a_browser_is_sent_to_sign_in_and_back(here: Site) -> None:
    answer = here.client.get("/returns?state=open&q=%C3%A9", headers=PAGE)
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/sign-in?next=%2Freturns%3Fstate%3Dopen%26q%3D%25C3%25A9",
    )
    assert here.client.get("/", headers=PAGE).headers["location"] == "/sign-in"
    assert here.client.get("/api/v1/returns", headers=PAGE).status_code == 401
    assert here.client.post("/returns/77/retry", headers=PAGE).status_code == 401


def test_every_answer_forbids_scripts_of_others_frames_and_keeping(here: Site) -> None:
    here.sign_in("anna")
    for path in ("/sign-in", "/no-such-page", "/healthz", "/returns"):
        answer = here.client.get(path, headers=PAGE)
        assert {name: answer.headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS
        assert "unsafe" not in answer.headers["content-security-policy"]


def test_the_sign_in_page_has_no_script_and_no_style_of_its_own(here: Site) -> None:
    text = here.client.get("/sign-in").text
    assert "<script" not in text
    assert "<style" not in text
    assert " style=" not in text
    assert "://" not in text


def test_a_session_is_somebody(here: Site, rooms: TestClient) -> None:
    here.sign_in("anna")
    rooms.cookies.set(COOKIE, here.client.cookies[COOKIE])
    assert rooms.get("/viewers").json() == "anna operator password"
    assert rooms.get("/admins").status_code == 403


def test_a_token_is_somebody_as_long_as_it_holds(here: Site, rooms: TestClient) -> None:
    carried = here.token("anna", Role.VIEWER)
    assert rooms.get("/viewers", headers=carried).json() == "anna viewer token"
    assert rooms.post("/operators", json={"what": "x"}, headers=carried).status_code == 403
    assert rooms.post("/operators", json={"what": "x"}, headers=here.token("anna", Role.OPERATOR)).json() == "anna x"
    here.clock.pass_by(3600)
    assert rooms.get("/viewers", headers=carried).status_code == 401


def test_a_bad_token_is_nobody_even_with_a_good_session(here: Site, rooms: TestClient) -> None:
    here.sign_in("anna")
    rooms.cookies.set(COOKIE, here.client.cookies[COOKIE])
    assert rooms.get("/viewers", headers={"Authorization": "Bearer llt_0_0"}).status_code == 401
    assert rooms.get("/viewers", headers={"Authorization": "Basic eDp5"}).status_code == 200


def test_another_role_counts_at_once(here: Site, rooms: TestClient) -> None:
    here.add("boss", Role.ADMIN)
    here.sign_in("anna")
    rooms.cookies.set(COOKIE, here.client.cookies[COOKIE])
    stores = here.parts.stores
    roster.set_role(stores, "anna", Role.ADMIN, by=SYSTEM, at=here.clock())
    assert rooms.get("/admins").json() == "anna"
    roster.set_role(stores, "anna", Role.VIEWER, by=SYSTEM, at=here.clock())
    assert rooms.get("/admins").status_code == 403


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"X-CSRF-Token": "another"}, 403),
        ({"X-CSRF-Token": "TOKEN"}, 200),
        ({"X-CSRF-Token": "TOKEN", "Origin": "http://127.0.0.1:8080"}, 200),
        ({"X-CSRF-Token": "TOKEN", "Origin": "http://evil.example.com"}, 403),
        ({"X-CSRF-Token": "TOKEN", "Origin": "null"}, 403),
        ({"X-CSRF-Token": "TOKEN", "Sec-Fetch-Site": "same-origin"}, 200),
        ({"X-CSRF-Token": "TOKEN", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"X-CSRF-Token": "TOKEN", "Sec-Fetch-Site": "same-site"}, 403),
    ],
)
def test_a_change_must_come_from_a_page_of_the_session(
    here: Site, rooms: TestClient, headers: dict[str, str], status: int
) -> None:
    here.sign_in("anna")
    secret = here.client.cookies[COOKIE]
    rooms.cookies.set(COOKIE, secret)
    sent = {name: token_of(secret) if value == "TOKEN" else value for name, value in headers.items()}
    assert rooms.post("/operators", json={"what": "x"}, headers=sent).status_code == status


def test_the_token_of_another_session_does_not_count(here: Site, rooms: TestClient) -> None:
    here.sign_in("anna")
    other = here.client.cookies[COOKIE]
    here.client.cookies.clear()
    here.sign_in("anna")
    rooms.cookies.set(COOKIE, here.client.cookies[COOKIE])
    sent = {"X-CSRF-Token": token_of(other)}
    assert rooms.post("/operators", json={"what": "x"}, headers=sent).status_code == 403


@pytest.mark.parametrize("kind", ["data", "files"])
def test_a_form_brings_the_token_in_a_field_and_is_read_again(here: Site, kind: str) -> None:
    here.sign_in("anna")
    secret = here.client.cookies[COOKIE]
    if kind == "data":
        gone = here.client.post("/sign-out", data={"csrf": token_of(secret)})
    else:
        gone = here.client.post("/sign-out", data={"csrf": token_of(secret)}, files={"file": ("a.xml", b"<a/>")})
    assert gone.status_code == 303


def test_a_body_that_is_too_large_is_not_read(here: Site, rooms: TestClient) -> None:
    here.sign_in("anna")
    rooms.cookies.set(COOKIE, here.client.cookies[COOKIE])
    assert rooms.post("/operators", content=b"x" * 10_000_001).status_code == 413


def test_a_signed_in_person_is_told_what_is_not_there(here: Site) -> None:
    here.sign_in("anna")
    assert here.client.get("/no-such-page").headers["content-type"] == "application/problem+json"
    page = here.client.get("/no-such-page", headers=PAGE)
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
