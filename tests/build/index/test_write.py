"""The index's tables, as they are written and read."""

import pytest

from build.catalogue.record import Record
from build.index.write import digest
from tests.support.made_up import records


@pytest.fixture(scope="module")
def made() -> list[Record]:
    return records()[:3]


def test_the_digest_is_of_the_records_alone(made: list[Record]) -> None:
    assert digest(made) == digest(records()[:3])
    assert len({digest(made), digest(made[:2]), digest([{**made[0], "doc": "x"}, *made[1:]]), digest([])}) == 4
