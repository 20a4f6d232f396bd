"""What the function reads from its environment."""

from pathlib import Path

import pytest

from search_fn.settings import PACKAGE, Settings


@pytest.mark.parametrize(
    ("uri", "index_uri", "encoder_folder"),
    [
        (None, str(PACKAGE / "index_data"), PACKAGE / "index_data"),
        ("", str(PACKAGE / "index_data"), PACKAGE / "index_data"),
        ("other", str(PACKAGE / "other"), PACKAGE / "other"),
        ("/srv/index", "/srv/index", Path("/srv/index")),
        ("s3://bucket/index", "s3://bucket/index", PACKAGE / "index_data"),
    ],
)
def test_the_environment_names_the_index(
    monkeypatch: pytest.MonkeyPatch, uri: str | None, index_uri: str, encoder_folder: Path
) -> None:
    monkeypatch.delenv("INDEX_URI", raising=False)
    if uri is not None:
        monkeypatch.setenv("INDEX_URI", uri)
    monkeypatch.setenv("ALLOWED_ORIGINS", "https://a.example, ,https://b.example")
    settings = Settings.from_environment()
    assert (settings.index_uri, settings.encoder_folder) == (index_uri, encoder_folder)
    assert settings.allowed_origins == ("https://a.example", "https://b.example")


def test_numbers_are_whole_ones_and_the_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHAT_TOKENS", "120")
    monkeypatch.setenv("CHAT_SECONDS", "")
    read = Settings.from_environment()
    assert (read.chat_tokens, read.chat_seconds) == (120, 20)
    for wrong in ("1.5", "-1", "many", "1e3"):
        monkeypatch.setenv("CHAT_TOKENS", wrong)
        with pytest.raises(ValueError, match="CHAT_TOKENS is no whole number: set one, such as 2000"):
            Settings.from_environment()


def test_queries_are_logged_only_where_that_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LOG_QUERIES", raising=False)
    assert not Settings.from_environment().log_queries
    for value, logged in (("1", True), ("0", False), ("true", False)):
        monkeypatch.setenv("LOG_QUERIES", value)
        assert Settings.from_environment().log_queries is logged


def test_hosts_ignore_case_and_blank_entries_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOWED_HOSTS", "Search.Example, ,b.example,")
    monkeypatch.setenv("API_TOKENS", " one, two ,")
    monkeypatch.setenv("PROTECTED_PATHS", "/mcp,/tools")
    read = Settings.from_environment()
    assert read.allowed_hosts == ("search.example", "b.example")
    assert read.tokens == ("one", "two")
    assert read.protected == ("/mcp", "/tools")


def test_an_index_on_this_machine_has_its_encoder_beside_it(tmp_path: Path) -> None:
    read = Settings.of_folder(tmp_path)
    assert (read.index_uri, read.encoder_folder) == (str(tmp_path), tmp_path)
    assert not read.log
