"""Addresses of pages that are elsewhere now: of renamed and removed bundles, and of the registries before this one."""

from collections.abc import Iterator

from build.catalogue.catalogue import Catalogue
from build.site.facets import Places
from build.site.release_places import is_id, release_path, versions_of
from build.untrusted.names import is_name

# Of the registry before this one, and of the one before that.
_PAGES = {
    "all-tasks": "tools", "config-builder": "selection", "intake": "request", "all_codecollections": "collections",
}  # fmt: skip


def redirects(catalogue: Catalogue) -> dict[str, str]:
    """Return the new address of each old one, both without the slash at their end.

    An address in today's catalogue wins over an old one.
    """
    result = dict(_PAGES)
    for old, new in _addresses(catalogue):
        result.setdefault(old, new)
    return result


def _addresses(catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    versions = versions_of(catalogue)
    for record in catalogue.records:
        legs = [name for name, there in (("tasks", record.runbook_path), ("health", record.sli_path)) if there]
        yield from _of_bundle(record.id, f"codebundles/{record.id}", legs)
    for name, moved in versions.moved.items():
        if not is_id(name):
            continue
        # The page of what was removed is where the page was.
        page = f"codebundles/{moved.to or name}"
        yield from _of_bundle(name, page, ["tasks", "health"])
        if moved.to:
            yield f"codebundles/{name}", page
    for facts in catalogue.collections:
        yield f"CodeCollection/{facts.slug}", f"collections/{facts.slug}"
        if own := catalogue.releases.get(facts.slug):
            for release in own.releases:
                page = release_path(facts.slug, release.tag).rstrip("/")
                yield page.replace("/releases/", "/versions/", 1), page
    for group in Places(catalogue.records).groups["tag"]:
        if group.path and is_name(group.value):
            yield f"Categories/{group.value.upper()}", group.path.rstrip("/")


def _of_bundle(name: str, page: str, legs: list[str]) -> Iterator[tuple[str, str]]:
    collection, bundle = name.split("/", 1)
    # The registry before this one wrote names with "-" for "_".
    for written in dict.fromkeys((bundle, bundle.replace("_", "-"))):
        yield f"collections/{collection}/codebundles/{written}", page
    for leg in ("", *(f"/{leg}" for leg in legs)):
        yield f"CodeCollection/{collection}/{bundle}{leg}", page
