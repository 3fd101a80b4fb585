"""Webhooks on their way belong to one world: none of them reaches into the next."""

import socket
import time
from contextlib import closing
from functools import partial

from ledgerloop_sandbox.deliveries import Deliveries, Delivery


def test_what_is_under_way_when_the_world_is_forgotten_has_no_consequence() -> None:
    with closing(socket.socket()) as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}/"
        deliveries, failed = Deliveries(), list[int]()
        for number in (1, 2):
            pauses = [0.05] * 3
            one = Delivery(
                "loop",
                "return",
                url,
                str(number),
                b"{}",
                {},
                retries_s=pauses,
                on_failed=partial(failed.append, number),
            )
            deliveries.put(one)
            if number == 1:
                deliveries.forget()
        ends = time.monotonic() + 30
        while deliveries.pending:
            assert time.monotonic() < ends
            time.sleep(0.01)
    assert failed == [2]
