"""Permissions as files that can be applied: a Role or ClusterRole for Kubernetes, a policy for AWS."""

import json
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypedDict

from build.effects.programs.kubernetes import CLUSTER, resource_of

# Lines of code that a rule's comment names.
_MOST_LINES = 6
# What kubectl sends besides, which a role has to have and a list of what the code does has not: it follows an object by
# a list and a watch, and an apply changes what is already there.
_BESIDES = (
    (re.compile(r"\brollout\s{1,20}status\b"), "get", ("list", "watch")),
    (re.compile(r"\bapply\b"), "create", ("patch",)),
)
_VERBS = ("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection")


class Evidence(TypedDict):
    """A line of code that shows a permission to be needed."""

    path: str
    line: int
    command: str


class Permission(TypedDict):
    """A permission as a bundle's record has it."""

    platform: str
    permission: str
    scope: str | None
    evidence: Sequence[Evidence]


class _Rule(NamedTuple):
    """A rule of a role: the verbs that all its resources of one group have in common."""

    group: str
    verbs: tuple[str, ...]
    cluster: bool
    address: bool


def kubernetes_role(permissions: Iterable[Permission], name: str, unread: Iterable[str] = ()) -> str | None:
    """Return a Role as YAML, or a ClusterRole where a permission reaches beyond a namespace; None without
    permissions.

    Args:
        permissions: Those of one bundle or of several.
        name: An id or a few words that say what the role is for; the object's name is made of it.
        unread: Sentences on code that was not read, so that more permissions may be needed.
    """
    needed = [permission for permission in permissions if permission["platform"] == "Kubernetes"]
    if not needed:
        return None
    rules = _rules(needed)
    cluster = any(rule.cluster for rule in rules)
    kind = "ClusterRole" if cluster else "Role"
    lines = [f"# What the code of {_one_line(name)} needs on Kubernetes, as far as it could be read."]
    lines += [f"# Not read: {_one_line(sentence)}" for sentence in sorted(set(unread))]
    if not cluster:
        lines.append("# A Role counts in one namespace: kubectl apply --namespace=… --filename=…")
    elif not all(rule.cluster for rule in rules):
        lines.append("# A rule marked as of a namespace is needed in the namespace alone that is looked at.")
    lines += [
        "apiVersion: rbac.authorization.k8s.io/v1",
        f"kind: {kind}",
        "metadata:",
        f"  name: {_object_name(name)}",
        "rules:",
    ]
    for rule, resources in rules.items():
        evidence = [line for lines_of in resources.values() for line in lines_of]
        where = "" if rule.cluster or not cluster else "of a namespace; "
        lines.append(f"  # {where}{_places(evidence)}")
        if rule.address:
            lines.append(f"  - nonResourceURLs: {json.dumps(sorted(resources))}")
        else:
            lines.append(f"  - apiGroups: {json.dumps([rule.group])}")
            lines.append(f"    resources: {json.dumps(sorted(resources))}")
        lines.append(f"    verbs: {json.dumps(list(rule.verbs))}")
    return "\n".join(lines) + "\n"


def aws_policy(permissions: Iterable[Permission]) -> str | None:
    """Return an IAM policy as JSON, a statement for each service; None without permissions."""
    actions = sorted({permission["permission"] for permission in permissions if permission["platform"] == "AWS"})
    if not actions:
        return None
    services: dict[str, list[str]] = {}
    for action in actions:
        services.setdefault(action.partition(":")[0], []).append(action)
    statements = [
        {"Sid": _sid(service), "Effect": "Allow", "Action": named, "Resource": "*"}
        for service, named in services.items()
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, indent=2) + "\n"


def _rules(permissions: Iterable[Permission]) -> dict[_Rule, dict[str, list[Evidence]]]:
    """Return each rule with its resources and the lines of code that need them."""
    verbs: dict[tuple[str, str, bool, bool], dict[str, list[Evidence]]] = {}
    for permission in permissions:
        verb, _, name = permission["permission"].partition(" ")
        address = name.startswith("/")
        plain, slash, sub = name.partition("/") if not address else (name, "", "")
        resource, _, group = plain.partition(".") if not address else (plain, "", "")
        known = None if address else resource_of(plain)
        cluster = permission["scope"] == CLUSTER or address or bool(known and known.cluster)
        key = (group, f"{resource}{slash}{sub}", cluster, address)
        for one in (verb, *_besides(verb, permission["evidence"])):
            verbs.setdefault(key, {}).setdefault(one, []).extend(permission["evidence"])
    rules: dict[_Rule, dict[str, list[Evidence]]] = {}
    for (group, resource, cluster, address), evidence in sorted(verbs.items(), key=lambda item: item[0]):
        rule = _Rule(group, _in_order(evidence), cluster, address)
        rules.setdefault(rule, {})[resource] = [line for lines in evidence.values() for line in lines]
    return rules


def _besides(verb: str, evidence: Iterable[Evidence]) -> Iterable[str]:
    """Yield the verbs that the commands of these lines need besides `verb`."""
    for pattern, of_verb, more in _BESIDES:
        if verb == of_verb and any(pattern.search(line["command"]) for line in evidence):
            yield from more


def _in_order(verbs: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(verbs, key=lambda verb: (_VERBS.index(verb) if verb in _VERBS else len(_VERBS), verb)))


def _places(evidence: Iterable[Evidence]) -> str:
    """Return the first lines of code that a rule follows from, as `path:line`."""
    places = list(dict.fromkeys(f"{_one_line(line['path'])}:{line['line']}" for line in evidence))
    more = len(places) - _MOST_LINES
    shown = ", ".join(places[:_MOST_LINES])
    return f"{shown} and {more} more" if more > 0 else shown or "no line of code"


def _object_name(name: str) -> str:
    """Return a valid name of an object: lower case letters, digits and hyphens, at most 63 characters."""
    words = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:63].rstrip("-")
    return json.dumps(words or "codebundle")


def _sid(service: str) -> str:
    """Return a statement's id, which may have letters and digits alone."""
    return "".join(part.title() for part in re.split(r"[^a-z0-9]+", service.lower())) or "Service"


def _one_line(text: str) -> str:
    """Return a text as one line: a line end, or what cannot be printed, would end the YAML comment that it stands
    in.
    """
    return "".join(character if character.isprintable() else " " for character in text)
