"""One return, authorised, received and refunded by the connector in a world in memory: what it tells meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from ledgerloop.engine import foreground
from ledgerloop_sandbox.acts import ACTS
from ledgerloop_sandbox.deliveries import Delivery
from tests.machine.connector import Connector, in_turn
from tests.support.world_in_memory import MemoryWorld


@dataclass
class Shop:
    """A world with one order, and the connector beside it. Webhooks are lost."""

    memory: MemoryWorld
    connector: Connector
    order_id: str

    def act(self, name: str, /, **arguments: Any) -> Any:
        """Somebody does something."""
        self.memory.clock.pass_by(2)
        return ACTS[name](self.memory.world, **arguments)

    def sync(self) -> None:
        """One foreground run."""
        with in_turn():
            foreground.run(self.connector.parts)

    def refund(self) -> str:
        """A unit comes back and is paid out; gives Loop's return id."""
        asked = self.act("request_return", order_id=self.order_id, lines=[{"line": 0, "quantity": 1}])
        return_id = str(asked["return_id"])
        self.sync()
        self.act("process_in_loop", return_id=return_id)
        self.act("run_loop_jobs")
        for _ in range(3):
            self.memory.clock.pass_by(60)
            self.sync()
        return return_id


def _lost(_delivery: Delivery) -> int:
    return 0


@contextmanager
def one_shop() -> Iterator[Shop]:
    """A shop that has sold two units of one thing."""
    memory = MemoryWorld(_lost)
    connector = Connector(memory)
    goods = [{"sku": "TEE", "quantity": 2, "price": "50.00", "tax_rate": "0.08"}]
    try:
        sold = ACTS["place_order"](memory.world, lines=goods, name="#1001")
        yield Shop(memory, connector, str(sold["order_id"]))
    finally:
        connector.remove()
