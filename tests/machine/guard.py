"""Looks at every request that the connector makes take effect, and notes what must never be asked for.

What it compares with is what the simulators hold, not what the connector believes.
"""

import json
import re
from collections import Counter
from collections.abc import Callable
from decimal import Decimal

from ledgerloop_sandbox.loop.model import Return
from ledgerloop_sandbox.netsuite.model import Line, Record
from ledgerloop_sandbox.world import World
from tests.machine.connector import Killed
from tests.support.world_in_memory import Asked, Watcher

ACTION = re.compile(r"/warehouse/return/(\d+)/(process|remove|flag|cancel|close|note)$")
TRANSFORM = re.compile(r"/record/v1/(\w+)/(\d+)/!transform/(\w+)$")
CHANGE = re.compile(r"/record/v1/returnAuthorization/(\d+)$")
RETURN_FIELD = "custbody_loop_return_id"


class Guard(Watcher):
    """What must hold at the moment of every write."""

    def __init__(self, world: World, receive: str) -> None:
        self.world = world
        self.receive = receive
        self.broken: list[str] = []
        """What should not have happened, in words."""
        self.kill_in = 0
        """The connector is killed at this write, counted from 1; 0: it lives on."""
        self.kill_after = False
        """Whether the write that kills it takes effect."""
        self.meanwhile: tuple[int, Callable[[], None]] | None = None
        """What somebody does at which request to NetSuite or Shopify, counted from 1."""
        self.began_at = world.loop.now()
        """When the connector's last run began."""
        self._was: Counter[int] = Counter()
        """What the authorization that is being changed held before, by source line."""

    def before(self, asked: Asked) -> None:
        self._was = self._holds(asked)
        if self._kills(asked) and not self.kill_after:
            raise Killed
        if asked.late:
            return
        self._somebody_acts(asked)
        if asked.remote == "loop" and (found := ACTION.search(asked.path)) and asked.method == "POST":
            self._loop_action(found[2], self.world.loop.get(found[1]))
        elif asked.remote == "netsuite" and asked.method == "POST":
            self._record(asked)
        elif asked.remote == "netsuite" and asked.method == "PATCH" and (found := CHANGE.search(asked.path)):
            self._change(self.world.account.transactions.get(found[1]))

    def after(self, asked: Asked, status: int) -> None:
        if asked.remote == "netsuite" and status < 300 and asked.method in ("POST", "PATCH"):
            self._more_than_shipped(asked)
        if self.kill_in == 1 and self._writes(asked):
            self.kill_in = 0
            if self.kill_after:
                raise Killed

    def _somebody_acts(self, asked: Asked) -> None:
        """Never between the reading of a return in Loop and what is asked of it then: nobody can be as quick."""
        if self.meanwhile is None or asked.remote == "loop":
            return
        number, act = self.meanwhile
        self.meanwhile = (number - 1, act) if number > 1 else None
        if number == 1:
            act()

    # -- being killed --

    def _writes(self, asked: Asked) -> bool:
        if asked.late:
            return False
        if asked.remote == "loop":
            return asked.method != "GET"
        return asked.remote == "netsuite" and asked.method != "GET" and not asked.path.endswith(("/suiteql", "/token"))

    def _kills(self, asked: Asked) -> bool:
        if not self.kill_in or not self._writes(asked):
            return False
        if self.kill_in > 1:
            self.kill_in -= 1
            return False
        if not self.kill_after:
            self.kill_in = 0
        return True

    # -- Loop --

    def _loop_action(self, action: str, return_: Return) -> None:
        if return_.state == "review" or return_.flagged:
            self._say(f"{action} of return {return_.id}, which is in review")
        if action in ("process", "remove") and return_.state == "open":
            self._only_what_came(action, return_)
        if action in ("cancel", "close") and return_.state == "open":
            self._only_what_was_ended(action, return_)

    def _only_what_came(self, action: str, return_: Return) -> None:
        if self.receive == "loop":
            self._say(f"{action} of return {return_.id}, although receive = loop")
        received = sum((line.moved for one in self.authorizations(return_.id) for line in one.lines), Decimal(0))
        units = len(return_.lines)
        if action == "process" and received < units:
            self._say(f"process of return {return_.id}: {received} of {units} unit(s) were received")
        if action == "remove" and not received:
            self._say(f"remove processes return {return_.id}, of which nothing was received")

    def _only_what_was_ended(self, action: str, return_: Return) -> None:
        for one in self.authorizations(return_.id):
            if one.status not in ("C", "H"):
                self._say(f"{action} of return {return_.id}, whose authorization {one.tran_id} is {one.status}")
            if any(line.moved for line in one.lines):
                self._say(f"{action} of return {return_.id}, of which goods were received")

    # -- NetSuite --

    def _record(self, asked: Asked) -> None:
        made = TRANSFORM.search(asked.path)
        kind = made[3] if made else asked.path.rsplit("/", 1)[-1]
        if kind not in ("itemReceipt", "creditMemo", "cashRefund", "customerRefund"):
            return
        body = json.loads(asked.body)
        return_id = body.get(RETURN_FIELD)
        return_ = self.world.loop.get(return_id)
        if not return_.was_processed:
            self._say(f"{kind} {body.get('externalId')} for return {return_id}, which Loop has not processed")

    def _change(self, authorization: Record | None) -> None:
        return_id = authorization.custom.get(RETURN_FIELD) if authorization is not None else None
        return_ = self.world.loop.get(return_id) if return_id else None
        if return_ is not None and return_.state == "review" and return_.updated_at < self.began_at:
            self._say(f"the authorization of return {return_id} is changed while it is in review")

    def _more_than_shipped(self, asked: Asked) -> None:
        """Over every authorization of an order: received, and still open, is no more than was shipped.

        What people do besides is theirs; only what a write adds must have room.
        """
        made, changed = TRANSFORM.search(asked.path), CHANGE.search(asked.path)
        if made and made[3] == "returnAuthorization":
            source = self.world.account.get(made[2])
        elif changed:
            source = self.world.account.get(self.world.account.get(changed[1]).created_from)
        else:
            return
        mine = self._authorization_written(asked)
        now = _by_source_line(mine)
        taken: Counter[int] = Counter()
        for one in self.world.account.find("returnAuthorization", created_from=source.id):
            for line in one.lines if not one.cancelled else ():
                taken[line.order_line] += int(_held(line))
        for line in source.lines:
            shipped = line.moved if source.type == "salesOrder" else line.quantity or Decimal(0)
            if now[line.line] > self._was[line.line] and line.quantity is not None and taken[line.line] > shipped:
                self._say(f"{mine.tran_id} makes {taken[line.line]} of {shipped} shipped on line {line.line}")

    def _holds(self, asked: Asked) -> Counter[int]:
        changed = CHANGE.search(asked.path) if asked.method == "PATCH" else None
        known = self.world.account.transactions.get(changed[1]) if changed else None
        return _by_source_line(known) if known is not None else Counter()

    def _authorization_written(self, asked: Asked) -> Record:
        changed = CHANGE.search(asked.path)
        if changed:
            return self.world.account.get(changed[1])
        found = self.world.account.find_external(str(json.loads(asked.body)["externalId"]))
        assert found is not None
        return found

    def authorizations(self, return_id: object) -> list[Record]:
        """The authorizations that carry this Loop return id."""
        return self.world.account.find("returnAuthorization", **{RETURN_FIELD: str(return_id)})

    def _say(self, what: str) -> None:
        self.broken.append(what)


def _by_source_line(authorization: Record) -> Counter[int]:
    held: Counter[int] = Counter()
    for line in authorization.lines:
        held[line.order_line] += int(_held(line))
    return held


def _held(line: Line) -> Decimal:
    """What a line of an authorization holds: received, and open unless it was closed."""
    quantity = line.quantity or Decimal(0)
    return line.moved if line.closed else max(quantity, line.moved)
