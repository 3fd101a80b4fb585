"""Uploads feeds by SFTP, to a server whose key is known beforehand. Needs the extra `sftp` (asyncssh).

A file appears under its name only when all of it is there; a feed that lies there already is replaced by itself.
"""

import asyncio
from typing import Any, Final

from ledgerloop.config.feeds import Sftp
from ledgerloop.outcome import Unreachable
from ledgerloop.store.feeds import Feed

REMOTE: Final = "sftp"


def upload(server: Sftp, feed: Feed) -> None:
    """Put the file there; once more does no harm. Raises Unreachable."""
    try:
        import asyncssh  # noqa: PLC0415  (an extra)
    except ImportError as problem:
        said = "uploading needs the extra sftp: pip install 'ledgerloop[sftp]'"
        raise Unreachable(REMOTE, "sftp_not_installed", said) from problem
    try:
        asyncio.run(_upload(asyncssh, server, feed))
    except asyncssh.HostKeyNotVerifiable as problem:
        said = f"{server.host} shows a key that is not the one of known_hosts ({problem})"
        raise Unreachable(REMOTE, "sftp_unknown_host", said) from problem
    except asyncssh.PermissionDenied as problem:
        raise Unreachable(REMOTE, "sftp_refused", f"{server.host} does not let {server.user} in") from problem
    except (asyncssh.Error, OSError, ValueError) as problem:
        said = f"the file could not be put on {server.host}: {problem or type(problem).__name__}"
        raise Unreachable(REMOTE, "sftp_failed", said) from problem


async def _upload(asyncssh: Any, server: Sftp, feed: Feed) -> None:
    async with asyncio.timeout(server.timeout_s):
        options = _options(asyncssh, server)
        async with (
            asyncssh.connect(server.host, server.port, **options) as connection,
            connection.start_sftp_client() as client,
        ):
            await _put(asyncssh, client, server.folder, feed)


def _options(asyncssh: Any, server: Sftp) -> dict[str, Any]:
    """Nothing of the machine's own SSH set-up is used: no agent, no configuration, no keys of its user."""
    key = server.private_key
    password = server.password
    return {
        "username": server.user,
        "known_hosts": asyncssh.import_known_hosts(server.known_hosts),
        "client_keys": [asyncssh.import_private_key(key.get_secret_value())] if key is not None else None,
        "password": password.get_secret_value() if password is not None else None,
        "agent_path": None,
        "config": None,
        "connect_timeout": server.timeout_s,
    }


async def _put(asyncssh: Any, client: Any, folder: str, feed: Feed) -> None:
    path = f"{folder.rstrip('/')}/{feed.name}" if folder else feed.name
    part = f"{path}.part"
    async with client.open(part, "wb") as file:
        await file.write(feed.body or b"")
    try:
        await client.posix_rename(part, path)
    except asyncssh.SFTPOpUnsupported:
        if await client.exists(path):
            await client.remove(path)
        await client.rename(part, path)
