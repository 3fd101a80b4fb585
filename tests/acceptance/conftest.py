"""A shop at the simulators: one sandbox process for the session, emptied for every test."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from tests.acceptance.trade import Trade
from tests.support.sandbox import Sandbox


@pytest.fixture(scope="session")
def running_sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def quiet() -> Iterator[None]:
    """Log warnings only: a line for each of thousands of calls is of no use."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    yield
    structlog.configure(**before)


@pytest.fixture
def sandbox(running_sandbox: Sandbox) -> Iterator[Sandbox]:
    """The simulators, empty and as they were at the start; Loop works off its queue when told."""
    running_sandbox.control("POST", "/reset", settings=True)
    running_sandbox.control("POST", "/latency", seconds=0)
    running_sandbox.act("loop_settings", job_delay_s=None)
    yield running_sandbox
    running_sandbox.control("DELETE", "/faults")


@pytest.fixture
def trade(sandbox: Sandbox, tmp_path: Path, quiet: None) -> Trade:
    return Trade(sandbox, tmp_path)
