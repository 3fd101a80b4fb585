"""Returns: the list with its filters, and one return with everything about it."""

from dataclasses import replace
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from ledgerloop.engine.parts import Parts
from ledgerloop.operate import views
from ledgerloop.operate.views.one_return import OneReturn
from ledgerloop.operate.views.paging import Page
from ledgerloop.operate.views.returns import COUNTED, ReturnRow
from ledgerloop.store.evidence import StoredCall
from ledgerloop.store.journal import WriteRow
from ledgerloop.web.api.shapes import Count, Cursor, Limit, Moment, ReturnId, ShopId, Text, thousandths
from ledgerloop.web.api.ways import LIST, ONE, READ, reading, there


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


GroupFilter = Annotated[Text, Query(description="Those of a group, as `/attention` names it.")]


def returns_router(parts: Parts) -> APIRouter:
    """Returns."""
    router = reading("returns")

    def chosen(filters: Filters, group: GroupFilter = "") -> views.ReturnFilters:
        """The filters; of a group: its code and cause, or nothing at all when nothing stands still for it."""
        if not group:
            return filters
        of_group = views.group_filters(parts, group)
        code, cause = (of_group.code, of_group.cause) if of_group is not None else (group, "")
        return replace(filters, code=code, cause=cause)

    Found = Annotated[views.ReturnFilters, Depends(chosen)]  # noqa: N806  (a type)

    @router.get("/returns", responses=LIST)
    def returns(filters: Found, cursor: Cursor = "", limit: Limit = 50) -> Page[ReturnRow]:
        """Returns that match, those created last first."""
        return views.returns(parts, filters, cursor, limit)

    @router.get("/returns/count", responses=READ)
    def count(filters: Found) -> Count:
        """How many returns match."""
        found = views.count_returns(parts, filters)
        return Count(count=min(found, COUNTED), more=found > COUNTED)

    @router.get("/returns/{shop}/{return_id}", responses=ONE)
    def one(shop: ShopId, return_id: ReturnId) -> OneReturn:
        """A return with its timeline, the three systems side by side, and what is planned next."""
        return there(views.one_return(parts, shop, return_id))  # type: ignore[no-any-return]

    @router.get("/returns/{shop}/{return_id}/evidence", responses=ONE)
    def evidence(shop: ShopId, return_id: ReturnId) -> list[StoredCall]:
        """Requests and answers about a return, without secrets and personal data."""
        there(parts.stores.returns.get(shop, return_id))
        return list(views.return_evidence(parts, shop, return_id))

    @router.get("/returns/{shop}/{return_id}/writes", responses=ONE)
    def writes(shop: ShopId, return_id: ReturnId) -> list[WriteRow]:
        """The journal: every record and action decided for a return, with its fields, and what became of it."""
        there(parts.stores.returns.get(shop, return_id))
        return parts.stores.journal.for_return(shop, return_id)

    return router


def writes_router(parts: Parts) -> APIRouter:
    """What was written, of all returns and orders."""
    router = reading("writes")

    @router.get("/writes", responses=LIST)
    def writes(
        shop: Text = "",
        sync: Text = "",
        state: Annotated[str, Query(pattern="^(|done|refused|unclear|dropped)$")] = "",
        cursor: Cursor = "",
        limit: Limit = 50,
    ) -> Page[WriteRow]:
        """The journal: records and actions whose result is known, those finished last first."""
        return views.writes(parts, shop, sync, state, cursor, limit)

    return router
