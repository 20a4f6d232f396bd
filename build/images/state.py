"""The state of collections' images: what a registry lists, and its answer about each tag."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from build.images.tags import parse_tag
from build.model import Value

_OLDEST = datetime.min.replace(tzinfo=UTC)
MAX_GONE = 200  # refs of a collection that are kept in the state after their images have gone


class Image(Value):
    """A tag of the contract.

    Attributes:
        tag: As it can be pulled.
        digest: Of its manifest; None where that could not be read yet.
        created: When it was built, in RFC 3339; None where nobody had to ask, or the image does not say.
        dated: Whether the registry was asked for that time.
        noted: When this digest was first seen, in RFC 3339.
    """

    tag: str
    digest: str | None = None
    created: str | None = None
    dated: bool = False
    noted: str

    @property
    def ref(self) -> str:
        """Return the git ref that the image was built of."""
        result = parse_tag(self.tag)
        return result.ref if result else self.tag

    @property
    def age(self) -> tuple[datetime, str]:
        """Return a key that sorts images by the time of their build, an unknown time first, and equal times by tag."""
        return datetime.fromisoformat(self.created) if self.created else _OLDEST, self.tag


class CollectionImages(Value):
    """The images of a collection.

    Attributes:
        registry: Where they are, as `image_registry` named it when they were read.
        images: All tags of the contract, by name.
        gone: The last image of each ref that had one before.
        ignored: How many tags follow another pattern.
        changed: When the registry was first seen to say this, in RFC 3339.
        default_ref: Where `latest` leads, as a file of images says it; None where the collection's own key does.
        stable_ref: Where `stable` leads, as such a file says it.
        problem: Why this is the last state that could be read, and not today's: a code of problems.toml.
    """

    slug: str
    registry: str
    images: tuple[Image, ...] = ()
    gone: tuple[Image, ...] = ()
    ignored: int = 0
    changed: str | None = None
    default_ref: str | None = None
    stable_ref: str | None = None
    problem: str | None = None

    @property
    def newest(self) -> dict[str, Image]:
        """Return the newest image of each ref, by ref: an image whose time is not known is older than all others."""
        result: dict[str, Image] = {}
        for image in self.images:
            other = result.get(image.ref)
            if other is None or image.age > other.age:
                result[image.ref] = image
        return dict(sorted(result.items()))


class ImageState(Value):
    """The images of all collections, by slug."""

    collections: tuple[CollectionImages, ...] = ()

    def of(self, slug: str) -> CollectionImages | None:
        """Return those of a collection, None where nothing was ever read."""
        return next((collection for collection in self.collections if collection.slug == slug), None)


NO_IMAGES = ImageState()


def select_tags(tags: Iterable[str], last: CollectionImages, again: Iterable[str] = ()) -> dict[str, bool]:
    """Return the tags of which the registry has to be asked, and whether for their time.

    Args:
        tags: All that it lists.
        last: What is known.
        again: Tags whose digest is to be read once more.
    """
    by_ref = defaultdict(list)
    for tag in tags:
        if parsed := parse_tag(tag):
            by_ref[parsed.ref].append(tag)
    known, anew = {image.tag: image for image in last.images}, set(again)
    wanted = {}
    for group in by_ref.values():
        # One image of a ref is the newest without being asked.
        contested = len(group) > 1
        for tag in group:
            image = known.get(tag)
            if image is None or image.digest is None or tag in anew or (contested and not image.dated):
                wanted[tag] = contested
    return dict(sorted(wanted.items()))


def merge(
    last: CollectionImages,
    registry: str,
    tags: Iterable[str],
    read: Mapping[str, Image],
    now: str,
    default_ref: str | None = None,
    stable_ref: str | None = None,
) -> CollectionImages:
    """Return what is known after a registry was read.

    Args:
        last: What was known before.
        registry: Where the images are.
        tags: All that it lists.
        read: What it said of tags just now, by tag.
        now: The time, in RFC 3339.
        default_ref: Where `latest` leads, if the collection's own key does not say it.
        stable_ref: Where `stable` leads, if not to the highest version.
    """
    known = {image.tag: image for image in last.images}
    images, ignored = [], 0
    for tag in sorted(tags):
        if parse_tag(tag) is None:
            ignored += 1
            continue
        before, new = known.get(tag), read.get(tag)
        if new and before and before.digest == new.digest:
            # The time of a digest never changes.
            dated = new if new.dated else before
            new = dated.model_copy(update={"noted": before.noted})
        images.append(new or before or Image(tag=tag, noted=now))
    refs = {image.ref for image in images}
    gone = {image.ref: image for image in (*last.gone, *last.newest.values()) if image.ref not in refs}
    newest = sorted(gone.values(), key=lambda image: (image.noted, image.tag))[-MAX_GONE:]
    result = CollectionImages(
        slug=last.slug,
        registry=registry,
        images=tuple(images),
        gone=tuple(sorted(newest, key=lambda image: image.tag)),
        ignored=ignored,
        changed=last.changed,
        default_ref=default_ref,
        stable_ref=stable_ref,
    )
    same = last.changed is not None and result == last.model_copy(update={"problem": None})
    return result if same else result.model_copy(update={"changed": now})
