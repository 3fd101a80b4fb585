"""A shop that only knows bulk queries: as many made-up orders as asked for, served as a file of JSON lines.

`python -m tests.support.bulk_shop COUNT` serves until its input ends; its first line of output is the address.
"""

import json
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

REFUNDED = 50
"""Every so many orders one has a refund, which a bulk query does not show whole."""

Node = dict[str, Any]
Lines = Callable[[int], Iterator[Node]]


def bag(amount: str) -> Node:
    one = {"amount": amount, "currencyCode": "USD"}
    return {"shopMoney": one, "presentmentMoney": one}


def order_node(number: int) -> Node:
    """An order without its lines, as a bulk query shows it."""
    address = {"name": "Dana Reyes", "address1": f"{number} Main St", "city": "Austin", "provinceCode": "TX"}
    shipping = {
        "title": "Standard",
        "code": "STD",
        "originalPriceSet": bag("10.0"),
        "discountedPriceSet": bag("10.0"),
        "discountAllocations": [],
        "taxLines": [],
    }
    refunds = [{"id": f"gid://shopify/Refund/{88_000_000 + number}", "createdAt": "2026-11-05T10:00:00Z"}]
    return {
        "id": gid(number),
        "name": f"#{number}",
        "test": False,
        "createdAt": "2026-11-03T15:15:30Z",
        "processedAt": "2026-11-03T15:15:29Z",
        "updatedAt": "2026-11-03T15:15:31Z",
        "sourceName": "web",
        "app": {"id": "gid://shopify/App/580111", "name": "Online Store"},
        "tags": ["vip"],
        "note": "Leave it at the door",
        "customAttributes": [{"key": "gift", "value": "yes"}],
        "currencyCode": "USD",
        "taxesIncluded": False,
        "displayFinancialStatus": "PAID",
        "displayFulfillmentStatus": "FULFILLED",
        "customer": {"id": f"gid://shopify/Customer/{7_000_000 + number}", "firstName": "Dana", "lastName": "Reyes"},
        "shippingAddress": {**address, "zip": "78701", "countryCodeV2": "US"},
        "totalPriceSet": bag("118.0"),
        "totalTaxSet": bag("8.0"),
        "totalDiscountsSet": bag("0.0"),
        "totalTipReceivedSet": bag("0.0"),
        "totalShippingPriceSet": bag("10.0"),
        "shippingLine": shipping,
        "fulfillments": [],
        "transactions": [payment(number)],
        "refunds": refunds if number % REFUNDED == 0 else [],
    }


def payment(number: int, kind: str = "SALE", amount: str = "118.0") -> Node:
    shift = 1 if kind == "SALE" else 2
    return {
        "id": f"gid://shopify/OrderTransaction/{number * 10 + shift}",
        "kind": kind,
        "status": "SUCCESS",
        "gateway": "shopify_payments",
        "test": False,
        "processedAt": "2026-11-03T15:15:29Z",
        "amountSet": bag(amount),
    }


def line_nodes(number: int) -> list[Node]:
    return [
        {
            "id": f"gid://shopify/LineItem/{number * 10 + place}",
            "title": f"Shirt {place}",
            "sku": f"SHIRT-{place}",
            "quantity": 1,
            "currentQuantity": 1,
            "unfulfilledQuantity": 0,
            "requiresShipping": True,
            "isGiftCard": False,
            "originalUnitPriceSet": bag("50.0"),
            "discountAllocations": [],
            "taxLines": [{"title": "State", "rate": 0.08, "priceSet": bag("4.0")}],
        }
        for place in (1, 2)
    ]


def gid(number: int) -> str:
    return f"gid://shopify/Order/{5_930_000_000_000 + number}"


def grouped(count: int) -> Iterator[Node]:
    """The file's lines: each order, then its lines."""
    for number in range(1, count + 1):
        yield order_node(number)
        for line in line_nodes(number):
            yield {**line, "__parentId": gid(number)}


def whole(order_gid: str) -> Node:
    """The order as it is shown when asked for by itself."""
    number = int(order_gid.rpartition("/")[2]) - 5_930_000_000_000
    node = order_node(number)
    refunded = {
        "quantity": 1,
        "lineItem": {"id": f"gid://shopify/LineItem/{number * 10 + 1}"},
        "subtotalSet": bag("50.0"),
        "totalTaxSet": bag("4.0"),
    }
    refunds = [
        {
            **refund,
            "transactions": {"nodes": [payment(number, "REFUND", "54.0")]},
            "refundLineItems": {"nodes": [refunded]},
        }
        for refund in node["refunds"]
    ]
    parts = {"lineItems": {"nodes": line_nodes(number)}, "shippingLines": {"nodes": [node["shippingLine"]]}}
    return {**node, **parts, "refunds": refunds}


class BulkShop:
    """The server. `states` are what a bulk query shows, one after another; `asked` are the operations asked for."""

    def __init__(self, count: int, lines: Lines = grouped) -> None:
        self.count, self.lines = count, lines
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.states: list[Node] = [{"status": "RUNNING", "objectCount": "7"}]
        self.promised = count
        self.file_url = ""
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                shop.asked.append(asked["operationName"])
                self.answer(json.dumps({"data": shop.data(asked)}).encode())

            def do_GET(self) -> None:
                shop.headers.append({name.lower(): value for name, value in self.headers.items()})
                self.send_response(200)
                self.end_headers()
                for node in shop.lines(shop.count):
                    self.wfile.write(json.dumps(node).encode() + b"\n")

            def answer(self, body: bytes) -> None:
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the base class's name)
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()

    def data(self, asked: Node) -> Node:
        """Answer one operation."""
        operation = {"id": "gid://shopify/BulkOperation/1"}
        match asked["operationName"]:
            case "BulkStart":
                return {"bulkOperationRunQuery": {"bulkOperation": operation, "userErrors": []}}
            case "BulkState":
                ended = {
                    "status": "COMPLETED",
                    "objectCount": str(self.count * 3),
                    "url": self.file_url or f"{self.url}/f",
                }
                now = self.states.pop(0) if self.states else {**ended, "rootObjectCount": str(self.promised)}
                return {"bulkOperation": {**operation, **now}}
            case _:
                return {"order": whole(asked["variables"]["id"])}

    def close(self) -> None:
        """End serving."""
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@contextmanager
def bulk_shop(count: int, lines: Lines = grouped) -> Iterator[BulkShop]:
    """Serve a shop."""
    shop = BulkShop(count, lines)
    try:
        yield shop
    finally:
        shop.close()


if __name__ == "__main__":
    with bulk_shop(int(sys.argv[1])) as served:
        print(served.url, flush=True)
        sys.stdin.read()
