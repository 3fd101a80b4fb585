"""How a merchant wants returns to be treated."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator

from ledgerloop.config.section import Section
from ledgerloop.config.values import Amount, Day, Gateway, NonNegative, Truth, Words, wrong


def _one_or_many(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _not_empty(statuses: tuple[str, ...]) -> tuple[str, ...]:
    if not statuses:
        raise wrong(
            "config_missing", "the list is empty, so no return would ever start", 'Write ["open", "review", "closed"]'
        )
    return statuses


class RefundRuleConfig(Section):
    """Orders paid by this gateway are refunded by this record; the first rule that matches wins."""

    gateway: Gateway
    record: Literal["cash_refund", "credit_memo"]


class PolicyConfig(Section):
    """The choices of section `[shops.policy]`; each default is what the documentation shows."""

    returns_from: Day = date(2026, 1, 1)
    statuses: Annotated[tuple[Literal["open", "review", "closed"], ...], AfterValidator(_not_empty)] = (
        "open",
        "review",
        "closed",
    )
    receive: Literal["both", "netsuite", "loop"] = "both"
    receive_when: Literal["processed", "delivered"] = "processed"
    cancel_in_netsuite: Truth = True
    cancel_in_loop: Literal["cancel", "close", "off"] = "cancel"
    flag: Literal["until_reviewed", "once"] = "until_reviewed"
    write_reviewed: Truth = True
    refund_record: Literal["by_billing", "cash_refund", "credit_memo"] = "by_billing"
    refund_rules: tuple[RefundRuleConfig, ...] = ()
    group_lines: Truth = True
    variance_limit: Amount = Decimal("0.05")
    keep_item_reasons: tuple[Words, ...] = ()
    missing_units: Literal["attention", "remove"] = "attention"
    missing_after_days: NonNegative = 7
    expired_grace_days: NonNegative = 30
    closed_period: Literal["next_open", "hold"] = "next_open"
    refund_before_receipt: Truth = False
    refunds_without_return: Truth = False
    order_channels: Annotated[tuple[Gateway, ...], BeforeValidator(_one_or_many)] = ("LOOP_EXCH",)
    exchange_settlement: Literal["discount", "customer_deposit"] = "discount"
    native_exchange: Literal["hold", "order"] = "hold"
    settle_s: NonNegative = 60
    writes: Literal["on", "off"] = "on"
