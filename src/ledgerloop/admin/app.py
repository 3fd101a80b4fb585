"""The pages by their addresses: the table of contents of this room."""

from collections.abc import Sequence

from starlette.routing import BaseRoute, Route

from ledgerloop.admin import acting, attention, audit, books, mappings, one_return, orders, returns, set_up, today
from ledgerloop.admin.live import Live
from ledgerloop.admin.static_files import StaticFiles
from ledgerloop.admin.visit import Desk, Handler, Page
from ledgerloop.store.users import Role

READ = ["GET"]
READ_AND_ACT = ["GET", "POST"]


def pages(desk: Desk) -> Sequence[BaseRoute]:
    """Every page, for the application that has the gate."""

    def page(path: str, show: Handler, act: Handler | None = None, *, acts: Role = Role.OPERATOR) -> Route:
        return Route(path, Page(desk, show, act, acts=acts).__call__, methods=READ_AND_ACT if act else READ)

    return (
        Route("/static/{name}", StaticFiles().__call__, methods=READ),
        Route("/events", Live(desk).__call__, methods=READ),
        page("/", today.today),
        page("/returns", returns.returns),
        page("/returns.csv", returns.returns_csv),
        page("/returns/{shop}/{return_id}", one_return.one_return),
        page("/returns/{shop}/{return_id}/evidence", one_return.evidence),
        page("/returns/{shop}/{return_id}/{act}", acting.nothing_to_show, acting.on_return),
        page("/attention", attention.attention),
        page("/attention/{group}", attention.one_group),
        page("/attention/{group}/{act}", acting.nothing_to_show, acting.on_group),
        page("/orders", orders.orders),
        page("/orders/{shop}/{order_id}", orders.one_order),
        page("/orders/{shop}/{order_id}/evidence", orders.evidence),
        page("/orders/{shop}/{order_id}/{act}", acting.nothing_to_show, acting.on_order),
        page("/books", books.books, books.enter),
        page("/books/pack.{form}", books.pack),
        page("/mappings", mappings.mappings),
        page("/mappings/set", mappings.set_mapping_page, mappings.set_mapping),
        page("/mappings/remove", mappings.mappings, mappings.remove_mapping),
        page("/mappings/import", mappings.import_page, mappings.import_mappings),
        page("/mappings/export/{form}", mappings.export_mappings),
        page("/set-up", set_up.set_up),
        page("/set-up/doctor", set_up.doctor),
        page("/set-up/alerts", set_up.alerts),
        page("/set-up/webhooks", set_up.webhooks, set_up.change_webhooks, acts=Role.ADMIN),
        page("/audit", audit.audit),
        page("/audit/verify", audit.verify),
    )
