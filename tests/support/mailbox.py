"""A mail server on loopback that takes letters, or does not, as it is told."""

import datetime as dt
import ipaddress
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.policy import default
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID


@dataclass
class Mailbox:
    """What it took, and how it behaves.

    `says` answers a command, a whole line, or the end of a letter (`.`) otherwise than with yes; an empty answer breaks
    off.
    """

    port: int = 0
    says: dict[str, str] = field(default_factory=dict)
    letters: list[Message] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    encrypted: ssl.SSLContext | None = None
    logins: list[str] = field(default_factory=list)


class _Talk(socketserver.StreamRequestHandler):
    box: Mailbox
    disable_nagle_algorithm = True

    def handle(self) -> None:
        self.say("220 here")
        while line := self.rfile.readline().decode().strip():
            verb = line.split(None, 1)[0].upper()
            self.box.heard.append(line if verb != "AUTH" else "AUTH")
            told = self.box.says.get(line, self.box.says.get(verb))
            if told is not None:
                if not told:
                    return
                self.say(told)
            elif not self.do(verb, line):
                return

    def finish(self) -> None:
        super().finish()
        self.connection.close()

    def do(self, verb: str, line: str) -> bool:
        if verb == "EHLO":
            offers = ["here", "AUTH PLAIN"] + (["STARTTLS"] if self.box.encrypted else [])
            for number, one in enumerate(offers, start=1):
                self.say(f"250{' ' if number == len(offers) else '-'}{one}")
        elif verb == "STARTTLS" and self.box.encrypted:
            self.say("220 go ahead")
            self.connection = self.box.encrypted.wrap_socket(self.connection, server_side=True)
            self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)
        elif verb == "AUTH":
            self.box.logins.append(line.rsplit(maxsplit=1)[-1])
            self.say("235 welcome")
        elif verb == "DATA":
            self.say("354 go on")
            return self.take()
        else:
            self.say("221 bye" if verb == "QUIT" else "250 yes")
        return verb != "QUIT"

    def take(self) -> bool:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        if self.box.says.get(".") == "":
            return False
        if "." in self.box.says:
            self.say(self.box.says["."])
            return True
        self.box.letters.append(message_from_bytes(b"".join(lines), policy=default))
        self.say("250 taken")
        return True

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that breaks off is what some tests are about."""


@contextmanager
def mailbox(encrypted: ssl.SSLContext | None = None) -> Iterator[Mailbox]:
    """Run a mail server."""
    box = Mailbox(encrypted=encrypted)
    talk = type("Talk", (_Talk,), {"box": box})
    with _Server(("127.0.0.1", 0), talk) as server:
        box.port = server.server_address[1]
        thread = threading.Thread(target=lambda: server.serve_forever(0.01), daemon=True)
        thread.start()
        try:
            yield box
        finally:
            server.shutdown()
            thread.join(5)


def own_certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A certificate for loopback made on the spot: how a server shows it, and how a client trusts it alone."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail for tests")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "mail.pem"
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(pem + certificate.public_bytes(Encoding.PEM))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    return server, ssl.create_default_context(cadata=certificate.public_bytes(Encoding.PEM).decode())
