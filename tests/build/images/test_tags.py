"""Which tags are builds, and which ref is the highest version."""

import random

import pytest

from build.images.tags import BuildTag, highest, is_release, parse_tag, version_of


@pytest.mark.parametrize(
    ("tag", "parts"),
    [
        ("main-c1a2b3d-e4f5a6b", ("main", "c1a2b3d", "e4f5a6b")),
        ("pr-42-c1a2b3d-e4f5a6b", ("pr-42", "c1a2b3d", "e4f5a6b")),
        ("v1.2.0-rc.1-c1a2b3d-e4f5a6b", ("v1.2.0-rc.1", "c1a2b3d", "e4f5a6b")),
        # A ref may end like a commit.
        ("main-abcdef0-c1a2b3d-e4f5a6b", ("main-abcdef0", "c1a2b3d", "e4f5a6b")),
        (f"main-{'a' * 40}-{'b' * 40}", ("main", "a" * 40, "b" * 40)),
        *[
            (tag, None)
            for tag in (
                "latest", "main", "v1.2.0", "2026-01-01", "main-c1a2b3d", "main-C1A2B3D-e4f5a6b", "main-c1a2b3-e4f5a6b",
                f"main-{'a' * 41}-e4f5a6b", "-c1a2b3d-e4f5a6b", ".x-c1a2b3d-e4f5a6b", "../x-c1a2b3d-e4f5a6b", "",
                "ma in-c1a2b3d-e4f5a6b", "main-c1a2b3d-e4f5a6b\n",
                f"{'m' * 120}-c1a2b3d-e4f5a6b", "mäin-c1a2b3d-e4f5a6b",
            )
        ],
    ],
)  # fmt: skip
def test_a_tag_is_a_build_or_another(tag: str, parts: tuple[str, str, str] | None) -> None:
    assert parse_tag(tag) == (BuildTag(*parts) if parts else None)


def test_versions_are_ordered_as_the_specification_has_them() -> None:
    # The example of semver.org, 11, and numbers of several digits.
    order = [
        "v1.0.0-alpha", "v1.0.0-alpha.1", "v1.0.0-alpha.beta", "v1.0.0-beta", "v1.0.0-beta.2", "v1.0.0-beta.11",
        "v1.0.0-rc.1", "v1.0.0", "1.2", "v1.10.0", "v9.0.0", "v10.0.0",
    ]  # fmt: skip
    mixed = random.Random(1).sample(order, len(order))
    assert sorted(mixed, key=lambda ref: version_of(ref) or ()) == order


@pytest.mark.parametrize(
    ("refs", "found"),
    [
        (["v9.0.0", "v10.0.0", "main"], "v10.0.0"),
        (["v1.9.0", "v2.0.0-rc.1"], "v1.9.0"),
        (["v2.0.0-rc.2", "v2.0.0-rc.10", "main"], "v2.0.0-rc.10"),
        (["main", "pr-42", "v1", "v1.2.3abc", "1.2.3.4"], None),
        ([], None),
    ],
)
def test_the_highest_is_released_where_anything_is(refs: list[str], found: str | None) -> None:
    assert highest(refs) == found
    assert found is None or is_release(found) == any(map(is_release, refs))
