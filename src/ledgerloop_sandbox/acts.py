"""The acts by name, as the control app offers them: each takes the world and keyword arguments."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .stories import buying, desk, orders, privacy, returns, seeding, shop, tampering, warehouse

if TYPE_CHECKING:
    from .world import World


def webhooks(world: World, mode: str = "deliver") -> dict[str, Any]:
    """Say what happens to new webhooks: deliver, drop or hold."""
    world.deliveries.set_mode(mode)
    return {"mode": mode, "held": world.deliveries.held}


def deliver_held(world: World, order: str = "as_is") -> dict[str, Any]:
    """Send the held webhooks: as_is, reversed or doubled."""
    return {"sent": world.deliveries.deliver_held(order)}


ACTS: dict[str, Callable[..., Any]] = {
    act.__name__: act
    for act in (
        orders.place_order,
        buying.create_order,
        buying.create_orders,
        buying.import_order,
        orders.bring_to_netsuite,
        orders.fulfil,
        orders.bill,
        orders.take_deposit,
        orders.cancel_order,
        returns.request_return,
        returns.process_in_loop,
        returns.flag_in_loop,
        returns.review_done,
        returns.cancel_in_loop,
        returns.close_in_loop,
        returns.expire_in_loop,
        returns.edit_return,
        returns.set_reasons,
        returns.set_label,
        returns.run_loop_jobs,
        returns.fail_next_process,
        returns.loop_settings,
        returns.tamper,
        shop.shopify_refund,
        shop.settle_refund,
        shop.touch_order,
        shop.change_order,
        privacy.redact_customer,
        privacy.redact_shop,
        privacy.request_customer_data,
        warehouse.receive,
        warehouse.close_authorization,
        warehouse.cancel_authorization,
        warehouse.change_line,
        warehouse.reopen_authorization,
        warehouse.approve,
        warehouse.ship_sales_order,
        warehouse.set_field,
        warehouse.make_authorization,
        warehouse.make_credit_memo,
        warehouse.make_cash_refund,
        warehouse.make_customer_refund,
        warehouse.delete_record,
        warehouse.close_period,
        warehouse.add_item,
        desk.add_customer,
        desk.add_to_list,
        desk.enter_charge,
        desk.enter_credit,
        desk.import_csv,
        tampering.tamper_record,
        tampering.tamper_transaction,
        seeding.seed_stories,
        webhooks,
        deliver_held,
    )
}
"""Name to act."""
