"""What every part of the API is built with: the problems that a path may answer with, and who acts."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from starlette.exceptions import HTTPException

from ledgerloop.operate.acts import Doing
from ledgerloop.store.users import Person, Role
from ledgerloop.web.api.answers import Tagged
from ledgerloop.web.api.shapes import Key, problems
from ledgerloop.web.who import signed_in

PLAIN: Final = problems(304, 401, 403, 503)
"""Reads that take nothing."""

READ: Final = problems(304, 401, 403, 422, 503)
"""Reads that take something."""

ONE: Final = problems(304, 401, 403, 404, 422, 503)
"""Reads of one thing."""

LIST: Final = problems(304, 400, 401, 403, 422, 503)
"""Reads of a page of a list."""

ACT: Final = problems(400, 401, 403, 404, 409, 422, 503)
"""Acts."""

CHANGE: Final = problems(400, 401, 403, 404, 409, 412, 422, 503)
"""Acts on what may have changed since it was seen."""


def reading(tag: str = "") -> APIRouter:
    """A part that shows things, to whoever is signed in."""
    return APIRouter(route_class=Tagged, tags=[tag] if tag else None, dependencies=[Depends(signed_in(Role.VIEWER))])


def there(found: Any) -> Any:
    """What was found; else 404."""
    if found is None:
        raise HTTPException(404)
    return found


def _operator(by: Annotated[Person, Depends(signed_in(Role.OPERATOR))], key: Key = "") -> Doing:
    return Doing(by, key)


def _admin(by: Annotated[Person, Depends(signed_in(Role.ADMIN))], key: Key = "") -> Doing:
    return Doing(by, key)


Operator = Annotated[Doing, Depends(_operator)]
"""Who acts, once for each key of theirs."""

Admin = Annotated[Doing, Depends(_admin)]
"""The same, where only admins may."""
