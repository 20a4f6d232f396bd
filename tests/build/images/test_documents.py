"""The image catalogue as upstream's clients read it."""

import json

from build.images.documents import image_catalogue, image_files
from build.images.state import ImageState
from tests.support.images import FOUND, STATE, THREE, collection, images


def test_pointers_lead_to_the_default_branch_and_the_highest_release() -> None:
    one = FOUND.detail("one")
    assert (one["latest_image_tag"], one["stable_image_tag"]) == ("main-aaaaaaa-1111111", "v10.0.0-aaaaaaa-1111111")
    facts = {ref["ref"]: (ref["ref_type"], ref["is_latest"], ref["is_prerelease"]) for ref in one["refs"]}
    assert facts == {
        "main": ("branch", True, True),
        "v9.0.0": ("tag", False, False),
        "v10.0.0": ("tag", False, False),
        "v11.0.0-rc.1": ("tag", False, True),
    }


def test_another_default_branch_leads_elsewhere_or_nowhere() -> None:
    at = ImageState(collections=(images("one", "main-aaaaaaa-1111111", "next-aaaaaaa-1111111"),))
    for default, tag in (("next", "next-aaaaaaa-1111111"), ("gone", None)):
        found = image_catalogue([collection("one", default_ref=default)], at).detail("one")
        # Without a version what is latest is stable.
        assert (found["latest_image_tag"], found["stable_image_tag"]) == (tag, tag)
        assert [ref["ref"] for ref in found["refs"] if not ref["is_prerelease"]] == ([default] if tag else [])


def test_all_collections_are_there_and_those_without_images_can_be_left_out() -> None:
    assert list(FOUND.details) == ["hidden", "none", "one"]
    assert [entry["slug"] for entry in FOUND.entries()] == ["hidden", "one"]
    hidden = FOUND.entries("hidden")[0]
    assert (hidden["visibility"], hidden["stale"], hidden["problem"]) == ("hidden", True, "images-unreachable")
    none = FOUND.detail("none")
    assert (none["refs"], none["image_registry"], none["last_synced"], none["stale"]) == ([], None, None, False)


def test_the_files_are_what_the_function_answers() -> None:
    files = {
        path.removeprefix("api/v1/catalog/codecollections"): json.loads(text)
        for path, text in image_files(FOUND).items()
    }
    assert files[".json"] == FOUND.entries()
    assert files["/one.json"] == FOUND.detail("one")
    assert files["/one/refs.json"] == FOUND.refs("one")
    # One that is gone is at its place, and in no list.
    assert files["/one/refs/pr-1.json"]["is_active"] is False
    assert files["/one/resolve/stable.json"]["image_tag"] == "v10.0.0-aaaaaaa-1111111"
    assert files["/hidden/resolve/latest.json"]["stale"] is True
    assert not [path for path in files if path.startswith("/none/resolve")]
    assert image_files(FOUND) == image_files(image_catalogue(THREE[::-1], STATE))
