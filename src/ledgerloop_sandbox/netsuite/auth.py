"""Who may come in: OAuth 2.0 client credentials with a signed assertion, and TBA (OAuth 1.0a)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, quote, unquote

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import load_pem_x509_certificate
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from .model import Settings

ALGORITHMS = ["ES256", "ES384", "ES512", "PS256", "PS384", "PS512"]
"""Signatures NetSuite takes, RS256 not among them. Source: docs.oracle.com section_162790605110 (read 2026-11-21)."""

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
"""Value of client_assertion_type. Source: docs.oracle.com section_162755359851 (read 2026-11-21)."""

LONGEST_ASSERTION_S = 3600
"""Longest time between iat and exp, in seconds. Source: docs.oracle.com section_162790605110 (read 2026-11-21)."""

SCOPE = "rest_webservices"
"""Scope that the REST services need."""

LOGIN_FAILED = "Invalid login attempt. For more details, see the Login Audit Trail in the NetSuite UI."
"""Source: docs.oracle.com section_156570709583 (read 2026-11-21), shortened."""


class TokenError(Exception):
    """The token endpoint says no: `error` is invalid_grant or invalid_request."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


class LoginError(Exception):
    """A call is not let in; `header` is what WWW-Authenticate says."""

    def __init__(self, status: int, header: str) -> None:
        super().__init__(header)
        self.status = status
        self.header = header


@dataclass(frozen=True, slots=True)
class Certificate:
    """A public key and the client it was uploaded for."""

    client_id: str
    key: ECKey | RSAKey


@dataclass(frozen=True, slots=True)
class Tba:
    """One token-based access: consumer and token, with their secrets."""

    consumer_key: str
    consumer_secret: str
    token_id: str
    token_secret: str


class Auth:
    """Credentials of one account; the real clock counts here, not the sandbox's moved one, unless `login_clock`
    says.
    """

    def __init__(self, account_id: str, settings: Settings, clock: Callable[[], datetime]) -> None:
        self.account_id = account_id
        self.settings = settings
        self.clock = clock
        self.certificates: dict[str, Certificate] = {}
        self.tba: dict[tuple[str, str], Tba] = {}
        self.tokens: dict[str, float] = {}
        self.nonces: set[tuple[str, str]] = set()
        self.issued = 0

    def now(self) -> float:
        """Give the present moment that logins are judged by, in seconds."""
        return self.clock().timestamp() if self.settings.login_clock == "sandbox" else time.time()

    def new_credentials(self) -> dict[str, Any]:
        """Register a fresh client with a P-256 key, and a fresh TBA token; give everything a connector needs."""
        private = ec.generate_private_key(ec.SECP256R1())
        pem = private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()
        public = private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        client_id, certificate_id = secrets.token_hex(32), secrets.token_urlsafe(32)
        self.register_certificate(certificate_id, client_id, public.decode())
        tba = Tba(*(secrets.token_hex(32) for _ in range(4)))
        self.register_tba(tba)
        return {
            "netsuite_account": self.account_id,
            "netsuite_client_id": client_id,
            "netsuite_certificate_id": certificate_id,
            "netsuite_private_key": pem,
            "tba": {
                "consumer_key": tba.consumer_key,
                "consumer_secret": tba.consumer_secret,
                "token_id": tba.token_id,
                "token_secret": tba.token_secret,
            },
        }

    def register_certificate(self, certificate_id: str, client_id: str, public_pem: str) -> None:
        """Upload a public key (EC P-256/384/521, or RSA of 3072 or 4096 bits). Raises ValueError for others."""
        if "CERTIFICATE" in public_pem:
            public = load_pem_x509_certificate(public_pem.encode()).public_key()
            public_pem = public.public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            ).decode()
        loaded = serialization.load_pem_public_key(public_pem.encode())
        size = getattr(loaded, "key_size", 0)
        if isinstance(loaded, ec.EllipticCurvePublicKey):
            key: ECKey | RSAKey = ECKey.import_key(public_pem)
        elif size in (3072, 4096):
            key = RSAKey.import_key(public_pem)
        else:
            raise ValueError("RSA keys must have 3072 or 4096 bits")
        self.certificates[certificate_id] = Certificate(client_id, key)

    def register_tba(self, tba: Tba) -> None:
        """Let a consumer and token in."""
        self.tba[tba.consumer_key, tba.token_id] = tba

    def revoke_tokens(self) -> int:
        """Make every access token invalid now; tells how many there were."""
        count = len(self.tokens)
        self.tokens.clear()
        return count

    def issue(self, form: Mapping[str, str], token_url: str) -> dict[str, Any]:
        """Answer the token endpoint. Raises `TokenError`."""
        assertion = form.get("client_assertion", "")
        if form.get("grant_type") != "client_credentials" or form.get("client_assertion_type") != ASSERTION_TYPE:
            raise TokenError("invalid_request")
        if not assertion:
            raise TokenError("invalid_request")
        self._verify(assertion, token_url)
        token = f"{secrets.token_urlsafe(24)}.{secrets.token_urlsafe(48)}.{secrets.token_urlsafe(32)}"
        self.tokens[token] = self.now() + self.settings.token_lifetime_s
        self.issued += 1
        return {"access_token": token, "expires_in": str(self.settings.token_lifetime_s), "token_type": "Bearer"}

    def _verify(self, assertion: str, token_url: str) -> None:
        try:
            certificate = self.certificates[_header(assertion)["kid"]]
            claims = jwt.decode(assertion, certificate.key, algorithms=ALGORITHMS).claims
            scope = claims["scope"]
            scopes = scope if isinstance(scope, list) else str(scope).replace(",", " ").split()
            lifetime = int(claims["exp"]) - int(claims["iat"])
            now = self.now()
            good = (
                claims["iss"] == certificate.client_id
                and claims["aud"] == token_url
                and 0 < lifetime <= LONGEST_ASSERTION_S
                and int(claims["exp"]) > now
                and int(claims["iat"]) <= now + 60
                and SCOPE in scopes
            )
        except (JoseError, KeyError, TypeError, ValueError) as error:
            raise TokenError("invalid_grant") from error
        if not good:
            raise TokenError("invalid_grant")

    def check(self, method: str, url: str, authorization: str) -> None:
        """Let a call in or raise `LoginError`. `url` is complete, query included."""
        scheme, _, rest = authorization.partition(" ")
        if scheme.lower() == "oauth":
            self._check_tba(method, url, rest)
            return
        if scheme.lower() == "bearer" and not rest.strip():
            raise LoginError(400, self._challenge("invalid_request", "The request is missing a required parameter."))
        if scheme.lower() != "bearer" or self.tokens.get(rest.strip(), 0.0) <= self.now():
            raise LoginError(401, self._challenge("invalid_token", "Invalid login attempt."))

    def _challenge(self, error: str, description: str) -> str:
        return f'Bearer realm="{self.account_id}", error="{error}", error_description="{description}"'

    def _check_tba(self, method: str, url: str, header: str) -> None:
        """Verify an OAuth 1.0a signature.

        Source: docs.oracle.com section_1534941088, section_1534941295 (read 2026-11-21).
        """
        given = {}
        for part in header.split(","):
            name, _, value = part.strip().partition("=")
            given[name] = unquote(value.strip('"'))
        tba = self.tba.get((given.get("oauth_consumer_key", ""), given.get("oauth_token", "")))
        nonce = (given.get("oauth_token", ""), given.get("oauth_nonce", ""))
        stamp = given.get("oauth_timestamp", "")
        good = (
            self.settings.tba_enabled
            and tba is not None
            and given.get("realm") == self.account_id
            and given.get("oauth_signature_method") == "HMAC-SHA256"
            and given.get("oauth_version", "1.0") == "1.0"
            and stamp.isdigit()
            and abs(self.now() - int(stamp)) <= self.settings.tba_window_s
            and bool(nonce[1])
            and nonce not in self.nonces
            and hmac.compare_digest(tba_signature(method, url, given, tba), given.get("oauth_signature", ""))
        )
        if not good:
            raise LoginError(401, f'OAuth realm="{self.account_id}", error="token_rejected"')
        self.nonces.add(nonce)


def tba_signature(method: str, url: str, oauth: Mapping[str, str], tba: Tba) -> str:
    """Compute the HMAC-SHA256 signature; the realm and the body are not part of it."""
    base_url, _, query = url.partition("?")
    pairs = parse_qsl(query, keep_blank_values=True)
    pairs += [(k, v) for k, v in oauth.items() if k.startswith("oauth_") and k != "oauth_signature"]
    encoded = "&".join(f"{k}={v}" for k, v in sorted((_enc(k), _enc(v)) for k, v in pairs))
    base = "&".join((method.upper(), _enc(base_url), _enc(encoded)))
    key = f"{_enc(tba.consumer_secret)}&{_enc(tba.token_secret)}"
    return base64.b64encode(hmac.new(key.encode(), base.encode(), hashlib.sha256).digest()).decode()


def error_id() -> str:
    """An id as NetSuite puts into unexpected errors."""
    return uuid.uuid4().hex


def _enc(text: str) -> str:
    return quote(text, safe="-._~")


def _header(assertion: str) -> dict[str, Any]:
    """Read a JWT's header without trusting it. Raises ValueError."""
    part = assertion.partition(".")[0]
    header = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return dict(header)
