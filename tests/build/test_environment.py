"""What reads strangers' data sees no key and no configuration of a person; this process keeps its own throughout."""

import os

import pytest

from build.environment import clean_environment, git_environment
from build.workers import Processes

HOSTILE = (
    *("OPENAI_API_KEY", "GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "GIT_SSH_COMMAND", "GIT_CONFIG_COUNT", "GIT_DIR"),
    *("GIT_OBJECT_DIRECTORY", "LD_PRELOAD", "PYTHONPATH"),
)


@pytest.fixture
def hostile(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in HOSTILE:
        monkeypatch.setenv(name, "secret")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/home/somebody/.gitconfig")


@pytest.mark.usefixtures("hostile")
def test_no_key_and_no_settings_of_a_person_are_there() -> None:
    for allow_local in (False, True):
        with git_environment(allow_local=allow_local):
            clean = clean_environment()
        assert "secret" not in clean.values()
        assert clean["GIT_CONFIG_GLOBAL"] != "/home/somebody/.gitconfig"
        assert clean["GIT_TERMINAL_PROMPT"] == "0"
        assert clean["PATH"] == os.environ["PATH"]


@pytest.mark.parametrize(("allow_local", "protocols"), [(False, "https"), (True, "https:file")])
def test_git_speaks_https_and_to_this_machine_only_where_that_is_allowed(allow_local: bool, protocols: str) -> None:
    with git_environment(allow_local=allow_local):
        assert clean_environment()["GIT_ALLOW_PROTOCOL"] == protocols
    assert clean_environment()["GIT_ALLOW_PROTOCOL"] == "https"


@pytest.mark.usefixtures("hostile")
def test_this_process_keeps_its_environment_even_after_a_failure() -> None:
    before, local = dict(os.environ), "https:file"

    @git_environment(allow_local=True)
    def fail() -> None:
        assert (dict(os.environ), clean_environment()["GIT_ALLOW_PROTOCOL"]) == (before, local)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert (dict(os.environ), clean_environment()["GIT_ALLOW_PROTOCOL"]) == (before, "https")


def test_a_worker_begins_without_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    with Processes(1) as workers:
        found = [workers.schedule(os.getenv, [name], 60).result() for name in ("OPENAI_API_KEY", "PATH")]
    assert found == [None, os.environ["PATH"]]
