"""Where feeds are uploaded to."""

from typing import Annotated

from pydantic import AfterValidator, SecretStr

from ledgerloop.config.section import Section
from ledgerloop.config.values import HostName, PlainText, Port, Seconds, Secret, wrong


def _host_keys(value: str) -> str:
    lines = [line for line in value.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    if not lines or any(len(line.split()) < 3 for line in lines):
        remedy = "Give the lines that ssh-keyscan shows for the server, compared with what its owner says, as file:PATH"
        raise wrong("config_value", "this is not a list of known hosts", remedy)
    return value


def _ssh_key(value: SecretStr) -> SecretStr:
    text = value.get_secret_value()
    if "-----BEGIN" not in text or "PRIVATE KEY-----" not in text:
        remedy = "Give the private key without a passphrase, such as ssh-keygen makes it, as file:PATH"
        raise wrong("config_private_key", "this is not a private key", remedy)
    return value


def _folder(value: str) -> str:
    if any(ord(letter) < 32 for letter in value):
        raise wrong("config_value", "the folder's name holds characters that no folder has", "Write it again")
    return value


class Sftp(Section):
    """The server for feeds. Either `private_key` or `password`, or both; `known_hosts` are the server's own keys."""

    host: HostName
    port: Port = 22
    user: PlainText
    known_hosts: Annotated[str, AfterValidator(_host_keys)]
    private_key: Annotated[SecretStr, AfterValidator(_ssh_key)] | None = None
    password: Secret | None = None
    folder: Annotated[str, AfterValidator(_folder)] = ""
    timeout_s: Seconds = 60
