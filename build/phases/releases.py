"""Beside the second phase: what the tags of each collection changed, and what became of names that are gone."""

from collections.abc import Mapping
from pathlib import Path

from build.catalogue.source_links import Source
from build.fetch.collections import Fetched
from build.fetch.git import GIT_ERRORS, last_word
from build.fetch.states import Timeline, read_timeline
from build.model import Bundle, Problem, Value
from build.parse_cache import Parser, parser
from build.phases.context import RunContext
from build.phases.parse import Parsed
from build.problems import problem
from build.release_cache import RELEASES_SECONDS, FactsOfStates, read_facts, releases_version
from build.releases.assemble import collection_releases
from build.releases.models import CollectionReleases
from build.storage import file_of, keep, load_kept
from build.workers import Budget

# Bundles or tags that one message names.
_MAX_NAMED = 5


class _CachedReleases(Value):
    releases: CollectionReleases
    problems: tuple[Problem, ...]


def read_releases(run: RunContext, parsed: Parsed) -> dict[str, CollectionReleases]:
    """Return the releases of the public collections by slug; one that cannot be read is reported and left out."""
    options, result = run.options, {}
    with parser(options.cache, options.jobs, options.engine) as bundles, run.phase("releases") as track:
        for one in track(parsed.states, len(parsed.states)):
            heads = {(s.name, s.tree): bundle for s, bundle in zip(one.fetched.bundles, one.bundles, strict=False)}
            releases, problems = _of_collection(one.fetched, heads, options.cache, bundles)
            run.problems.extend(problems)
            if releases:
                result[one.fetched.collection.slug] = releases
    return result


def _of_collection(
    fetched: Fetched, heads: Mapping[tuple[str, str], Bundle], cache: Path, bundles: Parser
) -> tuple[CollectionReleases | None, tuple[Problem, ...]]:
    collection = fetched.collection
    if fetched.commit is None:
        return None, ()
    tags = (f"{tag.name} {tag.commit} {tag.date.timestamp()}" for tag in fetched.tags)
    names = (source.name for source in fetched.bundles)
    # Dates of commits may be believed or not, by the time of the run.
    newest = str(fetched.log[0].date) if fetched.log else ""
    key = (collection.slug, collection.git_url, fetched.commit, newest, *tags, "", *names)
    file = file_of(cache / "releases" / releases_version(), *key)
    if cached := load_kept(file, _CachedReleases):
        return cached.releases, cached.problems
    try:
        timeline = read_timeline(fetched, cache)
        seconds = RELEASES_SECONDS
        budget = Budget(seconds, f"the {seconds:.0f} seconds for old states were used up by then")
        facts = read_facts(collection, timeline, heads, cache, bundles.guarded, budget)
    except GIT_ERRORS as failure:
        message = f"what its tags changed cannot be determined: {last_word(failure)}"
        return None, (problem("release-not-read", message, collection=collection.slug),)
    releases = collection_releases(
        collection.slug,
        timeline,
        facts.facts,
        lambda commit, folder: Source(collection.git_url, commit).folder(folder),
    )
    problems = (*_unread(collection.slug, timeline, facts), *_unfinished(collection.slug, timeline, facts))
    if facts.is_final:
        keep(file, _CachedReleases(releases=releases, problems=problems))
    return releases, problems


def _unread(slug: str, timeline: Timeline, facts: FactsOfStates) -> list[Problem]:
    """Return a problem that names the bundles which could not be read at some tag, and the newest such tag of each."""
    result: dict[str, str] = {}
    for step in timeline.steps[1:]:
        state = step.state
        for name in state.bundles:
            one = facts.facts.get((state.commit, name))
            if one and one.unread and state.tag and name not in result:
                result[name] = f"{name} at {state.tag.name} ({one.unread})"
    return [_problem_of_states("release-not-read", "cannot be read", slug, list(result.values()))] if result else []


def _unfinished(slug: str, timeline: Timeline, facts: FactsOfStates) -> list[Problem]:
    tags = [step.state.tag.name for step in timeline.steps if step.state.tag and step.state.commit in facts.unfinished]
    return [_problem_of_states("releases-unfinished", "have not been read yet", slug, tags)] if tags else []


def _problem_of_states(code: str, what: str, slug: str, names: list[str]) -> Problem:
    more = f" and {len(names) - _MAX_NAMED:,} more" if len(names) > _MAX_NAMED else ""
    return problem(code, f"old states {what}: {', '.join(names[:_MAX_NAMED])}{more}", collection=slug)
