"""The collector while an index is made."""

import gc

import pytest

from build.index.uncollected import uncollected


def test_the_collector_rests_and_runs_afterwards() -> None:
    with uncollected():
        assert not gc.isenabled()
        with uncollected():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_runs_after_what_failed() -> None:
    with pytest.raises(ValueError, match="stop"), uncollected():
        raise ValueError("stop")
    assert gc.isenabled()
