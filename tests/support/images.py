"""The image catalogue of three made-up collections: one with versions, one that is hidden and stale, one without."""

from pathlib import Path

from build.images.documents import image_catalogue
from build.images.state import CollectionImages, Image, ImageState
from build.model import Collection
from build.publish.images import write_table

NOTED = "2026-01-01T00:00:00Z"
MAIN = "main-aaaaaaa-1111111"


def collection(slug: str, **more: str) -> Collection:
    """Return a collection that was configured so."""
    facts = {"name": slug.title(), "slug": slug, "git_url": f"https://github.com/o/{slug}"}
    return Collection.model_validate({**facts, **more})


def images(slug: str, *tags: str, gone: tuple[str, ...] = (), problem: str | None = None) -> CollectionImages:
    """Return what is known of these tags."""
    made = [[Image(tag=tag, digest="sha256:1", noted=NOTED) for tag in sorted(some)] for some in (tags, gone)]
    return CollectionImages(
        slug=slug, registry=f"r/{slug}", images=tuple(made[0]), gone=tuple(made[1]), changed=NOTED, problem=problem
    )


THREE = (collection("one"), collection("hidden", visibility="hidden"), collection("none"))
REFS = ("main", "v9.0.0", "v10.0.0", "v11.0.0-rc.1")
STATE = ImageState(
    collections=(
        images("one", *(f"{ref}-aaaaaaa-1111111" for ref in REFS), gone=("pr-1-bbbbbbb-1111111",)),
        images("hidden", MAIN, problem="images-unreachable"),
    )
)
FOUND = image_catalogue(THREE, STATE)


def write_images(index: Path, state: ImageState = STATE) -> None:
    """Write the table beside an index."""
    write_table(str(index), image_catalogue(THREE, state), state)
