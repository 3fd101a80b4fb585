"""Who asks: put on every request by the guard, asked for by pages and the API.

@router.get("/returns")
def returns(person: Annotated[Person, Depends(signed_in(Role.VIEWER))]) -> ...
"""

from collections.abc import Callable

from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request

from ledgerloop.store.users import Person, Role

__all__ = ["Person", "Role", "csrf_of", "person_of", "signed_in"]

NOT_ALLOWED = "Your role does not allow this."


def person_of(connection: HTTPConnection) -> Person | None:
    """Give who asks; None on the few paths that are open to everybody."""
    person = connection.scope.get("state", {}).get("person")
    return person if isinstance(person, Person) else None


def csrf_of(connection: HTTPConnection) -> str:
    """Give what a form must carry in its field `csrf`, and a script in the header X-CSRF-Token."""
    return str(connection.scope.get("state", {}).get("csrf", ""))


def signed_in(role: Role = Role.VIEWER) -> Callable[[Request], Person]:
    """Make a dependency that gives who asks; answers 401 without anybody and 403 to a smaller role."""

    def depends(request: Request) -> Person:
        person = person_of(request)
        if person is None:
            raise HTTPException(401)
        if not person.role.covers(role):
            raise HTTPException(403, NOT_ALLOWED)
        return person

    return depends
