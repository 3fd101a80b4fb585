"""What people do about one return or one order. Operators and admins only."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends

from ledgerloop.domain.case import order_subject
from ledgerloop.engine.parts import Parts
from ledgerloop.operate import acts
from ledgerloop.operate.acts import Target
from ledgerloop.web.api.shapes import Done, OrderId, Reason, ReturnId, Said, ShopId, To, Until
from ledgerloop.web.api.ways import ACT, Operator


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


Named = Callable[..., tuple[str, str]]


def _finder(parts: Parts, named: Named) -> Callable[..., Target]:
    """Find what is meant; only for who may act, so that nobody else learns what there is."""

    def found(_doing: Operator, names: Annotated[tuple[str, str], Depends(named)]) -> Target:
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

    def check_again(doing: Operator, target: Annotated[Target, Depends(found)]) -> Any:
        """Read it afresh and decide anew."""
        return done(acts.check_again(parts, doing, target))

    def retry(doing: Operator, target: Annotated[Target, Depends(found)]) -> Any:
        """Let what was refused be written again."""
        return done(acts.retry(parts, doing, target))

    def hold(doing: Operator, target: Annotated[Target, Depends(found)], given: Reason) -> Any:
        """Do nothing for it until it is released."""
        return done(acts.hold(parts, doing, target, given.reason))

    def release(doing: Operator, target: Annotated[Target, Depends(found)]) -> Any:
        """Let it be worked again."""
        return done(acts.release(parts, doing, target))

    def mark_handled(doing: Operator, target: Annotated[Target, Depends(found)], given: Reason) -> Any:
        """A person has done by hand what was to be done."""
        return done(acts.mark_handled(parts, doing, target, given.reason))

    handlers: dict[str, Callable[..., Any]] = {"check-again": check_again, "retry": retry, "hold": hold}
    _post(router, path, {**handlers, "release": release, "mark-handled": mark_handled})


def _remarked(router: APIRouter, parts: Parts, path: str, named: Named) -> None:
    """What people say and arrange about a return or an order."""
    found = _finder(parts, named)

    def comment(doing: Operator, target: Annotated[Target, Depends(found)], given: Said) -> Any:
        """Say something about it."""
        return acts.comment(parts, doing, target.about, given.text)

    def assign(doing: Operator, target: Annotated[Target, Depends(found)], given: To) -> Any:
        """Say who looks after it."""
        return acts.assign(parts, doing, target.about, given.to)

    def snooze(doing: Operator, target: Annotated[Target, Depends(found)], given: Until) -> Any:
        """Put it off."""
        return acts.snooze(parts, doing, target.about, given.until)

    _post(router, path, {"comments": comment, "assignment": assign, "snooze": snooze})
