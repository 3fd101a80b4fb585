"""An SFTP server on loopback, of the library that uploads feeds."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncssh

from ledgerloop.config.feeds import Sftp


@dataclass(frozen=True)
class Server:
    """A server of the same library on loopback. It lets `feeder` in, by key or by password."""

    port: int
    folder: Path
    known_hosts: str
    client_key: str

    def settings(self, **changes: Any) -> Sftp:
        values = {"host": "127.0.0.1", "port": self.port, "user": "feeder", "known_hosts": self.known_hosts}
        return Sftp.model_validate({**values, "private_key": self.client_key, "timeout_s": 10, **changes})


class Door(asyncssh.SSHServer):
    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == ("feeder", "let-me-in")


@contextmanager
def sftp_server(folder: Path) -> Iterator[Server]:
    """A server whose root is this folder."""
    host_key, client_key = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(2))
    loop = asyncio.new_event_loop()

    async def listen() -> Any:
        def files(channel: Any) -> asyncssh.SFTPServer:
            return asyncssh.SFTPServer(channel, chroot=str(folder).encode())

        mine = asyncssh.import_authorized_keys(client_key.export_public_key().decode())
        return await asyncssh.listen(
            "127.0.0.1",
            0,
            server_factory=Door,
            server_host_keys=[host_key],
            authorized_client_keys=mine,
            sftp_factory=files,
        )

    listening = loop.run_until_complete(listen())
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    port = listening.get_port()
    known = f"[127.0.0.1]:{port} {host_key.export_public_key().decode()}"
    yield Server(port, folder, known, client_key.export_private_key().decode())
    loop.call_soon_threadsafe(listening.close)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()
