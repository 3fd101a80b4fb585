"""Returns that one unknown SKU holds back, in a world in memory with the connector beside it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from ledgerloop.engine.parts import Parts
from ledgerloop_sandbox.acts import ACTS
from tests.machine.connector import Connector
from tests.support.world_in_memory import MemoryWorld

OLD = "TEE-OLD-M"
"""The SKU under which Loop knows what was sold as TEE-M; NetSuite's orders keep no line ids here."""


@dataclass
class StuckShop:
    """A world and its connector. Webhooks are lost."""

    memory: MemoryWorld
    connector: Connector
    returns: list[str]

    @property
    def parts(self) -> Parts:
        """The parts of the connector."""
        return self.connector.parts

    def act(self, what: str, /, **arguments: Any) -> Any:
        """Somebody does something."""
        self.memory.clock.pass_by(2)
        return ACTS[what](self.memory.world, **arguments)

    def come_back(self, sku: str = OLD) -> str:
        """A shopper wants a TEE-M back that Loop knows under another SKU; gives Loop's return id."""
        goods = [{"sku": "TEE-M", "quantity": 1, "price": "100.00", "tax_rate": "0.08"}]
        number = 1001 + len(self.returns)
        order = self.act("place_order", lines=goods, name=f"#{number}", with_line_ids=False)
        wanted = self.act("request_return", order_id=order["order_id"], lines=[{"line": 0, "quantity": 1}])
        self.act("tamper", return_id=wanted["return_id"], lines=[{"sku": sku}])
        self.returns.append(str(wanted["return_id"]))
        return self.returns[-1]

    def codes(self) -> dict[str, int]:
        """How many answers stand still, by code."""
        return self.parts.stores.outcomes.counts("attention")

    def item(self) -> str:
        """Internal id of the item that was sold."""
        return str(self.memory.world.account.item_id("TEE-M"))

    def authorizations(self) -> list[str]:
        """External ids of the return authorizations in NetSuite."""
        return sorted(one["externalId"] for one in self.memory.world.account.records("returnAuthorization"))


@contextmanager
def stuck_shop(count: int, *policy: str) -> Iterator[StuckShop]:
    """So many returns that stand still for one SKU, each of an order of its own."""
    memory = MemoryWorld(lambda _delivery: 0)
    connector = Connector(memory, *policy)
    shop = StuckShop(memory, connector, [])
    try:
        for _ in range(count):
            shop.come_back()
        connector.sync()
        yield shop
    finally:
        connector.remove()
