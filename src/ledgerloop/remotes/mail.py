"""Hands a letter over to a mail server: one attempt, and what became of it. Source: RFC 5321; Python's smtplib."""

import smtplib
import ssl
from email.message import EmailMessage
from typing import Any, Final

from ledgerloop.config.alerts import Email
from ledgerloop.outcome import Refused, Unclear, Unreachable

REMOTE: Final = "alerts"

GO_AHEAD: Final = 354
"""The answer after which the letter itself is sent; from then on the server may have taken it.

Source: RFC 5321, section 4.2.2.
"""

SHOWN: Final = 200
"""Characters of a refusal that are told."""


class _Smtp(smtplib.SMTP):
    """Plain, or encrypted by STARTTLS. Notes that the letter was begun to be handed over."""

    handed_over = False

    def getreply(self) -> tuple[int, bytes]:
        code, said = super().getreply()
        self.handed_over = self.handed_over or code == GO_AHEAD
        return code, said


class _Smtps(_Smtp, smtplib.SMTP_SSL):
    """The same, encrypted from the beginning."""


def send_mail(config: Email, letter: EmailMessage, *, tls: ssl.SSLContext | None = None) -> str:
    """Send a letter once; gives a remark where the server took it for some of its readers only.

    Raises Unreachable when it was not taken, Refused when it was refused, Unclear when it may have been taken. `tls`
    says which certificates are trusted; by default those of the system.
    """
    server: _Smtp | None = None
    try:
        server = _connected(config, tls)
        left_out = server.send_message(letter, config.sender, list(config.to))
    except smtplib.SMTPRecipientsRefused as problem:
        raise Refused(REMOTE, "alert_refused", f"no reader is taken: {_of_all(problem.recipients)}") from None
    except smtplib.SMTPResponseException as problem:
        said = f"it answered {problem.smtp_code}: {_text(problem.smtp_error)}"
        raise Refused(REMOTE, "alert_refused", said) from None
    except smtplib.SMTPNotSupportedError as problem:
        raise Refused(REMOTE, "alert_refused", f"the mail server does not offer it: {problem}") from None
    except (OSError, smtplib.SMTPException) as problem:
        if server is not None and server.handed_over:
            raise Unclear(REMOTE, "alert_unclear", f"the answer was lost ({type(problem).__name__})") from None
        raise Unreachable(REMOTE, "alert_unreachable", f"it cannot be reached ({_named(problem)})") from None
    finally:
        _end(server)
    return f"not taken for {_of_all(left_out)}" if left_out else ""


def _connected(config: Email, tls: ssl.SSLContext | None) -> _Smtp:
    server: _Smtp
    tls = tls or (None if config.security == "none" else ssl.create_default_context())
    if config.security == "tls":
        server = _Smtps(config.host, config.real_port, timeout=config.timeout_s, context=tls)
    else:
        server = _Smtp(config.host, config.real_port, timeout=config.timeout_s)
    try:
        if config.security == "starttls":
            server.starttls(context=tls)
        if config.user and config.password is not None:
            server.login(config.user, config.password.get_secret_value())
    except BaseException:
        server.close()
        raise
    return server


def _end(server: _Smtp | None) -> None:
    """Say good-bye; what comes of it does not matter any more."""
    if server is None:
        return
    try:
        server.quit()
    except (OSError, smtplib.SMTPException):
        server.close()


def _named(problem: Exception) -> str:
    text = " ".join(str(problem).split())[:SHOWN]
    return f"{type(problem).__name__}: {text}" if text else type(problem).__name__


def _of_all(answers: Any) -> str:
    return "; ".join(f"{name} ({code} {_text(said)})" for name, (code, said) in sorted(answers.items()))


def _text(said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return " ".join(text.split())[:SHOWN]
