"""Whatever is asked of the API, it answers as it describes itself, and never fails."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from ledgerloop.store.users import Role
from tests.support.many import fill
from tests.support.web import Site, site

CHECKED: Any = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]

EXAMPLES = settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder: Path = tmp_path_factory.mktemp("api")
    with site(f"sqlite:///{folder}/l.db", folder) as made:
        fill(made.parts.stores.store, 30, 40)
        made.add("olga", Role.ADMIN, "")
        yield made


@pytest.fixture(scope="module")
def token(here: Site) -> dict[str, str]:
    return here.token("olga", Role.ADMIN)


def test_every_path_answers_as_described(here: Site, token: dict[str, str]) -> None:
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", here.client.app, headers=token)
    asked = []
    for operation in schema.get_all_operations():
        described = operation.ok()  # type: ignore[union-attr]

        @EXAMPLES
        @given(case=described.as_strategy())
        def answers(case: Any) -> None:
            case.call_and_validate(headers=token, checks=CHECKED)

        answers()
        asked.append(described.label)
    assert len(asked) > 50


def test_the_description_is_of_openapi_3_1(here: Site, token: dict[str, str]) -> None:
    assert here.client.get("/api/v1/openapi.json", headers=token).json()["openapi"].startswith("3.1")
