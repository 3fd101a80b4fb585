"""The control app: tests, demo and benches steer the sandbox through it, in JSON. Errors are 400 `{"error": …}`."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .acts import ACTS
from .faults import Faults
from .netsuite.auth import Tba
from .netsuite.errors import Refused
from .shopify.status import fulfilment_status
from .stories import returns
from .world import World

Body = dict[str, Any]
Command = Callable[[Body], Any]

MISTAKES = (KeyError, ValueError, TypeError, AttributeError, ArithmeticError, IndexError, Refused)
"""What a wrong command raises."""


class Control:
    """The commands, each from a JSON body to an answer."""

    def __init__(self, world: World, faults: dict[str, Faults]) -> None:
        self.world = world
        self.faults = faults

    def remote(self, name: object) -> Faults:
        """Give the faults of a remote. Raises ValueError."""
        found = self.faults.get(str(name))
        if found is None:
            raise ValueError(f"there is no remote {name!r}; there are {', '.join(self.faults)}")
        return found

    def reset(self, body: Body) -> Body:
        """Forget everything, faults and logs too; `settings`: also what was set."""
        if body.get("settings"):
            self.world.default_settings()
        self.world.reset()
        for one in self.faults.values():
            one.clear()
            one.clear_log()
        return {"reset": True}

    def clock(self, body: Body) -> Body:
        """Move the clock."""
        self.world.clock.offset_s = float(body["offset_s"])
        return {"offset_s": self.world.clock.offset_s, "now": self.world.clock().isoformat()}

    def add_fault(self, body: Body) -> Body:
        """Add a fault rule."""
        rule = dict(body)
        return asdict(self.remote(rule.pop("remote", None)).add(**rule))

    def clear_faults(self, _body: Body) -> Body:
        """Forget all rules; what is held is let go."""
        for one in self.faults.values():
            one.clear()
        return {"faults": 0}

    def latency(self, body: Body) -> Body:
        """Set the latency of one remote, or of all."""
        for name in [body["remote"]] if body.get("remote") else list(self.faults):
            self.remote(name).latency_s = float(body["seconds"])
        return {name: one.latency_s for name, one in self.faults.items()}

    def release(self, _body: Body) -> Body:
        """Let everything go that is held."""
        return {"released": sum(one.release() for one in self.faults.values())}

    def held(self, _body: Body) -> Body:
        """Tell how many requests are held per remote."""
        return {name: one.held for name, one in self.faults.items()}

    def log(self, body: Body) -> Body:
        """Show the requests of one remote."""
        found = self.remote(body.get("remote"))
        answer: Body = {"requests": [asdict(one) for one in found.log], "counts": found.counts(), "peak": found.peak}
        if found.remote == "loop":
            answer["peak_per_minute"] = self.world.limit.peak_per_minute
        if found.remote == "netsuite":
            answer["traffic"] = asdict(self.world.account.traffic)
        return answer

    def clear_log(self, body: Body) -> Body:
        """Forget the requests of one remote, or of all."""
        for name in [body["remote"]] if body.get("remote") else list(self.faults):
            self.remote(name).clear_log()
        self.world.limit.peak_per_minute = 0
        return {"requests": 0}

    def state(self, _body: Body) -> Body:
        """Show everything that the three remotes hold."""
        return {
            "loop": {"returns": [returns.summary(one) for one in self.world.loop.returns.values()]},
            "shopify": {"orders": [_order(one) for one in self.world.shopify.orders.values()]},
            "netsuite": {"records": self.world.account.records(), "balances": self.world.account.balances()},
        }

    def balances(self, _body: Body) -> Body:
        """Show the balances per account and role."""
        return dict(self.world.account.balances())

    def targets(self, body: Body) -> Body:
        """Set the webhook addresses."""
        return dict(self.world.set_targets(**body))

    def deliveries(self, _body: Body) -> Body:
        """Show what became of the webhooks."""
        deliveries = self.world.deliveries
        return {
            "pending": deliveries.pending,
            "held": deliveries.held,
            "deliveries": [one.summary() for one in list(deliveries.log)],
        }

    def settings(self, remote: str) -> Command:
        """Give the command that changes a remote's settings."""
        return lambda body: self.world.change_settings(remote, body)

    def certificate(self, body: Body) -> Body:
        """Register a further public key, as an administrator uploads it."""
        self.world.account.auth.register_certificate(body["certificate_id"], body["client_id"], body["public_key"])
        return {"certificate_id": body["certificate_id"]}

    def tba(self, body: Body) -> Body:
        """Register a further consumer and token."""
        self.world.account.auth.register_tba(Tba(**body))
        return {"token_id": body["token_id"]}

    def revoke_tokens(self, _body: Body) -> Body:
        """Make all access tokens of NetSuite and Shopify's granted ones invalid."""
        self.world.shopify.granted.clear()
        return {"revoked": self.world.account.auth.revoke_tokens()}

    def act(self, name: str, body: Body) -> Any:
        """Perform an act. Raises ValueError for an unknown name."""
        if name not in ACTS:
            raise ValueError(f"there is no act {name!r}; there are {', '.join(sorted(ACTS))}")
        return ACTS[name](self.world, **body)


def create_app(world: World, faults: dict[str, Faults]) -> Starlette:
    """Build the application."""
    control = Control(world, faults)

    def route(path: str, method: str, command: Command) -> Route:
        return Route(path, _endpoint(command), methods=[method])

    async def act(request: Request) -> Response:
        return await _endpoint(lambda body: control.act(request.path_params["name"], body))(request)

    return Starlette(
        routes=[
            route("/reset", "POST", control.reset),
            route("/clock", "POST", control.clock),
            route("/faults", "POST", control.add_fault),
            route("/faults", "DELETE", control.clear_faults),
            route("/latency", "POST", control.latency),
            route("/release", "POST", control.release),
            route("/held", "GET", control.held),
            route("/log", "GET", control.log),
            route("/log", "DELETE", control.clear_log),
            route("/state", "GET", control.state),
            route("/deliveries", "GET", control.deliveries),
            route("/webhook_targets", "POST", control.targets),
            route("/netsuite/balances", "GET", control.balances),
            route("/netsuite/certificates", "POST", control.certificate),
            route("/netsuite/tba", "POST", control.tba),
            route("/revoke_tokens", "POST", control.revoke_tokens),
            *[route(f"/{name}/settings", "POST", control.settings(name)) for name in ("loop", "shopify", "netsuite")],
            Route("/acts/{name}", act, methods=["POST"]),
        ]
    )


def _endpoint(command: Command) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        raw = await request.body()
        try:
            body = json.loads(raw) if raw.strip() else {}
            if not isinstance(body, dict):
                raise TypeError("the body must be a JSON object")
            answer = command({**request.query_params, **body})
        except MISTAKES as error:
            said = str(error.args[0]) if error.args else type(error).__name__
            return _reply(400, {"error": said})
        return _reply(200, answer)

    return endpoint


def _reply(status: int, body: Any) -> Response:
    return Response(json.dumps(body, default=_plain), status_code=status, media_type="application/json")


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    raise TypeError(f"cannot show {type(value).__name__}")


def _order(order: Any) -> Body:
    return {
        "id": str(order.id),
        "name": order.name,
        "total": str(order.total),
        "received": str(order.received),
        "refunded": str(order.refunded),
        "tags": list(order.tags),
        "app_id": order.app_id,
        "source_name": order.source_name,
        "note": order.note,
        "attributes": dict(order.attributes),
        "fulfillment_status": fulfilment_status(order),
        "discounts": [{"kind": one.kind, "title": one.title} for one in order.discounts],
        "discount": str(order.discount),
        "tax": str(order.tax),
        "transactions": [
            {"id": str(one.id), "kind": one.kind, "gateway": one.gateway, "amount": str(one.amount)}
            for one in order.transactions
        ],
        "lines": [
            {"id": str(one.id), "sku": one.sku, "quantity": one.quantity, "removed": one.removed} for one in order.lines
        ],
        "refunds": [
            {
                "id": str(one.id),
                "return_id": str(one.return_id) if one.return_id else None,
                "transactions": [
                    {"id": str(paid.id), "gateway": paid.gateway, "amount": str(paid.amount), "status": paid.status}
                    for paid in one.transactions
                ],
            }
            for one in order.refunds
        ],
        "returns": [{"id": str(one.id), "status": one.status} for one in order.returns],
    }
