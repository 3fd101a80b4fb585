"""A shop at the simulators, `serve` beside it, and a browser that may reach nothing but this machine."""

import re
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright

from ledgerloop.operate.people.roster import add_user, make_link
from ledgerloop.store.users import Person, Role
from tests.acceptance.trade import CAP, TEE, Trade
from tests.support.sandbox import Sandbox, parts_of
from tests.support.serving import Running, wait_until

ARGUMENTS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--disable-default-apps", "--force-color-profile=srgb"),
)
"""So that Chromium itself asks nobody anything."""

SIZES = {"desktop": (1280, 800), "phone": (390, 844)}
"""Widths and heights of the screens, CSS pixels."""

STUCK = 12
"""Returns that one SKU holds back."""

OLD = "TEE-OLD-M"
"""Their SKU: their orders know it as TEE-M, and keep no line ids."""

GONE = "MUG-GONE"
"""SKU of an exchange order that NetSuite does not have."""

MARKUP = "<img src=x onerror=alert(1)><script>alert(2)</script>"
"""What a remote's text must never do to a page."""


class Shop:
    """The world of these tests, and the addresses in it."""

    def __init__(self, trade: Trade) -> None:
        self.trade = trade
        self.url = ""
        self.refunded = ""
        self.order = ""
        self.stuck: list[str] = []
        self.lost: list[str] = []
        self.marked = ""

    def link(self, name: str = "anna") -> str:
        """A fresh address that signs somebody in once."""
        with parts_of(self.trade.config) as parts:
            secret = make_link(parts.stores, name, timedelta(hours=1), by=_TESTS, at=parts.clock())
        return f"{self.url}/sign-in/link/{secret}"


_TESTS = Person("tests", Role.ADMIN, "cli")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("shop")
    with Sandbox() as sandbox:
        sandbox.act("loop_settings", job_delay_s=0.1)
        trade = Trade(sandbox, folder)
        trade.policy("settle_s = 0")
        with parts_of(trade.config) as parts:
            for name, role in (("anna", Role.ADMIN), ("vera", Role.VIEWER)):
                add_user(parts.stores, name, role, "", by=_TESTS, at=parts.clock())
        shop = Shop(trade)
        _fill(shop)  # before the connector runs: it must not see a return before its SKU is changed
        with Running(trade.config) as serve:
            shop.url = serve.url
            _wait(shop)
            yield shop


def _fill(shop: Shop) -> None:
    """Refunds, an exchange order of a SKU that NetSuite lacks, returns that wait, and one with markup in its texts."""
    trade = shop.trade
    for number in range(6):
        return_id = trade.wants_back(trade.order(f"#10{number:02}", lines=[TEE, CAP], shipping="5.00"))
        trade.process_by_hand(return_id)
        shop.refunded = shop.refunded or return_id
    new = {"sku": GONE, "quantity": 1, "price": "20.00"}
    shop.order = trade.act("create_order", name="EXC-00", lines=[new], app_id=1662707, in_catalog=False)["order_id"]
    for sku, first, number, found in ((OLD, 2600, STUCK, shop.stuck), ("TEE-XM", 2500, 3, shop.lost)):
        for name in range(first, first + number):
            order = trade.order(f"#{name}", lines=[TEE, CAP], with_line_ids=False)
            found.append(trade.wants_back(order, {"line": 0}))
            trade.act("tamper", return_id=found[-1], lines=[{"sku": sku}])
    trade.wants_back(trade.order("#3001", in_netsuite=False))
    shop.marked = trade.wants_back(trade.order("#3002"), reason=MARKUP, parent_reason=MARKUP)


def _wait(shop: Shop) -> None:
    """Until the connector has done what it can."""
    with parts_of(shop.trade.config) as parts:
        wait_until(lambda: len(parts.stores.outcomes.by_code("item_not_found")) == STUCK + 3 + 1, 90)
        wait_until(lambda: "customerRefund" in str(parts.stores.journal.for_return("main", shop.refunded)), 60)


@pytest.fixture(params=list(SIZES))
def screen(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def context_of(browser: Browser, shop: Shop) -> Iterator[Callable[..., BrowserContext]]:
    """Make browser contexts; each notes what tried to leave this machine, and that is asserted to be nothing."""
    made: list[BrowserContext] = []
    left: list[str] = []

    def guard(route: Route) -> None:
        if urlsplit(route.request.url).hostname in ("127.0.0.1", "localhost"):
            route.continue_()
        else:
            left.append(route.request.url)
            route.abort()

    def make(screen: str = "desktop", *, script: bool = True, dark: bool = False) -> BrowserContext:
        width, height = SIZES[screen]
        context = browser.new_context(
            viewport={"width": width, "height": height},
            java_script_enabled=script,
            color_scheme="dark" if dark else "light",
            base_url=shop.url,
            accept_downloads=True,
        )
        context.route(re.compile(".*"), guard)
        context.set_default_timeout(15_000)
        made.append(context)
        return context

    yield make
    for context in made:
        context.close()
    assert left == []


def sign_in(context: BrowserContext, shop: Shop, name: str = "anna") -> Page:
    """Come in by a one-time link; the page notes errors of scripts and of the content security policy."""
    page = context.new_page()
    page.goto(shop.link(name))
    page.get_by_role("button", name=f"Sign in as {name}").click()
    page.wait_for_url(f"{shop.url}/")
    return page


PICTURES = Path(__file__).resolve().parents[2] / "docs" / "img"
"""Where the documentation's pictures lie; the tests make them."""
