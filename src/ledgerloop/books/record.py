"""Enters what the three systems show into the books: each fact once, a changed one as a new version of it.

Only cases of which something changed are looked at; they come in pages, so that nothing is ever held whole.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import structlog

from ledgerloop.books.entries import entries_of
from ledgerloop.books.seen import see
from ledgerloop.books.shows import facts_of
from ledgerloop.domain.facts import Fact, Kind
from ledgerloop.domain.policy import Policy
from ledgerloop.store.ledger import Entered, Ledger, News
from ledgerloop.store.shown import Shown, ShownStore
from ledgerloop.store.store import Store
from ledgerloop.store.types import digest

PAGE = 200
"""Cases looked at together."""

RULES = "3"
"""Version of the rules by which facts are found and entered: when it changes, every case is looked at again."""

log = structlog.get_logger("ledgerloop.books")


def record(store: Store, policy: Policy, at: datetime, tell: Callable[[str], None] = lambda _text: None) -> int:
    """Enter everything that changed in a shop since it was last entered; gives how many facts were entered."""
    ledger, shown, entered, looked_at = Ledger(store), ShownStore(store), 0, 0
    for keys in _pages(shown, policy.shop_id):
        news = _news(ledger, shown, policy, keys)
        if news:
            entered += ledger.enter(policy.shop_id, news, at)
        looked_at += len(keys)
        tell(f"{policy.shop_id}: {looked_at} order(s) looked at, {entered} fact(s) entered")
    return entered


def _pages(shown: ShownStore, shop: str) -> Iterator[list[str]]:
    after = ""
    while keys := shown.keys_after(shop, after, PAGE):
        yield keys
        after = keys[-1]


def _news(ledger: Ledger, shown: ShownStore, policy: Policy, keys: Sequence[str]) -> list[News]:
    by = _rules(policy)
    marks = {key: f"{by}:{mark}" for key, mark in shown.marks(policy.shop_id, keys).items()}
    known = ledger.marks(policy.shop_id, keys)
    changed = [key for key in keys if marks[key] != known.get(key, "")]
    cases = shown.cases(policy.shop_id, changed)
    before = ledger.of_cases(policy.shop_id, changed)
    found = []
    for key in changed:
        facts = _facts(cases[key], policy)
        if facts is not None:
            found.append(news_of(key, marks[key], known.get(key, ""), facts, before[key], _unread(cases[key])))
    return found


def _facts(case: Shown, policy: Policy) -> list[Fact] | None:
    """The facts of a case; None where what is stored cannot be read, which stays as it was entered."""
    try:
        return facts_of(see(case, policy), policy)
    except ValueError as problem:
        log.warning("case_unreadable", shop=policy.shop_id, order=case.order_key, problem=str(problem))
        return None


SHOPIFYS = frozenset({Kind.REFUND, Kind.GIVEN_BACK})
"""Facts that come with an order's money in Shopify."""

NETSUITES = frozenset(Kind) - SHOPIFYS - {Kind.RETURN, Kind.EXCHANGE_ORDER}
"""Facts of NetSuite's records."""


def _unread(case: Shown) -> frozenset[Kind]:
    """Kinds of facts about which the store knows nothing at the moment: what was entered of them stands."""
    return (frozenset() if case.shopify_read else SHOPIFYS) | (frozenset() if case.netsuite_read else NETSUITES)


def news_of(
    order_key: str,
    mark: str,
    known: str,
    facts: Sequence[Fact],
    before: Mapping[str, Entered],
    unread: frozenset[Kind] = frozenset(),
) -> News:
    """What is to be entered so that the books show these facts of a case, and none of its others.

    Those of kinds that are not read at the moment stay as they are.
    """
    now = {fact.key: fact for fact in facts}
    standing = {key: one.fact for key, one in before.items() if not one.withdrawn}
    changed = [fact for key, fact in now.items() if standing.get(key) != fact]
    gone = [fact for key, fact in standing.items() if key not in now and fact.kind not in unread]
    made = [(fact, entries_of(fact)) for fact in changed]
    return News(order_key, mark, known, made, gone, {one.fact.key: one for one in before.values()})


def _rules(policy: Policy) -> str:
    """What of the policy decides which facts there are. A measured zone moves twice a year, and no fact with it."""
    parts = (RULES, policy.items, policy.fields, policy.payment_items, policy.currencies, policy.order_channels)
    zone = policy.time_zone.key if isinstance(policy.time_zone, ZoneInfo) else "measured"
    chosen = (*parts, policy.channels, policy.returns_from, zone, policy.external_id_prefix)
    return digest([repr(one) for one in chosen])[:16]
