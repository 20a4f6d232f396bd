"""No address that the site ever had is a dead end."""

from tests.support.addresses import BEFORE, answers
from tests.support.place import Place


def test_every_address_of_the_first_release_answers(built: Place) -> None:
    files = BEFORE.read_text(encoding="utf-8").splitlines()
    found = answers(built.folder / "site", files)
    assert found.missing == []
    assert len(found.redirected) > 10
    assert len(files) > 100
