"""The few pages of the web floor itself, out of templates that escape everything."""

from typing import Any, Final

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse

_TEMPLATES: Final = Environment(
    loader=ChoiceLoader([PackageLoader("ledgerloop.web"), PackageLoader("ledgerloop.admin")]),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
"""Their frame is that of the admin pages."""


def page(template: str, status: int = 200, /, **values: Any) -> HTMLResponse:
    """Answer with a page."""
    return HTMLResponse(_TEMPLATES.get_template(template).render(**values), status)


def wants_page(connection: HTTPConnection) -> bool:
    """Tell whether who asks is a browser that shows pages, and no program."""
    path: str = connection.scope["path"]
    return not path.startswith("/api/") and "text/html" in connection.headers.get("accept", "")
