"""The image catalogue as it is published: collections with the images of their refs, in upstream's shape."""

from collections.abc import Sequence

from build.images.state import CollectionImages, Image, ImageState
from build.images.tags import highest, is_release, parse_tag, version_of
from build.model import API_ROOT, Collection
from build.storage import canonical
from search_fn.index.image_catalogue import POINTERS, ImageCatalogue, NoSuchImageError
from search_fn.rest.image_schemas import CatalogEntryDetail, ImageRef


def image_catalogue(collections: Sequence[Collection], state: ImageState) -> ImageCatalogue:
    """Return all collections by slug, hidden ones among them: the platform resolves their images, too."""
    details, inactive = {}, {}
    for collection in sorted(collections, key=lambda collection: collection.slug):
        images = state.of(collection.slug) or CollectionImages(slug=collection.slug, registry="")
        details[collection.slug] = _detail(collection, images).model_dump(mode="json")
        gone = [_ref(image, images, latest=False, stable=False, active=False) for image in images.gone]
        inactive[collection.slug] = [ref.model_dump(mode="json") for ref in gone if ref]
    return ImageCatalogue(details, inactive)


def image_files(catalogue: ImageCatalogue) -> dict[str, str]:
    """Return the static files by path below the site: answers of the function without parameters, and those of its
    pointers.
    """
    documents: dict[str, object] = {"": catalogue.entries()}
    for slug, detail in catalogue.details.items():
        documents[f"/{slug}"] = detail
        documents[f"/{slug}/refs"] = catalogue.refs(slug)
        documents |= {f"/{slug}/refs/{ref['ref']}": ref for ref in catalogue.refs(slug, include_inactive=True)}
        for pointer in POINTERS:
            try:
                documents[f"/{slug}/resolve/{pointer}"] = catalogue.find(slug, pointer, pointer=True)
            except NoSuchImageError:
                continue
    return {f"{API_ROOT}/catalog/codecollections{path}.json": canonical(value) for path, value in documents.items()}


def _detail(collection: Collection, images: CollectionImages) -> CatalogEntryDetail:
    newest = images.newest
    latest = newest.get(images.default_ref or collection.default_ref)
    version = images.stable_ref or highest(list(newest))
    stable = newest[version] if version is not None else latest
    refs = [
        _ref(image, images, latest=image is latest, stable=image is stable, active=True) for image in newest.values()
    ]
    return CatalogEntryDetail(
        slug=collection.slug,
        name=collection.name,
        git_url=collection.git_url,
        visibility=collection.visibility,
        latest_image_tag=latest.tag if latest else None,
        stable_image_tag=stable.tag if stable else None,
        image_registry=images.registry if newest else None,
        last_synced=images.changed,
        stale=images.problem is not None,
        problem=images.problem,
        ignored_tags=images.ignored,
        refs=[ref for ref in refs if ref],
    )


def _ref(image: Image, images: CollectionImages, *, latest: bool, stable: bool, active: bool) -> ImageRef | None:
    parsed = parse_tag(image.tag)
    if parsed is None:
        return None
    return ImageRef(
        ref=parsed.ref,
        ref_type="tag" if version_of(parsed.ref) else "branch",
        image_registry=images.registry,
        image_tag=image.tag,
        image_digest=image.digest,
        commit_hash=parsed.commit,
        rt_revision=parsed.runtime,
        image_built_at=image.created,
        is_latest=latest,
        is_prerelease=not (stable or is_release(parsed.ref)),
        is_active=active,
        synced_at=image.noted,
    )
