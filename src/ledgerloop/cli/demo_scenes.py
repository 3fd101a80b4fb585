"""What happens in many stories of the demo: somebody buys, somebody returns, a parcel arrives."""

from typing import Any

from ledgerloop.cli.demo_exchange import Value, usd
from ledgerloop.cli.demo_stage import Stage


def goods(price: str, tax: str, cost: str, *, discount: str = "0.00", shipping: str = "0.00") -> Value:
    """Goods in the sandbox's currency."""
    return Value(usd(price), usd(tax), usd(cost), usd(discount), usd(shipping))


def line(sku: str, price: str, quantity: int = 1, **more: str) -> dict[str, Any]:
    """A line of an order, or an item of an exchange."""
    return {"sku": sku, "price": price, "quantity": quantity, "tax_rate": "0.08", **more}


def buys(stage: Stage, who: str, what: str, name: str, *lines: dict[str, Any], **order: Any) -> None:
    """Somebody orders in Shopify."""
    email = f"{who.lower()}@example.com"
    stage.act(who, what, "place_order", name=name, lines=list(lines), email=email, **order)


def returns(stage: Stage, who: str, what: str, units: int = 1, reason: str = "Too small", **wish: Any) -> None:
    """Somebody asks for a return in Loop."""
    wanted = [{"line": 0, "quantity": units}]
    stage.act(who, what, "request_return", order_id=stage.order_id, lines=wanted, reason=reason, **wish)


def arrives(stage: Stage, what: str = "receives the parcel in NetSuite") -> None:
    """The parcel arrives."""
    stage.act("Warehouse", what, "receive", return_id=stage.return_id)
