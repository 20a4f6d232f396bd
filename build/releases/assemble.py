"""The releases of a collection, from git's history of its states and the facts of their bundles."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from build.fetch.history import clean_subject, iso, utc
from build.fetch.states import Folder, Gone, State, Step, Timeline
from build.model import Kind, SourceFile
from build.releases.compare import compare
from build.releases.facts import Facts
from build.releases.models import (
    BundleChange,
    CollectionReleases,
    Moved,
    Release,
    Removed,
    RemovedTool,
    Rename,
    Since,
)

FactsAt = Mapping[tuple[str, str], Facts]
"""The facts of a bundle by commit and name; a state that could not be read yet is missing."""

SourceUrl = Callable[[str, str], str]
"""Gives the page of a folder at a commit."""

_NOT_YET = "has not been read yet"
_MAX_NAMED = 3


def collection_releases(slug: str, timeline: Timeline, facts: FactsAt, source_url: SourceUrl) -> CollectionReleases:
    """Return all versions of a collection.

    Args:
        slug: The collection.
        timeline: Its history in git, with the step to the catalogued commit.
        facts: The facts of its bundles at each state.
        source_url: Gives the address of a bundle that is gone.
    """
    releases = [_release(slug, step, facts) for step in timeline.steps]
    names = [gone for gone in timeline.gone if gone.departure.to is None and gone.source]
    return CollectionReleases(
        slug=slug,
        releases=tuple(releases[1:]),
        unreleased=releases[0],
        moved={f"{slug}/{gone.name}": _moved(slug, gone) for gone in timeline.gone},
        removed=tuple(_removed(slug, gone, timeline, facts, source_url) for gone in names),
        since=_since(timeline.steps, facts),
    )


def _release(slug: str, step: Step, facts: FactsAt) -> Release:
    state, before = step.state, step.before
    old = before.bundles if before else {}
    came = state.bundles.keys() - old.keys() - set(step.renamed.values())
    went = old.keys() - state.bundles.keys() - step.renamed.keys()
    renamed: list[Rename] = [
        {"from": f"{slug}/{name}", "to": f"{slug}/{step.renamed[name]}"} for name in sorted(step.renamed)
    ]
    changed = []
    if before and before.commit != state.commit:
        origins = {new: name for name, new in step.renamed.items()}
        for name in sorted(state.bundles):
            origin = origins.get(name, name)
            if origin in old and (change := _changed(f"{slug}/{name}", (before, origin), (state, name), facts)):
                changed.append(change)
    return Release(
        tag=state.tag.name if state.tag else None,
        date=iso(state.date),
        commit=state.commit,
        before=before.tag.name if before and before.tag else None,
        added=tuple(f"{slug}/{name}" for name in sorted(came)),
        removed=tuple(f"{slug}/{name}" for name in sorted(went)),
        renamed=tuple(renamed),
        changed=tuple(changed),
    )


def _changed(bundle: str, was: tuple[State, str], now: tuple[State, str], facts: FactsAt) -> BundleChange | None:
    (before, origin), (state, name) = was, now
    files = _files_changed(before.bundles[origin], state.bundles[name])
    old, new = facts.get((before.commit, origin)), facts.get((state.commit, name))
    unread = _unread(before, old) or _unread(state, new)
    changes = compare(old, new) if old and new else ()
    if unread and not files:
        # Nothing was touched: who could not be read then cannot be read now.
        return None
    if not files and not changes:
        return None
    because = unread or (None if files else _because(before, state, new))
    return BundleChange(bundle=bundle, files_changed=files, because=because, changes=changes)


def _files_changed(before: Folder, after: Folder) -> int:
    if before.files is after.files:
        return 0
    paths = before.files.keys() | after.files.keys()
    return sum(before.files.get(path) != after.files.get(path) for path in paths)


def _unread(state: State, facts: Facts | None) -> str | None:
    """Return why nothing is known of a bundle, as a sentence; None where it was read."""
    if facts and not facts.unread:
        return None
    at = f"at {state.tag.name}" if state.tag else "at the catalogued commit"
    return f"{at} it could not be read: {facts.unread}" if facts and facts.unread else f"{at} it {_NOT_YET}"


def _because(before: State, state: State, facts: Facts | None) -> str:
    """Return why a fact differs though no file of the bundle changed: a keyword library that it uses did."""
    paths = _differing(before.libraries, state.libraries)
    used = [path for path in paths if facts is None or facts.imports is None or _imports(facts.imports, path)]
    named = used or paths
    if not named:
        return "a file of another bundle changed that it uses"
    more = f" and {len(named) - _MAX_NAMED:,} more" if len(named) > _MAX_NAMED else ""
    return f"a keyword library changed that it uses: {', '.join(named[:_MAX_NAMED])}{more}"


def _differing(before: Sequence[SourceFile], after: Sequence[SourceFile]) -> list[str]:
    old, new = {file.path: file.oid for file in before}, {file.path: file.oid for file in after}
    return sorted(path for path in old.keys() | new.keys() if old.get(path) != new.get(path))


def _imports(names: Iterable[str], path: str) -> bool:
    """Return whether one of the modules is the file at a path, or is of its package."""
    module = path.partition("/")[2].removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    package = module.rpartition(".")[0] or module
    return any(f"{name}.".startswith(f"{package}.") for name in names)


def _moved(slug: str, gone: Gone) -> Moved:
    commit, to = gone.departure.commit, gone.departure.to
    return Moved(
        to=f"{slug}/{to}" if to else None,
        commit=commit.oid,
        date=iso(utc(commit.date)),
        subject=clean_subject(commit.subject),
    )


def _removed(slug: str, gone: Gone, timeline: Timeline, facts: FactsAt, source_url: SourceUrl) -> Removed:
    moved, last_commit = _moved(slug, gone), gone.departure.before
    result = facts.get((last_commit, gone.name))
    tags = (step.state.tag for step in timeline.steps if step.state.tag and gone.name in step.state.bundles)
    last_tag = next((tag.name for tag in tags), None)
    return Removed(
        id=f"{slug}/{gone.name}",
        collection=slug,
        title=result.title if result else gone.name,
        description=result.doc.shown if result and result.doc else "",
        author=result.author if result else None,
        platforms=result.platforms if result else (),
        access_level=result.access_level if result else "unknown",
        effect=result.effect if result else "unclear",
        tools=tuple(RemovedTool(kind=t.kind, name=t.name, title=t.title) for t in result.tools) if result else (),
        variables=tuple(one.name for one in result.variables) if result else (),
        secrets=tuple(one.name for one in result.secrets) if result else (),
        commit=moved.commit,
        date=moved.date,
        subject=moved.subject,
        last_commit=last_commit,
        last_tag=last_tag,
        source_url=source_url(last_commit, f"codebundles/{gone.name}"),
    )


def _since(steps: Sequence[Step], facts: FactsAt) -> dict[str, Since]:
    """Return the first tag that has each living bundle, and each of its tools and variables."""
    head = steps[0].state
    bundles: dict[str, str] = {}
    tools: dict[str, dict[tuple[Kind, str], str]] = {}
    variables: dict[str, dict[str, str]] = {}
    for step in reversed(steps[1:]):
        state = step.state
        for name in state.bundles.keys() & head.bundles.keys():
            tag = state.tag.name if state.tag else ""
            bundles.setdefault(name, tag)
            result = facts.get((state.commit, name))
            for tool in result.tools if result else ():
                tools.setdefault(name, {}).setdefault((tool.kind, tool.name), tag)
            for variable in result.variables if result else ():
                variables.setdefault(name, {}).setdefault(variable.name, tag)
    references = {}
    for name in sorted(head.bundles):
        result = facts.get((head.commit, name))
        by_kind: dict[Kind, dict[str, str | None]] = {}
        for tool in result.tools if result else ():
            by_kind.setdefault(tool.kind, {})[tool.name] = tools.get(name, {}).get((tool.kind, tool.name))
        own = {one.name: variables.get(name, {}).get(one.name) for one in result.variables} if result else {}
        references[name] = Since(bundle=bundles.get(name), tools=by_kind, variables=own)
    return references
