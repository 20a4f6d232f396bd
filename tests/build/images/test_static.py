"""A file of our own that names images, in upstream's shape."""

import json
from typing import Any

import pytest

from build.images.static import read_static

NOW = "2026-05-12T00:00:00Z"
DIGEST = f"sha256:{'a' * 64}"
ENTRY = {
    "ref": "main", "ref_type": "branch", "commit": "c1a2b3d4e5", "rt_revision": "e4f5a6b",
    "image_tag": "main-c1a2b3d-e4f5a6b", "image_digest": DIGEST, "built_at": "2026-05-11T20:00:00Z",
}  # fmt: skip


def test_a_file_of_upstreams_shape_is_read() -> None:
    old = {"ref": "v1.0.0", "commit": "1234567", "rt_revision": "1234567", "image_tag": "v1.0.0-1234567-1234567"}
    found = read_static(json.dumps({"default_ref": "main", "stable_ref": "v1.0.0", "refs": [ENTRY, old]}), NOW)
    assert (found.default_ref, found.stable_ref, found.wrong) == ("main", "v1.0.0", [])
    first, second = found.images.values()
    assert (first.digest, first.created, first.ref) == (DIGEST, "2026-05-11T20:00:00Z", "main")
    assert (second.digest, second.created, second.noted) == (None, None, NOW)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"image_tag": "main"}, "not REF-COMMIT-RUNTIME"),
        ({"image_tag": "other-c1a2b3d-e4f5a6b"}, "another ref"),
        ({"commit": "ffffff"}, "another ref, commit"),
        ({"ref": 7}, "ref is missing"),
        ({"image_digest": "sha256:x"}, "not a sha256"),
        ({"built_at": "yesterday"}, "not a time"),
        ({"built_at": 7}, "not a time"),
    ],
)
def test_an_entry_that_is_wrong_is_told_and_the_others_are_there(change: dict[str, Any], said: str) -> None:
    found = read_static(json.dumps({"refs": [ENTRY | change, ENTRY, "x"]}), NOW)
    assert list(found.images) == ["main-c1a2b3d-e4f5a6b"]
    assert found.wrong[0].startswith("refs[0]: ")
    assert said in found.wrong[0]
    assert found.wrong[1] == "refs[2]: it is not an object"


def test_a_pointer_to_no_ref_is_told_and_left_out() -> None:
    found = read_static(json.dumps({"stable_ref": "v9", "refs": [ENTRY]}), NOW)
    assert (found.stable_ref, found.wrong) == (None, ["stable_ref: none of `refs` has this ref"])


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"refs": {}}', "[" * 100_000])
def test_what_is_no_such_file_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"it (is|has) no"):
        read_static(text, NOW)
