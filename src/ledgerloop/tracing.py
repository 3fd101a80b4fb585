"""Spans for OpenTelemetry: what was done for which case, and how long each call of a remote took.

Nothing is loaded and next to nothing done until `switch_on`. A span never holds a secret, a query or a person's data.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar, copy_context
from typing import Any, Final, ParamSpec, TypeAlias, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

Value: TypeAlias = str | int | bool | list[str]

_KEPT = re.compile(r"v\d+|\d{4}-\d{2}|oauth2")
"""Parts of a path that hold digits and are no ids: versions of an API among them."""

_ID = re.compile(r"[\d:%@=]")
"""What only ids, names of persons and keys hold."""


class Span:
    """A span that is open; without one of OpenTelemetry, it takes everything and does nothing."""

    def __init__(self, span: Any = None) -> None:
        self._span = span

    def set(self, **values: Value) -> None:
        """Note what is known by now; `a__b` is written `a.b`."""
        if self._span is not None:
            for name, value in values.items():
                self._span.set_attribute(name.replace("__", "."), value)


OFF: Final = Span()

_tracer: Any = None

_attempt: ContextVar[int] = ContextVar("attempt", default=1)


def switch_on(tracer: Any) -> None:
    """Give spans to this tracer of OpenTelemetry from now on; None ends it."""
    global _tracer  # noqa: PLW0603  (one process, one tracer, as OpenTelemetry has it)
    _tracer = tracer


def is_on() -> bool:
    """Whether spans go anywhere."""
    return _tracer is not None


def span(name: str, **values: Value) -> AbstractContextManager[Span]:
    """Open a span around a block; one that ends by an exception is marked with its kind."""
    return nullcontext(OFF) if _tracer is None else _open(name, values)


@contextmanager
def _open(name: str, values: dict[str, Value]) -> Iterator[Span]:
    # The texts of exceptions may hold what a remote said; their kind is enough.
    with _tracer.start_as_current_span(name, record_exception=False, set_status_on_exception=False) as raw:
        opened = Span(raw)
        opened.set(**values)
        try:
            yield opened
        except BaseException as raised:
            opened.set(error__type=str(getattr(raised, "code", "") or type(raised).__name__))
            raise


@contextmanager
def attempt(number: int) -> Iterator[None]:
    """Say that what is sent inside is the so-manieth attempt, counted from 1."""
    before = _attempt.set(number)
    try:
        yield
    finally:
        _attempt.reset(before)


def attempts() -> int:
    """Which attempt goes on."""
    return _attempt.get()


def route(path: str) -> str:
    """A path without its query and with every id replaced, so that equal requests have equal names."""
    parts = path.partition("?")[0].split("/")
    return "/".join("{id}" if _ID.search(one) and not _KEPT.fullmatch(one) else one for one in parts)


def carried(work: Callable[P, R]) -> Callable[P, R]:
    """Work for other threads that keeps this thread's open span and what log lines are bound to."""
    here = copy_context()

    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        return here.copy().run(work, *args, **kwargs)

    return run
