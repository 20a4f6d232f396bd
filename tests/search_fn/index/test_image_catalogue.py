"""What is asked of the image catalogue, and what it says of what is not there."""

from pathlib import Path

import pytest

from build.images.state import ImageState
from search_fn.index.image_catalogue import NoSuchImageError
from search_fn.index.images import read_images
from tests.support.images import FOUND, images, write_images


@pytest.mark.parametrize(
    ("slug", "requested", "pointer", "said"),
    [
        ("two", "latest", True, "there are hidden, none, one"),
        ("none", "latest", True, "has no images"),
        ("one", "pr-1", False, "there are main, v10.0.0, v11.0.0-rc.1, v9.0.0"),
    ],
)
def test_what_is_not_there_is_told_with_what_is(slug: str, requested: str, pointer: bool, said: str) -> None:
    with pytest.raises(NoSuchImageError, match=said):
        FOUND.find(slug, requested, pointer=pointer)


def test_a_long_list_is_shortened(tmp_path: Path) -> None:
    write_images(tmp_path, ImageState(collections=(images("one", *(f"b{n}-aaaaaaa-1111111" for n in range(50))),)))
    with pytest.raises(NoSuchImageError, match=r"and 20 more\.$"):
        read_images(str(tmp_path)).find("one", "zz", pointer=False)
