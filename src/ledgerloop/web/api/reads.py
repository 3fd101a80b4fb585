"""What the API shows: returns, orders, what needs a person, mappings, books, the audit chain."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from starlette.exceptions import HTTPException

from ledgerloop import __version__
from ledgerloop.engine.parts import Parts
from ledgerloop.operate import views
from ledgerloop.operate.mappings.listing import Row as MappingRow
from ledgerloop.operate.mappings.listing import rows as mapping_rows
from ledgerloop.operate.views.attention import Group, Member
from ledgerloop.operate.views.balances import Books
from ledgerloop.operate.views.one_return import OneReturn
from ledgerloop.operate.views.orders import OneOrder
from ledgerloop.operate.views.paging import Page
from ledgerloop.operate.views.returns import COUNTED, ReturnRow
from ledgerloop.operate.views.today import Today
from ledgerloop.store.audit import Deed, Verdict
from ledgerloop.store.evidence import StoredCall
from ledgerloop.store.mappings import PastChange
from ledgerloop.store.order_list import OrderHead
from ledgerloop.store.users import Role
from ledgerloop.web.api.answers import Tagged
from ledgerloop.web.api.shapes import (
    Count,
    Cursor,
    GroupId,
    Limit,
    Moment,
    OrderId,
    ReturnId,
    ShopId,
    Text,
    problems,
    thousandths,
)
from ledgerloop.web.who import signed_in

READ = problems(304, 401, 403, 422)
ONE = problems(304, 401, 403, 404, 422)
LIST = problems(304, 400, 401, 403, 422)


@dataclass(frozen=True)
class SetUp:
    """What runs here."""

    version: str
    shops: tuple[str, ...]
    writes: dict[str, bool]


def _filters(
    q: Annotated[Text, Query(description="Return id, order name, e-mail, SKU or NetSuite number.")] = "",
    shop: Text = "",
    standing: Annotated[str, Query(pattern="^(|attention|waiting|held|handled|settled|new)$")] = "",
    sync: Text = "",
    code: Text = "",
    state: Annotated[Text, Query(description="Loop's state.")] = "",
    outcome: Annotated[Text, Query(description="Loop's outcome.")] = "",
    created_from: Moment | None = None,
    created_before: Moment | None = None,
    since_before: Annotated[Moment | None, Query(description="Standing like this since before.")] = None,
    amount_from: Annotated[Decimal | None, Query(ge=0, le=10**9)] = None,
    amount_to: Annotated[Decimal | None, Query(ge=0, le=10**9)] = None,
) -> views.ReturnFilters:
    return views.ReturnFilters(
        text=q,
        shop=shop,
        standing=standing,
        sync=sync,
        code=code,
        state=state,
        outcome=outcome,
        created_from=created_from,
        created_before=created_before,
        since_before=since_before,
        amount_from=thousandths(amount_from),
        amount_to=thousandths(amount_to),
    )


Filters = Annotated[views.ReturnFilters, Depends(_filters)]


def _there(found: Any) -> Any:
    if found is None:
        raise HTTPException(404)
    return found


def returns_router(parts: Parts) -> APIRouter:
    """Returns."""
    router = APIRouter(route_class=Tagged, tags=["returns"], dependencies=[Depends(signed_in(Role.VIEWER))])

    @router.get("/returns", responses=LIST)
    def returns(filters: Filters, cursor: Cursor = "", limit: Limit = 50) -> Page[ReturnRow]:
        """Returns that match, those created last first."""
        return views.returns(parts, filters, cursor, limit)

    @router.get("/returns/count", responses=READ)
    def count(filters: Filters) -> Count:
        """How many returns match."""
        found = views.count_returns(parts, filters)
        return Count(count=min(found, COUNTED), more=found > COUNTED)

    @router.get("/returns/{shop}/{return_id}", responses=ONE)
    def one(shop: ShopId, return_id: ReturnId) -> OneReturn:
        """A return with its timeline, the three systems side by side, and what is planned next."""
        return _there(views.one_return(parts, shop, return_id))  # type: ignore[no-any-return]

    @router.get("/returns/{shop}/{return_id}/evidence", responses=ONE)
    def evidence(shop: ShopId, return_id: ReturnId) -> list[StoredCall]:
        """Requests and answers about a return, without secrets and personal data."""
        _there(parts.stores.returns.get(shop, return_id))
        return list(views.return_evidence(parts, shop, return_id))

    return router


def orders_router(parts: Parts) -> APIRouter:
    """Orders and their channels."""
    router = APIRouter(route_class=Tagged, tags=["orders"], dependencies=[Depends(signed_in(Role.VIEWER))])

    @router.get("/orders", responses=LIST)
    def orders(
        q: Annotated[Text, Query(description="Order name or id, e-mail, or NetSuite number.")] = "",
        shop: Text = "",
        channel: Text = "",
        standing: Annotated[str, Query(pattern="^(|attention|waiting)$")] = "",
        in_netsuite: bool | None = None,
        cursor: Cursor = "",
        limit: Limit = 50,
    ) -> Page[OrderHead]:
        """Orders that match, newest first."""
        filters = views.OrderFilters(q, shop, channel, standing, in_netsuite)
        return views.orders(parts, filters, cursor, limit)

    @router.get("/channels", responses=READ)
    def channels(shop: Text = "") -> dict[str, int]:
        """Orders by channel."""
        return views.channels(parts, shop)

    @router.get("/orders/{shop}/{order_id}", responses=ONE)
    def one(shop: ShopId, order_id: OrderId) -> OneOrder:
        """An order: what it went out as, what it replaces, where it stands."""
        return _there(views.one_order(parts, shop, order_id))  # type: ignore[no-any-return]

    @router.get("/orders/{shop}/{order_id}/evidence", responses=ONE)
    def evidence(shop: ShopId, order_id: OrderId) -> list[StoredCall]:
        """Requests and answers about an order."""
        _there(parts.stores.orders.get(shop, order_id))
        return list(views.order_evidence(parts, shop, order_id))

    return router


def attention_router(parts: Parts) -> APIRouter:
    """Today, and what needs a person."""
    router = APIRouter(route_class=Tagged, dependencies=[Depends(signed_in(Role.VIEWER))])

    @router.get("/today", responses=problems(304, 401, 403), tags=["today"])
    def today() -> Today:
        """How things are now."""
        return views.today(parts)

    @router.get("/attention", responses=READ, tags=["attention"])
    def attention(snoozed: bool = False) -> list[Group]:
        """What needs a person, grouped by root cause, the largest groups first."""
        return list(views.attention_groups(parts, snoozed=snoozed))

    @router.get("/attention/{group}", responses=ONE, tags=["attention"])
    def group(group: GroupId) -> Group:
        """One group."""
        return _there(views.one_group(parts, group))  # type: ignore[no-any-return]

    @router.get("/attention/{group}/members", responses=LIST, tags=["attention"])
    def members(group: GroupId, cursor: Cursor = "", limit: Limit = 50) -> Page[Member]:
        """The returns and orders of a group."""
        return views.members(parts, group, cursor, limit)

    return router


def other_router(parts: Parts) -> APIRouter:
    """Mappings, books, set-up and the audit chain."""
    router = APIRouter(route_class=Tagged, dependencies=[Depends(signed_in(Role.VIEWER))])

    @router.get("/mappings", responses=problems(304, 401, 403), tags=["mappings"])
    def mappings() -> list[MappingRow]:
        """Every mapping, where it is from and whether it is in effect."""
        return mapping_rows(parts)

    @router.get("/mappings/changes", responses=READ, tags=["mappings"])
    def changes(limit: Limit = 50) -> list[PastChange]:
        """Who changed what, newest first."""
        return parts.stores.mappings.history(limit)

    @router.get("/books", responses=READ, tags=["books"])
    def books(since: date | None = None, until: date | None = None) -> Books:
        """The accounts of a period, and what is left where nothing should be."""
        return views.books(parts, since, until)

    @router.get("/set-up", responses=problems(304, 401, 403), tags=["set-up"])
    def set_up() -> SetUp:
        """What runs here."""
        writes = {name: shop.writes for name, shop in parts.shops.items()}
        return SetUp(__version__, tuple(sorted(parts.shops)), writes)

    @router.get("/audit", responses=READ, tags=["audit"])
    def audit(before: Annotated[int | None, Query(ge=1, le=10**15)] = None, limit: Limit = 50) -> list[Deed]:
        """Who did what, newest first; `before`: only rows older than this number."""
        return parts.stores.audit.newest(limit, before=before)

    @router.get("/audit/verify", responses=problems(304, 401, 403), tags=["audit"])
    def verify() -> Verdict:
        """Whether the chain is whole."""
        return parts.stores.audit.verify()

    return router
