"""What a program does by its words: a stand-in until the tables are there."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from build.model import Effect

UNKNOWN = "\x00"


class Inner(NamedTuple):
    language: Literal["shell", "words", "sql", "python", "custodian"]
    text: str
    words: tuple[str, ...] = ()


class Needed(NamedTuple):
    platform: str
    permission: str
    scope: str | None
    operation: str | None = None


class Verdict(NamedTuple):
    effect: Effect
    because: str | None = None
    condition: str | None = None
    runs: tuple[Inner, ...] = ()
    needs: tuple[Needed, ...] = ()
    listed: bool = True


_CHANGING = {"delete", "create", "apply", "patch", "scale", "annotate", "label", "set", "rollout", "import", "push", "register", "update", "restart", "start", "stop", "upgrade", "install", "exec-change"}
_TEXT = {"echo", "printf", "jq", "grep", "sed", "awk", "cat", "sort", "uniq", "head", "tail", "wc", "tr", "cut", "date", "mkdir", "rm", "cp", "mv", "touch", "tee", "sleep", "basename", "dirname", "true", "false", "test", "[", "cd", "pwd", "which", "command", "type", "set", "chmod", "mktemp", "xargs", "base64", "bc", "seq", "column", "paste", "find", "ls", "kill", "wait", "python", "timeout", "numfmt", "comm", "diff", "rev", "tac", "yq", "od", "hostname", "openssl", "exit", "return", "trap", "let", "id", "jobs", "stat", "realpath", "readlink", "expr", "nl", "fold", "shopt", "umask", "ulimit", "disown", "awk", "gzip", "gunzip", "tar", "unzip", "sha256sum", "md5sum", "env"}


def judge(words: Sequence[str], stdin: str | None = None) -> Verdict:
    name = words[0].rsplit("/", 1)[-1]
    if name in ("timeout", "xargs", "sudo", "nohup", "env"):
        rest = list(words[1:])
        while rest and (rest[0].startswith("-") or rest[0][:1].isdigit() or "=" in rest[0]):
            rest.pop(0)
        return Verdict("reads", runs=(Inner("words", "", tuple(rest)),) if rest else (), listed=False)
    if name in _TEXT:
        return Verdict("reads", listed=False)
    if name in ("kubectl", "oc") and "exec" in words[1:]:
        runs = (Inner("words", "", tuple(words[words.index("--") + 1 :])),) if "--" in words else ()
        return Verdict("reads", runs=runs)
    if name in ("redis-cli",):
        return Verdict("changes" if {"SET", "INCR"} & {w.upper() for w in words} else "reads")
    if name == "psql":
        return Verdict("reads", runs=tuple(Inner("sql", b) for a, b in zip(words, words[1:], strict=False) if a == "-c"))
    if name == "curl":
        method = "GET"
        for a, b in zip(words, words[1:], strict=False):
            if a in ("-X", "--request"):
                method = b
        return Verdict("reads" if method == "GET" else "changes")
    if name in ("kubectl", "oc", "az", "gcloud", "aws", "helm", "git", "gh", "flux", "argocd", "docker", "bq", "skopeo", "istioctl", "custodian"):
        verbs = {v for w in words[1:] for v in w.split("-")[:1]}
        return Verdict("changes" if verbs & _CHANGING else "reads")
    return Verdict("unclear", f"no table knows the program {name!r}")


def judge_sql(text: str) -> Verdict:
    first = text.strip().split(None, 1)[0].lower() if text.strip() else ""
    if UNKNOWN in first:
        return Verdict("unclear", "runs SQL that is not known")
    return Verdict("reads" if first in ("select", "show", "explain", "with") else "changes")


def judge_http(method: str, url: str, body: str | None = None) -> Verdict:
    return Verdict("reads" if method.upper() in ("GET", "HEAD", "OPTIONS") else "unclear" if UNKNOWN in method else "changes")


def judge_aws(service: str, operation: str) -> Verdict:
    return Verdict("reads" if operation.lower().startswith(("get", "list", "describe", "lookup")) else "changes")


def judge_kubernetes_method(method: str) -> Verdict:
    return Verdict("reads" if method.startswith(("list", "read", "get")) else "changes")
