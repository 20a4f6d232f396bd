"""A secret is the value itself, or where it is; what cannot be read is told without it."""

from pathlib import Path

import pytest

from search_fn.secrets import SecretUnavailableError, secret

NAME = "REGISTRY_TEST_SECRET"


def test_a_value_is_taken_as_it_is_but_for_blanks_around_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(NAME, raising=False)
    assert secret(NAME) == ""
    for value in ("one two", "filed:away", "arn:aws:iam::1:role/x", "https://file:x"):
        monkeypatch.setenv(NAME, f" {value}\n")
        assert secret(NAME) == value


def test_a_file_is_read_anew_each_time(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "token"
    monkeypatch.setenv(NAME, f"file:{file}")
    for content in ("first", "second"):
        file.write_text(f"{content}\n", encoding="utf-8")
        assert secret(NAME) == content


def test_a_file_that_cannot_be_read_is_told_with_name_and_reason_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "bytes").write_bytes(b"\xff\xfesecret")
    for path, reason in ((tmp_path / "none", "FileNotFoundError"), (tmp_path / "bytes", "UnicodeDecodeError")):
        monkeypatch.setenv(NAME, f"file:{path}")
        with pytest.raises(SecretUnavailableError) as raised:
            secret(NAME)
        assert f"{NAME} names a secret that cannot be read ({reason})" in str(raised.value)
        assert "secret\\" not in str(raised.value)
        assert str(path) not in str(raised.value)
