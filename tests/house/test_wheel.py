"""What is shipped: both packages with everything they read, and nothing else."""

import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

from tests.support.project import ROOT, name_of, project_files


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    directory = tmp_path_factory.mktemp("wheel")
    wheel = next(WheelBuilder(str(ROOT)).build(directory=str(directory), versions=["standard"]))
    with zipfile.ZipFile(Path(wheel)) as archive:
        return set(archive.namelist())


def test_every_file_of_both_packages_is_shipped(shipped: set[str]) -> None:
    ours = {name_of(path).removeprefix("src/") for path in project_files() if name_of(path).startswith("src/")}
    assert ours - shipped == set()


def test_nothing_but_the_packages_is_shipped(shipped: set[str]) -> None:
    assert {name.split("/")[0].split("-")[0] for name in shipped} <= {"ledgerloop", "ledgerloop_sandbox"}


def test_both_packages_say_that_they_are_typed(shipped: set[str]) -> None:
    assert {"ledgerloop/py.typed", "ledgerloop_sandbox/py.typed"} <= shipped
