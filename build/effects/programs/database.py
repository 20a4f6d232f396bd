"""Clients of databases: the statements that psql and its like are given, and the commands of redis-cli."""

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from build.effects.programs.tables import TABLES, by_option, verb_of
from build.effects.programs.verdict import (
    PLUMBING,
    UNKNOWN,
    Inner,
    Verdict,
    readable,
    unclear,
)
from build.effects.programs.words import Style, split

_CLIENTS: dict[str, dict[str, Any]] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))[
    "sql"
]
_LONG = frozenset({"sqlite3", "duckdb", "influx"})
_REDIS = "redis-cli"


def judge_client(words: Sequence[str], stdin: str | None = None) -> Verdict:
    """Return the verdict on a client of a SQL database, which runs the statements that it is given."""
    name = words[0].rsplit("/", 1)[-1]
    row = _CLIENTS[name]
    row = _CLIENTS[row["like"]] if "like" in row else row
    statement, file = row.get("statement", []), row.get("file", [])
    style: Style = "long" if name in _LONG else "gnu"
    parts = split(words[1:], (*row["values"], *statement, *file), style=style, attached=row.get("attached", ()))
    if parts.has("--version", "--help") or parts.has(*row.get("lists", ["--version"])):
        return PLUMBING if parts.has("--version", "--help") else Verdict("reads")
    if "verb" in row and parts.positionals[:1] != (row["verb"],):
        return unclear(f"runs {readable(' '.join((name, *parts.positionals[:2])))}, which no table knows")
    texts = parts.values(*statement)
    if "after" in row:
        texts += parts.positionals[row["after"] :]
    files = [path for path in parts.values(*file) if path not in ("-", "/dev/stdin")]
    if stdin is not None and (not texts or parts.values(*file)):
        texts.append(stdin)
    if files:
        # Who has the files reads them.
        runs = tuple(Inner("sql", one) for one in (*texts, *files))
        return unclear(f"runs the SQL of the file {readable(files[0])} with {name}")._replace(runs=runs)
    if not texts:
        return unclear(f"runs {name} with statements that are not known")
    return Verdict("reads", runs=tuple(Inner("sql", text) for text in texts))


def judge_redis(words: Sequence[str], stdin: str | None = None) -> Verdict:
    """Return the verdict on a command of Redis, or the worst of those on stdin, one a line."""
    table = TABLES[_REDIS]
    parts = split(words[1:], table.values, positionals=0)
    rule, _ = by_option(table, parts)
    if rule:
        return Verdict("changes" if rule.effect == "changes" else "reads")
    if parts.rest:
        return _redis_command(parts.rest)
    if parts.positionals:
        return _redis_command(parts.positionals)
    if stdin is None:
        return unclear("runs redis-cli with commands that are not known")
    worst = Verdict("reads")
    for line in stdin.splitlines():
        verdict = _redis_command(line.split()) if line.strip() else worst
        if verdict.effect == "changes":
            return verdict
        worst = verdict if verdict.effect == "unclear" else worst
    return worst


def _redis_command(words: Sequence[str]) -> Verdict:
    verb = verb_of(TABLES[_REDIS], [word.upper() for word in words])
    if verb and verb.effect in ("reads", "plumbing"):
        return Verdict("reads")
    if verb and verb.effect == "changes":
        return Verdict("changes")
    if words[0] == UNKNOWN or UNKNOWN in words[0]:
        return unclear("runs a command of Redis that is not known")
    return unclear(f"runs {readable(' '.join(words[:2]))} on Redis, which no table knows")


PROGRAMS = {
    **dict.fromkeys(_CLIENTS, judge_client),
    **dict.fromkeys(TABLES[_REDIS].programs, judge_redis),
}
