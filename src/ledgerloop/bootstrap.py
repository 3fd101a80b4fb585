"""Builds the parts: config, store, clients, engine; joins the clients' ports to the store."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from ledgerloop.clock import Clock, utc_now
from ledgerloop.config import Config
from ledgerloop.config import Shop as ShopConfig
from ledgerloop.domain.links import Links
from ledgerloop.domain.policy import Fields, Items, Policy, RefundRule
from ledgerloop.engine.netsuite_writes import PREFIX
from ledgerloop.engine.parts import Parts, Shop, Stores
from ledgerloop.engine.policies import CurrentPolicy
from ledgerloop.engine.zones import MeasuredZone
from ledgerloop.intake.pollers import Watch
from ledgerloop.remotes.http import Http, Transport
from ledgerloop.remotes.loop.client import LoopClient
from ledgerloop.remotes.netsuite.auth import Auth, ClientCredentials, TokenBased
from ledgerloop.remotes.netsuite.client import NetSuiteClient
from ledgerloop.remotes.netsuite.lookup import Lookup
from ledgerloop.remotes.netsuite.reading import Reading
from ledgerloop.remotes.ports import Call, Evidence
from ledgerloop.remotes.shopify.auth import ClientCredentials as ShopifyCredentials
from ledgerloop.remotes.shopify.auth import StaticToken, TokenProvider
from ledgerloop.remotes.shopify.client import ShopifyClient
from ledgerloop.store.audit import Audit
from ledgerloop.store.cursors import Cursors
from ledgerloop.store.documents import Documents
from ledgerloop.store.due import Due
from ledgerloop.store.errors import DatabaseUnusable
from ledgerloop.store.events import Timeline
from ledgerloop.store.evidence import CallLog
from ledgerloop.store.feeds import Feeds
from ledgerloop.store.inbox import Inbox
from ledgerloop.store.journal import Journal
from ledgerloop.store.kin import Kin
from ledgerloop.store.lookups import NetSuiteLookups
from ledgerloop.store.mappings import Mappings
from ledgerloop.store.order_store import OrderStore
from ledgerloop.store.orders import ShopOrders, SourceOrders
from ledgerloop.store.outcomes import Outcomes
from ledgerloop.store.owners import process_owner
from ledgerloop.store.pace import NetSuitePace, SlidingWindow
from ledgerloop.store.rests import Rests
from ledgerloop.store.returns import LoopReturns
from ledgerloop.store.sessions import Sessions
from ledgerloop.store.settings import Settings
from ledgerloop.store.sign_in_failures import SignInFailures
from ledgerloop.store.sign_in_links import SignInLinks
from ledgerloop.store.slots import SlotLeases
from ledgerloop.store.store import Store, open_store
from ledgerloop.store.tokens import Tokens
from ledgerloop.store.transitions import Transitions
from ledgerloop.store.users import Users
from ledgerloop.tally import Tally

LOOP_PER_MINUTE = 290
"""Requests a minute and key.

Source: docs.loopreturns.com, rate limit: 300 (read 2026-11-21); ten are left to people.
"""

NETSUITE_BUDGET_S = 20.0
"""How long a refused request is tried again in place, seconds; afterwards the case waits and comes back by itself."""


@dataclass(frozen=True)
class Outside:
    """What lies outside the program: the time, pauses in seconds, and by a remote's name how it is reached."""

    clock: Clock = utc_now
    sleep: Callable[[float], None] = time.sleep
    transport: Callable[[str], Transport | None] = lambda _remote: None


@dataclass(frozen=True)
class Counted:
    """Evidence that is counted as it comes."""

    calls: CallLog
    tally: Tally

    def record(self, call: Call) -> None:
        """Count a call and keep it."""
        self.tally.calls.add(call.took_ms / 1000, call.shop_id, call.remote, call.outcome)
        self.calls.record(call)


@contextmanager
def open_parts(
    config: Config,
    *,
    clock: Clock = utc_now,
    progress: Callable[[str], None] = lambda _text: None,
    outside: Outside | None = None,
) -> Iterator[Parts]:
    """Everything a command needs; the database is created and migrated. Raises DatabaseUnusable.

    `outside` replaces the clock too.
    """
    outside = outside or Outside(clock)
    clock = outside.clock
    store = open_store(config.database.url.get_secret_value(), clock=clock)
    calls, tally = CallLog(store), Tally()
    https: list[Http] = []
    try:
        stores, kept = stores_of(store, tally), Counted(calls, tally)
        shops = {one.id: _shop(config, one, stores, kept, outside, https) for one in config.shops}
        yield Parts(stores, shops, clock, process_owner("engine"), progress, outside.sleep, tally)
    finally:
        for http in https:
            http.close()
        calls.close()
        store.close()


def stores_of(store: Store, tally: Tally) -> Stores:
    """The repositories of an open database."""
    return Stores(
        store=store,
        inbox=Inbox(store),
        returns=LoopReturns(store),
        shop_orders=ShopOrders(store),
        source_orders=SourceOrders(store),
        documents=Documents(store),
        due=Due(store),
        journal=Journal(store, tally.writes.add),
        timeline=Timeline(store),
        outcomes=Outcomes(store),
        transitions=Transitions(store),
        kin=Kin(store),
        lookups=NetSuiteLookups(store),
        cursors=Cursors(store),
        settings=Settings(store),
        orders=OrderStore(store),
        mappings=Mappings(store),
        feeds=Feeds(store),
        rests=Rests(store),
        users=Users(store),
        sessions=Sessions(store),
        sign_in_links=SignInLinks(store),
        sign_in_failures=SignInFailures(store),
        tokens=Tokens(store),
        audit=Audit(store),
    )


def policy_of(shop: ShopConfig) -> Policy:
    """A shop's config as the syncs see it."""
    netsuite, chosen = shop.netsuite, shop.policy
    return Policy(
        shop_id=shop.id,
        external_id_prefix=shop.external_id_prefix,
        returns_from=chosen.returns_from,
        statuses=frozenset(chosen.statuses),
        receive=chosen.receive,
        receive_when=chosen.receive_when,
        cancel_in_netsuite=chosen.cancel_in_netsuite,
        cancel_in_loop=chosen.cancel_in_loop,
        flag=chosen.flag,
        write_reviewed=chosen.write_reviewed,
        refund_record=chosen.refund_record,
        refund_rules=tuple(RefundRule(one.gateway, one.record) for one in chosen.refund_rules),
        group_lines=chosen.group_lines,
        order_channels=tuple(chosen.order_channels),
        exchange_settlement=chosen.exchange_settlement,
        native_exchange=chosen.native_exchange,
        settle=timedelta(seconds=chosen.settle_s),
        subsidiary_id=shop.subsidiary,
        default_customer=netsuite.default_customer,
        exchange_clearing_account=netsuite.accounts.exchange_clearing,
        upsell_account=netsuite.accounts.upsell,
        tax_code=netsuite.tax_code,
        tax_type=netsuite.tax_type,
        keep_item_reasons=frozenset(chosen.keep_item_reasons),
        missing_units=chosen.missing_units,
        missing_after=timedelta(days=chosen.missing_after_days),
        expired_grace=timedelta(days=chosen.expired_grace_days),
        variance_limit=chosen.variance_limit,
        closed_period=chosen.closed_period,
        refund_before_receipt=chosen.refund_before_receipt,
        refunds_without_return=chosen.refunds_without_return,
        time_zone=ZoneInfo(netsuite.time_zone) if netsuite.time_zone else UTC,
        fields=Fields(**netsuite.fields.model_dump()),
        items=Items(**netsuite.items.model_dump()),
        payment_methods=dict(netsuite.payment_methods),
        refund_accounts=dict(netsuite.refund_accounts),
        refund_account=netsuite.accounts.refund,
        payment_items=dict(netsuite.payment_items),
        currencies=dict(netsuite.currencies),
        locations=dict(netsuite.locations),
        form_credit=netsuite.forms.return_authorization_credit,
        form_cash=netsuite.forms.return_authorization_cash,
    )


def check_prefix(shop_id: str, prefix: str, settings: Settings) -> None:
    """Hold the external id prefix to what it was at the first write. Raises DatabaseUnusable when it was changed."""
    holds = settings.get(shop_id, PREFIX)
    if holds is not None and holds != prefix:
        raise DatabaseUnusable(
            "external_id_prefix_changed",
            f"Shop {shop_id} has written records with external id prefix “{holds}”, but the configuration says "
            f"“{prefix}”.",
            f'Set external_id_prefix = "{holds}" again; another prefix would write every record a second time.',
        )


def _shop(
    config: Config, shop: ShopConfig, stores: Stores, calls: Evidence, outside: Outside, https: list[Http]
) -> Shop:
    policy, clock = policy_of(shop), outside.clock
    check_prefix(shop.id, shop.external_id_prefix, stores.settings)
    zone = None if shop.netsuite.time_zone else MeasuredZone(shop.id, stores.settings)
    policies = CurrentPolicy(policy, stores.mappings, zone=zone)
    watch = Watch(
        shop_id=shop.id,
        policies=policies,
        lag=timedelta(minutes=config.poll.lag_minutes),
        clock=clock,
        store=stores.store,
        cursors=stores.cursors,
        settings=stores.settings,
        returns=stores.returns,
        shop_orders=stores.shop_orders,
        orders=stores.orders,
        documents=stores.documents,
        due=stores.due,
        timeline=stores.timeline,
        source_orders=stores.source_orders,
    )

    def http(remote: str, url: str, timeout_s: float) -> Http:
        way = outside.transport(remote)
        made = Http(remote, shop.id, url, evidence=calls, clock=clock, timeout_s=timeout_s, transport=way)
        https.append(made)
        return made

    netsuite = _netsuite(shop, stores, outside, http("netsuite", shop.netsuite.url, shop.netsuite.timeout_s))
    return Shop(
        shop_id=shop.id,
        policies=policies,
        loop=_loop(shop, stores, outside, http("loop", shop.loop.base_url, shop.loop.timeout_s)),
        shopify=_shopify(shop, outside, http("shopify", shop.shopify.url, shop.shopify.timeout_s)),
        netsuite=netsuite,
        reading=_reading(policy, netsuite),
        lookup=Lookup(netsuite, sku=policy.fields.sku, order_line_id=policy.fields.order_line_id),
        concurrency=shop.netsuite.concurrency,
        watch=watch,
        links=Links(shop.netsuite.account, shop.shopify.domain),
        writes=shop.policy.writes == "on",
    )


def _loop(shop: ShopConfig, stores: Stores, outside: Outside, http: Http) -> LoopClient:
    key = shop.loop.api_key.get_secret_value()
    pace = SlidingWindow(stores.store, f"loop:{shop.id}", LOOP_PER_MINUTE, sleep=outside.sleep)
    return LoopClient(http, key, shop.loop.api_version, pace, outside.clock, sleep=outside.sleep)


def _shopify(shop: ShopConfig, outside: Outside, http: Http) -> ShopifyClient:
    config, clock = shop.shopify, outside.clock
    tokens: TokenProvider
    if config.access_token is not None:
        tokens = StaticToken(config.access_token.get_secret_value())
    else:
        tokens = ShopifyCredentials(http, config.client_id, _plain(config.client_secret), clock)
    return ShopifyClient(http, tokens, config.api_version, clock, sleep=outside.sleep)


def _netsuite(shop: ShopConfig, stores: Stores, outside: Outside, http: Http) -> NetSuiteClient:
    config, clock = shop.netsuite, outside.clock
    slots = SlotLeases(stores.store, config.account, config.concurrency)
    pace = NetSuitePace(stores.store, config.account, config.concurrency, sleep=outside.sleep)
    auth: Auth
    if config.uses_tba:
        auth = TokenBased(
            account=config.realm,
            consumer_key=_plain(config.consumer_key),
            consumer_secret=_plain(config.consumer_secret),
            token_id=_plain(config.token_id),
            token_secret=_plain(config.token_secret),
            clock=clock,
        )
    else:
        auth = ClientCredentials(
            http,
            slots,
            client_id=config.client_id,
            certificate_id=config.certificate_id,
            private_key=_plain(config.private_key),
            clock=clock,
        )
    return NetSuiteClient(http, auth, slots, pace, clock, budget_s=NETSUITE_BUDGET_S, sleep=outside.sleep)


def _reading(policy: Policy, netsuite: NetSuiteClient) -> Reading:
    fields = policy.fields
    return Reading(
        netsuite,
        order_reference=fields.order_reference,
        order_id=fields.order_id,
        order_line_id=fields.order_line_id,
        sku=fields.sku,
        return_ids=(fields.return_id, *fields.adopt),
        flag=fields.flag,
        reviewed=fields.reviewed,
        shopify_refund_id=fields.shopify_refund_id,
        external_id_prefix=policy.external_id_prefix,
    )


def _plain(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret is not None else ""
