"""Resolve the replacement that a deprecated bundle names to an id of this catalogue, or to none."""

from collections.abc import Mapping, Sequence

from build.catalogue.models import CodeBundleRecord
from build.model import Deprecation, Problem
from build.problems import problem
from search_fn.query.spelling import distance

# Ids that a message suggests, and the edit distance up to which an id is suggested.
_NEAR = 3
_SLIPS = 3


def check_deprecations(records: Sequence[CodeBundleRecord]) -> tuple[list[CodeBundleRecord], list[Problem]]:
    """Return the records with each `instead` as the id of a bundle, or None where there is no such bundle or the names
    lead back to the first; and problems of overrides. What a file names is a guess from its text, and no problem.
    """
    known = {record.id: record for record in records}
    replacements = {record.id: instead for record in records if (instead := _instead(record, known))}
    resolved: list[CodeBundleRecord] = []
    problems: list[Problem] = []
    for record in records:
        note = record.deprecated
        if note is None or note.instead is None:
            resolved.append(record)
            continue
        instead, wrong = replacements.get(record.id), None
        if instead is None:
            wrong = f"there is no CodeBundle {note.instead}{_near(note.instead, record.id, known)}"
        elif ring := _ring(record.id, replacements):
            instead, wrong = None, f"it leads back to itself: {' -> '.join(ring)}"
        if wrong and note.source == "override":
            collection, bundle = record.id.split("/", 1)
            message = f"overrides/{record.id}.yaml: deprecated.instead: {wrong}"
            problems.append(problem("override-odd", message, collection=collection, bundle=bundle))
        update = {"deprecated": note.model_copy(update={"instead": instead})}
        resolved.append(record.model_copy(update=update))
    return resolved, problems


def _instead(record: CodeBundleRecord, known: Mapping[str, CodeBundleRecord]) -> str | None:
    """Return the id that a bundle's deprecation names, in its own collection where it names none."""
    note: Deprecation | None = record.deprecated
    if note is None or note.instead is None:
        return None
    name = note.instead if "/" in note.instead else f"{record.codecollection.slug}/{note.instead}"
    # A README that names the bundle itself says nothing of another.
    return name if name in known and (name != record.id or note.source == "override") else None


def _ring(start: str, replacements: Mapping[str, str]) -> list[str]:
    """Return the ids on the way from a bundle back to it, empty where there is none."""
    way = [start]
    while (name := replacements.get(way[-1])) and name not in way[1:]:
        way.append(name)
        if name == start:
            return way
    return []


def _near(name: str, start: str, known: Mapping[str, CodeBundleRecord]) -> str:
    """Return the end of a message on an unknown id: similar ids, or how many bundles its collection has.

    Args:
        name: The unknown id.
        start: The bundle that names it, which is not suggested.
        known: All bundles by id.
    """
    collection, _, slug = name.rpartition("/")
    own = [one for one in known if one.startswith(f"{collection}/")]
    slips = {one: distance(one, name, _SLIPS) for one in own if one != start}
    near = sorted((one for one in slips if slips[one] <= _SLIPS), key=lambda one: (slips[one], one))
    near += [one for one in known if one.split("/", 1)[1] == slug]
    if near:
        return f"; near it: {', '.join(near[:_NEAR])}"
    return f"; {collection} has {len(own)} CodeBundles" if own else f"; there is no CodeCollection {collection}"
