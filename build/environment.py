"""The environment of what reads strangers' data, git above all: no keys, no configuration of a person, no prompt."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

_PASSED_ON = (
    "PATH", "HOME", "TMPDIR", "TEMP", "SYSTEMROOT",
    "HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO",
)  # fmt: skip

_GIT_SETTINGS = {
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "true",
    "GIT_LFS_SKIP_SMUDGE": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "LC_ALL": "C",
}


@contextmanager
def git_environment(*, allow_local: bool = False) -> Iterator[None]:
    """What git is run with, for the whole process: GitPython would hand on all of os.environ, keys included.

    With `allow_local`, repositories on this machine that belong to another user are read where the person's own git
    would read them: its `safe.directory` is all that is taken of its configuration.
    """
    before = dict(os.environ)
    protocols = "https:file" if allow_local else "https"
    with ExitStack() as held:
        own: dict[str, str] = {}
        if allow_local and (text := _safe_directories()):
            configuration = Path(held.enter_context(TemporaryDirectory(prefix="registry-git-"))) / "config"
            configuration.write_text(text, encoding="utf-8", errors="surrogateescape")
            own["GIT_CONFIG_GLOBAL"] = str(configuration)
        if allow_local and "SUDO_UID" in before:
            # By which git knows whom an administrator acts for.
            own["SUDO_UID"] = before["SUDO_UID"]
        os.environ.clear()
        os.environ.update({name: before[name] for name in _PASSED_ON if name in before})
        os.environ.update({**_GIT_SETTINGS, **own}, GIT_ALLOW_PROTOCOL=protocols)
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)


def _safe_directories() -> str:
    """Return the person's and the system's `safe.directory` as a configuration; "" where there is none."""
    found: list[str] = []
    for scope in ("--system", "--global"):
        # In its order: an empty value takes back those before it.
        said = subprocess.run(
            ["git", "config", scope, "--null", "--get-all", "safe.directory"],
            capture_output=True, encoding="utf-8", errors="surrogateescape", check=False,
        )  # fmt: skip
        found += said.stdout.split("\0")[:-1] if said.returncode == 0 else []
    escaped = (value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") for value in found)
    return "".join(["[safe]\n", *(f'\tdirectory = "{value}"\n' for value in escaped)]) if found else ""
