"""Files: a change where they are the system's, none where they lie in the run's own folder or a temporary one."""

import re
from collections.abc import Sequence

from build.effects.programs.tables import TABLES
from build.effects.programs.verdict import PLUMBING, UNKNOWN, Verdict
from build.effects.programs.words import split

# Folders of a machine that outlive a run. All else is the run's own: relative paths, the home folder, /tmp, variables.
_SYSTEM = re.compile(
    r"/(?:etc|usr|bin|sbin|lib|lib64|boot|opt|srv|sys|proc|dev|mnt|data|root|var/(?!tmp/|folders/)|run/|[*.]?$)"
)
_NO_FILE = frozenset({"/dev/null", "/dev/stdout", "/dev/stderr", "/dev/stdin", "/dev/tty"})
_NO_SYSTEM = ("/dev/fd/", "/dev/shm", "/dev/tcp/", "/dev/udp/", "/tmp/")  # noqa: S108 (nothing is written there)
_ENDLESS = frozenset({"/dev/zero", "/dev/urandom", "/dev/random"})
# The last path is where it is written to; all paths are.
_LAST = frozenset({"cp", "mv", "ln", "install", "rsync", "scp"})


def is_systems(path: str) -> bool:
    """Return whether a path is the system's rather than the run's own."""
    return path not in _NO_FILE and not path.startswith(_NO_SYSTEM) and bool(_SYSTEM.match(path))


def judge_files(words: Sequence[str], stdin: str | None = None, *, remote: bool = False) -> Verdict:
    """Return the verdict on a command that writes or removes files; on another machine every file counts as a
    change.
    """
    name = words[0].rsplit("/", 1)[-1]
    parts = split(words[1:], TABLES[name].values)
    if parts.has("--help", "--version"):
        return PLUMBING
    paths = [*parts.positionals, *(parts.rest or ())]
    if name in ("chmod", "chown", "chgrp"):
        paths = paths[1:]
    if name in _LAST and name != "mv":
        paths = paths[-1:]
    if name in ("rsync", "scp"):
        return _judge_copy(paths)
    if name == "dd":
        return _judge_dd(paths, remote)
    if remote:
        return Verdict("changes") if any(path not in _NO_FILE for path in paths) else PLUMBING
    return Verdict("changes") if any(is_systems(path) for path in paths) else PLUMBING


def judge_in_place(words: Sequence[str], stdin: str | None = None) -> Verdict:
    """Return the verdict on `sed -i`, `perl -i` and `yq -i`, which change a file; without the option they only
    print.
    """
    parts = split(words[1:], TABLES[words[0].rsplit("/", 1)[-1]].values)
    in_place = any(option.name.startswith(("-i", "--in-place", "--inplace")) for option in parts.options)
    changes = in_place and any(is_systems(path) for path in parts.positionals)
    return Verdict("changes") if changes else PLUMBING


def _judge_dd(words: Sequence[str], remote: bool) -> Verdict:
    """Return the verdict on `dd`: filling a disk, memory or a file is a change; so is endless output in a pod, as a
    load.
    """
    source = next((word[3:] for word in words if word.startswith("if=")), "")
    target = next((word[3:] for word in words if word.startswith("of=")), "")
    if target in _NO_FILE:
        return Verdict("changes") if remote and source in _ENDLESS else PLUMBING
    return Verdict("changes") if target.startswith("/") or (remote and target) else PLUMBING


def _judge_copy(target: Sequence[str]) -> Verdict:
    """Return the verdict on a copy, which changes another machine or the system's files."""
    remote = [path for path in target if re.match(r"[^/]*:", path) and not path.startswith(UNKNOWN + "/")]
    if remote:
        return Verdict("changes")
    return Verdict("changes") if any(is_systems(path) for path in target) else Verdict("reads")


WRITERS = (
    "rm", "rmdir", "mv", "cp", "ln", "mkdir", "touch", "chmod", "chown", "chgrp", "tee", "truncate", "install", "dd",
    "shred", "unlink", "rsync", "scp", "mkfifo", "split",
)  # fmt: skip
PROGRAMS = {
    **dict.fromkeys(WRITERS, judge_files),
    **dict.fromkeys(("yq", "sponge"), judge_in_place),
}  # fmt: skip
