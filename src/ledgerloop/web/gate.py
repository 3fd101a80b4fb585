"""The gate of the admin pages: who the guard let through, and what their forms carry."""

from starlette.requests import Request

from ledgerloop.store.users import Person
from ledgerloop.web.who import csrf_of, person_of


class Gate:
    """Tells the pages what the guard put on a request."""

    def person(self, request: Request) -> Person | None:
        """Who is signed in."""
        return person_of(request)

    def token(self, request: Request) -> str:
        """What a form of this session must bring along."""
        return csrf_of(request)
