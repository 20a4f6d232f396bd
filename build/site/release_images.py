"""The image of a release, as its page names it: what the image catalogue knew when the site was built."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from build.releases.models import Release

ImageDetails = Mapping[str, Mapping[str, Any]]
"""The image catalogue's JSON of each collection (CatalogEntryDetail), by slug."""


class ReleaseImage(NamedTuple):
    """An image: `address` is what can be pulled, `pinned` the same by its digest, None where that is not known yet.

    `pointers` are those that lead to it (latest, stable); `other_commit` is whether its tag names another commit of the
    collection than the release's; `stale` whether the registry could not be read since.
    """

    address: str
    pinned: str | None
    commit: str
    runtime: str
    pointers: tuple[str, ...]
    other_commit: bool
    stale: bool


def has_images(details: ImageDetails, slug: str) -> bool:
    """Return whether the catalogue knows any image of a collection."""
    return bool(details.get(slug, {}).get("refs"))


def image_of(details: ImageDetails, slug: str, release: Release) -> ReleaseImage | None:
    """Return the image of a release's tag, of what is not released the one to which `latest` leads; None without any.

    A tag that an image's tag cannot spell (with a `/`, say) has none.
    """
    detail = details.get(slug, {})
    found = next(
        (
            ref
            for ref in detail.get("refs", ())
            if (ref["is_latest"] if release.tag is None else ref["ref"] == release.tag)
        ),
        None,
    )
    if found is None:
        return None
    pointers = [name for name in ("latest", "stable") if detail[f"{name}_image_tag"] == found["image_tag"]]
    registry, digest = found["image_registry"], found["image_digest"]
    return ReleaseImage(
        address=f"{registry}:{found['image_tag']}",
        pinned=f"{registry}@{digest}" if digest else None,
        commit=found["commit_hash"],
        runtime=found["rt_revision"],
        pointers=tuple(pointers),
        other_commit=not release.commit.startswith(found["commit_hash"]),
        stale=bool(detail["stale"]),
    )
