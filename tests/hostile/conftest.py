import pytest

from tests.support.hostile_run import HostileRun


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> HostileRun:
    """The hostile repository, built once. Read only."""
    run = HostileRun(tmp_path_factory.mktemp("hostile"))
    assert run.outcome.status == 3, run.outcome.said
    return run
