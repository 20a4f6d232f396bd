"""The image of a release, as its page names it: what the image catalogue knew when the site was built."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from build.releases.models import Release

ImageDetails = Mapping[str, Mapping[str, Any]]
"""The image catalogue's JSON of each collection (CatalogEntryDetail), by slug."""


class ReleaseImage(NamedTuple):
    """An image: `address` can be pulled, `pinned` is the same by its digest, None where that is not known yet.

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
    """Return the image of a release's tag, None without one. For unreleased changes it is the image that `latest`
    names.

    A tag that an image's tag cannot spell (with a `/`, say) has none.
    """
    detail = details.get(slug, {})
    result = next(
        (
            ref
            for ref in detail.get("refs", ())
            if (ref["is_latest"] if release.tag is None else ref["ref"] == release.tag)
        ),
        None,
    )
    if result is None:
        return None
    pointers = [name for name in ("latest", "stable") if detail[f"{name}_image_tag"] == result["image_tag"]]
    registry, digest = result["image_registry"], result["image_digest"]
    return ReleaseImage(
        address=f"{registry}:{result['image_tag']}",
        pinned=f"{registry}@{digest}" if digest else None,
        commit=result["commit_hash"],
        runtime=result["rt_revision"],
        pointers=tuple(pointers),
        other_commit=not release.commit.startswith(result["commit_hash"]),
        stale=bool(detail["stale"]),
    )
