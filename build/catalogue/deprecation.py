"""Which bundle to use in the place of a deprecated one: an id of this catalogue, or nothing."""

from collections.abc import Mapping, Sequence

from build.catalogue.models import CodeBundleRecord
from build.model import Deprecation, Problem
from build.problems import problem
from search_fn.query.spelling import distance

_NEAR = 3
_SLIPS = 3


def check_deprecations(records: Sequence[CodeBundleRecord]) -> tuple[list[CodeBundleRecord], list[Problem]]:
    """Return the records in which every `instead` is the id of a bundle that does not lead back, and what is wrong in
    the others: overrides are told, files only seem to name a bundle.
    """
    known = {record.id: record for record in records}
    wanted = {record.id: found for record in records if (found := _instead(record, known))}
    checked: list[CodeBundleRecord] = []
    problems: list[Problem] = []
    for record in records:
        said = record.deprecated
        if said is None or said.instead is None:
            checked.append(record)
            continue
        instead, wrong = wanted.get(record.id), None
        if instead is None:
            wrong = f"there is no CodeBundle {said.instead}{_near(said.instead, record.id, known)}"
        elif ring := _ring(record.id, wanted):
            instead, wrong = None, f"it leads back to itself: {' -> '.join(ring)}"
        if wrong and said.source == "override":
            collection, bundle = record.id.split("/", 1)
            message = f"overrides/{record.id}.yaml: deprecated.instead: {wrong}"
            problems.append(problem("override-odd", message, collection=collection, bundle=bundle))
        update = {"deprecated": said.model_copy(update={"instead": instead})}
        checked.append(record.model_copy(update=update))
    return checked, problems


def _instead(record: CodeBundleRecord, known: Mapping[str, CodeBundleRecord]) -> str | None:
    """Return the id that a bundle's deprecation names, in its own collection where it names none."""
    said: Deprecation | None = record.deprecated
    if said is None or said.instead is None:
        return None
    name = said.instead if "/" in said.instead else f"{record.codecollection.slug}/{said.instead}"
    # A README that names the bundle itself says nothing of another.
    return name if name in known and (name != record.id or said.source == "override") else None


def _ring(start: str, wanted: Mapping[str, str]) -> list[str]:
    """Return the way from a bundle back to it, empty where there is none."""
    way = [start]
    while (name := wanted.get(way[-1])) and name not in way[1:]:
        way.append(name)
        if name == start:
            return way
    return []


def _near(name: str, start: str, known: Mapping[str, CodeBundleRecord]) -> str:
    """Return what there is in the place of an unknown id that the bundle `start` names."""
    collection, _, slug = name.rpartition("/")
    own = [one for one in known if one.startswith(f"{collection}/")]
    slips = {one: distance(one, name, _SLIPS) for one in own if one != start}
    near = sorted((one for one in slips if slips[one] <= _SLIPS), key=lambda one: (slips[one], one))
    near += [one for one in known if one.split("/", 1)[1] == slug]
    if near:
        return f"; near it: {', '.join(near[:_NEAR])}"
    return f"; {collection} has {len(own)} CodeBundles" if own else f"; there is no CodeCollection {collection}"
