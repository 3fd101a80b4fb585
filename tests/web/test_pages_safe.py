"""Markup in whatever the remotes and people write is shown as text, and no page lets a script in."""

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import httpx2
import pytest
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from ledgerloop.store.users import Role
from ledgerloop.web.app import create_app
from ledgerloop.web.cookies import session_cookie
from ledgerloop.web.csrf import token_of
from ledgerloop.web.problems import SECURITY_HEADERS
from ledgerloop_sandbox.acts import ACTS
from tests.machine.connector import Connector
from tests.support.project import ROOT
from tests.support.web import PAGE, Hands, Site, Still
from tests.support.world_in_memory import MemoryWorld

PLANTED = "'\"><script>planted()</script><b onclick=planted() class=planted>&"
"""What is written wherever somebody may write something."""

SHOWN = "&lt;script&gt;planted()"
"""How it reads in a page."""

LINK = "javascript:planted()"
"""An address that must not be followed."""

TEXTS = {
    "loop": {
        *("return_reason", "parent_return_reason", "title", "line_item_title", "variant_title", "return_comment"),
        *("carrier", "label_status", "tracking_number", "customer", "order_name", "message", "errors"),
    },
    "shopify": {
        *("title", "firstName", "lastName", "address1", "city", "email", "emailAddress", "sourceName", "note"),
        *("gateway", "message"),
    },
    "netsuite": {"memo", "tranid", "detail", "title"},
}
"""Fields of each remote's answers that somebody fills in freely."""

LINKS = {"status_page_url", "label_url", "url"}
"""Addresses that Loop gives."""


def planted(remote: str, key: str, value: Any) -> Any:
    """A remote's answer, with markup in every text."""
    if isinstance(value, dict):
        return {name: planted(remote, name, one) for name, one in value.items()}
    if isinstance(value, list):
        return [planted(remote, key, one) for one in value]
    if isinstance(value, str) and remote == "loop" and key in LINKS:
        return LINK
    return f"{value}{PLANTED}" if isinstance(value, str) and key in TEXTS[remote] else value


class Poisoned(httpx2.BaseTransport):
    """The way to a remote in whose texts somebody has planted markup."""

    def __init__(self, way: httpx2.BaseTransport, remote: str) -> None:
        self._way = way
        self._remote = remote

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        answer = self._way.handle_request(request)
        try:
            said = planted(self._remote, "", json.loads(answer.read()))
        except ValueError:
            return answer
        kept = {name: value for name, value in answer.headers.items() if name != "content-length"}
        return httpx2.Response(answer.status_code, headers=kept, json=said, request=request)


class PoisonedWorld(MemoryWorld):
    """Three remotes of which none can be trusted."""

    def transport(self, remote: str) -> httpx2.BaseTransport:
        return Poisoned(super().transport(remote), remote)


class Read(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.faults: list[str] = []
        self._in_script = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._in_script = tag == "script"
        if tag in ("style", "iframe", "object", "embed", "base") or (tag == "script" and "src" not in given):
            self.faults.append(f"<{tag}>")
        self.faults += [f"{tag} {name}" for name in given if name.startswith("on") or name == "style"]
        links = [str(given[name] or "") for name in ("href", "src", "action", "formaction") if name in given]
        self.faults += [f"{tag} → {one}" for one in links if not re.match(r"(/(?!/)|\?|#|https://|$)", one)]
        self.faults += ["planted"] if "planted" in (given.get("class") or "") else []

    def handle_data(self, data: str) -> None:
        if self._in_script and data.strip():
            self.faults.append(f"script: {data[:40]}")
        self._in_script = False


@pytest.fixture(scope="module")
def here() -> Iterator[Site]:
    memory = PoisonedWorld(lambda _delivery: 0)
    connector = Connector(memory, 'order_channels = ["*"]')
    try:
        for number in (1001, 1002):
            order = _act(memory, "place_order", name=f"#{number}", gateway=f"gateway {number}")
            return_ = _act(memory, "request_return", order_id=order["order_id"])
            connector.sync()
            _act(memory, "receive", return_id=return_["return_id"])
            connector.sync()
        app = create_app(connector.config, connector.parts, Still())
        base = connector.config.server.public_url or "http://127.0.0.1:8080"
        with TestClient(app, base_url=base, follow_redirects=False) as client:
            made = Site(connector.config, connector.parts, Hands(), client)
            made.add("ada", Role.ADMIN, "")
            _sign_in(made)
            yield made
    finally:
        connector.remove()


def _act(memory: MemoryWorld, what: str, /, **arguments: Any) -> Any:
    memory.clock.pass_by(2)
    return ACTS[what](memory.world, **arguments)


def _sign_in(site: Site) -> None:
    stores, cookie = site.parts.stores, session_cookie(site.config.server.public_url)
    with stores.store.writing() as tx:
        secret = stores.sessions.begin("ada", "password", site.parts.clock(), tx)
        stores.audit.note(tx, who=PLANTED, via="oidc", act="sign_in", at=site.parts.clock(), detail={"x": PLANTED})
    site.client.cookies.set(cookie.name, secret)
    site.client.headers["X-CSRF-Token"] = token_of(secret)


def _speak(site: Site) -> None:
    """Write markup wherever a person may write something."""
    api, said = "/api/v1", {"reason": PLANTED}
    one = site.client.get(f"{api}/returns").json()["rows"][0]["return_id"]
    group = site.client.get(f"{api}/attention").json()[0]["group"]
    order = site.client.get(f"{api}/orders").json()["rows"][0]["order_id"]
    for path, body in (
        (f"returns/main/{one}/hold", said),
        (f"returns/main/{one}/comments", {"text": PLANTED}),
        (f"returns/main/{one}/assignment", {"to": PLANTED}),
        (f"orders/main/{order}/comments", {"text": PLANTED}),
        (f"attention/{group}/comments", {"text": PLANTED}),
        (f"attention/{group}/assignment", {"to": PLANTED}),
    ):
        assert site.client.post(f"{api}/{path}", json=body).status_code == 200, path
    mapping = {"kind": "channel", "key": f"X{PLANTED}", "value": PLANTED}
    assert site.client.put(f"{api}/mappings", json=mapping).status_code == 200


def addresses(site: Site) -> list[str]:
    """Every page, of every return, order and group that there is."""
    api = "/api/v1"
    returns = [one["return_id"] for one in site.client.get(f"{api}/returns").json()["rows"]]
    orders = [one["order_id"] for one in site.client.get(f"{api}/orders").json()["rows"]]
    groups = [one["group"] for one in site.client.get(f"{api}/attention").json()]
    values = {"return_id": returns, "order_id": orders, "group": groups, "shop": ["main"]}
    values |= {"act": ["hold"], "form": ["csv"], "secret": ["x"], "name": ["app.css"]}
    found = {f"/?said={PLANTED}", f"/returns?q={PLANTED}", f"/orders?q={PLANTED}", f"/mappings?q={PLANTED}"}
    found |= {f"/mappings/set?kind=sku&key={PLANTED}&value={PLANTED}", f"/sign-in?next=/{PLANTED}", "/no-such-page"}
    found |= {f"/audit?who={PLANTED}", f"/books?from={PLANTED}", f"/returns/main/{PLANTED}"}
    for route in site.client.app.routes:  # type: ignore[attr-defined]
        if isinstance(route, Mount) or not isinstance(route, Route) or "GET" not in (route.methods or ()):
            continue
        paths = [route.path]
        for name in re.findall(r"{(\w+)}", route.path):
            paths = [path.replace(f"{{{name}}}", one) for path in paths for one in values[name]]
        found |= set(paths)
    return sorted(found - {"/events"})


@pytest.fixture(scope="module")
def pages(here: Site) -> dict[str, httpx2.Response]:
    _speak(here)
    return {path: here.client.get(path, headers=PAGE) for path in addresses(here)}


def test_every_page_answers(pages: dict[str, httpx2.Response]) -> None:
    assert len(pages) > 30
    assert {path: one.status_code for path, one in pages.items() if one.status_code >= 500} == {}


def test_what_was_planted_is_text_everywhere(pages: dict[str, httpx2.Response]) -> None:
    html = {
        path: one.text for path, one in pages.items() if one.headers.get("content-type", "").startswith("text/html")
    }
    assert {path: Read(text).faults for path, text in html.items() if Read(text).faults} == {}
    showing = {path.split("?")[0] for path, text in html.items() if SHOWN in text}
    told = {re.sub(r"/\d{6,}", "/1", re.sub(r"/attention/.*", "/attention/g", one)) for one in showing}
    assert told >= {
        *("/returns", "/returns/main/1", "/returns/main/1/evidence", "/attention", "/attention/g"),
        *("/orders", "/orders/main/1", "/mappings", "/mappings/set", "/audit"),
    }


def test_every_answer_forbids_scripts_that_are_not_files_of_ours(pages: dict[str, httpx2.Response]) -> None:
    policy = {one.headers["content-security-policy"] for one in pages.values()}
    assert policy == {SECURITY_HEADERS["Content-Security-Policy"]}
    assert "unsafe" not in policy.pop()


def test_no_template_switches_the_escaping_off() -> None:
    texts = {path.name: path.read_text() for path in (ROOT / "src" / "ledgerloop").rglob("*.html")}
    assert len(texts) > 20
    assert [name for name, text in texts.items() if re.search(r"\|\s*safe\b|autoescape\s+false", text)] == []


def test_a_spreadsheet_takes_no_text_of_the_list_for_a_formula(here: Site) -> None:
    stores = here.parts.stores
    with stores.store.writing() as tx:
        tx.exec_driver_sql("UPDATE return_heads SET order_name = '=HYPERLINK(1)', email = '@SUM(1)'")
    cells = [cell for line in here.client.get("/returns.csv").text.splitlines()[1:] for cell in line.split(",")]
    assert {one for one in cells if one.strip('"').startswith(("=", "+", "-", "@"))} == set()
    assert "'=HYPERLINK(1)" in cells
