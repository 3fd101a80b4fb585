"""The mappings page and its form: from what stands still to the alias that releases it; preview, refusals, roles."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from starlette.testclient import TestClient

from ledgerloop.store.users import Role
from ledgerloop.web.app import create_app
from ledgerloop.web.cookies import session_cookie
from tests.support.stuck import OLD, StuckShop, stuck_shop
from tests.support.web import PAGE, Hands, Site, Still, csrf_in

API = "/api/v1/mappings"


@dataclass
class Here:
    """A site with returns that one SKU holds back."""

    shop: StuckShop
    site: Site

    def come(self, name: str) -> None:
        """Be signed in; how that is done is tested elsewhere."""
        parts, cookie = self.shop.parts, session_cookie(self.site.config.server.public_url)
        with parts.stores.store.writing() as tx:
            secret = parts.stores.sessions.begin(name, "password", parts.clock(), tx)
        self.site.client.cookies.set(cookie.name, secret)

    def get(self, path: str) -> str:
        answer = self.site.client.get(path, headers=PAGE)
        assert answer.status_code == 200, path
        return answer.text

    def send(self, path: str, **fields: str) -> tuple[int, str]:
        """Send a form of the mappings pages."""
        form = {"csrf": csrf_in(self.get("/mappings/set")), "once": "1", **fields}
        answer = self.site.client.post(path, data=form, headers=PAGE)
        return answer.status_code, answer.text


@pytest.fixture(scope="module")
def here() -> Iterator[Here]:
    with stuck_shop(2) as shop:
        yield from _site(shop)


def _site(stuck: StuckShop) -> Iterator[Here]:
    config, parts = stuck.connector.config, stuck.parts
    with TestClient(
        create_app(config, parts, Still()), base_url=config.server.public_url, follow_redirects=False
    ) as client:
        site = Site(config, parts, Hands(), client)
        for name, role in (("olga", Role.OPERATOR), ("vera", Role.VIEWER)):
            site.add(name, role, "")
        yield Here(stuck, site)


def test_attention_leads_to_the_form_filled_in_and_the_form_knows_the_item(here: Here) -> None:
    here.come("olga")
    link = re.search(r'href="(/mappings/set[^"]*)">Map TEE-OLD-M', here.get("/attention"))
    assert link is not None
    form = here.get(link[1].replace("&amp;", "&"))
    assert f'value="{OLD}"' in form
    assert "2 wait for it." in form
    assert f"value={here.shop.item()}" in form


def test_the_mappings_page_lists_what_is_not_mapped_with_links_that_fill_the_form_in(here: Here) -> None:
    here.come("olga")
    page = here.get("/mappings")
    assert f"/mappings/set?kind=sku&amp;key={OLD}&amp;value={here.shop.item()}" in page
    assert "2 × SKU TEE-OLD-M has no item on its order in NetSuite" in page


def test_the_preview_says_what_would_be_released_and_sets_nothing(here: Here) -> None:
    here.come("olga")
    status, page = here.send("/mappings/set", kind="sku", key=OLD, value=here.shop.item(), act="preview")
    assert status == 200
    assert "2 waiting would be released" in page
    assert here.shop.parts.stores.mappings.all() == []
    status, page = here.send("/mappings/set", kind="sku", key=OLD, value="a name", act="preview")
    assert (status, "is not an internal id" in page) == (422, True)
    status, page = here.send("/mappings/set", kind="sku", key="<b>", value="7", act="preview")
    assert (status, "Nothing waits for this change" in page, "<b>" in page) == (200, True, False)


def test_a_file_says_what_it_would_release_too(here: Here) -> None:
    here.come("olga")
    text = f"kind,key,value\nsku,{OLD},{here.shop.item()}\n"
    status, page = here.send("/mappings/import", text=text, act="preview")
    assert (status, "2 waiting would be released" in page) == (200, True)


def test_a_viewer_sees_the_suggestions_and_may_try_nothing(here: Here) -> None:
    here.come("vera")
    assert OLD in here.get("/mappings")
    assert "/mappings/set?" not in here.get("/mappings")
    status, _ = here.send("/mappings/set", kind="sku", key=OLD, value="1", act="preview")
    assert status == 403
    given = {"kind": "sku", "key": OLD, "value": "1"}
    token = here.site.token("vera", Role.VIEWER)
    assert here.site.client.post(f"{API}/preview", json=given, headers=token).status_code == 403


def test_without_its_token_a_form_does_nothing(here: Here) -> None:
    here.come("olga")
    form = {"kind": "sku", "key": OLD, "value": "1", "act": "set"}
    assert here.site.client.post("/mappings/set", data=form, headers=PAGE).status_code == 403
    assert here.shop.parts.stores.mappings.all() == []


def test_the_api_previews_and_suggests(here: Here) -> None:
    token = here.site.token("olga", Role.OPERATOR)
    given = {"kind": "sku", "key": OLD, "value": here.shop.item()}
    told = here.site.client.post(f"{API}/preview", json=given, headers=token).json()
    assert [one["key"] for one in told["changes"]] == [OLD]
    assert (told["release"]["released"], told["release"]["more"], told["problems"]) == (2, False, [])
    wrong = here.site.client.post(f"{API}/preview", json={**given, "value": "x"}, headers=token).json()
    assert ([one["code"] for one in wrong["problems"]], wrong["release"]["waiting"]) == (["mapping_value_wrong"], 0)
    nowhere = here.site.client.post(f"{API}/preview", json={**given, "shop": "nowhere"}, headers=token)
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "unknown_subject")
    [unknown] = here.site.client.get(f"{API}/suggestions", headers=token).json()
    assert (unknown["kind"], unknown["key"], unknown["candidates"][0]["value"]) == ("sku", OLD, here.shop.item())
    assert here.shop.parts.stores.mappings.all() == []


def test_the_page_sets_it_says_how_many_go_on_and_notes_who_did_it(here: Here) -> None:
    """The last one: it changes the shop that all of them share."""
    here.come("olga")
    status, _ = here.send("/mappings/set", kind="sku", key=OLD, value=here.shop.item(), act="set")
    assert status == 303
    [deed] = here.shop.parts.stores.audit.newest(1)
    assert (deed.who, deed.via, deed.act) == ("olga", "password", "change_mappings")
    again, page = here.send("/mappings/set", kind="sku", key=OLD, value=here.shop.item(), act="preview")
    assert (again, "This changes nothing" in page) == (200, True)
    asked, page = here.send("/mappings/remove", kind="sku", key=OLD)
    assert (asked, "2 under way would stand still at once" in page, "2 × " in page) == (200, True, True)
    token = here.site.token("olga", Role.OPERATOR)
    given = {"kind": "sku", "key": OLD, "value": None}
    told = here.site.client.post(f"{API}/preview", json=given, headers=token).json()["release"]["holding"]
    assert (told["held"], told["codes"], told["later"]) == (2, {"item_not_found": 2}, 0)
    here.shop.connector.sync()
    _, page = here.send("/mappings/remove", kind="sku", key=OLD)
    assert "2 under way have it and would come to it later" in page
    assert [one.entry.value for one in here.shop.parts.stores.mappings.all()] == [here.shop.item()]
    assert here.shop.authorizations() == [f"LOOP-RA-{one}" for one in sorted(here.shop.returns)]
