"""The image catalogue as a value: what is asked of it, however it is stored."""

from collections.abc import Mapping
from typing import Any, NamedTuple

Detail = dict[str, Any]
"""JSON of a CatalogEntryDetail."""
POINTERS = ("latest", "stable")
_SHOWN = 30


class NoSuchImageError(Exception):
    """Nothing is there; the message names what there is."""


class ImageCatalogue(NamedTuple):
    """The collections with their images, by slug; `inactive` are refs that have none any more. `version` names all."""

    details: Mapping[str, Detail]
    inactive: Mapping[str, list[Detail]]
    version: str = ""

    def entries(self, visibility: str | None = None, *, only_with_image: bool = True) -> list[Detail]:
        """Return the collections without their refs."""
        return [
            {key: value for key, value in detail.items() if key != "refs"}
            for detail in self.details.values()
            if visibility in (None, detail["visibility"]) and (detail["refs"] or not only_with_image)
        ]

    def detail(self, slug: str) -> Detail:
        """Return a collection. Raises NoSuchImageError: there is none of this name."""
        if slug not in self.details:
            raise NoSuchImageError(f"There is no CodeCollection of this slug; {_there(list(self.details))}")
        return self.details[slug]

    def refs(self, slug: str, *, include_inactive: bool = False) -> list[Detail]:
        """Return the refs of a collection that have an image. Raises NoSuchImageError: there is no such collection."""
        active: list[Detail] = self.detail(slug)["refs"]
        if not include_inactive:
            return active
        return sorted([*active, *self.inactive.get(slug, [])], key=lambda ref: str(ref["ref"]))

    def ref(self, slug: str, name: str) -> Detail:
        """Return a ref, active or not. Raises NoSuchImageError: there is none, or no such collection."""
        found = next((ref for ref in self.refs(slug, include_inactive=True) if ref["ref"] == name), None)
        if found is None:
            raise NoSuchImageError(
                f"{slug} has no image of this ref; {_there([ref['ref'] for ref in self.refs(slug)])}"
            )
        return found

    def find(self, slug: str, requested: str, *, pointer: bool) -> Detail:
        """Return the image to which a pointer of POINTERS, or a ref, leads. Raises NoSuchImageError: to none."""
        detail, refs = self.detail(slug), self.refs(slug)
        if not refs:
            raise NoSuchImageError(
                f"{slug} has no images: no registry is named for it, or that lists no tag REF-COMMIT-RUNTIME."
            )
        if pointer:
            found = next((ref for ref in refs if ref["image_tag"] == detail[f"{requested}_image_tag"]), None)
        else:
            found = next((ref for ref in refs if ref["ref"] == requested), None)
        if found is None:
            missing = f"no image is {requested}" if pointer else "it has no image of this ref"
            raise NoSuchImageError(f"{slug}: {missing}; {_there([ref['ref'] for ref in refs])}")
        named = ("image_tag", "image_registry", "image_digest", "commit_hash", "rt_revision")
        return {
            "slug": slug, "requested": requested, **{name: found[name] for name in named}, "stale": detail["stale"],
        }  # fmt: skip


def _there(names: list[str]) -> str:
    shown = f"{', '.join(names[:_SHOWN])}{f' and {len(names) - _SHOWN} more' if len(names) > _SHOWN else ''}"
    return f"there are {shown}." if names else "there is none."
