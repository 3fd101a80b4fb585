"""The state machine: what people, shoppers, the warehouse, the network and the connector's host do, in any order."""

from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from ledgerloop_sandbox.acts import ACTS
from ledgerloop_sandbox.deliveries import Delivery
from ledgerloop_sandbox.loop.model import Return
from ledgerloop_sandbox.netsuite.errors import Refused
from ledgerloop_sandbox.netsuite.model import Record
from tests.machine.at_rest import wrongs
from tests.machine.connector import Connector
from tests.machine.guard import RETURN_FIELD, Guard
from tests.support.world_in_memory import MemoryWorld

IMPOSSIBLE = (ValueError, KeyError, Refused)
"""How the simulators say that people cannot do this now; then nothing happens."""

MOST_RETURNS = 4
SKUS = ("TEE", "CAP")
"""What is bought, in the order of the lines."""

REST_ROUNDS = 12
"""Syncs within which a world that nobody touches any more must come to rest."""

PEOPLE_WORK_S = 2.0
"""How long every act takes, seconds."""

FAULTS = (
    "lost_answer",
    "hold_answer",
    "hold_request",
    "error_500",
    "error_500_after",
    "too_many",
    "reset",
    "malformed",
    "unauthorized",
)

LINES = {
    "loop": ("", "POST ", "/process", "/note", "/details", "/list"),
    "netsuite": ("", "!transform", "PATCH ", "customerRefund", "suiteql"),
    "shopify": ("",),
}
"""What a fault strikes, by remote: parts of the request line."""

IN_LOOP = (
    "process_in_loop",
    "process_in_loop",
    "cancel_in_loop",
    "close_in_loop",
    "flag_in_loop",
    "review_done",
    "review_done",
    "expire_in_loop",
    "edit 0",
    "edit 1",
    "fail open",
    "fail review",
)
"""What people do with a return in Loop."""

IN_NETSUITE = (
    "receive",
    "receive",
    "receive",
    "receive part",
    "receive part",
    "close_authorization",
    "close_authorization part",
    "cancel_authorization",
    "delete",
    "set flag yes",
    "set flag yes",
    "set flag no",
    "set reviewed yes",
    "set externalId",
    "credit",
)
"""What people do with an authorization in NetSuite."""

ELSEWHERE = (
    "authorised_elsewhere",
    "fulfil",
    "bill",
    "webhooks deliver",
    "webhooks hold",
    "webhooks drop",
    "held as_is",
    "held reversed",
    "held doubled",
    "held lost",
    "late_ones_arrive",
    "connector_starts_again",
    "connector_loses_its_database",
)
"""What happens besides."""

MINUTES = (1, 31, 60 * 24, 60 * 24 * 8, 60 * 24 * 31)
"""How long nothing happens: a moment, longer than Loop may take, a day, over a week, a month."""

which = st.integers(0, MOST_RETURNS - 1)
units = st.sampled_from([(1, 0), (2, 0), (0, 1), (1, 1)])
"""How many units of each line come back."""

several = st.lists(units, min_size=1, max_size=3)

loop_works = st.just(("loop_works",))
acts = st.one_of(
    st.tuples(st.just("person_in_loop"), which, st.sampled_from(IN_LOOP)),
    st.tuples(st.just("person_in_netsuite"), which, st.sampled_from(IN_NETSUITE)),
    st.tuples(st.just("person_in_netsuite"), which, st.sampled_from(IN_NETSUITE)),
    loop_works,
    st.tuples(st.just("wants_back"), units),
    st.tuples(
        st.just("bad_weather"),
        st.sampled_from([(remote, line) for remote, lines in LINES.items() for line in lines]),
        st.sampled_from(FAULTS),
        st.sampled_from([1, 1, 2, 5, 1000]),
        st.integers(0, 2),
    ),
    st.tuples(st.just("elsewhere"), st.sampled_from(ELSEWHERE)),
    st.tuples(st.just("authorised_by_hand"), st.integers(1, 2)),
    st.tuples(st.just("time_passes"), st.sampled_from(MINUTES)),
)
"""What may happen: a method of the machine, with its arguments."""

runs = st.sampled_from(
    ["", "", "", "", "sync", "sync", "calm", "calm", "killed_before 1", "killed_after 1", "killed_after 2"]
)
"""What the connector does after something happened; a number says at which of its writes it is killed."""

in_between = st.one_of(st.none(), st.none(), st.none(), st.tuples(st.integers(1, 12), which, st.sampled_from(IN_LOOP)))
"""What a person does in Loop while the connector runs: at which of its requests to the others, and what."""

policies = st.fixed_dictionaries(
    {
        "cancel_in_loop": st.sampled_from(['"cancel"', '"close"', '"off"']),
        "flag": st.sampled_from(['"until_reviewed"', '"once"']),
        "write_reviewed": st.sampled_from(["true", "false"]),
        "missing_units": st.sampled_from(['"attention"', '"remove"']),
    }
)
"""Lines of the configuration."""

orders = st.fixed_dictionaries(
    {
        "billing": st.sampled_from(["invoice", "cash_sale", "none"]),
        "fulfilled": st.sampled_from([True, True, True, False]),
        "order_discount": st.sampled_from(["0.00", "13.00"]),
        "quantities": st.sampled_from([(4,), (2, 1), (1,), (3, 2)]),
    }
)


class ReturnsMachine(RuleBasedStateMachine):
    """One order with up to four returns at a time."""

    receive = "both"

    @initialize(policy=policies, order=orders, by_hand=st.sampled_from([0, 0, 0, 1, 2]), returns=several, then=runs)
    def a_shop(
        self, policy: dict[str, str], order: dict[str, Any], by_hand: int, returns: list[tuple[int, ...]], then: str
    ) -> None:
        """An order was placed, some of it comes back, and the connector is set up."""
        self.memory = MemoryWorld(self.hear)
        self.world = self.memory.world
        self.policy = {**policy, "receive": f'"{self.receive}"'}
        self.guard = Guard(self.world, self.receive)
        self.memory.watcher = self.guard
        self.connector = Connector(self.memory, *(f"{name} = {value}" for name, value in self.policy.items()))
        bought = zip(SKUS, order.pop("quantities"), ("50.00", "30.00"), strict=False)
        goods = [{"sku": sku, "quantity": count, "price": price, "tax_rate": "0.08"} for sku, count, price in bought]
        self.order = self.act("place_order", lines=goods, **order)
        self.lines = len(goods)
        if by_hand:
            self.authorised_by_hand(by_hand)
        for wanted in returns:
            self.wants_back(wanted)
        self.run(then)

    def hear(self, delivery: Delivery) -> int:
        """A webhook arrives."""
        return self.connector.hear(delivery)

    def act(self, name: str, /, **arguments: Any) -> Any:
        """Somebody does something; what cannot be done now does not happen."""
        self.memory.clock.pass_by(PEOPLE_WORK_S)
        with suppress(*IMPOSSIBLE):
            return ACTS[name](self.world, **arguments)
        return None

    @property
    def returns(self) -> Sequence[Return]:
        """Loop's returns, oldest first."""
        return list(self.world.loop.returns.values())

    @rule(what=acts, then=runs, meanwhile=in_between)
    def happens(self, what: tuple[Any, ...], then: str, meanwhile: tuple[Any, ...] | None) -> None:
        """Something happens, and the connector runs or not; meanwhile a person in Loop may do something.

        One rule for all: hypothesis switches rules off at random, and without returns, receipts and runs of the
        connector little can go wrong.
        """
        name, *arguments = what
        getattr(self, name)(*arguments)
        if meanwhile is not None:
            request, *act = meanwhile
            self.guard.meanwhile = (request, lambda: self.person_in_loop(*act))
        self.run(then)
        self.guard.meanwhile = None

    def wants_back(self, wanted: tuple[int, ...]) -> None:
        """A shopper asks for a return of so many units of each line."""
        running = [one for one in self.returns if one.state not in ("closed", "cancelled")]
        lines = [{"line": line, "quantity": count} for line, count in enumerate(wanted[: self.lines]) if count]
        if lines and len(running) < MOST_RETURNS:
            self.act("request_return", order_id=self.order["order_id"], lines=lines)

    def person_in_loop(self, number: int, how: str) -> None:
        """A person does something to a return in Loop."""
        if not self.returns:
            return
        return_ = self.returns[number % len(self.returns)]
        name, _, detail = how.partition(" ")
        if name == "fail":
            self.act("fail_next_process", return_id=str(return_.id), state=detail)
        elif name != "edit":
            self.act(name, return_id=str(return_.id))
        elif len(return_.lines) > 1:
            self.act("edit_return", return_id=str(return_.id), remove_lines=[int(detail)])

    def loop_works(self) -> None:
        """Loop works off its queue."""
        self.act("run_loop_jobs")

    def person_in_netsuite(self, number: int, how: str) -> None:
        """A person, or the warehouse, does something to an authorization in NetSuite."""
        found = self.world.account.find("returnAuthorization")
        if not found:
            return
        chosen = found[number % len(found)]
        name, *details = how.split()
        if how == "set externalId":
            self.act("set_field", record=chosen.id, field="externalId", value=f"renamed-{chosen.id}")
        elif name == "set":
            self.act("set_field", record=chosen.id, field=f"custbody_loop_{details[0]}", value=details[1] == "yes")
        elif name == "credit":
            self.act(
                "make_cash_refund" if self.world.known(self.order["order_id"]).cash_sale else "make_credit_memo",
                source=chosen.id,
            )
        elif name == "delete":
            self.act("delete_record", id=chosen.id)
        else:
            self.act(name, authorization=chosen.id, **(_part(chosen, name) if details else {}))

    def elsewhere(self, how: str) -> None:
        """Something happens besides."""
        name, _, detail = how.partition(" ")
        if name == "authorised_elsewhere":
            self.authorised_elsewhere()
        elif name in ("fulfil", "bill"):
            self.act(name, order_id=self.order["order_id"])
        elif name == "webhooks":
            self.act("webhooks", mode=detail)
        elif how == "held lost":
            self.memory.deliveries.drop_held()
        elif name == "held":
            self.act("deliver_held", order=detail)
        elif name == "late_ones_arrive":
            self.memory.let_late_ones_arrive()
        elif name == "connector_starts_again":
            self.connector.start()
        else:
            self.connector.forget_everything()

    def authorised_by_hand(self, line: int) -> None:
        """A person enters an authorization of one unit, and tells nobody for whom."""
        self.act("make_authorization", order_id=self.order["order_id"], lines=[{"line": line, "quantity": 1}])

    def authorised_elsewhere(self) -> None:
        """Another connector makes the authorization of the oldest open return that has none."""
        waiting = [one for one in self.returns if one.state == "open" and not self.guard.authorizations(one.id)]
        for return_ in waiting[:1]:
            skus = Counter(line.sku for line in return_.lines)
            lines = [{"line": SKUS.index(sku) + 1, "quantity": count} for sku, count in sorted(skus.items())]
            fields = {RETURN_FIELD: str(return_.id)}
            self.act("make_authorization", order_id=self.order["order_id"], lines=lines, fields=fields)

    def bad_weather(self, where: tuple[str, str], name: str, times: int, after: int) -> None:
        """Some of the next requests go wrong. Nothing that Loop is asked for is carried out late: it has no ids."""
        remote, line = where
        if remote == "loop" and name == "hold_request":
            name = "lost_answer"
        self.memory.fault(remote, name=name, match=line, times=times, after=after)

    def time_passes(self, minutes: int) -> None:
        """Nothing happens for some time."""
        self.memory.clock.pass_by(60 * minutes)

    def run(self, how: str) -> None:
        """The connector syncs, or not; it may be killed at a write, before or after that takes effect."""
        kind, _, number = how.partition(" ")
        self.guard.began_at = self.world.loop.now()
        if kind == "calm":
            self.memory.good_weather()
        if kind in ("calm", "sync"):
            self.connector.sync()
        elif kind:
            self.guard.kill_in, self.guard.kill_after = int(number), kind == "killed_after"
            self.connector.sync_until_killed()
            self.guard.kill_in = 0

    # -- what must hold --

    @invariant()
    def nothing_is_broken(self) -> None:
        """Neither a rule of the trade, nor the connector itself."""
        if hasattr(self, "connector"):
            none_of(self.guard.broken)
            none_of(self.connector.faults)

    def teardown(self) -> None:
        """The world comes to rest; then everything must be right, and stay as it is."""
        if not hasattr(self, "connector"):
            return
        try:
            self._come_to_rest()
            self.nothing_is_broken()
            none_of(wrongs(self.world, self.connector, self.policy))
            before = len(self.memory.writes)
            self.connector.sync()
            none_of(f"a second sync writes: {one}" for one in self.memory.writes[before:])
        finally:
            self.connector.remove()

    def _come_to_rest(self) -> None:
        self.memory.good_weather()
        self.memory.let_late_ones_arrive()
        self.memory.deliveries.set_mode("deliver")
        self.memory.deliveries.deliver_held()
        self.memory.clock.pass_by(60 * 60)
        self.connector.sweep()
        for _ in range(REST_ROUNDS):
            jobs = ACTS["run_loop_jobs"](self.world)["executed"]
            if not self.connector.sync().writes and not jobs and not self.world.loop.jobs:
                return
        raise AssertionError(f"no rest after {REST_ROUNDS} syncs; the last writes: {self.memory.writes[-6:]}")


def none_of(wrongs: Iterable[str]) -> None:
    """Fail with everything that is wrong, in words."""
    said = list(wrongs)
    assert not said, "\n".join(said)


def _part(found: Record, act: str) -> dict[str, Any]:
    """One unit of the first line that is open; or the whole first line, where lines are closed."""
    if act == "close_authorization":
        return {"lines": [found.lines[0].line]}
    still = [one.line for one in found.lines if not one.closed and one.moved < (one.quantity or 0)]
    return {"lines": [{"line": one, "quantity": 1} for one in still[:1]]}
