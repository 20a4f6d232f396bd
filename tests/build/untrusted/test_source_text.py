"""The text of a source file as it is published."""

import pytest

from build.untrusted.source_text import MASK, NotTextError, is_lfs_pointer, source_text, spelled_out
from search_fn.text import CONTROLS, HIDDEN
from tests.support.made_up_keys import keys

POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 12345\n"
KEY = "ghp_" + "aZ3kQ9xB7mW2pL5tR8vN1cD4fG6hJ0sYeUiO"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", ""),
        (b"a\tb\nc", "a\tb\nc"),
        (b"a\r\nb\r\n", "a\nb\n"),
        (b"a\rb\r", "a\nb\n"),
        (b"a\rb\nc", "a<U+000D>b\nc"),
        (b"\xef\xbb\xbfa", "a"),
        ("Überlauf – ✓ 👩‍💻".encode(), "Überlauf – ✓ 👩‍💻"),
        (b"latin \xe9t\xe9 and more of it", "latin \ufffdt\ufffd and more of it"),
        (b"\x1b[31mred\x1b[0m and so on", "<U+001B>[31mred<U+001B>[0m and so on"),
        ("user \u202egnp.exe and more".encode(), "user <U+202E>gnp.exe and more"),
        ("one\u2028line, ever so long".encode(), "one<U+2028>line, ever so long"),
        ("a\U000e0041b, ever so long".encode(), "a<U+E0041>b, ever so long"),
    ],
)
def test_lines_end_alike_and_what_nobody_sees_is_spelled_out(content: bytes, text: str) -> None:
    assert source_text(content) == text
    assert not CONTROLS.search(text)
    assert not HIDDEN.search(text)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0", "binary"),
        ("UTF-16".encode("utf-16"), "binary"),
        (bytes(range(128, 256)) * 10, "binary"),
        (b"\x01" * 50, "binary"),
        (POINTER, "lfs-pointer"),
        (POINTER.replace(b"\n", b"\r\n"), "lfs-pointer"),
    ],
)
def test_what_is_no_text_says_what_it_is(content: bytes, why: str) -> None:
    with pytest.raises(NotTextError) as raised:
        source_text(content)
    assert raised.value.why == why


def test_a_text_about_pointers_is_none() -> None:
    assert not is_lfs_pointer(POINTER.decode() + "and more\n")
    assert source_text(POINTER + b"and more\n").endswith("and more\n")


@pytest.mark.parametrize("key", list(keys(7).values()))
def test_a_key_is_masked_and_lines_stay_where_they_are(key: str) -> None:
    text = source_text(f"first\n# {key}\nlast\n".encode())
    assert key not in text
    assert "(key removed)" in text
    assert text.startswith("first\n# ")
    assert text.endswith("\nlast\n")


@pytest.mark.parametrize("hidden", ["\u200b", "\u2060", "\xad", "\x07"])
def test_a_key_that_is_broken_by_what_nobody_sees_is_masked(hidden: str) -> None:
    text = source_text(f"{KEY[:12]}{hidden}{KEY[12:]} of {hidden} somebody\n".encode())
    assert text == "(key removed) of  somebody\n"


DECLARED = """\
*** Keywords ***
Suite Initialization
    ${x}=    RW.Core.Import User Variable    DB_PASSWORD    type=string    default=hunter2    pattern=\\w*
    ...    example=correct horse
    # A comment.
    ...    description=default=of the database
    ${y}=    Import User Variable
    ...    PORT
    ...    default=5432
    RW.Core.import_user_variable    varname=API_KEY    default=    example=""
    | ${z}= | Import User Variable | TOKEN | default=abc |
    Log    default=kept
"""


def test_the_default_of_a_credential_is_masked_as_in_its_record() -> None:
    assert source_text(DECLARED.encode()).split("\n") == (
        DECLARED.replace("default=hunter2", f"default={MASK}")
        .replace("example=correct horse", f"example={MASK}")
        .replace("default=abc", f"default={MASK}")
        .split("\n")
    )


def test_spelling_out_leaves_what_is_seen() -> None:
    assert spelled_out("a\tb\n`<U+202E>` é") == "a\tb\n`<U+202E>` é"
