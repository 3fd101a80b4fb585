"""An identity provider that speaks OpenID Connect: the authorization code flow, with PKCE. Needs the extra `oidc`.

Nothing of what is said is kept or logged: it holds codes and tokens.
Source: OpenID Connect Core 1.0, sections 3.1 and 10.1.1; Discovery 1.0, section 4; RFC 7636.
"""

import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import httpx2

from ledgerloop.clock import Clock
from ledgerloop.config.oidc import Oidc
from ledgerloop.config.values import is_loopback
from ledgerloop.outcome import Refused, Unreachable

REMOTE: Final = "oidc"

TIMEOUT_S: Final = 10.0
"""Longest wait for an answer, seconds: somebody looks at an empty page meanwhile."""

KEPT_FOR: Final = timedelta(hours=1)
"""How long addresses and keys of the provider are kept; keys are read anew too when one is unknown."""

LEEWAY_S: Final = 60
"""How far the clocks may be apart, seconds."""

ALGORITHMS: Final = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
"""Signatures that are believed: those by a key that only the provider has."""

Transport = httpx2.BaseTransport


@dataclass(frozen=True)
class Asked:
    """A sign-in on its way: where the browser goes, and what must fit when it comes back."""

    url: str
    state: str
    nonce: str
    verifier: str


class Provider:
    """The provider; may be shared by all threads."""

    def __init__(self, config: Oidc, redirect_uri: str, clock: Clock, *, transport: Transport | None = None) -> None:
        self._config = config
        self._redirect_uri = redirect_uri
        self._clock = clock
        self._transport = transport
        self._lock = threading.Lock()
        self._known: dict[str, tuple[datetime, Mapping[str, Any]]] = {}

    def ask(self) -> Asked:
        """Make the address that asks the provider who somebody is. Raises Unreachable."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        with self._client() as client:
            url, _ = client.create_authorization_url(
                self._endpoint("authorization_endpoint"), state=state, nonce=nonce, code_verifier=verifier
            )
        return Asked(str(url), state, nonce, verifier)

    def claims(self, came_back: str, state: str, nonce: str, verifier: str) -> Mapping[str, Any]:
        """Take the address that the browser came back with, and give what the provider says of the person.

        Raises Refused when any of it does not fit, and Unreachable.
        """
        query = parse_qs(urlsplit(came_back).query)
        if "error" in query:
            raise _refused(f"it says {query['error'][0][:100]}")
        if query.get("state") != [state] or not query.get("code"):
            raise _refused("the answer does not belong to the question")
        token = self._token(came_back, state, verifier)
        return self._checked(str(token.get("id_token", "")), nonce, str(token.get("access_token", "")))

    def _token(self, came_back: str, state: str, verifier: str) -> Mapping[str, Any]:
        from authlib.integrations.base_client import OAuthError  # noqa: PLC0415  (an extra)

        try:
            with self._client() as client:
                token: Mapping[str, Any] = client.fetch_token(
                    self._endpoint("token_endpoint"),
                    authorization_response=came_back,
                    state=state,
                    code_verifier=verifier,
                )
        except OAuthError as problem:
            raise _refused(f"it gives no token: {problem.error}") from problem
        except (httpx2.HTTPError, ValueError) as problem:
            raise _unreachable(type(problem).__name__) from problem
        return token

    def _checked(self, id_token: str, nonce: str, access_token: str) -> Mapping[str, Any]:
        """Check signature and claims of an ID token. Source: OpenID Connect Core 1.0, section 3.1.3.7."""
        from authlib.oidc.core import CodeIDToken  # noqa: PLC0415  (an extra)
        from joserfc.errors import JoseError  # noqa: PLC0415

        try:
            decoded = self._decoded(id_token)
            claims = CodeIDToken(
                decoded.claims,
                decoded.header,
                {
                    "iss": {"essential": True, "value": self._metadata()["issuer"]},
                    "aud": {"essential": True, "value": self._config.client_id},
                },
                {"nonce": nonce, "client_id": self._config.client_id, "access_token": access_token},
            )
            claims.validate(now=int(self._clock().timestamp()), leeway=LEEWAY_S)
        except (JoseError, ValueError) as problem:
            raise _refused(f"its token is not good ({type(problem).__name__})") from problem
        return dict(claims)

    def _decoded(self, id_token: str) -> Any:
        """Decode with the keys that are known, and if they do not fit with those of now."""
        from joserfc import jwt  # noqa: PLC0415
        from joserfc.errors import JoseError  # noqa: PLC0415
        from joserfc.jwk import KeySet  # noqa: PLC0415

        address = self._endpoint("jwks_uri")

        def by(keys: Any) -> Any:
            return jwt.decode(id_token, KeySet.import_key_set(keys), algorithms=ALGORITHMS)

        try:
            return by(self._read(address))
        except (JoseError, ValueError):
            return by(self._read(address, fresh=True))

    def _metadata(self) -> Mapping[str, Any]:
        found = self._read(f"{self._config.issuer}/.well-known/openid-configuration")
        if str(found.get("issuer", "")).rstrip("/") != self._config.issuer:
            raise _unreachable(f"it calls itself {str(found.get('issuer'))[:200]}")
        return found

    def _endpoint(self, name: str) -> str:
        url = str(self._metadata().get(name, ""))
        parts = urlsplit(url)
        if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname or "")):
            raise _unreachable(f"its {name} is no https address")
        return url

    def _read(self, url: str, *, fresh: bool = False) -> Mapping[str, Any]:
        """Read a document of the provider, or give the one that was read lately."""
        with self._lock:
            read_at, found = self._known.get(url, (None, {}))
            if not fresh and read_at is not None and self._clock() - read_at < KEPT_FOR:
                return found
            try:
                with httpx2.Client(timeout=TIMEOUT_S, trust_env=False, transport=self._transport) as client:
                    answer = client.get(url)
                    answer.raise_for_status()
                    found = answer.json()
            except (httpx2.HTTPError, ValueError) as problem:
                raise _unreachable(type(problem).__name__) from problem
            if not isinstance(found, dict):
                raise _unreachable("it answers with something else than a document")
            self._known[url] = (self._clock(), found)
            return found

    def _client(self) -> Any:
        try:
            from authlib.integrations.httpx_client import OAuth2Client  # noqa: PLC0415  (an extra)
        except ImportError as problem:
            said = "signing in by OpenID Connect needs the extra oidc: pip install 'ledgerloop[oidc]'"
            raise Unreachable(REMOTE, "oidc_not_installed", said) from problem
        methods = self._metadata().get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        basic = "client_secret_basic" in methods
        return OAuth2Client(
            self._config.client_id,
            self._config.client_secret.get_secret_value(),
            token_endpoint_auth_method="client_secret_basic" if basic else "client_secret_post",
            scope=" ".join(self._config.scopes),
            redirect_uri=self._redirect_uri,
            code_challenge_method="S256",
            timeout=TIMEOUT_S,
            trust_env=False,
            transport=self._transport,
        )


def _refused(what: str) -> Refused:
    return Refused(REMOTE, "oidc_refused", f"the identity provider's answer is not taken: {what}")


def _unreachable(what: str) -> Unreachable:
    return Unreachable(REMOTE, "oidc_unreachable", f"the identity provider cannot be asked: {what}")
