"""MongoDB's shell: does the JavaScript that it is given read or change."""

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path

from build.effects.programs.verdict import PLUMBING, UNKNOWN, Verdict, readable, unclear
from build.effects.programs.words import split

_MONGO = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
_CALL = re.compile(r"((?:\brs\.|\bsh\.)?\b[A-Za-z]{2,40})\s{0,5}\(")
_COMMAND = re.compile(r"(?:runCommand|adminCommand)\s{0,5}\(\s{0,40}(?:\{\s{0,40})?[\"']?([A-Za-z]{2,40}|\x00)")
_WRITES = re.compile(r"\$(?:out|merge)\b")
_SHOW = re.compile(r"\b(?:show\s+(?:dbs|databases|collections|users|roles|profile|log)|use\s+\w+|db\s*;?$)")


def judge_shell(words: Sequence[str], stdin: str | None = None) -> Verdict:
    """Return the verdict on a run of mongosh or mongo."""
    parts = split(words[1:], _MONGO["values"])
    if parts.has("--version", "--help"):
        return PLUMBING
    scripts = [word for word in parts.positionals if word.endswith(".js")] + parts.values("--file", "-f")
    if scripts:
        return unclear(f"runs the script {readable(scripts[0])} with {words[0].rsplit('/', 1)[-1]}")
    texts = parts.values("--eval") or ([stdin] if stdin is not None else [])
    if not texts:
        return unclear("runs MongoDB's shell with commands that are not known")
    return judge_script("\n".join(texts))


def judge_script(text: str) -> Verdict:
    """Return the verdict on JavaScript for MongoDB's shell."""
    called = set(_CALL.findall(text))
    names = called | {name.rpartition(".")[2] for name in called}
    commands = _COMMAND.findall(text)
    if names & set(_MONGO["changes"]) or _WRITES.search(text):
        return Verdict("changes")
    if UNKNOWN in commands:
        return unclear("runs a command of MongoDB that is not known")
    other = [name for name in commands if name not in _MONGO["command_reads"]]
    if other:
        return Verdict("changes")
    if commands or names & set(_MONGO["reads"]) or _SHOW.search(text.strip()):
        return Verdict("reads")
    return unclear("runs a script of MongoDB's shell in which no call is known")


PROGRAMS = dict.fromkeys(_MONGO["programs"], judge_shell)
