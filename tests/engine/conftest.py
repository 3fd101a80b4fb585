"""The same sandbox as the acceptance tests."""

from tests.acceptance.conftest import quiet, running_sandbox, sandbox, trade

__all__ = ["quiet", "running_sandbox", "sandbox", "trade"]
