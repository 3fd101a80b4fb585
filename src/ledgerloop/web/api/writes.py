"""What the API does: the acts of people on returns, orders, groups and mappings. Operators and admins only."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends

from ledgerloop.domain.case import order_subject
from ledgerloop.engine.parts import Parts
from ledgerloop.operate import acts
from ledgerloop.operate.acts import Doing, Target
from ledgerloop.operate.views.about import about_group
from ledgerloop.operate.views.attention import cause_of_group
from ledgerloop.store.users import Person, Role
from ledgerloop.web.api.answers import problem
from ledgerloop.web.api.shapes import (
    Done,
    GroupId,
    Key,
    MappingGiven,
    OrderId,
    Reason,
    ReturnId,
    Said,
    ShopId,
    To,
    Until,
    problems,
)
from ledgerloop.web.who import signed_in

ACT = problems(400, 401, 403, 404, 409, 422)

By = Annotated[Person, Depends(signed_in(Role.OPERATOR))]


def acts_router(parts: Parts, nudge: Callable[[], None]) -> APIRouter:
    """Acts on one return or one order."""
    router = APIRouter()
    ways: dict[str, Named] = {"/returns/{shop}/{return_id}": _of_return, "/orders/{shop}/{order_id}": _of_order}
    for path, named in ways.items():
        _worked(router, parts, nudge, path, named)
        _remarked(router, parts, path, named)
    return router


def _of_return(shop: ShopId, return_id: ReturnId) -> tuple[str, str]:
    return shop, return_id if not return_id.startswith("order:") else ""


def _of_order(shop: ShopId, order_id: OrderId) -> tuple[str, str]:
    return shop, order_subject(order_id)


def _doing(by: By, key: Key = "") -> Doing:
    return Doing(by, key)


Who = Annotated[Doing, Depends(_doing)]


Named = Callable[..., tuple[str, str]]


def _finder(parts: Parts, named: Named) -> Callable[..., Target]:
    """Find what is meant; only for who may act, so that nobody else learns what there is."""

    def found(_doing: Who, names: Annotated[tuple[str, str], Depends(named)]) -> Target:
        return acts.target_of(parts, *names)

    return found


def _post(router: APIRouter, path: str, handlers: dict[str, Callable[..., Any]]) -> None:
    tag = path.split("/")[1]
    for name, handle in handlers.items():
        router.post(
            f"{path}/{name}",
            responses=ACT,
            tags=[tag],
            response_model=Done,
            name=f"{tag}_{name}",
            summary=(handle.__doc__ or "").strip(),
        )(handle)


def _worked(router: APIRouter, parts: Parts, nudge: Callable[[], None], path: str, named: Named) -> None:
    """Acts that change what is done for a return or an order."""
    found = _finder(parts, named)

    def done(answer: dict[str, Any]) -> Any:
        nudge()
        return answer

    def check_again(doing: Who, target: Annotated[Target, Depends(found)]) -> Any:
        """Read it afresh and decide anew."""
        return done(acts.check_again(parts, doing, target))

    def retry(doing: Who, target: Annotated[Target, Depends(found)]) -> Any:
        """Let what was refused be written again."""
        return done(acts.retry(parts, doing, target))

    def hold(doing: Who, target: Annotated[Target, Depends(found)], given: Reason) -> Any:
        """Do nothing for it until it is released."""
        return done(acts.hold(parts, doing, target, given.reason))

    def release(doing: Who, target: Annotated[Target, Depends(found)]) -> Any:
        """Let it be worked again."""
        return done(acts.release(parts, doing, target))

    def mark_handled(doing: Who, target: Annotated[Target, Depends(found)], given: Reason) -> Any:
        """A person has done by hand what was to be done."""
        return done(acts.mark_handled(parts, doing, target, given.reason))

    handlers: dict[str, Callable[..., Any]] = {"check-again": check_again, "retry": retry, "hold": hold}
    _post(router, path, {**handlers, "release": release, "mark-handled": mark_handled})


def _remarked(router: APIRouter, parts: Parts, path: str, named: Named) -> None:
    """What people say and arrange about a return or an order."""
    found = _finder(parts, named)

    def comment(doing: Who, target: Annotated[Target, Depends(found)], given: Said) -> Any:
        """Say something about it."""
        return acts.comment(parts, doing, target.about, given.text)

    def assign(doing: Who, target: Annotated[Target, Depends(found)], given: To) -> Any:
        """Say who looks after it."""
        return acts.assign(parts, doing, target.about, given.to)

    def snooze(doing: Who, target: Annotated[Target, Depends(found)], given: Until) -> Any:
        """Put it off."""
        return acts.snooze(parts, doing, target.about, given.until)

    _post(router, path, {"comments": comment, "assignment": assign, "snooze": snooze})


def groups_router(parts: Parts, nudge: Callable[[], None]) -> APIRouter:
    """Acts on a group, and on mappings."""
    router = APIRouter()

    def known(_doing: Who, group: GroupId) -> str:
        if cause_of_group(parts, group) is None:
            raise acts.ActRefused("unknown_subject", "Nothing stands still for this cause.")
        return group

    Known = Annotated[str, Depends(known)]  # noqa: N806  (a type)

    @router.post("/attention/{group}/retry", responses=ACT, tags=["attention"], response_model=Done)
    def retry(doing: Who, group: Known) -> Any:
        """Retry everything that stands still for one cause."""
        answer = acts.retry_group(parts, doing, group)
        nudge()
        return answer

    @router.post("/attention/{group}/comments", responses=ACT, tags=["attention"], response_model=Done)
    def comment(doing: Who, group: Known, given: Said) -> Any:
        """Say something about a group."""
        return acts.comment(parts, doing, about_group(group), given.text)

    @router.post("/attention/{group}/assignment", responses=ACT, tags=["attention"], response_model=Done)
    def assign(doing: Who, group: Known, given: To) -> Any:
        """Say who looks after a group."""
        return acts.assign(parts, doing, about_group(group), given.to)

    @router.post("/attention/{group}/snooze", responses=ACT, tags=["attention"], response_model=Done)
    def snooze(doing: Who, group: Known, given: Until) -> Any:
        """Put a group off."""
        return acts.snooze(parts, doing, about_group(group), given.until)

    @router.put("/mappings", responses=ACT, tags=["mappings"], response_model=Done)
    def set_mapping(doing: Who, given: MappingGiven) -> Any:
        """Set one mapping, or take it away; what waited for it is looked at again."""
        if given.shop and given.shop not in parts.shops:
            raise acts.ActRefused("unknown_subject", f"There is no shop {given.shop}.")
        made = acts.set_mapping(parts, doing, given.kind, given.key, given.value, given.shop)
        if made.problems:
            told = [{"where": one.code, "what": f"{one.what} {one.remedy}"} for one in made.problems]
            return problem(422, made.problems[0].code, made.problems[0].what, told)
        return {"changes": len(made.changes), "looked_at_again": made.woken}

    return router
