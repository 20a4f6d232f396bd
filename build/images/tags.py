"""The names of images: which build of a collection a tag is of, and which of a collection's refs is the newest."""

import re
from typing import NamedTuple

_BUILD = re.compile(r"([A-Za-z0-9_][A-Za-z0-9_.-]*?)-([0-9a-f]{7,40})-([0-9a-f]{7,40})")
_MAX_TAG = 128  # characters, by the OCI distribution specification
_VERSION = re.compile(r"v?(\d+)\.(\d+)(?:\.(\d+))?(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?", re.ASCII)


class BuildTag(NamedTuple):
    """A tag `<ref>-<commit>-<runtime>`: what was built, and with which revision of the runtime."""

    ref: str
    commit: str
    runtime: str


def parse_tag(tag: str) -> BuildTag | None:
    """Return the parts of a tag, None where it follows another pattern."""
    result = _BUILD.fullmatch(tag) if len(tag) <= _MAX_TAG else None
    return BuildTag(*result.groups()) if result else None


Precedence = tuple[tuple[int, int, int], bool, tuple[tuple[bool, int, str], ...]]


def version_of(ref: str) -> Precedence | None:
    """Return the precedence of a semantic version (semver.org 2.0.0, 11), None where a ref is none.

    The patch may be missing, and a `v` may stand before: v10.0.0 is above v9.9, v1.0.0 above v1.0.0-rc.2.
    """
    match = _VERSION.fullmatch(ref)
    if not match:
        return None
    major, minor, patch, before = match.groups()
    parts = before.split(".") if before else []
    # Numbers are below words, and compared as numbers.
    ordered = tuple((not part.isdigit(), int(part) if part.isdigit() else 0, part) for part in parts)
    return (int(major), int(minor), int(patch or 0)), before is None, ordered


def is_release(ref: str) -> bool:
    """Return whether a ref is a version, and not one before it such as v2.0.0-rc.1."""
    version = version_of(ref)
    return version is not None and version[1]


def highest(refs: list[str]) -> str | None:
    """Return the highest version among refs, None without any.

    Versions before a release count only where none is released; of two spellings of one version the later by the
    alphabet.
    """
    versions = [(is_release(ref), version, ref) for ref in refs if (version := version_of(ref))]
    return max(versions)[2] if versions else None
