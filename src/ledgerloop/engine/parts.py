"""What the engine works with; `bootstrap` builds it."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from ledgerloop.clock import Clock
from ledgerloop.domain.links import Links
from ledgerloop.domain.policy import Policy
from ledgerloop.engine.policies import CurrentPolicy
from ledgerloop.intake.pollers import Watch
from ledgerloop.remotes.loop.client import LoopClient
from ledgerloop.remotes.netsuite.client import NetSuiteClient
from ledgerloop.remotes.netsuite.lookup import Lookup
from ledgerloop.remotes.netsuite.reading import Reading
from ledgerloop.remotes.shopify.client import ShopifyClient
from ledgerloop.store.audit import Audit
from ledgerloop.store.cursors import Cursors
from ledgerloop.store.documents import Documents
from ledgerloop.store.due import Due
from ledgerloop.store.events import Timeline
from ledgerloop.store.feeds import Feeds
from ledgerloop.store.inbox import Inbox
from ledgerloop.store.journal import Journal
from ledgerloop.store.kin import Kin
from ledgerloop.store.lookups import NetSuiteLookups
from ledgerloop.store.mappings import Mappings
from ledgerloop.store.order_store import OrderStore
from ledgerloop.store.orders import ShopOrders, SourceOrders
from ledgerloop.store.outcomes import Outcomes
from ledgerloop.store.rests import Rests
from ledgerloop.store.returns import LoopReturns
from ledgerloop.store.sessions import Sessions
from ledgerloop.store.settings import Settings
from ledgerloop.store.sign_in_failures import SignInFailures
from ledgerloop.store.sign_in_links import SignInLinks
from ledgerloop.store.store import Store
from ledgerloop.store.tokens import Tokens
from ledgerloop.store.transitions import Transitions
from ledgerloop.store.users import Users
from ledgerloop.tally import Tally


@dataclass(frozen=True)
class Stores:
    """The repositories, one per noun."""

    store: Store
    inbox: Inbox
    returns: LoopReturns
    shop_orders: ShopOrders
    source_orders: SourceOrders
    documents: Documents
    due: Due
    journal: Journal
    timeline: Timeline
    outcomes: Outcomes
    transitions: Transitions
    kin: Kin
    lookups: NetSuiteLookups
    cursors: Cursors
    settings: Settings
    orders: OrderStore
    mappings: Mappings
    feeds: Feeds
    rests: Rests
    users: Users
    sessions: Sessions
    sign_in_links: SignInLinks
    sign_in_failures: SignInFailures
    tokens: Tokens
    audit: Audit


@dataclass(frozen=True)
class Shop:
    """One shop: its policy and its three remotes."""

    shop_id: str
    policies: CurrentPolicy
    loop: LoopClient
    shopify: ShopifyClient
    netsuite: NetSuiteClient
    reading: Reading
    lookup: Lookup
    concurrency: int
    watch: Watch
    links: Links
    writes: bool

    @property
    def policy(self) -> Policy:
        """How this merchant works: the configuration, changed by the mappings as they are now."""
        return self.policies()


@dataclass(frozen=True)
class Parts:
    """Everything a run needs."""

    stores: Stores
    shops: dict[str, Shop]
    clock: Clock
    owner: str
    """Names this process in claims."""
    progress: Callable[[str], None]
    """Told what goes on, for a terminal."""
    sleep: Callable[[float], None] = time.sleep
    """Pauses, in seconds."""
    tally: Tally = field(default_factory=Tally)
    """What this process counts."""
