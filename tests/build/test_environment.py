"""What reads strangers' data sees no key and no configuration of a person, and the process has all again afterwards."""

import os
import subprocess

import pytest

from build.environment import git_environment


def test_no_key_and_no_settings_of_a_person_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "GITHUB_TOKEN", "GIT_SSH_COMMAND", "GIT_CONFIG_COUNT", "LD_PRELOAD", "PYTHONPATH"):
        monkeypatch.setenv(name, "secret")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/home/somebody/.gitconfig")
    with git_environment():
        assert "secret" not in os.environ.values()
        assert os.environ["GIT_CONFIG_GLOBAL"] == "/dev/null"
        assert os.environ["GIT_TERMINAL_PROMPT"] == "0"
        # A child has it too.
        said = subprocess.run(["env"], capture_output=True, encoding="utf-8", check=True).stdout
        assert "PATH=" in said
        assert "secret" not in said


@pytest.mark.parametrize(("allow_local", "protocols"), [(False, "https"), (True, "https:file")])
def test_git_speaks_https_and_to_this_machine_only_where_that_is_allowed(allow_local: bool, protocols: str) -> None:
    with git_environment(allow_local=allow_local):
        assert os.environ["GIT_ALLOW_PROTOCOL"] == protocols


def test_all_is_as_before_even_after_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    before = dict(os.environ)

    @git_environment()
    def fail() -> None:
        os.environ["LEFT_OVER"] = "1"
        raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert dict(os.environ) == before
