"""A text is handed over to an address: what was taken, what was not, and what nobody knows."""

from collections.abc import Iterator

import pytest

from ledgerloop.outcome import Refused, RemoteProblem, Unclear, Unreachable
from ledgerloop.remotes.post import post
from tests.support.receiver import BREAKS_OFF, Receiver, receiver


@pytest.fixture
def there() -> Iterator[Receiver]:
    with receiver() as made:
        yield made


def test_what_is_sent_arrives_as_it_is(there: Receiver) -> None:
    post(f"{there.url}/hook?token=1", b"body", {"X-One": "1"}, timeout_s=5)
    (one,) = there.posted
    assert (one.path, one.headers["x-one"], one.body) == ("/hook?token=1", "1", b"body")


ANSWERS: dict[int, type[RemoteProblem]] = {
    301: Refused,
    400: Refused,
    404: Refused,
    408: Unreachable,
    429: Unreachable,
    500: Unclear,
    502: Unclear,
    503: Unreachable,
    BREAKS_OFF: Unclear,
}


@pytest.mark.parametrize("status", ANSWERS)
def test_answers_are_told_apart(there: Receiver, status: int) -> None:
    there.answers = [status]
    with pytest.raises(ANSWERS[status]) as caught:
        post(f"{there.url}/secret-path", b"", {}, timeout_s=5)
    assert len(there.posted) == 1
    assert "secret-path" not in str(caught.value)
    assert "127.0.0.1" not in str(caught.value)
    if status:
        assert caught.value.message == f"it answered {status}: no, thank you"


def test_nobody_there_is_unreachable() -> None:
    with receiver() as gone:
        url = gone.url
    with pytest.raises(Unreachable, match=r"cannot be reached \(ConnectError\)"):
        post(url, b"", {}, timeout_s=5)
