"""Names are compared as Robot does it."""

from hypothesis import given
from hypothesis import strategies as st
from robot.utils import normalize as robot_normalize

from build.parse.names import normalize


@given(st.text())
def test_a_name_is_compared_as_robot_does(name: str) -> None:
    assert normalize(name) == robot_normalize(name, ignore="_")


def test_case_blanks_and_underscores_do_not_count() -> None:
    assert normalize("Import_User Variable") == normalize("importuservariable") == "importuservariable"
    assert normalize("STRASSE") == normalize("straße")
