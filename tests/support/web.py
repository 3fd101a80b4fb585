"""The web application in this process, with people, and a clock that stands until it is moved."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from starlette.testclient import TestClient

from ledgerloop.bootstrap import Outside, open_parts
from ledgerloop.config import Config, parse_config
from ledgerloop.engine.parts import Parts
from ledgerloop.operate.people import roster
from ledgerloop.store.users import Person, Role
from ledgerloop.web.app import create_app
from tests.support.database import NOW
from tests.support.made import make_sqlite

CONFIG = """
[database]
url = "{database}"
[server]
public_url = "{public_url}"
{server}
[[shops]]
[shops.loop]
base_url = "http://127.0.0.1:9"
api_key = "loop-key"
[shops.shopify]
domain = "example.myshopify.com"
base_url = "http://127.0.0.1:9"
access_token = "shop-token"
[shops.netsuite]
account = "1234567"
base_url = "http://127.0.0.1:9"
client_id = "client"
certificate_id = "certificate"
private_key = "file:netsuite.pem"
"""

PASSWORD = "correct horse battery"
SYSTEM = Person("tests", Role.ADMIN, "command")
PAGE = {"Accept": "text/html"}


class Still:
    """No engine at all."""

    def alive(self) -> bool:
        return True

    def nudge(self) -> None:
        return


class Hands:
    """A clock moved by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class Site:
    """The application, its parts, and who wants to know."""

    config: Config
    parts: Parts
    clock: Hands
    client: TestClient

    def add(self, name: str, role: Role, password: str = PASSWORD) -> None:
        """Put a person on the list."""
        roster.add_user(self.parts.stores, name, role, password, by=SYSTEM, at=self.clock())

    def token(self, name: str, role: Role, lasting: float = 3600) -> dict[str, str]:
        """A token, as the header that carries it."""
        lasts = timedelta(seconds=lasting)
        _, text = roster.make_token(self.parts.stores, name, role, lasts, "", by=SYSTEM, at=self.clock())
        return {"Authorization": f"Bearer {text}"}

    def sign_in(self, name: str, password: str = PASSWORD, **more: str) -> "Answered":
        """Fill the form in and send it."""
        proof = csrf_in(self.client.get("/sign-in", headers=PAGE).text)
        form = {"csrf": proof, "name": name, "password": password, **more}
        answer = self.client.post("/sign-in", data=form, headers=PAGE)
        return Answered(answer.status_code, answer.headers.get("location", ""), answer.text)

    def acts(self) -> list[str]:
        """What stands in the audit chain, oldest first."""
        return [f"{one.who} {one.act}" for one in reversed(self.parts.stores.audit.newest(1000))]


@dataclass(frozen=True)
class Answered:
    """What came back."""

    status: int
    location: str
    text: str


def csrf_in(text: str) -> str:
    """The field of a form that proves where it came from."""
    found = re.search(r'name="csrf" value="([^"]+)"', text)
    assert found is not None, text
    return found[1]


@contextmanager
def site(database: str, folder: Path, *, public_url: str = "", server: str = "", netsuite: str = "") -> Iterator[Site]:
    """The application on a database, as a browser at its public address meets it."""
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "netsuite.pem").write_bytes(pem)
    kind, _, file = database.partition(":///")
    if kind == "sqlite" and not Path(file).exists():
        make_sqlite(Path(file))
    text = CONFIG.format(database=database, public_url=public_url, server=server) + netsuite
    config, clock = parse_config(text, {}, directory=folder), Hands()
    with open_parts(config, outside=Outside(clock, sleep=lambda _s: None)) as parts:
        app = create_app(config, parts, Still())
        base = public_url or "http://127.0.0.1:8080"
        with TestClient(app, base_url=base, follow_redirects=False) as client:
            yield Site(config, parts, clock, client)
