"""The name of each bundle's skill, by the rules of Agent Skills: unique in the catalogue, and stable."""

import re
from collections.abc import Iterable

from build.catalogue.models import CodeBundleRecord
from build.storage import digest_of

REGISTRY = "codecollection-registry"
"""The name of the skill of the registry itself, which no bundle gets."""
MAX_NAME = 64
"""Characters of a name: https://agentskills.io/specification#name-field."""

_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_OTHER = re.compile(r"[^a-z0-9]+")
_HASH = 8


def skill_names(collections: Iterable[str], records: Iterable[CodeBundleRecord]) -> dict[str, str]:
    """Return the name of each bundle's skill by the bundle's id.

    A name is the bundle's own, in lower case and with hyphens. The first collection keeps it: one that is added below
    it later takes no name away. Where it is taken or is no name for a skill, the collection's short name stands before
    it; where that does not do either, the end is a hash of the id.

    Args:
        collections: The slugs of the collections, in the order of collections.yaml.
        records: The bundles.
    """
    owned: dict[str, list[CodeBundleRecord]] = {slug: [] for slug in collections}
    for record in sorted(records, key=lambda record: record.id):
        owned.setdefault(record.codecollection.slug, []).append(record)
    taken, names = {REGISTRY}, dict[str, str]()
    # One collection after the other, so that what a later one has changes nothing.
    for slug, own in owned.items():
        others = []
        for record in own:
            plain = record.slug.lower().replace("_", "-")
            if is_skill_name(plain) and plain not in taken:
                taken.add(plain)
                names[record.id] = plain
            else:
                others.append((record, f"{slug.removesuffix('-codecollection')}-{plain}"))
        for record, longer in others:
            name = longer if is_skill_name(longer) and longer not in taken else _hashed(longer, record.id)
            taken.add(name)
            names[record.id] = name
    return names


def is_skill_name(text: str) -> bool:
    """Return whether Agent Skills take the text for a name."""
    return len(text) <= MAX_NAME and _NAME.fullmatch(text) is not None


def _hashed(text: str, key: str) -> str:
    """Return a valid name that begins as the text does; other keys have other names."""
    beginning = _OTHER.sub("-", text)[: MAX_NAME - _HASH - 1].strip("-")
    return f"{beginning}-{digest_of(key)[:_HASH]}".lstrip("-")
