"""What a bundle's page shows of access: one line of truth, each tool's commands, and the permissions that the code
needs.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from build.catalogue.models import CodeBundleRecord, CommandRecord, ToolRecord
from build.model import Permission
from build.site.filters import clip
from search_fn.search.access import STATED, stated

# Of all tools together, and of one; the record has the others.
_MOST, _MOST_OF_TOOL = 40, 20
_COMMAND = 200
_VERBS = {
    "create": "creates",
    "update": "updates",
    "patch": "changes",
    "delete": "deletes",
    "deletecollection": "deletes",
}
_SUB = {"pods/exec": "runs commands in pods", "pods/portforward": "forwards ports of pods"}
# Of a deletion whose kind is in a variable, such as `pod/x` in $pod_name, that one's name tells it.
_DELETED = re.compile(
    r"(?:kubectl|oc) delete (?:[^$]|\$(?![{]?(?:pod|deployment|statefulset|job|secret|namespace)))*"
    r"\$[{]?(pod|deployment|statefulset|job|secret)(?:s|_?names?)?\b(?!=)",
    re.IGNORECASE,
)

_FOUND = re.compile(r"runs `(.*)`, a program that is found as it runs", re.DOTALL)
_IN_POD = re.compile(r"(?:kubectl|oc) exec\b")
_VERB = re.compile(r"(?:runs|sends|calls|cannot|reads|writes|copies|imports|changes|opens|makes)\b")
_ENTERS = " It needs create pods/exec because it runs commands inside pods, and these only read."


class Truth(NamedTuple):
    """The effect of a bundle in one line.

    `mark` says of which kind it is, `words` begin the line, `what` continues it; `code` is a command where no words
    fit. `command` is the first place that shows it, and there are `more` of them; `after` ends the line.
    """

    mark: Literal["reads", "changes", "declared", "unclear", "unknown"]
    words: str
    what: str = ""
    code: str = ""
    command: CommandRecord | None = None
    more: int = 0
    after: str = ""


class Shown(NamedTuple):
    """The commands of a tool that its page shows, how many more there are, and how many are changing ones."""

    commands: Sequence[CommandRecord]
    more: int
    changing: int


def stated_of(record: CodeBundleRecord) -> str:
    """Return a bundle's level and its source, in the words that agents get too."""
    return stated({name: getattr(record, name) for name in STATED})


def truth(record: CodeBundleRecord) -> Truth:
    """Return the line of truth about a bundle."""
    decided = record.access_level_source == "override"
    prefix = f"{_capital(record.access_level)}, as this registry's maintainers decided. " if decided else ""
    result = _of_code(record)
    return result._replace(words=prefix + result.words)


def shown_commands(tools: Sequence[ToolRecord]) -> list[Shown]:
    """Return the commands to show of each tool: the more tools, the fewer of each, changing ones first."""
    most = min(_MOST_OF_TOOL, max(_MOST // max(len(tools), 1), 2))
    return [
        Shown(
            [one.model_copy(update={"command": clip(one.command, _COMMAND)}) for one in tool.commands[:most]],
            max(len(tool.commands) - most, 0),
            sum(one.effect == "changes" for one in tool.commands),
        )
        for tool in tools
    ]


def by_platform(permissions: Iterable[Permission]) -> dict[str, list[Permission]]:
    """Return the permissions by platform, in their order."""
    result: dict[str, list[Permission]] = {}
    for permission in permissions:
        result.setdefault(permission.platform, []).append(permission)
    return result


def _of_code(record: CodeBundleRecord) -> Truth:
    changing = [one for tool in record.tools for one in tool.commands if one.effect == "changes"]
    if record.effect == "changes" and changing:
        first = changing[0]
        what = _in_words(first, record.permissions)
        more = len({(one.path, one.line) for one in changing}) - 1
        return Truth("changes", "Changes things:", what, "" if what else clip(first.command, 90), first, more)
    if record.effect == "changes":
        return Truth("changes", "Changes things.")
    if record.effect == "reads":
        if record.access_level == "read-write" and record.access_level_source == "declared":
            return Truth("declared", "Declared read-write by its tags; its code only reads.")
        enters = any(one.permission == "create pods/exec" for one in record.permissions)
        return Truth("reads", "Verified: only reads.", after=_ENTERS if enters else "")
    reasons = list(dict.fromkeys(reason for tool in record.tools for reason in tool.unclear_because))
    if record.access_level_source == "declared":
        tags = f". Its tags say {record.access_level}, which nothing verifies."
        if not reasons:
            return Truth("declared", "Not decided from its code", after=tags)
        return Truth("declared", "Not decided from its code:", _plain(reasons[0]), more=len(reasons) - 1, after=tags)
    if reasons:
        return Truth("unclear", "Not decided from its code:", _plain(reasons[0]), more=len(reasons) - 1)
    return Truth("unknown", "Access unknown: it has no tools." if not record.tools else "Access unknown.")


def _plain(reason: str) -> str:
    """Return a reason why something is unclear as a sentence about the bundle."""
    found = _FOUND.fullmatch(reason)
    if found and _IN_POD.match(found[1]):
        return "it runs a program inside a pod, and which one is known only at run time"
    if found and not re.search(r"\w", found[1]):
        return "it runs a program whose name is known only at run time"
    if found:
        return f"it runs `{found[1]}`, a program that is known only at run time"
    return f"it {reason}" if _VERB.match(reason) else reason


def _in_words(command: CommandRecord, permissions: Iterable[Permission]) -> str:
    """Return in words what a changing command does on Kubernetes, by its permission; "" where no words fit."""
    for permission in permissions:
        verb, _, resource = permission.permission.partition(" ")
        places = {(one.path, one.line, one.command) for one in permission.evidence}
        if permission.platform == "Kubernetes" and (command.path, command.line, command.command) in places:
            plain = resource.partition(".")[0] if "/" not in resource else resource
            words = _SUB.get(plain) or (f"{_VERBS[verb]} {plain}" if verb in _VERBS else "")
            if words:
                return words
    named = _DELETED.match(command.command[:500])
    return f"deletes {named[1].lower()}s" if named else ""


def _capital(level: str) -> str:
    return level[:1].upper() + level[1:]
