"""The permissions that a command of kubectl needs, as RBAC spells them: `get pods`, `patch deployments.apps`."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from build.effects.programs.tables import FILES, verb_of
from build.effects.programs.verdict import UNKNOWN, Needed, Verdict, readable, unclear
from build.effects.programs.words import Split, split

_TABLE = FILES["kubectl"][0]
_GROUPS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))["groups"]

NAMESPACED, CLUSTER = "namespaced", "cluster"


class Resource(NamedTuple):
    """A kind of object, as RBAC names it: `pods`, `deployments.apps`."""

    name: str
    cluster: bool = False


_ROWS = [(group, *row) for group, rows in _GROUPS.items() for row in rows]
_RESOURCES: dict[str, Resource] = {}
for _group, _plural, _others, *_scope in _ROWS:
    _resource = Resource(f"{_plural}.{_group}" if _group else _plural, bool(_scope))
    # Two groups may share a plural: the one that stands first is meant without a group, as kubectl does.
    for _name in (_plural, *_others.split()):
        _RESOURCES.setdefault(_name, _resource)
        _RESOURCES[f"{_name}.{_group}"] = _resource
_METRICS = {
    "pods": (Resource("pods.metrics.k8s.io"),),
    "nodes": (Resource("nodes.metrics.k8s.io", True), Resource("nodes", True)),
}

# What `kubectl get all` lists.
_ALL = (
    "pods", "replicationcontrollers", "services", "daemonsets", "deployments", "replicasets", "statefulsets",
    "horizontalpodautoscalers", "cronjobs", "jobs",
)  # fmt: skip
# A resource of the API's own paths: /api/v1/namespaces/NS/pods/NAME/log, /apis/apps/v1/deployments.
_RAW = re.compile(r"/(?:api|apis/([^/]+))/[^/]+(/namespaces/[^/]+)?/([a-z]+)(?:/([^/?]+))?(?:/([^/?]+))?")
_KIND = re.compile(r"^[ \t\-]{0,40}[\"']?kind[\"']?[ \t]*:[ \t]*[\"']?([A-Za-z]{1,80})", re.MULTILINE)
_JSON_KIND = re.compile(r"[\"']kind[\"']\s{0,20}:\s{0,20}[\"']([A-Za-z]{1,80})")
_API = re.compile(r"^[\"']?apiVersion[\"']?[ \t]*:[ \t]*[\"']?(?:([a-z0-9.\-]{1,100})/)?v[a-z0-9]{1,20}", re.MULTILINE)
_METHOD = re.compile(
    r"(list|read|create|delete|patch|replace|connect_[a-z]+|get|watch)_(?:namespaced_)?(.+?)"
    r"(?:_for_all_namespaces)?"
)

_BY_VERB: dict[str, tuple[str, ...]] = {
    "wait": ("get", "list", "watch"), "rollout status": ("get",), "rollout restart": ("get", "patch"),
    "rollout pause": ("get", "patch"), "rollout resume": ("get", "patch"), "set": ("get", "patch"),
    "patch": ("get", "patch"),
    "annotate": ("get", "patch"), "label": ("get", "patch"), "taint": ("get", "patch"), "edit": ("get", "patch"),
    "describe": ("get",), "rollout history": ("get",), "rollout undo": ("get", "patch"), "scale": ("get",),
    "autoscale": ("get",), "expose": ("get",), "diff": ("get", "patch"),
}  # fmt: skip
# The objects in which a kind keeps its former states.
_REVISIONS = {"deployments.apps": "replicasets.apps"}
_OF_FILES = {
    "apply": ("get", "create"), "create": ("create",), "delete": ("delete",), "replace": ("get", "update"),
    "get": ("get",), "diff": ("get", "patch"), "describe": ("get",), "patch": ("get", "patch"),
    "wait": ("get", "list", "watch"),
}  # fmt: skip


def needs(words: Sequence[str], stdin: str | None = None) -> tuple[Needed, ...]:
    """Return the permissions that a command of kubectl or oc needs, as far as its words show them."""
    parts = _split(words)
    verb = verb_of(_TABLE, parts.positionals)
    if verb is None or verb.effect == "plumbing":
        return ()
    names = list(parts.positionals)
    while names and names[0] == UNKNOWN:
        del names[0]
    targets = [word for word in names[len(verb.pattern.split()) :] if not word.startswith(("{", "["))]
    every = parts.has("-A", "--all-namespaces")
    result: dict[Needed, None] = {}
    for permission, resource in _permissions(verb.pattern, targets, parts, stdin):
        scope = CLUSTER if every or resource.cluster else NAMESPACED
        result.setdefault(Needed("Kubernetes", f"{permission} {resource.name}", scope))
    return tuple(result)


def unnamed(words: Sequence[str]) -> str | None:
    """Return in a sentence what a changing command without a known permission changes; None where it is no object."""
    parts = _split(words)
    verb = verb_of(_TABLE, parts.positionals)
    first = verb.pattern.split()[0] if verb else ""
    if verb and first in _OF_FILES and parts.has("-f", "--filename", "-k", "--kustomize"):
        return f"kubectl {verb.pattern} changes what its files describe, which is known only at run time"
    if verb and (first in _BY_VERB or verb.pattern in _BY_VERB or first in _OF_FILES):
        return f"kubectl {verb.pattern} changes a resource whose kind is known only at run time"
    return None


def judge_copy(words: Sequence[str], stdin: str | None = None) -> Verdict | None:
    """Return the verdict on `kubectl cp` and `oc rsync`, a change where they copy to a pod; None for every other
    command.
    """
    parts = _split(words)
    if parts.positionals[:1] not in (("cp",), ("rsync",)) or len(parts.positionals) < 3:
        return None
    source, target = parts.positionals[1:3]
    if ":" in target:
        return Verdict("changes", needs=needs(words))
    if ":" not in source and UNKNOWN in target and UNKNOWN not in source:
        return Verdict("unclear", "copies files to a place that is not known", needs=needs(words))
    return Verdict("reads", needs=needs(words))


def judge_method(method: str) -> Verdict:
    """Return the verdict on a method of the Python client: `list_namespaced_pod`, `read_namespaced_pod_log`."""
    match = _METHOD.fullmatch(method.removesuffix("_with_http_info"))
    if not match:
        return unclear(f"calls {readable(method)} of the Kubernetes client, which is not known")
    verb, rest = match.groups()
    connects = verb.startswith("connect_")
    effect = Verdict("reads" if verb in ("list", "read", "get", "watch") or connects else "changes")
    if method.startswith("delete_collection_"):
        verb, rest = "deletecollection", rest.removeprefix("collection_").removeprefix("namespaced_")
    resource = _of_method(rest)
    if resource is None:
        return effect
    rbac = "create" if connects else {"read": "get", "replace": "update"}.get(verb, verb)
    cluster = resource.cluster or method.endswith("_for_all_namespaces")
    needed = Needed("Kubernetes", f"{rbac} {resource.name}", CLUSTER if cluster else NAMESPACED)
    return effect._replace(needs=(needed,))


def manifest(text: str) -> list[Resource]:
    """Return the resources whose objects a manifest describes, from its `kind` and `apiVersion` lines."""
    result: dict[Resource, None] = {}
    for document in re.split(r"^---", text, flags=re.MULTILINE)[:200]:
        kinds = _KIND.search(document) or _JSON_KIND.search(document)
        if not kinds:
            continue
        group = _API.search(document)
        resource = resource_of(f"{kinds[1]}.{group[1]}" if group and group[1] else kinds[1])
        if resource and kinds[1] != "List":
            result.setdefault(resource)
    return list(result)


def resource_of(word: str) -> Resource | None:
    """Return the resource that a word names: plural, singular, short or with its group; None where none is known."""
    if UNKNOWN in word or not word or not re.fullmatch(r"[A-Za-z][A-Za-z0-9.\-]*", word):
        return None
    name = word.casefold()
    if name in _RESOURCES:
        return _RESOURCES[name]
    first, _, group = name.partition(".")
    # deployments.v1.apps
    if re.match(r"v\d", group):
        return resource_of(f"{first}.{group.partition('.')[2]}")
    if not group:
        return None
    return Resource(f"{first if first.endswith('s') else _plural_of(first)}.{group}")


def _split(words: Sequence[str]) -> Split:
    """Split the words of a command, with the options that mean something else behind some verbs."""
    values = set(_TABLE.values)
    if "logs" in words[:8]:
        values -= {"-f", "-p"}
    if "patch" in words[:8]:
        values |= {"-p"}
    return split(words[1:], values)


def _plural_of(word: str) -> str:
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith(("s", "x", "ch", "sh")) else f"{word}s"


def _permissions(verb: str, targets: list[str], parts: Split, stdin: str | None) -> Iterator[tuple[str, Resource]]:
    """Yield the verbs and resources of a command.

    Args:
        verb: The table's pattern that matched.
        targets: The words behind the verb.
        parts: The command's words.
        stdin: The text that it reads, where that is known.
    """
    pods = Resource("pods")
    first = verb.split()[0]
    if verb in ("exec", "rsh", "attach", "cp", "rsync", "port-forward", "logs"):
        yield from _of_a_pod(verb, targets, parts)
    elif first == "get" and parts.value("--raw"):
        yield from _raw(parts.value("--raw") or "")
    elif first == "run":
        yield "create", pods
        if parts.has("--rm", "--attach", "-i", "-t", "--stdin", "--tty"):
            yield from (("get", pods), ("list", pods), ("watch", pods), ("create", Resource("pods/attach")))
        if parts.has("--rm"):
            yield "delete", pods
    elif first in ("cordon", "uncordon", "drain") or verb in ("adm cordon", "adm uncordon", "adm drain"):
        nodes = Resource("nodes", True)
        yield from (("get", nodes), ("patch", nodes))
        if "drain" in verb:
            # Of the pods of all namespaces.
            yield from (("list", Resource("pods", True)), ("create", Resource("pods/eviction", True)))
            yield "get", Resource("daemonsets.apps", True)
    elif verb in ("top", "adm top"):
        yield from _of_top(targets)
    elif verb == "events":
        yield "list", Resource("events")
    elif first == "create" and targets and not parts.has("-f", "--filename"):
        yield from _of_create(targets, parts)
    elif first in ("certificate",):
        csr = Resource("certificatesigningrequests.certificates.k8s.io", True)
        yield from (
            ("get", csr),
            ("update", Resource("certificatesigningrequests.certificates.k8s.io/approval", True)),
        )
    elif parts.has("-f", "--filename", "-k", "--kustomize") and first in _OF_FILES:
        for resource in manifest(stdin or "") if parts.value("-f", "--filename") == "-" else []:
            yield from ((permission, resource) for permission in _OF_FILES[first])
    else:
        for resource, named in _named(targets, parts, verb):
            yield from _of_objects(verb, resource, named, parts)


def _of_a_pod(verb: str, targets: list[str], parts: Split) -> Iterator[tuple[str, Resource]]:
    """Yield the permissions for what reaches into a pod: its logs, a command in it, a file of it, a port."""
    pods = Resource("pods")
    kind, slash, _ = targets[0].partition("/") if targets else ("", "", "")
    resource = resource_of(kind) if slash and verb not in ("cp", "rsync") else None
    if resource and resource != pods:
        yield from (("get", resource), ("list", pods))
    if verb == "logs":
        if parts.has("-l", "--selector"):
            yield "list", pods
        elif not (resource and resource != pods):
            yield "get", pods
        yield "get", Resource("pods/log")
        return
    yield "get", pods
    yield "create", Resource({"port-forward": "pods/portforward", "attach": "pods/attach"}.get(verb, "pods/exec"))


def _of_top(targets: list[str]) -> Iterator[tuple[str, Resource]]:
    resource = resource_of(targets[0].partition("/")[0]) if targets else None
    for metrics in _METRICS.get(resource.name if resource else "", ()):
        yield ("get" if len(targets) > 1 and "metrics" in metrics.name else "list"), metrics


def _of_create(targets: list[str], parts: Split) -> Iterator[tuple[str, Resource]]:
    """Yield the permissions of `create TYPE NAME`, where TYPE may have two words: `secret generic`, `service
    clusterip`.
    """
    if targets[0] == "token":
        yield "create", Resource("serviceaccounts/token")
        return
    resource = resource_of(targets[0])
    if resource:
        yield "create", resource
    source = resource_of((parts.value("--from") or "").partition("/")[0])
    if source:
        yield "get", source


def _of_objects(verb: str, resource: Resource, named: bool, parts: Split) -> Iterator[tuple[str, Resource]]:
    """Yield the permissions of a verb on objects of one kind, named ones or all."""
    first = verb.split()[0]
    subresource = parts.value("--subresource")
    if first == "get":
        yield ("get" if named else "list"), resource
        if parts.has("-w", "--watch", "--watch-only"):
            yield "watch", resource
        return
    if not named and first in ("delete", "describe", "label", "annotate", "scale", "wait", "rollout"):
        yield "list", resource
    if first == "delete":
        yield "delete", resource
        return
    for permission in _BY_VERB.get(verb) or _BY_VERB.get(first, ()):
        if permission == "patch" and subresource and UNKNOWN not in subresource:
            yield permission, Resource(f"{resource.name}/{subresource}", resource.cluster)
        else:
            yield permission, resource
    if first == "scale":
        yield "patch", Resource(f"{resource.name}/scale", resource.cluster)
    if first == "autoscale":
        yield "create", Resource("horizontalpodautoscalers.autoscaling")
    if first == "expose":
        yield "create", Resource("services")
    if verb in ("rollout undo", "rollout history"):
        yield "list", Resource(_REVISIONS.get(resource.name, "controllerrevisions.apps"))


def _named(targets: list[str], parts: Split, verb: str) -> Iterator[tuple[Resource, bool]]:
    """Yield each kind that a command's words name, and whether objects of it are named: `a,b`, `TYPE NAME…`,
    `TYPE/NAME…`.
    """
    if verb == "set":
        # set image, set resources, set env …
        targets = targets[1:]
    if not targets:
        return
    if "/" in targets[0]:
        for target in targets:
            kind, slash, name = target.partition("/")
            resource = resource_of(kind) if slash else None
            if resource:
                yield resource, bool(name)
        return
    # A selector and a name exclude each other: what looks like a name then was an option.
    selected = parts.has("-l", "--selector", "--field-selector", "-A", "--all-namespaces", "--all")
    names = [name for name in targets[1:] if "=" not in name and not name.endswith("-")]
    unknown = names and all(name == UNKNOWN for name in names)
    named = bool(names) and not (selected and unknown)
    for kind in targets[0].split(","):
        for word in _ALL if kind == "all" else (kind,):
            resource = resource_of(word)
            if resource:
                yield resource, named


def _raw(path: str) -> Iterator[tuple[str, Resource]]:
    """Yield the permission of `get --raw PATH`: an object of the API, or an address of the server such as /healthz."""
    match = _RAW.match(path)
    if match:
        group, namespace, plural, name, sub = match.groups()
        resource = f"{plural}.{group}" if group else plural
        if plural == "namespaces" and name and sub:
            resource, name, sub = sub, None, None
        yield ("get" if name else "list"), Resource(f"{resource}/{sub}" if sub else resource, not namespace)
    elif path.startswith("/") and UNKNOWN not in path:
        yield "get", Resource(path.partition("?")[0], True)


def _of_method(rest: str) -> Resource | None:
    """Return the resource at the end of a method's name: `pod_log`, `deployment_scale`, `cluster_role`."""
    words = rest.split("_")
    for count in (len(words), len(words) - 1, len(words) - 2):
        if count < 1:
            return None
        resource = resource_of("".join(words[:count]))
        if resource:
            sub = "".join(words[count:])
            return Resource(f"{resource.name}/{sub}", resource.cluster) if sub else resource
    return None


PROGRAMS = {"kubectl": judge_copy, "oc": judge_copy}
