"""What docs/ says of the code is what the code says."""

import re

import pytest

from build.commands.reference import documents
from tests.support.place import ROOT

DOCUMENTS = dict(documents())


@pytest.mark.parametrize("path", DOCUMENTS)
def test_what_is_made_from_the_code_is_up_to_date(path: str) -> None:
    assert (ROOT / "docs" / path).read_text(encoding="utf-8") == DOCUMENTS[path], "run `nox -s docs`"


def test_nothing_else_lies_in_the_reference() -> None:
    lying = {file.relative_to(ROOT / "docs").as_posix() for file in (ROOT / "docs" / "reference").rglob("*.*")}
    assert lying == {path for path in DOCUMENTS if path.startswith("reference/")}


def test_every_setting_is_in_the_table() -> None:
    """Whatever the code reads from its environment, by the ways in which it does."""
    ways = (
        r'environ(?:ment)?(?:\.get\(|\[)\s*"([A-Z][A-Z0-9_]+)"', r'envvar="([A-Z_]+)"',
        r'(?:secret|_number)\(\s*"([A-Z_]+)"',
    )  # fmt: skip
    code = "\n".join(
        file.read_text(encoding="utf-8") for folder in ("build", "search_fn") for file in (ROOT / folder).rglob("*.py")
    )
    read = {name for way in ways for name in re.findall(way, code)}
    assert {"INDEX_URI", "API_TOKENS", "REGISTRY_SITE_URL", "AI_MAX_CALLS", "CHAT_SECONDS"} <= read
    table = (ROOT / "docs" / "operating" / "settings.md").read_text(encoding="utf-8")
    told = set(re.findall(r"`([A-Z][A-Z0-9_]+)`", table))
    assert sorted(read - told) == []


def test_the_list_of_commands_says_all_of_what_each_does() -> None:
    listed = re.findall(
        r"^\* `([a-z-]+)`: (.*)$", DOCUMENTS["reference/command-line.md"].partition("\n## ")[0], re.MULTILINE
    )
    assert len(listed) > 12
    assert [name for name, said in listed if said.endswith("...")] == []
    assert dict(listed)["lint"].endswith("Exit status 0 or 3.")
