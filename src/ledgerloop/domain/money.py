"""Money: an exact decimal amount with its currency, from parser to page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from fractions import Fraction

EXPONENTS: dict[str, int] = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND"), 0),
    **dict.fromkeys(("VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
"""Decimal places of the currencies that do not have two. Source: ISO 4217."""


def exponent(currency: str) -> int:
    """Number of decimal places of the currency's minor unit."""
    return EXPONENTS.get(currency, 2)


@dataclass(frozen=True, order=False)
class Money:
    """An amount in one currency, held to the currency's minor unit (half up)."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        quantum = Decimal(1).scaleb(-exponent(self.currency))
        rounded = self.amount.quantize(quantum, rounding=ROUND_HALF_UP)
        object.__setattr__(self, "amount", rounded + 0 if rounded else rounded.copy_abs())

    @classmethod
    def of(cls, value: object, currency: str) -> "Money":
        """Read an amount as the remotes write it (text, int, float, Decimal). Raises ValueError on anything else."""
        try:
            amount = Decimal(str(value).strip())
            if amount.is_finite():
                return cls(amount, currency)
        except InvalidOperation as problem:
            raise ValueError(f"not an amount of money: {value!r}") from problem
        raise ValueError(f"not an amount of money: {value!r}")

    @classmethod
    def zero(cls, currency: str) -> "Money":
        return cls(Decimal(0), currency)

    @classmethod
    def total(cls, amounts: Iterable["Money"], currency: str) -> "Money":
        """Sum of the amounts; zero of `currency` when there are none."""
        result = cls.zero(currency)
        for amount in amounts:
            result = result + amount
        return result

    def _same(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise ValueError(f"{self} and {other} are of different currencies")

    def __add__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.amount - other.amount, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount, self.currency)

    def __abs__(self) -> "Money":
        return Money(abs(self.amount), self.currency)

    def __lt__(self, other: "Money") -> bool:
        self._same(other)
        return self.amount < other.amount

    def __le__(self, other: "Money") -> bool:
        self._same(other)
        return self.amount <= other.amount

    def __bool__(self) -> bool:
        return bool(self.amount)

    def share(self, part: Decimal, whole: Decimal) -> "Money":
        """Give this amount times part / whole, rounded half up to the minor unit."""
        return Money(self.amount * part / whole, self.currency)

    def split(self, weights: Sequence[Decimal]) -> tuple["Money", ...]:
        """Divide this amount by weights, none negative, without losing a minor unit: the parts add up to it exactly.

        Every part is rounded towards zero; the units left go to the largest remainders, earlier parts first. Weights
        that are all zero divide it evenly. Raises ValueError where there is nobody to divide it among.
        """
        if not weights or any(weight < 0 for weight in weights):
            raise ValueError(f"{self} cannot be divided by {', '.join(map(str, weights)) or 'no weights'}")
        shares = [Fraction(weight) for weight in weights] if any(weights) else [Fraction(1)] * len(weights)
        unit = Decimal(1).scaleb(-exponent(self.currency))
        units, whole = int(abs(self.amount) / unit), sum(shares)
        exact = [units * share / whole for share in shares]
        parts = [int(one) for one in exact]
        by_remainder = sorted(range(len(parts)), key=lambda n: exact[n] - parts[n], reverse=True)
        for n in by_remainder[: units - sum(parts)]:
            parts[n] += 1
        sign = -1 if self.amount < 0 else 1
        return tuple(Money(sign * part * unit, self.currency) for part in parts)

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"
