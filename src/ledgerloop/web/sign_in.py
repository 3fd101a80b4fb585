"""`/sign-in` and `/sign-out`: by password, by a link that works once, by identity provider.

A form of somebody who is not signed in yet proves that it is ours by a cookie of its own.
"""

import hmac
import secrets
from datetime import datetime
from typing import Final
from urllib.parse import parse_qs, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from ledgerloop.clock import Clock
from ledgerloop.engine.parts import Stores
from ledgerloop.operate.people.sign_in import Kept, Let, by_link, by_password, replace_session, sign_out
from ledgerloop.web.cookies import Cookie
from ledgerloop.web.csrf import is_from_elsewhere
from ledgerloop.web.pages import page
from ledgerloop.web.webhooks import read_body
from ledgerloop.web.who import person_of

FORM_BYTES: Final = 16_384
"""Largest form to sign in with, bytes."""

STALE: Final = "This page was open for too long. Please try again."

WHY: Final = {
    "wrong": "Name or password is wrong.",
    "link_over": "This link was used already, or it has run out.",
    "no_role": "You were recognised, but no role here is meant for you. Ask who runs Ledgerloop.",
    "name_taken": "Somebody here has your name already. Ask who runs Ledgerloop.",
    "disabled": "You may not come in any more. Ask who runs Ledgerloop.",
}
"""What is told to who is kept out."""


class SignIn:
    """The endpoints. `provider` names the identity provider, or is empty."""

    def __init__(
        self, stores: Stores, clock: Clock, cookie: Cookie, *, behind_proxy: bool = False, provider: str = ""
    ) -> None:
        self._stores = stores
        self._clock = clock
        self.cookie = cookie
        self._form_cookie = Cookie("ledgerloop_form", cookie.secure, max_age_s=3600)
        self._behind_proxy = behind_proxy
        self._provider = provider

    def routes(self) -> list[Route]:
        """Where they are."""
        return [
            Route("/sign-in", self.show, methods=["GET"]),
            Route("/sign-in", self.come_in, methods=["POST"]),
            Route("/sign-in/link/{secret}", self.show_link, methods=["GET"]),
            Route("/sign-in/link/{secret}", self.use_link, methods=["POST"]),
            Route("/sign-out", self.leave, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        """The form."""
        return await self._form(request, request.query_params.get("next", ""))

    async def come_in(self, request: Request) -> Response:
        """Name and password."""
        form = await self._read(request)
        there = str(form.get("next", ""))
        if not self._is_ours(request, form):
            return await self._form(request, there, 403, STALE)
        name, password = str(form.get("name", "")), str(form.get("password", ""))
        outcome = await run_in_threadpool(
            by_password, self._stores, name[:64], password, self.address_of(request), self._clock()
        )
        if isinstance(outcome, Let):
            return await self.let(request, outcome, there)
        status = 429 if outcome.why == "locked" else 401
        answer = await self._form(request, there, status, self._why(outcome), name[:64])
        if outcome.until is not None:
            answer.headers["Retry-After"] = str(_seconds(outcome.until, self._clock()))
        return answer

    async def show_link(self, request: Request) -> Response:
        """Ask before a link is used up: programs that look at links beforehand must not."""
        secret = request.path_params["secret"]
        name = await run_in_threadpool(self._stores.sign_in_links.whose, secret, self._clock())
        if not name:
            return await self._form(request, "", 410, WHY["link_over"])
        proof = self._proof(request)
        answer = page("link.html", 200, name=name, csrf=proof)
        self._form_cookie.put(answer, proof)
        return answer

    async def use_link(self, request: Request) -> Response:
        """Sign in, once."""
        form = await self._read(request)
        if not self._is_ours(request, form):
            return await self._form(request, "", 403, STALE)
        secret, address = request.path_params["secret"], self.address_of(request)
        outcome = await run_in_threadpool(by_link, self._stores, secret, address, self._clock())
        return await self.end(request, outcome, "")

    async def leave(self, request: Request) -> Response:
        """Sign out; the guard has seen to it that one of our pages asked for it."""
        person, secret = person_of(request), self.cookie.read(request)
        if person is not None and secret:
            await run_in_threadpool(sign_out, self._stores, secret, person, self._clock())
        answer = RedirectResponse("/sign-in", 303)
        self.cookie.take(answer)
        answer.headers["Clear-Site-Data"] = '"cache", "storage"'
        return answer

    async def end(self, request: Request, outcome: Let | Kept, there: str) -> Response:
        """Answer a sign-in without a password."""
        if isinstance(outcome, Let):
            return await self.let(request, outcome, there)
        return await self._form(request, there, 403, self._why(outcome))

    async def let(self, request: Request, outcome: Let, there: str) -> Response:
        """Begin a session of its own, end the one that the browser had before, and go where it wanted to."""
        before = self.cookie.read(request)
        if before:
            await run_in_threadpool(replace_session, self._stores, before)
        answer = RedirectResponse(inside(there), 303)
        self.cookie.put(answer, outcome.secret)
        self._form_cookie.take(answer)
        return answer

    def address_of(self, request: Request) -> str:
        """Where a request comes from: behind a proxy of ours, what that proxy says."""
        told = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
        if self._behind_proxy and told:
            return told[:64]
        return request.client.host if request.client is not None else ""

    async def sorry(self, request: Request, why: str, status: int = 403) -> Response:
        """The form again, with what went wrong."""
        return await self._form(request, "", status, why)

    async def _form(self, request: Request, there: str, status: int = 200, sorry: str = "", name: str = "") -> Response:
        nobody = not await run_in_threadpool(self._stores.users.all)
        proof, there = self._proof(request), inside(there)
        query = "" if there == "/" else f"?{urlencode({'next': there})}"
        told = {"csrf": proof, "next": there, "name": name, "sorry": sorry, "nobody": nobody}
        answer = page("sign_in.html", status, **told, provider=self._provider, provider_query=query)
        self._form_cookie.put(answer, proof)
        return answer

    def _proof(self, request: Request) -> str:
        """What the form and the cookie both carry; the same for several forms open at once."""
        return self._form_cookie.read(request) or secrets.token_urlsafe(24)

    def _is_ours(self, request: Request, form: FormData) -> bool:
        proof = self._form_cookie.read(request)
        given = str(form.get("csrf", ""))
        return bool(proof) and not is_from_elsewhere(request) and hmac.compare_digest(proof.encode(), given.encode())

    async def _read(self, request: Request) -> FormData:
        """Read a small form; an empty one for anything else."""
        try:
            body = await read_body(request, FORM_BYTES) or b""
        except ClientDisconnect:
            body = b""
        fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=20)
        return FormData([(name, values[-1]) for name, values in fields.items()])

    def _why(self, kept: Kept) -> str:
        if kept.until is None:
            return WHY[kept.why]
        minutes = _seconds(kept.until, self._clock()) // 60 + 1
        return f"There were too many attempts. Try again in {minutes} minute{'s' if minutes > 1 else ''}."


def inside(there: str) -> str:
    """Give a path of ours, never another host's address: the first page for anything that could be one."""
    if not there.startswith("/") or there.startswith(("//", "/sign-")) or "\\" in there:
        return "/"
    return "/" if any(ord(letter) < 32 for letter in there) else there


def _seconds(until: datetime, now: datetime) -> int:
    return max(1, int((until - now).total_seconds()))
