"""Addresses of sources, in each host's own manner and always at a commit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from build.catalogue.source_links import Source

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("web", "file", "folder", "raw", "change"),
    [
        (
            "https://github.com/o/n",
            "https://github.com/o/n/blob/C/a/b.robot#L7",
            "https://github.com/o/n/tree/C/a/b.robot",
            "https://github.com/o/n/raw/C/a/b.robot",
            "https://github.com/o/n/commit/D",
        ),
        (
            "https://gitlab.com/o/g/n",
            "https://gitlab.com/o/g/n/-/blob/C/a/b.robot#L7",
            "https://gitlab.com/o/g/n/-/tree/C/a/b.robot",
            "https://gitlab.com/o/g/n/-/raw/C/a/b.robot",
            "https://gitlab.com/o/g/n/-/commit/D",
        ),
        (
            "https://bitbucket.org/o/n",
            "https://bitbucket.org/o/n/src/C/a/b.robot#lines-7",
            "https://bitbucket.org/o/n/src/C/a/b.robot",
            "https://bitbucket.org/o/n/raw/C/a/b.robot",
            "https://bitbucket.org/o/n/commits/D",
        ),
        (
            "https://git.example.com:8443/o/n",
            "https://git.example.com:8443/o/n/blob/C/a/b.robot#L7",
            "https://git.example.com:8443/o/n/tree/C/a/b.robot",
            "https://git.example.com:8443/o/n/raw/C/a/b.robot",
            "https://git.example.com:8443/o/n/commit/D",
        ),
    ],
)
def test_each_host_has_its_own_manner(web: str, file: str, folder: str, raw: str, change: str) -> None:
    at = Source(web, "C")
    assert at.file("a/b.robot", 7) == file
    assert at.file("a/b.robot") == file.partition("#")[0]
    assert at.folder("a/b.robot") == folder
    assert at.raw("a/b.robot") == raw
    assert at.change("D") == change


@pytest.mark.parametrize(
    ("host", "several", "one"),
    [
        ("github.com", "#L3-L5", "#L3"),
        ("gitlab.com", "#L3-5", "#L3"),
        ("bitbucket.org", "#lines-3:5", "#lines-3"),
        ("git.example.com", "#L3-L5", "#L3"),
    ],
)
def test_lines_are_marked_as_their_host_does(host: str, several: str, one: str) -> None:
    at = Source(f"https://{host}/o/n", "C")
    assert (at.lines(3, 5), at.lines(3, 3)) == (several, one)


@pytest.mark.parametrize(
    "git_url", ["https://github.com/o/n", "https://github.com/o/n.git", "https://github.com/o/n.git/"]
)
def test_the_web_address_is_the_git_address_without_its_ending(git_url: str) -> None:
    """Only the ending goes: a name may well end in one of its letters."""
    assert Source(git_url, "C").folder("a") == "https://github.com/o/n/tree/C/a"
    assert Source("https://github.com/o/digit.git", "C").folder("a") == "https://github.com/o/digit/tree/C/a"


@pytest.mark.parametrize(
    ("path", "quoted"),
    [
        ("a b.yaml", "a%20b.yaml"),
        ("q?x#y", "q%3Fx%23y"),
        ('"><script>', "%22%3E%3Cscript%3E"),
        ("100%", "100%25"),
        ("é", "%C3%A9"),
        ("{web}/{commit}", "%7Bweb%7D/%7Bcommit%7D"),
        ("new\nline", "new%0Aline"),
    ],
)
def test_a_path_is_quoted(path: str, quoted: str) -> None:
    assert Source("https://github.com/o/n", COMMIT).file(path) == f"https://github.com/o/n/blob/{COMMIT}/{quoted}"


@given(st.text(st.characters(codec="utf-8")), st.integers(1))
def test_any_path_gives_an_address_that_cannot_end_an_attribute(path: str, line: int) -> None:
    for address in (
        Source("https://github.com/o/n", COMMIT).file(path, line),
        Source("https://gitlab.com/o/n", COMMIT).raw(path),
    ):
        assert address.isascii()
        assert not set(address) & set(" <>\"'`\n\t{}")


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("github.com", "https://github.com/o/r/edit/a%20b/c%20d.robot"),
        ("gitlab.com", "https://gitlab.com/o/r/-/edit/a%20b/c%20d.robot"),
        ("git.example.com", ""),
    ],
)
def test_a_file_is_edited_on_its_branch_where_the_host_has_an_address_for_that(host: str, address: str) -> None:
    assert Source(f"https://{host}/o/r.git", "f" * 40).edit("c d.robot", "a b") == address
