"""What pages load: one style sheet, one script, one picture; held in memory, known to browsers by their digest."""

import hashlib
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import Response

from ledgerloop.admin.visit import sorry

KINDS = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}
"""Media types by the end of the name."""


class StaticFiles:
    """The files of the package's folder `static`; no others can be named."""

    def __init__(self) -> None:
        folder = files("ledgerloop.admin").joinpath("static")
        self._held = {one.name: one.read_bytes() for one in folder.iterdir() if one.name.rpartition(".")[2] in KINDS}
        self._tags = {name: f'"{hashlib.sha256(body).hexdigest()[:16]}"' for name, body in self._held.items()}

    async def __call__(self, request: Request) -> Response:
        """Answer."""
        name = str(request.path_params["name"])
        body = self._held.get(name)
        if body is None:
            return sorry(404, "There is no such file.")
        headers = {"ETag": self._tags[name], "Cache-Control": "no-cache"}
        if request.headers.get("if-none-match") == self._tags[name]:
            return Response(status_code=304, headers=headers)
        return Response(body, media_type=KINDS[name.rpartition(".")[2]], headers=headers)
