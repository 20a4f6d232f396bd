"""What is known of images from one reading to the next."""

from build.images.state import MAX_GONE, CollectionImages, Image, ImageState, merge, select_tags

NOW, LATER = "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"
OLD, NEW, VERSION = "main-bbbbbbb-1111111", "main-aaaaaaa-1111111", "v1.0.0-aaaaaaa-1111111"
NOTHING = CollectionImages(slug="one", registry="r/one")


def image(tag: str, created: str | None = None, digest: str | None = "sha256:1", noted: str = NOW) -> Image:
    return Image(tag=tag, digest=digest, created=created, dated=created is not None, noted=noted)


def read(last: CollectionImages, *images: Image, now: str = NOW, others: int = 0) -> CollectionImages:
    tags = [*(found.tag for found in images), *(f"other{number}" for number in range(others))]
    return merge(last, "r/one", tags, {found.tag: found for found in images}, now)


def test_only_what_is_new_is_asked_and_times_only_of_several() -> None:
    assert select_tags([OLD, VERSION, "latest"], NOTHING) == {OLD: False, VERSION: False}
    known = read(NOTHING, image(OLD), image(VERSION))
    assert select_tags([OLD, VERSION], known) == {}
    # Another image of main: now the time of both is needed.
    assert select_tags([OLD, NEW, VERSION], known) == {OLD: True, NEW: True}
    dated = read(known, image(OLD, NOW), image(NEW, LATER), image(VERSION))
    assert select_tags([OLD, NEW, VERSION], dated) == {}
    assert select_tags([OLD, NEW, VERSION], dated, [VERSION]) == {VERSION: False}
    # Without a digest it was not read.
    assert select_tags([VERSION], read(NOTHING, image(VERSION, digest=None))) == {VERSION: False}


def test_an_image_without_a_time_is_asked_once() -> None:
    undated = Image(tag=OLD, digest="sha256:1", dated=True, noted=NOW)
    known = read(NOTHING, undated, image(NEW, NOW))
    assert select_tags([OLD, NEW], known) == {}


def test_the_newest_of_a_ref_is_that_built_last_whatever_its_name() -> None:
    assert read(NOTHING, image(OLD, NOW), image(NEW, LATER)).newest == {"main": image(NEW, LATER)}
    # Who knows no time counts as older; of equal times the later name.
    assert read(NOTHING, image(OLD), image(NEW, NOW)).newest["main"].tag == NEW
    assert read(NOTHING, image(OLD), image(NEW)).newest["main"].tag == OLD
    # The same moment in another zone, and a later one.
    zone = image(OLD, "2026-01-01T02:00:00+02:00")
    assert read(NOTHING, zone, image(NEW, "2026-01-01T00:00:01Z")).newest["main"].tag == NEW


def test_nothing_changes_while_the_registry_says_the_same() -> None:
    first = read(NOTHING, image(OLD), others=3)
    assert (first.changed, first.ignored) == (NOW, 3)
    assert merge(first, "r/one", [OLD, "x", "y", "z"], {}, LATER) == first
    # Not even what is read again.
    assert read(first, image(OLD, noted=LATER), now=LATER, others=3) == first
    # It was stale, and is as it was.
    stale = first.model_copy(update={"problem": "images-unreachable"})
    assert merge(stale, "r/one", [OLD, "x", "y", "z"], {}, LATER) == first


def test_another_digest_is_a_change() -> None:
    first = read(NOTHING, image(OLD))
    again = read(first, image(OLD, digest="sha256:2", noted=LATER), now=LATER)
    assert (again.images[0].digest, again.images[0].noted, again.changed) == ("sha256:2", LATER, LATER)


def test_a_ref_without_images_is_remembered_until_it_has_one() -> None:
    first = read(NOTHING, image(OLD), image(VERSION))
    without = merge(first, "r/one", [VERSION], {}, LATER)
    assert ([found.tag for found in without.images], [found.tag for found in without.gone]) == ([VERSION], [OLD])
    back = read(without, image(VERSION), image(NEW, noted=LATER), now=LATER)
    assert back.gone == ()


def test_so_many_are_remembered() -> None:
    many = [image(f"pr-{number}-aaaaaaa-1111111") for number in range(MAX_GONE + 5)]
    assert len(merge(read(NOTHING, *many), "r/one", [], {}, LATER).gone) == MAX_GONE


def test_collections_are_found_by_slug() -> None:
    state = ImageState(collections=(NOTHING,))
    assert state.of("one") is NOTHING
    assert state.of("two") is None
