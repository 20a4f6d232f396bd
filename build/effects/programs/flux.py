"""The permissions on Kubernetes that a command of flux needs: it works on Flux's own kinds of objects."""

from collections.abc import Sequence

from build.effects.programs.kubernetes import CLUSTER, NAMESPACED, resource_of
from build.effects.programs.tables import TABLES
from build.effects.programs.verdict import UNKNOWN, Needed
from build.effects.programs.words import split

_VERBS = {
    "get": ("list",), "reconcile": ("get", "patch"), "suspend": ("get", "patch"), "resume": ("get", "patch"),
    "delete": ("get", "delete"), "create": ("get", "create", "patch"), "trace": ("get",), "tree": ("get",),
    "diff": ("get", "patch"), "export": ("get",), "debug": ("get",),
}  # fmt: skip
# What the words behind `source` and `image` stand for.
_SHORT = {
    "source git": "gitrepositories", "source helm": "helmrepositories", "source oci": "ocirepositories",
    "source bucket": "buckets", "source chart": "helmcharts", "image repository": "imagerepositories",
    "image policy": "imagepolicies", "image update": "imageupdateautomations", "alert-provider": "providers",
}  # fmt: skip


def needs(words: Sequence[str], stdin: str | None = None) -> tuple[Needed, ...]:
    """Return the permissions that a command of flux needs, as far as its words name a kind."""
    parts = split(words[1:], TABLES["flux"].values)
    command = [word for word in parts.positionals if word != UNKNOWN]
    verbs = _VERBS.get(command[0], ()) if command else ()
    if parts.has("--export") or len(command) < 2:
        return ()
    group = command[1].removesuffix("s") if command[1] in ("source", "sources", "image", "images") else ""
    kind = f"{group} {command[2]}" if group and len(command) > 2 else command[1]
    resource = resource_of(_SHORT.get(kind, kind))
    if resource is None or "fluxcd.io" not in resource.name:
        return ()
    scope = CLUSTER if parts.has("-A", "--all-namespaces") else NAMESPACED
    return tuple(Needed("Kubernetes", f"{verb} {resource.name}", scope) for verb in verbs)
