"""A simulated NetSuite account behind its real HTTP surface, for contract tests."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import httpx2
from joserfc import jwt
from joserfc.jwk import ECKey

from ledgerloop_sandbox.netsuite.app import create_app
from ledgerloop_sandbox.netsuite.state import Account

HOST = "https://1234567-sb1.suitetalk.test"
TOKEN_URL = f"{HOST}/services/rest/auth/oauth2/v1/token"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
CREATE_FORM = "application/vnd.oracle.resource+json; type=create-form"


class Remote:
    """The account, its credentials, and calls to it as a client makes them."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 3, 10, 18, 0, tzinfo=UTC)
        self.account = Account("1234567_SB1", lambda: self.moment)
        self.account.seed()
        self.credentials = self.account.auth.new_credentials()
        self.app = create_app(self.account)
        self.token = ""

    def assertion(self, **changes: Any) -> str:
        """Sign an assertion; `alg`, `kid` and `key` change the header, the others the claims."""
        now = int(time.time())
        header = {"typ": "JWT", "alg": changes.pop("alg", "ES256")}
        header["kid"] = changes.pop("kid", self.credentials["netsuite_certificate_id"])
        key = changes.pop("key", None) or ECKey.import_key(self.credentials["netsuite_private_key"])
        claims = {
            "iss": self.credentials["netsuite_client_id"],
            "scope": ["rest_webservices"],
            "aud": TOKEN_URL,
            "iat": now,
            "exp": now + 600,
            **changes,
        }
        return jwt.encode(header, claims, key, algorithms=[header["alg"]])

    def ask_token(self, assertion: str) -> httpx2.Response:
        """Post an assertion to the token endpoint."""
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": assertion,
        }
        return self.raw("POST", TOKEN_URL, data=form)

    def raw(self, method: str, url: str, **request: Any) -> httpx2.Response:
        """Send one request as it is."""

        async def send() -> httpx2.Response:
            async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=self.app), base_url=HOST) as client:
                return await client.request(method, url, **request)

        return asyncio.run(send())

    def headers(self, **more: str) -> dict[str, str]:
        """Headers of a logged-in client that wants unknown names refused."""
        if not self.token:
            self.token = self.ask_token(self.assertion()).json()["access_token"]
        return {"Authorization": f"Bearer {self.token}", "X-NetSuite-PropertyNameValidation": "Error", **more}

    def call(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> httpx2.Response:
        """Call `/services/rest/{path}`, logged in."""
        return self.raw(method, f"/services/rest/{path}", json=body, headers={**self.headers(), **(headers or {})})

    def made(self, path: str, body: Any) -> str:
        """Post to a record path and give the new record's id."""
        answer = self.call("POST", f"record/v1/{path}", body)
        assert answer.status_code == 204, answer.text
        return str(answer.headers["location"]).rsplit("/", 1)[1]

    def refused(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """Call a record path, expect an error body, and give its one detail with the status in it."""
        answer = self.call(method, f"record/v1/{path}", body)
        content = answer.json()
        assert content["status"] == answer.status_code >= 400, answer.text
        assert answer.headers["content-type"] == "application/vnd.oracle.resource+json; type=error"
        return {"status": answer.status_code, **content["o:errorDetails"][0]}

    def get(self, path: str) -> dict[str, Any]:
        """Read a record, its sublists included."""
        answer = self.call("GET", f"record/v1/{path}?expandSubResources=true")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def ask(self, query: str, *params: Any, paging: str = "") -> httpx2.Response:
        """Post a SuiteQL query."""
        return self.call(
            "POST", f"query/v1/suiteql{paging}", {"q": query, "params": list(params)}, {"Prefer": "transient"}
        )

    def rows(self, query: str, *params: Any) -> list[dict[str, Any]]:
        """Give a query's rows without their links."""
        answer = self.ask(query, *params)
        assert answer.status_code == 200, answer.text
        return [{k: v for k, v in item.items() if k != "links"} for item in answer.json()["items"]]

    def books(self) -> dict[str, str]:
        """Balances by role, zero ones left out."""
        balances = self.account.balances()
        assert sum(amount for name, amount in balances.items() if name.isdigit()) == 0
        return {name: str(amount) for name, amount in balances.items() if amount and not name.isdigit()}

    def order_a(self, *, billing: str = "invoice") -> str:
        """TEE-M 1 x 100.00, tax 8.00, shipping 10.00 = 118.00; shipped and billed. Gives the sales order."""
        order = self.account.add_sales_order(
            "107",
            [
                {
                    "sku": "TEE-M",
                    "quantity": 1,
                    "rate": "100.00",
                    "tax_rate": "0.08",
                    "custcols": {"custcol_shopify_line_id": "11"},
                }
            ],
            shipping="10.00",
            other_ref="#1001",
            body_fields={"custbody_shopify_order_id": "5001"},
        )
        self.account.fulfil(order)
        if billing == "invoice":
            self.account.pay_invoice(self.account.invoice(order))
        elif billing == "cash_sale":
            self.account.bill_cash_sale(order)
        return order

    def order_c(self) -> str:
        """TEE 2 x 50.00 + CAP 30.00, order discount 13.00, tax 9.36 = 126.36; invoiced and paid."""
        order = self.account.add_sales_order(
            "107",
            [
                {"sku": "TEE", "quantity": 2, "rate": "50.00", "tax_rate": "0.08"},
                {"sku": "CAP", "quantity": 1, "rate": "30.00", "tax_rate": "0.08"},
            ],
            header_discount="-13.00",
            other_ref="#1003",
        )
        self.account.fulfil(order)
        self.account.pay_invoice(self.account.invoice(order))
        return order

    def authorise(self, order: str, lines: list[dict[str, Any]], **fields: Any) -> str:
        """Make a return authorization from a sales order with `replace=item`."""
        body = {"item": {"items": lines}, **fields}
        return self.made(f"salesOrder/{order}/!transform/returnAuthorization?replace=item", body)
