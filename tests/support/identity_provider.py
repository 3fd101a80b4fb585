"""An identity provider on loopback: the authorization code flow of OpenID Connect, strict, and able to misbehave."""

import hashlib
import json
import secrets
import threading
import time
from base64 import b64decode, urlsafe_b64encode
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey

CLIENT, SECRET = "ledgerloop", "a-very-good-secret"


class IdentityProvider:
    """Lets in whoever asks, as `person`; `claims` are put over what the token says, `signs` makes its signature."""

    def __init__(self) -> None:
        self.person: dict[str, Any] = {"sub": "248289761001", "preferred_username": "Dora", "groups": ["finance"]}
        self.claims: dict[str, Any] = {}
        self.key = self.signs = ECKey.generate_key("P-256", {"kid": "1", "use": "sig"})
        self.down = False
        self.reads: list[str] = []
        self._codes: dict[str, dict[str, str]] = {}
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.answer(self)

            def do_POST(self) -> None:
                provider.answer(self)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        url = urlsplit(request.path)
        self.reads.append(url.path)
        asked = {name: values[0] for name, values in parse_qs(url.query).items()}
        length = int(request.headers.get("content-length") or 0)
        form = {name: values[0] for name, values in parse_qs(request.rfile.read(length).decode()).items()}
        if self.down:
            self._say(request, 503, {})
        elif url.path == "/.well-known/openid-configuration":
            self._say(request, 200, self._metadata())
        elif url.path == "/jwks":
            self._say(request, 200, {"keys": [self.key.as_dict(private=False)]})
        elif url.path == "/authorize":
            self._let(request, asked)
        elif url.path == "/token":
            self._exchange(request, form)
        else:
            self._say(request, 404, {})

    def _metadata(self) -> dict[str, Any]:
        ends = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "jwks"}
        return {"issuer": self.issuer, **{name: f"{self.issuer}/{path}" for name, path in ends.items()}}

    def _let(self, request: BaseHTTPRequestHandler, asked: dict[str, str]) -> None:
        good = asked["client_id"] == CLIENT and asked["response_type"] == "code" and "openid" in asked["scope"].split()
        if not good or asked["code_challenge_method"] != "S256":
            self._say(request, 400, {"error": "invalid_request"})
            return
        code = secrets.token_urlsafe(8)
        self._codes[code] = asked
        request.send_response(302)
        request.send_header("Location", f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}")
        request.end_headers()

    def _exchange(self, request: BaseHTTPRequestHandler, form: dict[str, str]) -> None:
        asked = self._codes.pop(form.get("code", ""), None)
        challenge = urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest()).decode()
        basic = b64decode(request.headers["authorization"].removeprefix("Basic ")).decode()
        if basic != f"{CLIENT}:{SECRET}" and unquote(basic) != f"{CLIENT}:{SECRET}":
            self._say(request, 401, {"error": "invalid_client"})
        elif (
            asked is None
            or challenge.rstrip("=") != asked["code_challenge"]
            or form["redirect_uri"] != asked["redirect_uri"]
        ):
            self._say(request, 400, {"error": "invalid_grant"})
        else:
            token = {"access_token": secrets.token_urlsafe(8), "token_type": "Bearer", "expires_in": 60}
            self._say(request, 200, {**token, "id_token": self._id_token(asked["nonce"])})

    def _id_token(self, nonce: str) -> str:
        now = int(time.time())
        said = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": nonce, **self.person}
        claims = {name: value for name, value in {**said, **self.claims}.items() if value is not None}
        return jwt.encode({"alg": "ES256", "kid": self.signs.kid}, claims, self.signs)

    @staticmethod
    def _say(request: BaseHTTPRequestHandler, status: int, document: dict[str, Any]) -> None:
        body = json.dumps(document).encode()
        request.send_response(status)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)
