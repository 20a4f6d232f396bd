"""What the function reads from its environment."""

import os
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest
from typer.testing import CliRunner

from build.cli import app
from search_fn.rest.application import create_app
from search_fn.settings import PACKAGE, Settings, SettingsError
from tests.support.fake_provider import KEY
from tests.support.mcp_messages import call
from tests.support.serving import serving


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
        with pytest.raises(ValueError, match="CHAT_TOKENS is not a whole number from 1 on: set one, such as 2000"):
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


def test_the_site_has_an_address_of_its_own_or_that_of_the_function(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings.from_environment().site_address == ""
    monkeypatch.setenv("PUBLIC_URL", "https://api.example/")
    assert Settings.from_environment().site_address == "https://api.example"
    monkeypatch.setenv("REGISTRY_SITE_URL", "https://site.example/below/")
    assert Settings.from_environment().site_address == "https://site.example/below"
    monkeypatch.setenv("REGISTRY_SITE_URL", "/")
    assert Settings.from_environment().site_address == "https://api.example"


def test_an_index_on_this_machine_has_its_encoder_beside_it(tmp_path: Path) -> None:
    read = Settings.of_folder(tmp_path)
    assert (read.index_uri, read.encoder_folder) == (str(tmp_path), tmp_path)
    assert not read.log


REFUSED = [
    ("CHAT_TOKENS", "abc"),
    ("CHAT_SECONDS", "x"),
    ("CHAT_SECONDS", "0"),
    ("CHAT_SECONDS", "٣"),
    ("CHAT_CHARACTERS", "-1"),
    ("CHAT_CHARACTERS", "9" * 5_000),
    ("API_TOKENS", "file:/nonexistent"),
    ("OPENAI_API_KEY", "file:/nonexistent"),
]
TOLERATED = [
    ("GITHUB_TOKEN", "file:/nonexistent"),
    ("REQUESTS_PER_HOUR", "ten"),
    ("REGISTRY_REQUESTS_REPOSITORY", "nobody"),
    ("GITHUB_API_URL", "api.github.com"),
]


@pytest.mark.parametrize(("name", "value"), REFUSED)
def test_the_function_does_not_start_and_says_in_one_sentence_why(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as ended:
        Settings.at_start()
    said = str(ended.value)
    assert said.startswith(name)
    assert " set " in said
    assert "\n" not in said
    assert len(said) < 300


@pytest.mark.parametrize("module", ["search_fn.app", "search_fn.stdio", "search_fn.handler"])
def test_that_sentence_is_all_that_is_printed(module: str) -> None:
    command = ["-m", module] if module == "search_fn.stdio" else ["-c", f"import {module}"]
    ended = subprocess.run(
        [sys.executable, *command],
        cwd=PACKAGE,
        env={**os.environ, "CHAT_TOKENS": "abc"},
        input="",
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == "CHAT_TOKENS is not a whole number from 1 on: set one, such as 2000.\n"


@pytest.mark.parametrize(("name", "value"), TOLERATED)
def test_a_broken_setting_of_requests_keeps_only_them_from_being_sent(
    made_up, name: str, value: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("INDEX_URI", str(made_up.folder))
    monkeypatch.setenv("GITHUB_TOKEN", "made-up-token")
    monkeypatch.setenv(name, value)
    settings = Settings.at_start()
    (line,) = caplog.messages
    assert name in line
    assert "made-up-token" not in line
    with serving(create_app(settings)) as client:
        found = call(client, "request_codebundle", {"platform": "Kafka", "tasks": ["lag"], "submit": True})
        assert not found["isError"]
        assert not found["structuredContent"]["submitted"]
        assert name in found["structuredContent"]["notes"][0]
        assert "/issues/new?" in found["structuredContent"]["url"]


def test_a_setting_error_is_of_one_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHAT_TOKENS", "abc")
    with pytest.raises(SettingsError):
        Settings.from_environment()


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (*REFUSED, *TOLERATED):
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("broken")
def test_no_command_of_the_build_minds_the_functions_variables(made_up, tmp_path: Path) -> None:
    queries = tmp_path / "queries.jsonl"
    queries.write_text('{"query": "pods", "relevant": {}}\n', encoding="utf-8")
    found = CliRunner().invoke(app, ["search", "pods", "--index", str(made_up.folder)])
    assert (found.exit_code, "hybrid" in found.stdout) == (0, True), found.output
    from build.phases.index import describe_interface

    assert describe_interface()["info"]["title"] == "CodeCollection Registry"


@pytest.mark.usefixtures("broken")
def test_what_is_served_on_this_machine_goes_without_what_is_broken(made_up, caplog: pytest.LogCaptureFixture) -> None:
    settings = Settings.of_folder(made_up.folder, chat=True)
    assert settings.provider is None
    assert "OPENAI_API_KEY" in caplog.messages[0]
    with serving(create_app(settings)) as client:
        assert client.get("/api/v1/search?q=pods").status_code == 200


@pytest.mark.usefixtures("broken")
def test_a_key_that_nobody_needs_is_not_read(made_up, caplog: pytest.LogCaptureFixture) -> None:
    assert Settings.of_folder(made_up.folder) == Settings(str(made_up.folder), made_up.folder)
    assert caplog.messages == []


def test_half_a_number_of_dimensions_is_told(
    made_up, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("EMBEDDING_MODEL", "model-1")
    monkeypatch.setenv("EMBEDDING_DIMENSIONS", "many")
    assert Settings.of_folder(made_up.folder).embeddings is None
    assert "EMBEDDING_DIMENSIONS is not a number" in caplog.messages[0]


def test_a_token_beyond_ascii_is_compared_as_utf_8(made_up) -> None:
    tokens = ("schlüssel", "\udcff-not-utf-8")
    settings = Settings(str(made_up.folder), made_up.folder, tokens=tokens)
    with serving(create_app(settings)) as client:

        def status(sent: bytes) -> int:
            headers = httpx2.Headers([(b"Authorization", b"Bearer " + sent)])
            return client.get("/tools", headers=headers).status_code

        assert [status("schlüssel".encode()), status(b"\xff-not-utf-8")] == [200, 200]
        assert [status("schlüssel".encode("latin-1")), status(b"schl?ssel"), status(b"\xff")] == [401, 401, 401]
