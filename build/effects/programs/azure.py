"""The operations on Azure that a command of az needs: the command, read, write or action, and the provider."""

import re
import tomllib
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from build.effects.programs import http
from build.effects.programs.tables import FILES, by_option, verb_of
from build.effects.programs.verdict import UNKNOWN, Needed, Verdict, unclear
from build.effects.programs.words import Split, split

_TABLE = FILES["az"][0]
_AZURE = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
_PROVIDERS: dict[str, str] = _AZURE["providers"]
_DEVOPS = frozenset(_AZURE["devops"]["groups"])
# A command that runs something on a machine is an action, whatever it runs.
_ACTIONS = ("invoke", "exec")
# The last provider of an address decides: a resource of one may lie below that of another.
_PROVIDER = re.compile(r"/providers/(Microsoft\.[A-Za-z.]{1,60})", re.IGNORECASE)


def judge_rest(words: Sequence[str], stdin: str | None = None) -> Verdict | None:
    """Return the verdict on `az rest`, by its method and address; None for every other command."""
    parts = split(words[1:], (*_TABLE.values, *_options(words)))
    if parts.positionals[:1] != ("rest",):
        return None
    method = (parts.value("--method", "-m") or ("PUT" if parts.has("--body", "-b") else "GET")).upper()
    url = parts.value("--url", "--uri", "-u") or ""
    if UNKNOWN in method:
        return unclear("runs az rest with a method that is not known")
    verdict = http.judge_http(method, url, parts.value("--body", "-b"))
    providers = _PROVIDER.findall(url)
    if url.startswith("https://graph.microsoft.com"):
        providers = ["Microsoft Graph"]
    operation = "read" if verdict.effect == "reads" else "write"
    needed = Needed("Azure", f"az rest --method {method.casefold()}", providers[-1] if providers else None, operation)
    return verdict._replace(needs=(needed,))


def needs(words: Sequence[str], stdin: str | None = None) -> tuple[Needed, ...]:
    """Return the command of az as a permission, with its operation and provider; none for what only sets az up."""
    command = _command(words)
    verb = verb_of(_TABLE, command)
    if verb is None or verb.effect in ("plumbing", "unclear") or any(UNKNOWN in word for word in command):
        return ()
    if command[0] == "account" and command[1:2] in (["show"], ["list"], ["get-access-token"]):
        return ()
    if command[0] in _DEVOPS:
        return ()
    rule, _ = by_option(_TABLE, split(words[1:], _TABLE.values))
    effect = rule.effect if rule else verb.effect
    operation = "action" if command[-1] in _ACTIONS else "read" if effect == "reads" else "write"
    return (Needed("Azure", " ".join(("az", *command)), _provider(command), operation),)


PROGRAMS = {"az": judge_rest}


def _command(words: Sequence[str]) -> list[str]:
    """Return the words of a command before its options."""
    parts: Split = split(words[1:], _TABLE.values)
    count = 0
    for word in words[1:]:
        if word.startswith("-") and word.partition("=")[0] not in (*_TABLE.values, *_TABLE.flags):
            break
        count += 1
    parts = split(words[1 : count + 1], _TABLE.values)
    return [word for word in parts.positionals if word != UNKNOWN]


def _provider(command: Sequence[str]) -> str | None:
    for count in range(len(command), 0, -1):
        provider = _PROVIDERS.get(" ".join(command[:count]))
        if provider is not None:
            return provider or None
    return None


def _options(words: Sequence[str]) -> list[str]:
    """Return the options of a command that have a value, as far as its words show."""
    pairs = pairwise(words)
    return [word for word, after in pairs if word.startswith("-") and not after.startswith("--")]
