"""Malformed and hostile bodies: each becomes a whole order, or a sentence that says why not; never anything else."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledgerloop.domain.channels import Channels
from ledgerloop.domain.order_store import Order
from ledgerloop.domain.recognise import channel_of, shipping_method
from ledgerloop.remotes.shopify.rest_order import parse_rest_order
from ledgerloop.store import Store, open_store
from ledgerloop.store.order_store import OrderStore
from ledgerloop.store.order_tables import order_lines
from tests.support.orders import body

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

TEXTS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["", " ", "NaN", "Infinity", "-0", "1e400", "1" * 5000, "\0", "\ud800", "2026-13-40", "x" * 100_000]
    ),
)
NUMBERS = st.one_of(st.integers(-(10**30), 10**30), st.floats(), st.sampled_from([0, -1, 10**18, 2**31, 2**63, 1e308]))
KEYS = st.sampled_from(["id", "amount", "shop_money", "currency_code", "code", "", "\0", "x"])
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=4,
)


def places(view: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place of a document."""
    found = [path] if path else []
    inner = view.items() if isinstance(view, dict) else enumerate(view) if isinstance(view, list) else ()
    for key, value in inner:
        found += places(value, (*path, key))
    return found


SAMPLES = [body(), body("orders_create_loop_pos")]
PLACES = [places(one) for one in SAMPLES]


@st.composite
def hostile(draw: st.DrawFn) -> bytes:
    """A true body with a few of its places changed, dropped or doubled; sometimes cut, sometimes something else."""
    which = draw(st.integers(0, len(SAMPLES) - 1))
    view: Any = json.loads(json.dumps(SAMPLES[which]))
    for path in draw(st.lists(st.sampled_from(PLACES[which]), max_size=6)):
        _change(view, path, draw(st.sampled_from(["set", "drop", "double"])), lambda: draw(VALUES))
    raw = json.dumps(view).encode("utf-8", "surrogatepass")
    kind = draw(st.integers(0, 19))
    if kind == 0:
        return raw[: draw(st.integers(0, len(raw)))]
    if kind == 1:
        return draw(st.binary(max_size=200))
    return json.dumps(draw(VALUES)).encode() if kind == 2 else raw


def _change(view: Any, path: tuple[Any, ...], how: str, value: Callable[[], Any]) -> None:
    for key in path[:-1]:
        view = view[key] if (isinstance(view, dict) and key in view) or _has(view, key) else None
    last = path[-1]
    if not ((isinstance(view, dict) and last in view) or _has(view, last)):
        return
    if how == "double" and isinstance(view, list):
        view.append(view[last])
    elif how == "drop":
        del view[last]
    else:
        view[last] = value()


def _has(view: Any, place: Any) -> bool:
    return isinstance(view, list) and isinstance(place, int) and place < len(view)


class Kept:
    """An order store and its database."""

    def __init__(self, store: Store) -> None:
        self.store, self.orders = store, OrderStore(store)


def read(raw: bytes) -> Order | str:
    """The order, or why it is refused."""
    try:
        return parse_rest_order(raw)
    except ValueError as problem:
        return str(problem)


def check(raw: bytes, kept: Kept) -> None:
    """Whatever the body: a sentence, or an order that is stored whole and comes back the same."""
    order = read(raw)
    if isinstance(order, str):
        assert 0 < len(order) < 300
        return
    channel = channel_of(order, Channels())
    method = shipping_method(order, channel)
    orders = kept.orders
    orders.put("main", order, channel=channel, method=method, raw=raw, source="webhook", read_at=NOW)
    stored = orders.get("main", order.shopify_order_id)
    assert stored is not None
    assert stored.order is not None
    with kept.store.reading() as tx:
        mine = order_lines.select().filter_by(order_id=order.shopify_order_id)
        assert len(tx.execute(mine).all()) == len(stored.order.lines)
    if stored.order.updated_at == order.updated_at:
        assert stored.order == order


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    folder: Path = tmp_path_factory.mktemp("fuzz")
    store = open_store(f"sqlite:///{folder}/ledgerloop.db")
    yield Kept(store)
    store.close()


def fuzz(cases: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    calm = settings(
        max_examples=cases,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
    )
    return lambda test: calm(given(raw=hostile())(test))


@fuzz(300)
def test_hostile_bodies_are_stored_whole_or_refused_in_words(kept: Kept, raw: bytes) -> None:
    check(raw, kept)


@pytest.mark.soak
@pytest.mark.timeout(1800)
@fuzz(5000)
def test_five_thousand_hostile_bodies_are_stored_whole_or_refused_in_words(kept: Kept, raw: bytes) -> None:
    check(raw, kept)
