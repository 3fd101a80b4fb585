"""The stage of the demo: plays stories side by side, and writes down for each who did what, in order.

A story is a generator: it lets people act, and yields whenever Ledgerloop and Loop shall work. All stories share these
runs, as returns do in a shop. What the systems did is told from what they show afterwards.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from ledgerloop.cli.demo_balance import Ledger, Promise, differences, ledger
from ledgerloop.cli.demo_facts import NOTHING, Facts, Record, money, read_facts
from ledgerloop.cli.demo_world import RefusedError, Requests, World

US = "Ledgerloop"
"""Who tells what the connector did."""


@dataclass(frozen=True)
class Line:
    """One line of a story: who did what."""

    who: str
    what: str


Scene: TypeAlias = Iterator[None]


@dataclass(frozen=True)
class Story:
    """A story in a merchant's words, what it must come to, and how it is played."""

    title: str
    promise: Promise
    play: "Callable[[Stage], Scene]"


class Stage:
    """One story while it is played."""

    def __init__(self, world: World, story: Story) -> None:
        self.world = world
        self.story = story
        self.lines: list[Line] = []
        self.surprises: list[str] = []
        self.order_id = ""
        self.return_id = ""
        self.facts = NOTHING
        self._stops: frozenset[str] = frozenset()
        self.scene = story.play(self)

    def tell(self, who: str, what: str) -> None:
        """Write a line down."""
        self.lines.append(Line(who, what))

    def act(self, who: str, what: str, name: str, /, **arguments: Any) -> dict[str, Any]:
        """Somebody acts: it is told, done, and looked at. Raises RefusedError."""
        self.tell(who, what)
        answer = self.world.sandbox.act(name, **arguments)
        self.order_id = answer.get("order_id") or self.order_id
        self.return_id = answer.get("return_id") or self.return_id
        self.look()
        return answer

    def ship_exchange(self) -> None:
        """The warehouse ships what Loop ordered for the exchange, and it is billed."""
        order_id = self.facts.loop.exchange_id if self.facts.loop is not None else ""
        self.tell("Warehouse", "ships the new goods; NetSuite bills them")
        self.world.sandbox.act("fulfil", order_id=order_id)
        self.world.sandbox.act("bill", order_id=order_id)
        self.look()

    def expect(self, happened: bool, otherwise: str) -> None:
        """Note a surprise unless this happened; a story with a surprise is not in balance."""
        if not happened:
            self.surprises.append(otherwise)

    def stopped(self, code: str) -> str:
        """What the connector says with this code, if it waits or needs a person because of it."""
        return next((one.text for one in self.world.stops(self.return_id) if one.code == code), "")

    def advance(self) -> bool:
        """Play on until Ledgerloop shall work; False at the end."""
        try:
            next(self.scene)
        except StopIteration:
            return False
        except RefusedError as refusal:
            self.surprises.append(f"The story could not go on: {refusal}")
            return False
        return True

    def look(self) -> None:
        """Tell what the three systems show that they did not show before, and why the connector waits."""
        before, self.facts = self.facts, read_facts(self.world.state(), self.order_id, self.return_id)
        self.lines += news(before, self.facts)
        stops = self.world.stops(self.return_id) if self.return_id else ()
        for one in stops:
            if one.text not in self._stops:
                self.tell(US, f"{'needs a person' if one.kind == 'attention' else 'waits'}: {one.text}")
        self._stops = frozenset(one.text for one in stops)


def news(before: Facts, after: Facts) -> Iterator[Line]:
    """What happened between two looks, in the order in which it must have happened."""
    known = {one.internal_id for one in before.records}
    fresh = [one for one in after.records if one.internal_id not in known]
    by_people = [one for one in fresh if not one.is_ours]
    if by_people:
        yield Line("NetSuite", f"has {', '.join(_named(one) for one in by_people)}")
    yield from _loop_news(before, after)
    for one in fresh:
        if one.is_ours:
            yield Line(US, f"writes {_named(one)} in NetSuite")
    held = {one.internal_id: one for one in before.authorizations}
    for one in after.authorizations:
        was = held.get(one.internal_id)
        if was is not None and was.state != one.state:
            yield Line("NetSuite", f"shows {one.name} {one.number} as {one.state}")


def _loop_news(before: Facts, after: Facts) -> Iterator[Line]:
    if after.loop is None or after.shopify is None:
        return
    if after.loop.asked > (before.loop.asked if before.loop else 0):
        yield Line(US, "asks Loop to process the return: everything was received")
    if after.loop.processed and not (before.loop and before.loop.processed):
        yield Line("Loop", "processes the return and closes it")
        if after.loop.gift_card:
            yield Line("Loop", f"issues a gift card of {after.loop.gift_card.amount}")
    if after.placed is not None and before.placed is None:
        yield Line("Loop", f"makes exchange order {after.placed.name} in Shopify ({after.placed.total.amount})")
        if after.loop.upsell:
            yield Line("Loop", f"collects an upsell of {after.loop.upsell.amount} outside Shopify")
    if before.shopify is not None and after.shopify.refunded != before.shopify.refunded:
        paid = after.shopify.refunded - before.shopify.refunded
        yield Line("Shopify", f"refunds {paid.amount} through {', '.join(after.shopify.gateways)}")


def _named(one: Record) -> str:
    amount = (
        ""
        if one.kind in ("itemFulfillment", "itemReceipt", "customerPayment", "depositApplication")
        else f" ({one.total.amount})"
    )
    return f"{one.name} {one.number}{amount}"


@dataclass(frozen=True)
class Told:
    """A story that was played: its lines, what the systems show at its end, and what is wrong with it."""

    story: Story
    return_id: str
    lines: tuple[Line, ...]
    facts: Facts
    wrong: tuple[str, ...]

    @property
    def balanced(self) -> bool:
        return not self.wrong


@dataclass(frozen=True)
class Played:
    """All stories at their end; `restless` are writes of a last run that had nothing left to do."""

    told: tuple[Told, ...]
    ledger: Ledger
    requests: Requests
    restless: int

    @property
    def balanced(self) -> bool:
        """Whether every story, the general ledger and the last run are as they must be."""
        return all(one.balanced for one in self.told) and self.ledger.agrees and not self.restless


def play(world: World, stories: Sequence[Story], progress: Callable[[str], None]) -> Played:
    """Play the stories side by side to their ends; then let the connector run once more and read the three systems."""
    stages = [Stage(world, story) for story in stories]
    going, day = stages, 0
    while going:
        day += 1
        progress(f"act {day}: shoppers, clerks and the warehouse are at work in {len(going)} stories")
        going = [stage for stage in going if stage.advance()]
        progress(f"act {day}: Ledgerloop reads the three systems and writes what is due")
        world.work()
        _look(going)
        world.loop_works()
        _look(going)
    progress("once more, to see that nothing is left to do")
    restless = world.work().writes
    state = world.state()
    told = tuple(_told(stage, read_facts(state, stage.order_id, stage.return_id)) for stage in stages)
    balances = {role: money(held) for role, held in state["netsuite"]["balances"].items() if not role.isdecimal()}
    books = ledger([story.promise for story in stories], balances)
    return Played(told, books, world.sandbox.netsuite_requests(), restless)


def _look(stages: Sequence[Stage]) -> None:
    for stage in stages:
        stage.look()


def _told(stage: Stage, facts: Facts) -> Told:
    wrong = (*stage.surprises, *differences(stage.story.promise, facts))
    return Told(stage.story, stage.return_id, tuple(stage.lines), facts, wrong)
