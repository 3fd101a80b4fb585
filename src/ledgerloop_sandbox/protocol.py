"""A uvicorn HTTP protocol that hands its connection to the application, so that a fault can cut it."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from .layer import TRANSPORT, Receive, Scope, Send


class CuttableProtocol(H11Protocol):
    """HTTP/1.1 whose transport stands in `scope["extensions"]`."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        inner: Any = self.app

        async def with_transport(scope: Scope, receive: Receive, send: Send) -> None:
            scope.setdefault("extensions", {})[TRANSPORT] = transport
            await inner(scope, receive, send)

        self.app = with_transport
