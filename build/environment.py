"""The environment of processes that read untrusted data, git above all: no keys, no personal settings, no prompt."""

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType

_PASSED_ON = (
    "PATH", "HOME", "TMPDIR", "TEMP", "SYSTEMROOT",
    "HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO",
)  # fmt: skip

# Git reads in it for whom an administrator acts under sudo.
_PASSED_ON_LOCALLY = ("SUDO_UID",)

_GIT_SETTINGS = {
    "GIT_ALLOW_PROTOCOL": "https",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "true",
    "GIT_LFS_SKIP_SMUDGE": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "LC_ALL": "C",
}

# `git_environment` adds these variables while it is entered; threads share them.
_more: Mapping[str, str] = MappingProxyType({})


def clean_environment() -> dict[str, str]:
    """Return all that a child which reads strangers' data has for its environment."""
    passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return {**passed_on, **_GIT_SETTINGS, **_more}


def drop_keys() -> None:
    """Leave this process nothing but `clean_environment()`: what a worker begins with."""
    clean = clean_environment()
    os.environ.clear()
    os.environ.update(clean)


@contextmanager
def git_environment(*, allow_local: bool = False) -> Iterator[None]:
    """Let git fetch from this machine, too, where `allow_local` is set; else and outside of this, by https alone.

    Repositories on this machine that belong to another user are then read where the person's own git would read them:
    its `safe.directory` is all that is taken of its configuration.
    """
    global _more
    before = _more
    with ExitStack() as held:
        more: dict[str, str] = {}
        if allow_local:
            more["GIT_ALLOW_PROTOCOL"] = "https:file"
            if text := _safe_directories():
                configuration = Path(held.enter_context(TemporaryDirectory(prefix="registry-git-"))) / "config"
                configuration.write_text(text, encoding="utf-8", errors="surrogateescape")
                more["GIT_CONFIG_GLOBAL"] = str(configuration)
            more |= {name: os.environ[name] for name in _PASSED_ON_LOCALLY if name in os.environ}
        _more = more
        try:
            yield
        finally:
            _more = before


def _safe_directories() -> str:
    """Return the person's and the system's `safe.directory` as a configuration; "" where there is none."""
    directories: list[str] = []
    for scope in ("--system", "--global"):
        # In its order: an empty value takes back those before it.
        result = subprocess.run(
            ["git", "config", scope, "--null", "--get-all", "safe.directory"],
            capture_output=True, encoding="utf-8", errors="surrogateescape", check=False,
        )  # fmt: skip
        directories += result.stdout.split("\0")[:-1] if result.returncode == 0 else []
    escaped = (value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") for value in directories)
    return "".join(["[safe]\n", *(f'\tdirectory = "{value}"\n' for value in escaped)]) if directories else ""
