"""`/sign-in/oidc`: sends the browser to the identity provider, and takes what it comes back with."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from ledgerloop.clock import Clock
from ledgerloop.config.oidc import Oidc
from ledgerloop.engine.parts import Stores
from ledgerloop.operate.people.identities import identity_of
from ledgerloop.operate.people.sign_in import Kept, Let, by_identity
from ledgerloop.outcome import RemoteProblem
from ledgerloop.remotes.oidc import Provider
from ledgerloop.web.cookies import Cookie
from ledgerloop.web.sign_in import SignIn

BACK: Final = "/sign-in/oidc/back"

ON_ITS_WAY_S: Final = 900
"""How long signing in at the provider may take, seconds."""

log = structlog.get_logger("ledgerloop.web")


class OidcSignIn:
    """The endpoints. What must fit at the return is in a cookie that only this browser has."""

    def __init__(self, sign_in: SignIn, provider: Provider, config: Oidc, stores: Stores, clock: Clock) -> None:
        self._sign_in = sign_in
        self._provider = provider
        self._config = config
        self._stores = stores
        self._clock = clock
        self._cookie = Cookie("ledgerloop_oidc", sign_in.cookie.secure, max_age_s=ON_ITS_WAY_S)

    def routes(self) -> list[Route]:
        """Where they are."""
        return [Route("/sign-in/oidc", self.go, methods=["GET"]), Route(BACK, self.back, methods=["GET"])]

    async def go(self, request: Request) -> Response:
        """Send the browser to the provider."""
        try:
            asked = await run_in_threadpool(self._provider.ask)
        except RemoteProblem as problem:
            return await self._failed(request, problem)
        answer = RedirectResponse(asked.url, 303)
        there = request.query_params.get("next", "")[:1000]
        self._cookie.put(answer, _packed([asked.state, asked.nonce, asked.verifier, there]))
        return answer

    async def back(self, request: Request) -> Response:
        """Take what the browser comes back with."""
        state, nonce, verifier, there = _unpacked(self._cookie.read(request))
        try:
            outcome = await run_in_threadpool(self._outcome, request, state, nonce, verifier)
        except RemoteProblem as problem:
            return await self._failed(request, problem)
        answer = await self._sign_in.end(request, outcome, there)
        self._cookie.take(answer)
        return answer

    def _outcome(self, request: Request, state: str, nonce: str, verifier: str) -> Let | Kept:
        claims = self._provider.claims(str(request.url), state, nonce, verifier)
        identity = identity_of(claims, self._config)
        return by_identity(self._stores, identity, self._sign_in.address_of(request), self._clock())

    async def _failed(self, request: Request, problem: RemoteProblem) -> Response:
        log.warning("oidc_failed", code=problem.code, why=str(problem))
        said = f"Signing in with {self._config.label} did not work ({problem.code}). Please try again."
        answer = await self._sign_in.sorry(request, said)
        self._cookie.take(answer)
        return answer


def _packed(values: list[str]) -> str:
    return urlsafe_b64encode(json.dumps(values).encode()).decode()


def _unpacked(text: str) -> tuple[str, str, str, str]:
    """Read the cookie; texts that fit nothing where it is not there or not ours."""
    try:
        state, nonce, verifier, there = json.loads(urlsafe_b64decode(text.encode()))
        return str(state), str(nonce), str(verifier), str(there)
    except (ValueError, TypeError):
        return "", "", "", ""
