"""Settlements as an accountant writes them down: what the three systems show, and what is posted for it.

Facts, one a line; amounts are in the currency of `sold`:

    sold 118.00 by invoice                       by invoice, cash sale, or not billed; `USD` unless it is named
    sold 8.00 and 100.00 of return credit by invoice
    returned 100.00 and tax 8.00                 one unit each
    loop: refund 98.01, fee 9.99                 also: gift card, exchange, upsell, credit
    shopify: 98.01 by card, shipping 10.00       one refund of the return; also: duties, `pending`, `without return`
    netsuite: credit memo 98.01 by hand          names no return and no refund; or `for refund 1`
    then                                         the facts below are only seen once the ones above are posted

`told` drives the syncs until they rest, playing NetSuite, and gives the records, the entries (which sum to zero) and
what waits or needs attention.
"""

import re
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from ledgerloop.domain.answers import Write
from ledgerloop.domain.case import Case, order_subject
from ledgerloop.domain.documents import Document, DocumentLine
from ledgerloop.domain.money import Money
from ledgerloop.domain.orders import LineKind, ShopRefund, ShopTransaction
from ledgerloop.domain.policy import Items, Policy
from ledgerloop.domain.records import CashRefundDraft, CreditMemoDraft, CustomerRefundDraft
from ledgerloop.domain.returns import LoopRefund, Return, ReturnLine
from ledgerloop.outcome import Attention, Waiting
from ledgerloop.syncs import refund, refund_without_return
from tests.support import cases

ITEMS = {
    "901": "exchange clearing",
    "902": "gift cards issued",
    "903": "fee income",
    "904": "variance",
    "908": "bonus expense",
    "909": "shipping income",
    "910": "duties",
    "911": "goodwill",
    "912": "gift_card",
    "913": "store_credit",
    "914": "card",
}
"""What each item posts to: adjustments, and the clearing items of further tenders."""

POLICY = replace(
    cases.POLICY,
    items=Items("901", "902", "903", "904", bonus="908", shipping_refund="909", duties_refund="910", goodwill="911"),
    payment_items={"gift_card": "912", "store_credit": "913", "card": "914"},
    refunds_without_return=True,
)
"""A merchant with every item configured, who posts goodwill."""

MONEY = r"(\d+(?:\.\d+)?)"
TERMS = {"credit": "exchange_credit", "gift card": "gift_card", "fee": "handling_fee", "exchange": "exchange_total"}
"""Loop's words for its sums, where they are not the field's own name."""


class World:
    """What the three systems show, as facts are told, and what NetSuite made of the drafts."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.currency = "USD"
        self.sold = self.credit_used = "0"
        self.billed = "invoice"
        self.units: list[ReturnLine] = []
        self.sums: dict[str, Money] = {}
        self.refunds: list[ShopRefund] = []
        self.loose: set[str] = set()
        self.documents: list[Document] = []
        self.entries: defaultdict[str, Decimal] = defaultdict(Decimal)
        self.gateways: dict[str, str] = {}
        self.said: list[str] = []

    def money(self, amount: str | int | Decimal) -> Money:
        return Money.of(amount, self.currency)

    def fact(self, line: str) -> None:
        """Take one fact in."""
        word, _, rest = line.partition(" ")
        {"sold": self._sold, "returned": self._returned, "loop:": self._loop, "shopify:": self._shopify}.get(
            word, self._netsuite
        )(rest)

    def _sold(self, text: str) -> None:
        found = re.fullmatch(rf"{MONEY}(?: ([A-Z]{{3}}))?(?: and {MONEY} of return credit)?,? (?:by )?(.+)", text)
        assert found, text
        self.sold, self.currency, self.credit_used = found[1], found[2] or "USD", found[3] or "0"
        self.billed = found[4]

    def _returned(self, text: str) -> None:
        found = re.fullmatch(rf"{MONEY}(?: and tax {MONEY})?", text)
        assert found, text
        number = len(self.units) + 1
        money = (self.money(found[1]), self.money(0), self.money(found[2] or "0"))
        self.units.append(ReturnLine(str(7100 + number), str(10 + number), f"SKU-{number}", "Goods", *money))

    def _loop(self, text: str) -> None:
        for term in text.split(", "):
            name, _, amount = term.rpartition(" ")
            self.sums[TERMS.get(name, name)] = self.money(amount)

    def _shopify(self, text: str) -> None:
        number, wanted = str(len(self.refunds) + 1), text.split(", ")
        paid = [re.fullmatch(rf"{MONEY} by (\w+)", one) for one in wanted]
        also = {one.rpartition(" ")[0]: one.rpartition(" ")[2] for one in wanted}
        status, at = "PENDING" if "pending" in wanted else "SUCCESS", cases.NOW - timedelta(hours=2)
        moved = [
            ShopTransaction(
                f"{number}{n}", "REFUND", status, one[2], self.money(one[1]), self.money(one[1]), at, parent_id="1"
            )
            for n, one in enumerate(paid, 1)
            if one
        ]
        loose = "without return" in wanted
        if loose:
            self.loose.add(number)
        shipping, duties = ((self.money(also[key]),) if key in also else () for key in ("shipping", "duties"))
        self.refunds.append(
            ShopRefund(number, at, "" if loose else "33", "", tuple(moved), shipping=shipping, duties=duties)
        )

    def _netsuite(self, text: str) -> None:
        found = re.fullmatch(rf"credit memo {MONEY} by hand(?: for refund (\d+))?", text)
        assert found, text
        self._keep("creditMemo", self.money(found[1]), (), created_from="1003", shopify_refund_id=found[2] or "")

    # -- the case --

    def case(self) -> Case:
        goods = tuple(
            cases.received(n, item_id=f"50{n}", sku=unit.sku, amount=unit.price, shopify_line_id=unit.shopify_line_id)
            for n, unit in enumerate(self.units, 1)
        )
        sold = tuple(
            cases.sold(n, item_id=f"50{n}", sku=unit.sku, amount=unit.price, shopify_line_id=unit.shopify_line_id)
            for n, unit in enumerate(self.units, 1)
        )
        whole = Money.total((one.price + one.tax for one in self.units), self.currency)
        bills = {"invoice": "invoice", "cash sale": "cashSale"}
        bill = [cases.document(bills[self.billed], "1003", "1001", *goods)] if self.billed in bills else []
        authorized = cases.authorization(*goods, status="F", total=whole)
        order = cases.shop_order(*self.refunds, currency=self.currency, presentment_currency=self.currency)
        paid = self.money(self.sold)
        moved = tuple(replace(one, amount=paid, presentment_amount=paid) for one in order.transactions)
        order = replace(order, total=paid, credit_used=self.money(self.credit_used), transactions=moved)
        returns = (self._return(whole),) if self.units else ()
        return replace(
            cases.case(self._return(whole)),
            returns=returns,
            documents=(*bill, *((authorized,) if self.units else ()), *self.documents),
            shop_order=order,
            source_orders=(cases.order(*sold) if sold else cases.order(),),
        )

    def _return(self, whole: Money) -> Return:
        none = self.money(0)
        empty = dict.fromkeys(("product", "discount", "tax", "exchange_total", "exchange_credit"), none)
        empty |= dict.fromkeys(("gift_card", "handling_fee", "refund", "upsell"), none)
        made = cases.totals((cases.unit(),), **{**empty, "return_total": whole, **self.sums})
        ids = tuple(LoopRefund(one.refund_id) for one in self.refunds if one.refund_id not in self.loose)
        return cases.processed(lines=tuple(self.units), totals=made, refunds=ids, currency=self.currency)

    # -- NetSuite --

    def post(self, draft: Any) -> None:
        """Save a draft as NetSuite would, and enter it."""
        if isinstance(draft, CustomerRefundDraft):
            tender = next(t for r in self.refunds for t in r.transactions if t.transaction_id == _tx(draft))
            self.said.append(f"customer refund {draft.amount.amount} by {tender.gateway}")
            self._keep("customerRefund", draft.amount, (), shopify_transaction_id=_tx(draft))
            self.entries["receivable" if draft.credit_memo_id else "deposits"] += draft.amount.amount
            self.entries[tender.gateway] -= draft.amount.amount
            return
        assert isinstance(draft, CreditMemoDraft | CashRefundDraft), draft
        goods = draft.source_type == "returnAuthorization"
        whole = Money.total((one.price + one.tax for one in self.units), self.currency) if goods else self.money(0)
        beside = [(one.item_id, one.amount) for one in draft.lines if one.amount is not None]
        total = whole + Money.total((amount for _, amount in beside), self.currency)
        total = total + (draft.shipping_cost or self.money(0))
        assert total == draft.expected_total, "the record's lines add up to the total that it announces"
        name = {"creditMemo": "credit memo", "cashRefund": "cash refund"}[draft.record_type]
        parts = [f"goods {whole.amount}"] if goods else []
        parts += [f"{ITEMS[item]} {amount.amount}" for item, amount in beside]
        self.said.append(f"{name} {total.amount} = {', '.join(parts)}")
        if draft.shipping_cost is not None:
            self.said[-1] += f", shipping cost {draft.shipping_cost.amount}"
            self.entries["shipping income"] += draft.shipping_cost.amount
        self._enter(draft, whole, beside, total)
        lines = tuple(_line(n, item, amount) for n, (item, amount) in enumerate(beside, 1))
        self._keep(
            draft.record_type,
            total,
            lines,
            external_id=draft.external_id,
            created_from=draft.source_id,
            loop_return_id=draft.key.loop_return_id,
            shopify_refund_id=draft.key.shopify_refund_id,
            memo=draft.memo,
        )

    def _enter(
        self, draft: CreditMemoDraft | CashRefundDraft, whole: Money, beside: list[tuple[str, Money]], total: Money
    ) -> None:
        self.entries["returns and tax"] += whole.amount
        for item, amount in beside:
            self.entries[ITEMS[item]] += amount.amount
        account = "receivable"
        if isinstance(draft, CashRefundDraft):
            paid = [t for r in self.refunds for t in r.transactions if t.transaction_id == _tx(draft)]
            account = paid[0].gateway if paid else "nothing"
        self.entries[account] -= total.amount

    def _keep(self, kind: str, total: Money, lines: tuple[DocumentLine, ...], **changes: Any) -> None:
        number = str(4001 + len(self.documents))
        status = {"creditMemo": "A"}.get(kind, "")
        made = cases.document(kind, number, changes.pop("created_from", ""), total=total, status=status, **changes)
        self.documents.append(replace(made, lines=lines))

    # -- to rest --

    def settle(self) -> None:
        """Ask both syncs, as the engine does, until neither wants to write."""
        for _ in range(20):
            case = self.case()
            about = [refund.next_write(case, self.policy)] if case.returns else []
            about.append(refund_without_return.next_write(case.about(order_subject(cases.ORDER)), self.policy))
            write = next((one for one in about if isinstance(one, Write)), None)
            if write is None:
                self.said += [_stopped(one) for one in about if one is not None]
                return
            self.post(write.draft)
        raise AssertionError(f"it never rests: {self.said}")


def told(facts: str, policy: Policy = POLICY) -> str:
    """Records in order, then the entries by account, then what waits or needs attention."""
    return "\n".join(_tell(facts, policy))


def world_of(facts: str, policy: Policy = POLICY) -> World:
    """Everything that came of these facts."""
    world = World(policy)
    for line in facts.strip().splitlines():
        if line.strip() == "then":
            world.settle()
        elif line.strip():
            world.fact(line.strip())
    world.settle()
    assert not sum(world.entries.values()), "entries sum to zero"
    return world


def _tell(facts: str, policy: Policy) -> list[str]:
    world = world_of(facts, policy)
    left = [f"{'Dr' if amount > 0 else 'Cr'} {name} {abs(amount)}" for name, amount in world.entries.items() if amount]
    posted = [one for one in world.said if not one.startswith(("attention", "waiting"))]
    return [*posted, *left, *[one for one in world.said if one not in posted]]


def _stopped(answer: object) -> str:
    assert isinstance(answer, Attention | Waiting), answer
    return f"{'attention' if isinstance(answer, Attention) else 'waiting'}: {answer.code}"


def _line(number: int, item: str, amount: Money) -> DocumentLine:
    none = Decimal(0)
    return DocumentLine(number, item, "", LineKind.OTHER, Decimal(1), none, none, abs(amount), False)


def _tx(draft: CustomerRefundDraft | CashRefundDraft) -> str:
    return draft.key.shopify_transaction_id
