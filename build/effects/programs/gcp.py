"""The permissions on Google Cloud that a command of gcloud, gsutil or bq needs, or else its subcommand."""

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path

from build.effects.programs.sql import tables_of
from build.effects.programs.tables import FILES, verb_of
from build.effects.programs.verdict import UNKNOWN, Inner, Needed, Verdict
from build.effects.programs.words import split

_GCP = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
_SERVICES: dict[str, str] = _GCP["services"]
_COMMANDS: dict[str, list[str]] = _GCP["commands"]
_TABLE = FILES["gcloud"][0]
_VERBS = {
    "describe": "get", "deploy": "create", "patch": "update", "call": "invoke", "execute": "run", "wait": "get",
}  # fmt: skip
_TRACKS = ("alpha", "beta", "preview")


def judge_airflow(words: Sequence[str], stdin: str | None = None) -> Verdict | None:
    """Return the verdict on `gcloud composer environments run NAME COMMAND …`: that of the Airflow command."""
    parts = split(words[1:], _TABLE.values)
    command = [word for word in parts.positionals if word not in _TRACKS]
    if command[:3] != ["composer", "environments", "run"]:
        return None
    airflow = ("airflow", *command[4:], *(parts.rest or ()))
    return Verdict("reads", runs=(Inner("words", "", airflow),), needs=needs(words))


def needs(words: Sequence[str], stdin: str | None = None) -> tuple[Needed, ...]:
    """Return the permissions that a command needs, as far as its words show them."""
    program = words[0].rsplit("/", 1)[-1]
    table = FILES[program][0]
    parts = split(words[1:], table.values)
    command = [word for word in parts.positionals if word != UNKNOWN and word not in _TRACKS]
    verb = verb_of(table, command)
    if verb is None or verb.effect == "plumbing" or verb.pattern.startswith("auth "):
        return ()
    if program == "bq":
        names = _bq(verb.pattern, parts.has("-j", "--jobs"), words)
    elif program == "gsutil":
        names = _GCP["gsutil"].get(verb.pattern, [])
    else:
        names = _gcloud(command, verb.pattern)
    return tuple(Needed("GCP", name) for name in names)


def needs_of_address(url: str) -> tuple[Needed, ...]:
    """Return the permissions behind an address of Google's APIs."""
    for row in _GCP["http"]:
        if row["host"] in url and row["path"] in url:
            return tuple(Needed("GCP", name) for name in row["permissions"])
    return ()


def judge_gcloud(words: Sequence[str], stdin: str | None = None) -> Verdict | None:
    """Return the verdict on `gcloud compute scp`, a change where it copies to a machine, and on Airflow's commands."""
    parts = split(words[1:], _TABLE.values)
    command = [word for word in parts.positionals if word not in _TRACKS]
    if command[:2] != ["compute", "scp"]:
        return judge_airflow(words, stdin)
    to_machine = ":" in command[-1] and not command[-1].startswith((".", "/"))
    return Verdict("changes" if to_machine else "reads", needs=needs(words))


PROGRAMS = {"gcloud": judge_gcloud}


def _bq(verb: str, jobs: bool, words: Sequence[str]) -> list[str]:
    """Return the permissions of a verb of bq; a query of the list of all jobs needs one more."""
    names: list[str] = _GCP["bq"].get(f"{verb} -j" if jobs else verb, [])
    if verb == "query" and any(
        "jobs_by_" in table or table.endswith(".jobs") for word in words for table in tables_of(word)
    ):
        return [*names, "bigquery.jobs.listAll"]
    return names


def _gcloud(command: Sequence[str], verb: str) -> list[str]:
    for count in range(len(command), 0, -1):
        words = " ".join(command[:count])
        if words in _COMMANDS:
            return _COMMANDS[words]
    depth = next((index for index, word in enumerate(command) if word == verb.split()[-1]), len(verb.split()) - 1)
    groups, last = command[:depth], command[depth] if depth < len(command) else ""
    if not last or any(UNKNOWN in word for word in (*groups, last)):
        return []
    name = _camel(_VERBS.get(last, last))
    if groups[:1] == ["compute"] and len(groups) > 1:
        return [f"compute.{_compute(groups[1:])}.{name}"]
    service = _SERVICES.get(" ".join(groups))
    return [f"{service}.{name}"] if service else [" ".join(("gcloud", *groups, last))]


def _compute(groups: Sequence[str]) -> str:
    if groups[:2] == ["instance-groups", "managed"]:
        return "instanceGroupManagers"
    return {
        "osLogin": "oslogin",
        "networks": "networks",
        "firewallRules": "firewalls",
        "sslCertificates": "sslCertificates",
    }.get(_camel(groups[0]), _camel(groups[0]))


def _camel(words: str) -> str:
    return re.sub(r"-(\w)", lambda match: match[1].upper(), words)
