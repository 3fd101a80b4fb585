"""Who we are to NetSuite: OAuth 2.0 client credentials, or token-based authentication where an account still has it.

Source: docs.oracle.com, NetSuite online help, OAuth 2.0 client credentials flow (setup, request token structure, token
endpoint), the signature for web services (read 2026-11-21). No new token-based integration can be made from 2027.1 on.
"""

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol, cast
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey
from oauthlib.oauth1 import SIGNATURE_HMAC_SHA256, Client

from ledgerloop.clock import Clock
from ledgerloop.outcome import CredentialsRefused, RemoteProblem, Throttled, Unclear, Unreachable
from ledgerloop.remotes.http import Answer, Http
from ledgerloop.remotes.netsuite.errors import REMOTE, problem_of
from ledgerloop.remotes.ports import Slots

TOKEN_PATH = "/services/rest/auth/oauth2/v1/token"  # noqa: S105  (a path)
"""Where tokens are given out, on the host that is asked for records too."""

ASSERTION_LIFE = timedelta(seconds=600)
"""How long our signed request for a token is good; NetSuite allows less than 3600 s."""

RENEW_AFTER = 5 / 6
"""Share of a token's life after which it is renewed: at 50 of 60 minutes."""

SCOPES = ("rest_webservices",)
"""What the token is asked for; the integration record must have it ticked."""

_CURVES = {"secp256r1": "ES256", "secp384r1": "ES384", "secp521r1": "ES512"}
_RSA_ALGORITHMS = ("PS256", "PS384", "PS512")
_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class Auth(Protocol):
    """Signs requests. Safe to use from many threads."""

    def header(self, method: str, url: str) -> str:
        """The Authorization header of one request. Raises RemoteProblem, since it may take a request of its own."""
        ...

    def refused(self, header: str) -> None:
        """Take note that NetSuite answered 401 to this header."""
        ...


@dataclass(frozen=True)
class ClientKey:
    """A private key with the algorithm it signs by."""

    key: ECKey | RSAKey
    algorithm: str

    @classmethod
    def load(cls, pem: str, algorithm: str = "") -> "ClientKey":
        """Read an unencrypted PEM key. The curve decides the algorithm; RSA means PS256 unless `algorithm` is given.

        Raises ValueError with a message that never shows the key.
        """
        text = pem if "\n" in pem else pem.replace("\\n", "\n")
        try:
            loaded = load_pem_private_key(text.strip().encode(), password=None)
        except (ValueError, TypeError) as problem:
            raise ValueError("the private key is not an unencrypted PEM key") from problem
        if isinstance(loaded, EllipticCurvePrivateKey):
            found = _CURVES.get(loaded.curve.name)
            if found is None or algorithm not in {"", found}:
                raise ValueError(
                    f"an EC key on {loaded.curve.name} cannot sign by {algorithm or 'ES256, ES384 or ES512'}"
                )
            return cls(ECKey.import_key(text), found)
        if isinstance(loaded, RSAPrivateKey):
            if algorithm not in {"", *_RSA_ALGORITHMS}:
                raise ValueError(
                    f"an RSA key cannot sign by {algorithm}: NetSuite accepts {', '.join(_RSA_ALGORITHMS)}"
                )
            return cls(RSAKey.import_key(text), algorithm or _RSA_ALGORITHMS[0])
        raise ValueError("NetSuite accepts EC keys (256, 384, 521 bits) and RSA keys (3072, 4096 bits) only")

    def sign(self, key_id: str, claims: dict[str, Any]) -> str:
        header = {"typ": "JWT", "alg": self.algorithm, "kid": key_id}
        return jwt.encode(header, claims, self.key, algorithms=[self.algorithm])


@dataclass(frozen=True)
class _Token:
    value: str
    renew_at: datetime


class ClientCredentials:
    """A bearer token for a certificate: held in memory, renewed early, asked for by one thread at a time.

    Nothing says whether a request for a token counts against the account's concurrency, so it takes a slot too.
    """

    def __init__(
        self,
        http: Http,
        slots: Slots,
        *,
        client_id: str,
        certificate_id: str,
        private_key: str,
        clock: Clock,
        algorithm: str = "",
    ) -> None:
        self._http = http
        self._slots = slots
        self._client_id = client_id
        self._certificate_id = certificate_id
        self._key = ClientKey.load(private_key, algorithm)
        self._clock = clock
        self._lock = threading.Lock()
        self._token: _Token | None = None

    def header(self, method: str, url: str) -> str:  # noqa: ARG002  (a bearer token does not depend on the request)
        return f"Bearer {self._good_token()}"

    def refused(self, header: str) -> None:
        """Throw the token away, unless another thread has already got a new one."""
        with self._lock:
            if self._token is not None and header == f"Bearer {self._token.value}":
                self._token = None

    def _good_token(self) -> str:
        with self._lock:
            if self._token is None or self._clock() >= self._token.renew_at:
                self._token = self._fetch()
            return self._token.value

    def assertion(self) -> str:
        """Our signed request for a token."""
        now = self._clock()
        return self._key.sign(
            self._certificate_id,
            {
                "iss": self._client_id,
                "scope": list(SCOPES),
                "aud": self._http.url(TOKEN_PATH),
                "iat": int(now.timestamp()),
                "exp": int((now + ASSERTION_LIFE).timestamp()),
                "jti": secrets.token_urlsafe(18),
            },
        )

    def _fetch(self) -> _Token:
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": _ASSERTION_TYPE,
            "client_assertion": self.assertion(),
        }
        asked_at = self._clock()
        try:
            answer = self._http.send(
                "POST",
                TOKEN_PATH,
                headers={"Content-Type": "application/x-www-form-urlencoded"},
                content=urlencode(form),
                subject="token",
                judge=_judge_token,
                slot=self._slots.hold(self._http.timeout_s, first=True),
            )
        except Unclear as problem:
            raise Unreachable(
                REMOTE, "netsuite_unreachable", f"no token: {problem.message}", status=problem.status
            ) from problem
        body = answer.json()
        life = timedelta(seconds=int(body.get("expires_in", 3600)))
        return _Token(str(body["access_token"]), asked_at + life * RENEW_AFTER)


def _judge_token(answer: Answer) -> None:
    """A token, or why there is none: no request was made for the caller yet, so a failure here is safe to repeat."""
    if 200 <= answer.status < 300:
        body = answer.json()
        if not isinstance(body, dict) or not body.get("access_token"):
            raise Unclear(REMOTE, "netsuite_malformed", "the answer holds no token", status=answer.status)
        return
    problem: RemoteProblem = problem_of(answer)
    if isinstance(problem, Throttled | Unclear):
        raise problem
    error = _oauth_error(answer)
    raise CredentialsRefused(
        REMOTE, "netsuite_token_refused", error or problem.message, status=answer.status, detail=error or problem.detail
    )


def _oauth_error(answer: Answer) -> str:
    try:
        body = answer.json()
    except Unclear:
        return ""
    return str(body.get("error", "")) if isinstance(body, dict) and isinstance(body.get("error"), str) else ""


@dataclass(frozen=True)
class TokenBased:
    """OAuth 1.0a with HMAC-SHA256, for integrations made before 2027.1. Source: NetSuite online help, as above."""

    account: str
    consumer_key: str
    consumer_secret: str = field(repr=False)
    token_id: str
    token_secret: str = field(repr=False)
    clock: Clock
    nonce: Callable[[], str] = lambda: secrets.token_hex(16)

    def header(self, method: str, url: str) -> str:
        client = Client(
            self.consumer_key,
            client_secret=self.consumer_secret,
            resource_owner_key=self.token_id,
            resource_owner_secret=self.token_secret,
            signature_method=SIGNATURE_HMAC_SHA256,
            realm=self.account.replace("-", "_").upper(),
            nonce=self.nonce(),
            timestamp=str(int(self.clock().timestamp())),
        )
        _, headers, _ = client.sign(url, http_method=cast(Any, method))
        return str(headers["Authorization"])

    def refused(self, header: str) -> None:
        """Nothing to throw away: the next request has a signature of its own."""
