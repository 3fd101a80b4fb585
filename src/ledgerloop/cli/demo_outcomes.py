"""The stories of the demo in which value leaves otherwise than as money: exchanges of each kind, and a gift card."""

from ledgerloop.cli.demo_balance import Promise
from ledgerloop.cli.demo_exchange import Exchange, usd
from ledgerloop.cli.demo_scenes import arrives, buys, goods, line, returns
from ledgerloop.cli.demo_stage import Scene, Stage, Story

TEE = goods("100.00", "8.00", "40.00")
"""What is returned in all of them."""


def _even(stage: Stage) -> Scene:
    yield from _exchanged(stage, "Ivo", "TEE-L", "100.00", "a larger one for the same 100.00")


def _dearer(stage: Stage) -> Scene:
    what = "a hoodie for 150.00 instead; Loop collects the 54.00 that are missing"
    yield from _exchanged(stage, "Jana", "HOODIE", "150.00", what)


def _cheaper(stage: Stage) -> Scene:
    yield from _exchanged(stage, "Karl", "POLO", "60.00", "a polo shirt for 60.00 instead, and the rest in money")


def _exchanged(stage: Stage, who: str, sku: str, price: str, what: str) -> Scene:
    """Bought and exchanged online: the old goods come first, then the new ones are shipped and billed."""
    number = {"Ivo": "#1009", "Jana": "#1010", "Karl": "#1011"}[who]
    buys(stage, who, "buys a T-shirt for 100.00, plus tax 8.00", number, line("TEE-M", "100.00"))
    returns(stage, who, f"wants {what}", exchange=[line(sku, price)])
    yield
    arrives(stage)
    yield
    yield
    stage.ship_exchange()
    yield


def _in_store(stage: Stage) -> Scene:
    item = line("TEE-M", "100.00")
    what = "buys a T-shirt for 100.00 in the store, plus tax 8.00"
    buys(stage, "Lena", what, "#1012", item, billing="cash_sale", location="store")
    returns(stage, "Lena", "swaps it in the store for a larger one", exchange=[line("TEE-L", "100.00")], is_pos=True)
    yield
    stage.act("Store", "takes the old one back and hands out the new one", "process_in_loop", return_id=stage.return_id)
    yield
    yield


def _gift_card(stage: Stage) -> Scene:
    buys(stage, "Mia", "buys a T-shirt for 100.00, plus tax 8.00", "#1013", line("TEE-M", "100.00"))
    returns(stage, "Mia", "wants a gift card instead of money", outcome="gift_card")
    stage.act("Loop", "adds a bonus of 10.00 to the gift card", "tamper", return_id=stage.return_id, gift_card="118.00")
    yield
    arrives(stage)
    yield
    yield


OUTCOMES = (
    Story(
        "An even exchange",
        Promise("invoice", TEE, TEE, 1, 1, Exchange(TEE)),
        _even,
    ),
    Story(
        "An exchange for something dearer",
        Promise("invoice", TEE, TEE, 1, 1, Exchange(goods("150.00", "12.00", "60.00"))),
        _dearer,
    ),
    Story(
        "An exchange for something cheaper",
        Promise("invoice", TEE, TEE, 1, 1, Exchange(goods("60.00", "4.80", "24.00"))),
        _cheaper,
    ),
    Story(
        "An exchange in the store",
        Promise("cash_sale", TEE, TEE, 1, 0, Exchange(TEE, in_store=True)),
        _in_store,
    ),
    Story(
        "A gift card with a bonus",
        Promise("invoice", TEE, TEE, 1, 1, gift_card=usd("118.00"), bonus=usd("10.00")),
        _gift_card,
    ),
)
"""In the order in which they are told."""
