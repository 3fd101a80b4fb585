"""One request of one person: who it is, what was asked, and how an answer is made of it."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias
from urllib.parse import urlencode, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ledgerloop.admin.render import html
from ledgerloop.config import Config
from ledgerloop.engine.parts import Parts
from ledgerloop.store.users import Person, Role

MOST_BYTES = 4_000_000
"""Largest file that may be sent to a page, bytes: a merchant's mappings are some kilobytes."""


class Gate(Protocol):
    """Who is there, and what their forms carry; the web floor gives it."""

    def person(self, request: Request) -> Person | None:
        """Who is signed in, by a session."""
        ...

    def token(self, request: Request) -> str:
        """What a form of this session must bring along."""
        ...


@dataclass(frozen=True)
class Desk:
    """What every page works with."""

    config: Config
    parts: Parts
    gate: Gate


@dataclass(frozen=True)
class Visit:
    """One request of a person who may make it."""

    desk: Desk
    request: Request
    person: Person
    token: str
    form: Mapping[str, str] = field(default_factory=dict)
    chosen: Sequence[str] = ()
    """What was ticked, where several may be."""
    file: bytes = b""
    file_name: str = ""

    @property
    def parts(self) -> Parts:
        return self.desk.parts

    def asked(self, name: str) -> str:
        """A part of the address after the question mark."""
        return self.request.query_params.get(name, "").strip()

    def given(self, name: str) -> str:
        """A field of the form."""
        return self.form.get(name, "").strip()

    def path(self, name: str) -> str:
        """A part of the path."""
        return str(self.request.path_params[name])

    def may(self, role: Role) -> bool:
        """Whether the person has at least this role."""
        return self.person.role.covers(role)

    def show(self, template: str, /, status: int = 200, **values: Any) -> Response:
        """Answer with a page."""
        said = SAID.get(self.asked("said"), "")
        common = {
            "person": self.person,
            "may_act": self.may(Role.OPERATOR),
            "may_rule": self.may(Role.ADMIN),
            "csrf": self.token,
            "once": secrets.token_urlsafe(16),
            "said": said.format(n=_number(self.asked("n"))) if said else "",
            "here": self.request.url.path,
        }
        return html(template, status, **common, **values)

    def back(self, path: str, said: str = "", **more: object) -> Response:
        """Send to a page after something was done; `said` names what it then says."""
        query = urlencode({**({"said": said} if said else {}), **more})
        return RedirectResponse(f"{path}?{query}" if query else path, 303)


SAID = {
    "checking": "It is read afresh from Loop, Shopify and NetSuite, and goes on by itself.",
    "retried": "It will be tried again, read afresh.",
    "retried_group": "{n} will be tried again, read afresh.",
    "held": "Held: nothing is written for it until it is released.",
    "released": "Released: it goes on by itself.",
    "handled": "Marked as handled: it no longer asks for attention.",
    "commented": "The comment was kept.",
    "assigned": "Assigned.",
    "snoozed": "Snoozed until the day that was given.",
    "woken": "No longer snoozed.",
    "mapped": "The mapping holds from now on; {n} waiting will be tried again.",
    "removed": "The mapping was removed.",
    "imported": "{n} mappings were changed.",
    "entered": "What the remotes have shown was entered.",
    "subscribed": "{n} subscriptions were made.",
    "unsubscribed": "{n} subscriptions were ended.",
}
"""What a page says after something was done there, by its name in the address."""


Handler: TypeAlias = Callable[[Visit], Response]


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 8 else 0


class Page:
    """A page at one address: asks who is there, reads the form, and leaves the rest to a plain function in a thread."""

    def __init__(self, desk: Desk, show: Handler, act: Handler | None = None, *, acts: Role = Role.OPERATOR) -> None:
        self._desk = desk
        self._show = show
        self._act = act
        self._acts = acts

    async def __call__(self, request: Request) -> Response:
        """Answer."""
        person = await run_in_threadpool(self._desk.gate.person, request)
        if person is None:
            return _to_sign_in(request)
        token = self._desk.gate.token(request)
        if request.method not in ("GET", "HEAD"):
            return await self._acted(request, person, token)
        return await run_in_threadpool(self._show, Visit(self._desk, request, person, token))

    async def _acted(self, request: Request, person: Person, token: str) -> Response:
        if self._act is None:
            return sorry(405, "This page only shows.")
        if not person.role.covers(self._acts):
            return sorry(403, f"This needs the role {self._acts}; you are signed in as {person.role}.")
        length = request.headers.get("content-length", "")
        if not length.isdecimal() or int(length) > MOST_BYTES:
            return sorry(413, "That is too large.")
        async with request.form(max_files=1, max_fields=1000) as sent:
            fields = {name: value for name, value in sent.items() if isinstance(value, str)}
            chosen = [value for value in sent.getlist("chosen") if isinstance(value, str)]
            upload = next((value for value in sent.values() if isinstance(value, UploadFile)), None)
            body = await upload.read() if upload is not None else b""
            name = (upload.filename or "") if upload is not None else ""
        if not secrets.compare_digest(token.encode(), fields.get("csrf", "").encode()):
            return sorry(403, "This form is too old. Go back, reload the page and send it again.")
        visit = Visit(self._desk, request, person, token, fields, chosen, body, name)
        return await run_in_threadpool(self._act, visit)


def sorry(status: int, what: str) -> Response:
    """A page that says why there is nothing else."""
    return html("sorry.html", status, what=what)


def _to_sign_in(request: Request) -> Response:
    """Send to the sign-in page, and back afterwards."""
    if request.method not in ("GET", "HEAD"):
        return sorry(401, "You are not signed in any more. Sign in, and send it again.")
    url = urlsplit(str(request.url))
    there = url.path + (f"?{url.query}" if url.query else "")
    return RedirectResponse("/sign-in?" + urlencode({"next": there}), 303)
