"""Between the phases that read and those that publish: all that is published, as one value."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType

from build.catalogue.called_keywords import called_libraries
from build.catalogue.catalogue import Catalogue, catalogue
from build.catalogue.deprecation import check_deprecations
from build.catalogue.merge import enrich
from build.catalogue.models import CodeBundleRecord
from build.catalogue.pinning import release_of, with_warning
from build.catalogue.record import maintainer, record
from build.config.overrides import unknown_overrides
from build.config.own_documentation import own_documentation
from build.enhance.facts import drop_contradicted
from build.enhance.prompt import content_of
from build.enhance.store import load
from build.errors import RegistryError
from build.model import Collection, Problem
from build.options import CODE
from build.phases.context import RunContext
from build.phases.fetch import Sources
from build.phases.parse import Parsed
from build.problems import problem, sentence
from build.publish.ledger import public_runs
from build.releases.models import NO_TAG, CollectionReleases
from search_fn.index.facts import CollectionFacts


def build_catalogue(
    run: RunContext,
    sources: Sources,
    parsed: Parsed,
    releases: Mapping[str, CollectionReleases] = MappingProxyType({}),
) -> Catalogue:
    """Join what was fetched and parsed with what models and people wrote.

    Args:
        run: The run.
        sources: What was fetched.
        parsed: The bundles and libraries.
        releases: What the tags of each collection changed, by slug.

    Raises:
        RegistryError: There is no bundle to publish.
    """
    if not parsed.entries:
        first, *others = [f"{p.collection}: {p.message}" for p in run.problems if p.severity == "error"] or [
            "no bundle"
        ]
        more = f", and {len(others)} other errors" if others else ""
        offline = "" if run.options.offline else " (without a network, --offline takes the last fetched state)"
        raise RegistryError(
            f"Nothing is published: no collection could be read. {sentence(first.rstrip('.') + more)} "
            f"Correct that, then run again{offline}."
        )
    facts = [_facts(run, collection) for collection in run.collections if collection.visibility == "public"]
    records = _records(run, parsed, releases)
    hidden = {collection.slug for collection in run.collections if collection.visibility == "hidden"}
    built = catalogue(
        facts,
        records,
        [_published(problem) for problem in run.problems if problem.collection not in hidden],
        run.options.version,
        sources.requests,
        parsed.libraries,
        [*sources.documentation, *own_documentation(CODE / "docs", run.options.site_url)],
        releases,
        called_libraries(parsed.libraries, parsed.entries),
    )
    run.report.build_id, run.report.updated = built.build_id, built.updated
    return built._replace(runs=public_runs(run.past, [collection.slug for collection in facts]))


def _records(run: RunContext, parsed: Parsed, releases: Mapping[str, CollectionReleases]) -> list[CodeBundleRecord]:
    """Return the bundles' records, with what models and people wrote of them."""
    entries = parsed.entries
    ci_tests = {state.fetched.collection.slug: state.ci_tests for state in parsed.states}
    run.problems.extend(unknown_overrides(run.overrides, {entry.id for entry in entries}))
    records = []
    for entry in entries:
        answer, problems = load(run.options.enhancements, entry)
        if answer and answer.content != content_of(entry):
            # The bundle has changed since.
            answer, problems = None, []
        if answer:
            answer_left, against = drop_contradicted(answer.answer, entry.bundle)
            answer = answer.model_copy(update={"answer": answer_left})
            tell = partial(problem, collection=entry.collection.slug, bundle=entry.bundle.name)
            problems = [*problems, *(tell("ai-item-dropped", reason) for reason in against)]
        run.problems.extend(problems)
        bundle = entry.bundle.model_copy(update={"problems": (*entry.bundle.problems, *problems)})
        own = releases.get(entry.collection.slug)
        since = own.since.get(bundle.name) if own else None
        result = record(
            entry.model_copy(update={"bundle": bundle}),
            run.options.site_url,
            since or NO_TAG,
            release_of(own, entry.id),
            ci_tests.get(entry.collection.slug, ()),
        )
        records.append(enrich(result, answer, run.overrides.get(entry.id)))
    records, problems = check_deprecations(records)
    run.problems.extend(problems)
    return list(map(with_warning, records))


def _facts(run: RunContext, collection: Collection) -> CollectionFacts:
    row = next(row for row in run.report.rows if row.slug == collection.slug)
    return CollectionFacts(
        slug=collection.slug,
        name=collection.name,
        git_url=collection.git_url,
        git_ref=collection.git_ref,
        owner=collection.owner,
        description=collection.description,
        maintained_by=maintainer(collection),
        commit=row.commit,
        commit_date=row.commit_date,
        state="unavailable" if row.commit is None else "stale" if row.outcome == "stale" else "current",
        bundles=row.bundles,
        tools=row.tools,
    )


def _published(problem: Problem) -> Problem:
    """Return a problem as it is published: a file of the registry's own by its name, not by its place here."""
    if problem.collection or not problem.path:
        return problem
    return problem.model_copy(update={"path": Path(problem.path).name})
