"""The images that a file of the registry's own names (`image_source: static`), in upstream's shape."""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from build.images.state import Image
from build.images.tags import parse_tag

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
# Of the published file with a collection's images.
MAX_BYTES = 4 * 1024 * 1024


class StaticImages(NamedTuple):
    """The images by tag, the refs to which the pointers lead where the file says so, and what is wrong in it."""

    images: Mapping[str, Image]
    default_ref: str | None
    stable_ref: str | None
    wrong: list[str]


def read_static(text: str, now: str) -> StaticImages:
    """Return the images that a file names; a wrong entry is left out and reported.

    The file is `{default_ref, stable_ref, refs: [{ref, commit, rt_revision, image_tag, image_digest, built_at}]}`, the
    last two of an entry optional.

    Args:
        text: The file's text.
        now: The time, in RFC 3339.

    Raises:
        ValueError: It is no such file; the message says what it is instead.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError("it is not JSON") from error
    refs = data.get("refs") if isinstance(data, dict) else None
    if not isinstance(refs, list):
        raise ValueError("it has no list `refs`")
    images: dict[str, Image] = {}
    wrong = []
    for number, entry in enumerate(refs):
        try:
            image = _image(entry, now)
        except ValueError as error:
            wrong.append(f"refs[{number}]: {error}")
            continue
        images[image.tag] = image
    named = {image.ref for image in images.values()}
    pointers = {}
    for key in ("default_ref", "stable_ref"):
        ref = data.get(key)
        if ref is not None and ref not in named:
            wrong.append(f"{key}: none of `refs` has this ref")
            ref = None
        pointers[key] = ref
    return StaticImages(images, pointers["default_ref"], pointers["stable_ref"], wrong)


def _image(entry: object, now: str) -> Image:
    if not isinstance(entry, dict):
        raise ValueError("it is not an object")
    texts = {key: entry.get(key) for key in ("ref", "commit", "rt_revision", "image_tag")}
    if missing := [key for key, value in texts.items() if not isinstance(value, str)]:
        raise ValueError(f"{missing[0]} is missing, or no text")
    tag, digest, built = str(texts["image_tag"]), entry.get("image_digest"), entry.get("built_at")
    parsed = parse_tag(tag)
    if parsed is None:
        raise ValueError("image_tag is not REF-COMMIT-RUNTIME")
    commits = (str(texts["commit"]), parsed.commit), (str(texts["rt_revision"]), parsed.runtime)
    if parsed.ref != texts["ref"] or not all(stated.startswith(own) for stated, own in commits):
        raise ValueError("image_tag says another ref, commit or runtime than the entry")
    if digest is not None and not (isinstance(digest, str) and _DIGEST.fullmatch(digest)):
        raise ValueError("image_digest is not a sha256")
    if built is not None:
        try:
            datetime.fromisoformat(built)
        except (ValueError, TypeError) as error:
            raise ValueError("built_at is not a time") from error
    return Image(tag=tag, digest=digest, created=built, dated=True, noted=now)
