"""What three people do in the pages, from signing in to signing out, on a desktop and on a phone."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import BrowserContext, Page, expect

from tests.support.sandbox import parts_of
from tests.support.serving import wait_until
from tests.ui.conftest import OLD, PICTURES, STUCK, Shop, sign_in

pytestmark = [pytest.mark.ui, pytest.mark.timeout(240)]

MISSION_XML = """
<ShopifyShopTypeMapping mappedKey="1662707" mappedTypeId="SHOPIFY_ORDER_SOURCE" mappedValue="LOOP_EXCH"/>
<Enumeration description="Loop Exchange" enumCode="LoopExchange" enumId="LOOP_EXCH" enumTypeId="ORDER_SALES_CHANNEL"/>
"""
"""Both elements, as a person pastes them."""

Contexts = Callable[..., BrowserContext]

ADDRESSES = (
    "/",
    "/returns",
    "/returns?standing=attention",
    "/attention",
    "/orders",
    "/mappings",
    "/mappings/set",
    "/mappings/import",
    "/books",
    "/set-up",
    "/set-up/doctor",
    "/set-up/webhooks",
    "/set-up/alerts",
    "/audit",
)
"""Every page that needs no name of a thing."""


def addresses(shop: Shop) -> list[str]:
    return [
        *ADDRESSES,
        *(f"/returns/main/{one}" for one in (shop.refunded, shop.lost[0], shop.marked)),
        f"/returns/main/{shop.refunded}/evidence",
        f"/orders/main/{shop.order}",
        f"/mappings/set?kind=sku&key={OLD}",
    ]


def test_a_clerk_finds_a_return_and_reads_what_happened(shop: Shop, context_of: Contexts, screen: str) -> None:
    page = sign_in(context_of(screen), shop)
    page.get_by_role("searchbox").first.fill("#1000")
    page.get_by_role("searchbox").first.press("Enter")
    page.get_by_role("link", name=shop.refunded, exact=True).click()

    expect(page.get_by_role("heading", level=1)).to_contain_text(shop.refunded)
    for what in ("Return authorization", "Credit memo", "Customer refund"):
        expect(page.locator("main")).to_contain_text(what)
    expect(page.get_by_role("heading", name="What happened")).to_be_visible()


def test_it_all_can_be_read_without_javascript(shop: Shop, context_of: Contexts, screen: str) -> None:
    page = sign_in(context_of(screen, script=False), shop)
    for address in addresses(shop):
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, address
        assert page.locator("h1").count() == 1, address
        wide = page.locator("html").bounding_box()
        assert wide is not None


def test_no_page_is_wider_than_its_screen_and_none_breaks_its_own_rules(
    shop: Shop, context_of: Contexts, screen: str
) -> None:
    page, said = sign_in(context_of(screen), shop), []
    page.on("console", lambda one: said.append(one.text) if one.type in ("error", "warning") else None)
    page.on("dialog", lambda one: said.append(one.message))
    page.on("pageerror", lambda one: said.append(str(one)))
    for address in addresses(shop):
        page.goto(address)
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, address
    assert said == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_serious(shop: Shop, context_of: Contexts, screen: str, dark: bool) -> None:
    page, axe, found = sign_in(context_of(screen, dark=dark), shop), Axe(), []
    for address in addresses(shop):
        page.goto(address)
        violations = axe.run(page).response["violations"]
        found += [
            (address, one["id"], one["nodes"][0]["html"][:120])
            for one in violations
            if one["impact"] in ("serious", "critical")
        ]
    assert found == []


def test_markup_in_the_texts_of_remotes_is_shown_as_text(shop: Shop, context_of: Contexts) -> None:
    page = sign_in(context_of(), shop)
    page.goto(f"/returns/main/{shop.marked}")
    assert page.locator("main script, main img").count() == 0


def test_a_viewer_sees_no_buttons_and_may_press_none(shop: Shop, context_of: Contexts) -> None:
    page = sign_in(context_of(), shop, "vera")
    page.goto(f"/returns/main/{shop.lost[0]}")
    expect(page.get_by_role("button", name="Hold")).to_have_count(0)
    token = page.locator("input[name=csrf]").first.input_value()
    answer = page.request.post(f"{shop.url}/returns/main/{shop.lost[0]}/hold", form={"csrf": token, "once": "x"})
    assert answer.status == 403


def test_nobody_sees_anything_without_signing_in(shop: Shop, context_of: Contexts) -> None:
    page = context_of().new_page()
    for address in addresses(shop):
        page.goto(address)
        assert page.url.startswith(f"{shop.url}/sign-in")


def test_a_return_is_held_and_released(shop: Shop, context_of: Contexts, screen: str) -> None:
    page = sign_in(context_of(screen), shop)
    page.goto(f"/returns/main/{shop.lost[1]}")
    page.locator("summary", has_text="Hold").click()
    page.get_by_label("Why is it held?").fill("The shopper is on the phone")
    page.get_by_role("button", name="Hold").click()
    expect(page.locator("main")).to_contain_text("nothing is written for it until it is released")
    page.get_by_role("button", name="Release").click()
    expect(page.locator("main")).to_contain_text("goes on by itself")


def test_a_comment_stays(shop: Shop, context_of: Contexts) -> None:
    page = sign_in(context_of(), shop)
    page.goto(f"/returns/main/{shop.lost[2]}")
    page.get_by_label("Say something").fill("<b>Asked the warehouse</b>")
    page.get_by_role("button", name="Comment").click()
    expect(page.locator("main")).to_contain_text("<b>Asked the warehouse</b>")


def test_the_controller_downloads_the_pack(shop: Shop, context_of: Contexts, screen: str, tmp_path: Path) -> None:
    page = sign_in(context_of(screen), shop)
    page.goto("/books")
    with page.expect_download() as download:
        page.get_by_role("link", name="XLSX").click()
    download.value.save_as(tmp_path / "pack.xlsx")
    assert (tmp_path / "pack.xlsx").read_bytes()[:2] == b"PK"


def test_both_elements_of_the_mission_are_imported(shop: Shop, context_of: Contexts, screen: str) -> None:
    page = sign_in(context_of(screen), shop)
    page.goto("/mappings/import")
    page.get_by_label("Or its text").fill(MISSION_XML)
    page.get_by_role("button", name="Show what would change").click()
    expect(page.locator("main")).to_contain_text("LOOP_EXCH")
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mappings")
    expect(page.locator("main")).to_contain_text("LoopExchange")


def test_signing_out_ends_it(shop: Shop, context_of: Contexts, screen: str) -> None:
    page = sign_in(context_of(screen), shop)
    page.get_by_role("button", name="Sign out").click()
    page.goto("/returns")
    assert "/sign-in" in page.url


def test_an_open_page_brings_itself_up_to_date(shop: Shop, context_of: Contexts) -> None:
    page = sign_in(context_of(), shop)
    return_id = shop.trade.wants_back(shop.trade.order("#4001"))
    with parts_of(shop.trade.config) as parts:
        wait_until(lambda: parts.stores.returns.get("main", return_id) is not None, 30)
    page.goto(f"/returns/main/{return_id}")
    shop.trade.process_by_hand(return_id)
    expect(page.locator("main")).to_contain_text("Processed in Loop", timeout=40_000)


AS_INSTALLED = """folder => {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let one; (one = texts.nextNode());) one.data = one.data.replaceAll(folder, "/var/lib/ledgerloop");
}"""
"""Names the folder of this run as the installation guide does: a picture is the same whoever makes it."""

PICTURED = {
    "today": "/",
    "returns": "/returns",
    "attention": "/attention",
    "orders": "/orders",
    "mappings": "/mappings",
    "mapping": "/mappings/set",
    "import": "/mappings/import",
    "books": "/books",
    "set-up": "/set-up",
    "doctor": "/set-up/doctor",
    "webhooks": "/set-up/webhooks",
    "alerts": "/set-up/alerts",
    "audit": "/audit/verify",
}
"""Pages with a picture in the documentation."""


def test_the_pictures_of_the_documentation(shop: Shop, context_of: Contexts, screen: str) -> None:
    context = context_of(screen)
    page = context.new_page()
    page.goto("/sign-in")
    picture(page, "sign-in", screen)
    page = sign_in(context, shop)
    page.goto("/books")
    page.get_by_role("button", name="Bring up to date").click()
    expect(page.locator("main")).to_contain_text("Closing")
    page.goto("/attention")
    page.get_by_role("link", name="Look closer").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Item not found")
    picture(page, "group", screen)
    named = {**PICTURED, "return": f"/returns/main/{shop.refunded}", "order": f"/orders/main/{shop.order}"}
    named["evidence"] = f"/returns/main/{shop.refunded}/evidence"
    wait_until(lambda: _is_at_rest(page, named["return"]), 90)  # a record is read once more some time after its change
    for name, address in named.items():
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, address
        page.evaluate(AS_INSTALLED, str(shop.trade.folder))
        picture(page, name, screen)


def _is_at_rest(page: Page, address: str) -> bool:
    page.goto(address)
    return "Nothing, as things stand." in page.content()


def picture(page: Page, name: str, screen: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    file = PICTURES / f"{name}-{screen}.png"
    page.screenshot(path=file, full_page=screen == "desktop")
    assert file.stat().st_size > 5_000


@pytest.mark.parametrize("screen", ["desktop"])
def test_a_stuck_sku_is_followed_from_attention_to_an_alias_and_twelve_returns_are_released(
    shop: Shop, context_of: Contexts, screen: str
) -> None:
    page = sign_in(context_of(screen, script=False), shop)
    page.get_by_role("link", name="Attention").first.click()
    expect(page.locator("main")).to_contain_text(re.compile(rf"{STUCK} × Item not found"))
    expect(page.locator("main")).to_contain_text(f"SKU {OLD} has no item on its order in NetSuite")
    page.get_by_role("link", name=f"Map {OLD}").first.click()
    expect(page.get_by_label(re.compile("Key"))).to_have_value(OLD)
    expect(page.locator("main")).to_contain_text(f"{STUCK} wait for it")
    page.get_by_role("link", name="TEE-M on its order").click()
    page.get_by_role("button", name="Show what it would release").click()
    expect(page.locator("main")).to_contain_text(f"{STUCK} waiting would be released")
    assert authorized(shop) == set()
    page.get_by_role("button", name="Set it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mappings")
    expect(page.locator("main")).to_contain_text(f"{STUCK} waiting will be tried again")
    wait_until(lambda: authorized(shop) == set(shop.stuck), 90)
    assert len(shop.trade.records("returnAuthorization")) == len(
        {one["externalId"] for one in shop.trade.records("returnAuthorization")}
    )


def authorized(shop: Shop) -> set[str]:
    """Which of the returns that the SKU held back have an authorization in NetSuite."""
    made = {one["externalId"] for one in shop.trade.records("returnAuthorization")}
    return {one for one in shop.stuck if f"LOOP-RA-{one}" in made}
