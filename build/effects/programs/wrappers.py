"""Programs that run another: shells, interpreters, sudo, timeout, xargs, find -exec, ssh and their like."""

import re
from collections.abc import Sequence

from build.effects.programs.local import is_systems
from build.effects.programs.tables import TABLES
from build.effects.programs.verdict import (
    PLUMBING,
    UNKNOWN,
    Inner,
    Verdict,
    readable,
    unclear,
)
from build.effects.programs.words import split

_SHELLS = ("sh", "bash", "dash", "ash", "zsh", "ksh", "busybox-sh")
_PYTHONS = ("python", "python3", "python2", "python3.11", "python3.12", "python3.13", "pypy3")
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w{0,200}=.*", re.DOTALL)
_EXEC = ("-exec", "-execdir", "-ok", "-okdir")
# Modules of Python that only work on text, or print.
_TEXT_MODULES = (
    "json.tool",
    "base64",
    "this",
    "calendar",
    "site",
    "sysconfig",
    "platform",
    "timeit",
    "pprint",
    "http.server",
    "venv",
    "zipfile",
    "tarfile",
    "pip",
    "pytest",
    "compileall",
)


def judge_shell(words: Sequence[str], stdin: str | None = None) -> Verdict:
    """Return the verdict on a shell: it runs the text of -c, of stdin, or a script that is not read here."""
    parts = split(words[1:], ("-c", "-o", "-O", "--rcfile", "--init-file"), positionals=0)
    script = (parts.rest or parts.positionals or ("",))[0]
    texts = parts.values("-c")
    if texts:
        return Verdict("reads", runs=(Inner("shell", texts[0]),), listed=False)
    if parts.has("--version", "--help", "-n"):
        return PLUMBING
    if (not script or script in ("-", "/dev/stdin", "-s") or parts.has("-s")) and stdin is not None:
        return Verdict("reads", runs=(Inner("shell", stdin),), listed=False)
    if script:
        return unclear(f"runs the script {readable(script)}, which is not read here")
    return unclear("runs a shell with commands that are not known")


def judge_python(words: Sequence[str], stdin: str | None = None) -> Verdict:
    """Return the verdict on Python: it runs the text of -c, of stdin, or what is not read here."""
    parts = split(words[1:], ("-c", "-m", "-W", "-X"), positionals=0)
    text, module = parts.value("-c"), parts.value("-m")
    rest = parts.rest or parts.positionals
    if text is not None:
        return Verdict("reads", runs=(Inner("python", text),), listed=False)
    if module is not None:
        if module in _TEXT_MODULES:
            return PLUMBING
        return unclear(f"runs Python's module {readable(module)}, which is not read here")
    if parts.has("-V", "--version", "-h", "--help"):
        return PLUMBING
    if (not rest or rest[0] in ("-", "/dev/stdin")) and stdin is not None:
        return Verdict("reads", runs=(Inner("python", stdin),), listed=False)
    if rest and rest[0] != "-":
        return unclear(f"runs the script {readable(rest[0])}, which is not read here")
    return unclear("runs Python with statements that are not known")


def judge_env(words: Sequence[str], stdin: str | None = None) -> Verdict:
    """Return the verdict on `env NAME=value … command`, and on `sudo` with the same."""
    name = words[0].rsplit("/", 1)[-1]
    parts = split(words[1:], TABLES[name].values, positionals=0)
    rest = list(parts.rest or ())
    divided = parts.value("-S", "--split-string") if name == "env" else None
    if divided is not None:
        rest = [*divided.split(), *rest]
    # A word that is not known in front of a program can only have been assignments.
    while rest and (_ASSIGNMENT.fullmatch(rest[0]) or (rest[0] == UNKNOWN and len(rest) > 1)):
        del rest[0]
    if not rest:
        return PLUMBING
    return Verdict("reads", runs=(Inner("words", "", tuple(rest)),), listed=False)


def judge_xargs(words: Sequence[str], stdin: str | None = None) -> Verdict:
    """Return the verdict on `xargs command …`: it adds unknown words behind the command, or in the place of `{}`."""
    name = words[0].rsplit("/", 1)[-1]
    parts = split(words[1:], TABLES[name].values, positionals=0)
    rest = list(parts.rest or ())
    while name == "parallel" and ":::" in rest:
        rest = rest[: rest.index(":::")]
    if not rest:
        return PLUMBING if name == "xargs" else unclear(f"runs {name} with commands that are not known")
    mark = parts.value("-I", "--replace") or ("{}" if name == "parallel" or parts.has("-i", "-I") else None)
    if mark and any(mark in word for word in rest):
        command = [word.replace(mark, UNKNOWN) for word in rest]
    else:
        command = [*rest, UNKNOWN]
    if len(rest) == 1 and " " in rest[0]:
        return Verdict("reads", runs=(Inner("shell", command[0]),), listed=False)
    return Verdict("reads", runs=(Inner("words", "", tuple(command)),), listed=False)


def judge_eval(words: Sequence[str], stdin: str | None = None) -> Verdict:
    """Return the verdict on `eval`, which runs its words as one line."""
    return Verdict("reads", runs=(Inner("shell", " ".join(words[1:])),), listed=False)


def judge_command(words: Sequence[str], stdin: str | None = None) -> Verdict:
    """Return the verdict on `command`: with -v it looks up a name, otherwise it runs one."""
    if len(words) < 2 or words[1] in ("-v", "-V"):
        return PLUMBING
    rest = words[2:] if words[1] in ("-p", "--") else words[1:]
    return Verdict("reads", runs=(Inner("words", "", tuple(rest)),), listed=False) if rest else PLUMBING


def judge_ssh(words: Sequence[str], stdin: str | None = None) -> Verdict:
    """Return the verdict on `ssh HOST command`, a line on another machine; without one it runs stdin there."""
    parts = split(words[1:], TABLES["ssh"].values, positionals=1)
    command = " ".join(parts.rest or ())
    if command:
        return Verdict("reads", runs=(Inner("shell", command, remote=True),))
    if stdin is not None:
        return Verdict("reads", runs=(Inner("shell", stdin, remote=True),))
    if parts.has("-V", "-G", "-Q") or parts.has("-N", "-f", "-L", "-R", "-D", "-O", "-W"):
        return Verdict("reads")
    return unclear("opens a shell on another machine")


def judge_runuser(words: Sequence[str], stdin: str | None = None) -> Verdict | None:
    """Return the verdict on `runuser -u USER -- command …`; None leaves another syntax to the table of `su`."""
    parts = split(words[1:], (*TABLES["runuser"].values, "-u", "--user"), positionals=0)
    if not parts.has("-u", "--user"):
        return None
    return Verdict("reads", runs=(Inner("words", "", parts.rest),), listed=False) if parts.rest else PLUMBING


def judge_flock(words: Sequence[str], stdin: str | None = None) -> Verdict | None:
    """Return the verdict on `flock FILE -c text`; None leaves a command's words to the table."""
    parts = split(words[1:], TABLES["flock"].values, positionals=1)
    if parts.rest and parts.has("-c", "--command"):
        return Verdict("reads", runs=(Inner("shell", parts.rest[0]),), listed=False)
    return None


def judge_find(words: Sequence[str], stdin: str | None = None) -> Verdict:
    """Return the verdict on `find`, which reads unless it deletes files or runs a command for each."""
    runs = []
    for index, word in enumerate(words):
        if word not in _EXEC:
            continue
        end = next((at for at in range(index + 1, len(words)) if words[at] in (";", "\\;", "+")), len(words))
        command = tuple(part.replace("{}", UNKNOWN) for part in words[index + 1 : end])
        if command:
            runs.append(Inner("words", "", command))
    roots = [word for word in words[1:] if not word.startswith("-")]
    if "-delete" in words:
        return _judge_delete(roots[:1], tuple(runs))
    return Verdict("reads", runs=tuple(runs), listed=False)


def _judge_delete(roots: Sequence[str], runs: tuple[Inner, ...]) -> Verdict:
    return Verdict("changes" if any(is_systems(root) for root in roots) else "reads", runs=runs, listed=False)


PROGRAMS = {
    **dict.fromkeys(_SHELLS, judge_shell),
    **dict.fromkeys(_PYTHONS, judge_python),
    "env": judge_env, "sudo": judge_env, "doas": judge_env,
    "xargs": judge_xargs, "parallel": judge_xargs,
    "eval": judge_eval, "command": judge_command, "ssh": judge_ssh, "find": judge_find,
    "runuser": judge_runuser, "flock": judge_flock,
}  # fmt: skip
