"""The environment of what reads strangers' data, git above all: no keys, no configuration of a person, no prompt."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

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
    """What git is run with, for the whole process: GitPython would hand on all of os.environ, keys included."""
    before = dict(os.environ)
    protocols = "https:file" if allow_local else "https"
    os.environ.clear()
    os.environ.update({name: before[name] for name in _PASSED_ON if name in before})
    os.environ.update(_GIT_SETTINGS, GIT_ALLOW_PROTOCOL=protocols)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
