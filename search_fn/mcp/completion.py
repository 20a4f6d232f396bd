"""The answer of completion/complete: names of collections and bundles for the templates, platforms for the prompt.

https://modelcontextprotocol.io/specification/2025-11-25/server/utilities/completion
"""

from collections.abc import Iterable, Mapping
from typing import Any

from search_fn.index.facts import PAGE_TEXTS
from search_fn.index.open import Index
from search_fn.mcp import prompts, resources
from search_fn.tools.arguments import ArgumentsError

# Values of an answer at most, as the protocol has it.
_MOST = 100


def complete(index: Index, params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that complete what has been typed of an argument.

    Raises:
        ArgumentsError: The reference or the argument is not as the protocol has them.
    """
    ref, argument = _object(params, "ref"), _object(params, "argument")
    name, prefix = argument.get("name"), argument.get("value")
    if not isinstance(name, str) or not isinstance(prefix, str):
        raise ArgumentsError("argument is to have a name and a value, both strings.")
    others = _object(_object(params, "context", {}), "arguments", {})
    known = _known(index, ref, name, others)
    folded = prefix.casefold()
    # Values that begin with the text come before those that contain it.
    values = sorted(
        (value for value in known if folded in value.casefold()),
        key=lambda value: (not value.casefold().startswith(folded), value.casefold(), value),
    )
    return {"completion": {"values": values[:_MOST], "total": len(values), "hasMore": len(values) > _MOST}}


def _known(index: Index, ref: Mapping[str, Any], name: str, others: Mapping[str, Any]) -> Iterable[str]:
    """Return all values that an argument can have; none and no error for one that is unknown, since clients ask with
    every letter.
    """
    kind = ref.get("type")
    if kind not in ("ref/prompt", "ref/resource"):
        raise ArgumentsError("ref.type: send ref/prompt or ref/resource.")
    if kind == "ref/prompt":
        own = ref.get("name") == prompts.NAME and name == "platform"
        return set(index.facets["platform"].values) if own else ()
    uri = ref.get("uri")
    takes = any(template["uriTemplate"] == uri for template in resources.TEMPLATES) and f"{{{name}}}" in str(uri)
    return _values(index, name, others) if takes else ()


def _values(index: Index, name: str, others: Mapping[str, Any]) -> Iterable[str]:
    if name == "collection":
        return {one.slug for one in index.manifest.collections}
    if name == "codebundle":
        pairs = (each.split("/", 1) for each in index.ids)
        return {bundle for collection, bundle in pairs if others.get("collection") in (None, "", collection)}
    pages = (path.removeprefix(PAGE_TEXTS).split("/", 1) for path in index.documents if path.startswith(PAGE_TEXTS))
    if name == "category":
        return {category for category, _ in pages}
    if name == "page":
        return {page for category, page in pages if others.get("category") in (None, "", category)}
    return ()


def _object(params: Mapping[str, Any], name: str, default: dict[str, Any] | None = None) -> dict[str, Any]:
    value = params.get(name, default)
    if not isinstance(value, dict):
        raise ArgumentsError(f"{name} has to be an object.")
    return value
