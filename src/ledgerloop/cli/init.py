"""`ledgerloop init`: write a commented `ledgerloop.toml`, asking only what cannot be known."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter, ValidationError

from ledgerloop.cli.init_text import TEXT
from ledgerloop.config.values import AccountId, HostName, HttpUrl, ShopId

Ask = Callable[[str, str], str]
"""Asks a person: question and default in, answer out; an empty answer means the default."""

TRIES: Final = 3
"""How often one question is asked before giving up: enough for a typing mistake, and a script cannot loop for ever."""

ENVIRONMENT: Final = (
    "LOOP_API_KEY",
    "LOOP_WEBHOOK_SECRET",
    "SHOPIFY_TOKEN",
    "SHOPIFY_SECRET",
    "NS_CLIENT_ID",
    "NS_CERT_ID",
)
"""The environment variables that the written file refers to."""

PRIVATE_KEY_FILE: Final = "netsuite.pem"
"""The file, beside the config, that the written file takes NetSuite's private key from."""


class InitRefused(Exception):  # noqa: N818  (says what happened)
    """Nothing was written; the text says why and what to do."""


@dataclass(frozen=True)
class _Question:
    name: str
    text: str
    default: str
    check: TypeAdapter[str]
    may_be_empty: bool = False


QUESTIONS: Final = (
    _Question("shop_id", "Short name of the shop", "main", TypeAdapter(ShopId)),
    _Question("domain", "Shopify domain", "example.myshopify.com", TypeAdapter(HostName)),
    _Question("account", "NetSuite account id", "1234567_SB1", TypeAdapter(AccountId)),
    _Question("public_url", "Public address for webhooks (- for none)", "-", TypeAdapter(HttpUrl), may_be_empty=True),
)
"""All that cannot be known or defaulted."""


def run(path: Path, ask: Ask, *, force: bool = False) -> Path:
    """Ask, then write the file; an existing one is replaced only with `force`. Raises InitRefused."""
    if path.exists() and not force:
        raise InitRefused(f"{path} exists already. Use --force to replace it, or --config to write another file.")
    answers = {question.name: _answer(question, ask) for question in QUESTIONS}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(render(**answers), encoding="utf-8")
    except OSError as error:
        raise InitRefused(f"{path} cannot be written: {error.strerror}. Choose another place with --config.") from None
    return path


def render(*, shop_id: str, domain: str, account: str, public_url: str) -> str:
    """Fill the answers into the text of the file. They must have passed the checks of `QUESTIONS`."""
    text = TEXT
    for name, value in (("shop_id", shop_id), ("domain", domain), ("account", account), ("public_url", public_url)):
        text = text.replace(f"@{name}@", value)
    return text


def next_steps(path: Path) -> str:
    """Say what a person does after the file is written."""
    names = ", ".join(ENVIRONMENT)
    return (
        f"{path} is written.\n"
        f"1. Set the environment variables {names}.\n"
        f"2. Put NetSuite's private key into {path.parent / PRIVATE_KEY_FILE}.\n"
        "3. Fill in the internal ids of [shops.netsuite.items], accounts, payment methods and locations.\n"
        "4. Run: ledgerloop doctor"
    )


def _answer(question: _Question, ask: Ask) -> str:
    text, fault = question.text, ""
    for _ in range(TRIES):
        given = ask(text, question.default).strip() or question.default
        if question.may_be_empty and given == "-":
            return ""
        try:
            return question.check.validate_python(given)
        except ValidationError as error:
            context = error.errors(include_url=False)[0].get("ctx", {})
            fault = f"{context.get('problem', 'not allowed')}. {context.get('remedy', '')}".strip()
            text = f"{question.text} ({fault})"
    raise InitRefused(f"{question.text}: {fault}. Nothing was written.")
