"""Make the public records of bundles and libraries from the parsed values."""

from collections import Counter
from collections.abc import Sequence

from build.catalogue.configuration import configuration
from build.catalogue.files import named_files, role_of
from build.catalogue.labels import LABELS
from build.catalogue.models import (
    BundleProblem,
    BundleTests,
    ChangeRecord,
    CiTestRecord,
    CodeBundleRecord,
    CollectionRef,
    CommandRecord,
    ConfigurationType,
    DataClassification,
    FileRecord,
    HistoryRecord,
    KeywordRecord,
    LibraryRecord,
    MatchRecord,
    ToolRecord,
    VariableRecord,
)
from build.catalogue.source_links import Source
from build.effects.levels import level_of
from build.fetch.history import iso
from build.keyword_libraries import (
    Library,
)
from build.model import (
    FILE_OF,
    Bundle,
    CatalogueEntry,
    Collection,
    History,
    Problem,
    SourceFile,
    Tool,
)
from build.parse.workflows import CiTest
from build.platforms import main_platform
from build.releases.models import NO_TAG, Since


def record(
    entry: CatalogueEntry,
    site_url: str = "",
    since: Since = NO_TAG,
    release: str | None = None,
    ci_tests: Sequence[CiTest] = (),
) -> CodeBundleRecord:
    """Return everything about one bundle.

    Args:
        entry: The parsed bundle, with its collection, commit and history.
        site_url: The address of the site, below which the bundle's page is.
        since: The first tags that have it, its tools and variables.
        release: The newest tag at which it is as it is catalogued.
        ci_tests: The lines of its collection's workflows that run tests, of any bundle.
    """
    bundle, history = entry.bundle, entry.history
    folder, at = f"codebundles/{bundle.name}", Source(entry.collection.git_url, entry.commit)
    files = [*entry.files, *entry.left_out]
    runbook = tuple(tool.name for tool in bundle.tools if tool.kind == "runbook")
    monitor = tuple(tool.name for tool in bundle.tools if tool.kind == "monitor")
    return CodeBundleRecord(
        id=entry.id,
        name=bundle.name,
        slug=bundle.name,
        display_name=bundle.display_name,
        title=bundle.title,
        url=f"{site_url.rstrip('/')}/codebundles/{entry.id}/",
        since=since.bundle,
        description=_description(bundle),
        doc=bundle.doc,
        author=bundle.author,
        deprecated=bundle.deprecated,
        access_level=bundle.access_level,
        access_level_source=bundle.access_level_source,
        access_level_claimed=bundle.access_level_claimed,
        effect=bundle.effect,
        permissions=bundle.permissions,
        minimum_iam_requirements=tuple(dict.fromkeys(needed.permission for needed in bundle.permissions)),
        platform=main_platform(bundle.name, (r.platform for r in bundle.generation_rules), bundle.platforms),
        platforms=bundle.platforms,
        support_tags=bundle.support_tags,
        tasks=runbook,
        slis=monitor,
        task_count=len(runbook),
        sli_count=len(monitor),
        tools=tuple(_tool(tool, at, folder, since) for tool in bundle.tools),
        user_variables=tuple(
            VariableRecord(**dict(variable), since=since.variables.get(variable.name))
            for variable in bundle.user_variables
        ),
        secrets=bundle.secrets,
        services=bundle.services,
        platform_variables=bundle.platform_variables,
        declared_at_run_time=bundle.declared_at_run_time,
        sub_metrics=bundle.sub_metrics,
        data_classifications=_data_classifications(bundle),
        configuration_type=_configuration_type(bundle),
        generation_rules=bundle.generation_rules,
        templates=bundle.templates,
        scripts=bundle.scripts,
        files=tuple(_file(file, at, folder) for file in named_files(files)),
        file_count=len(files),
        tests=_tests(entry, files, ci_tests),
        skill_template=bundle.skill,
        meta=bundle.meta,
        runbook_path=f"{folder}/runbook.robot" if bundle.has_runbook else None,
        sli_path=f"{folder}/sli.robot" if bundle.has_monitor else None,
        runbook_source_url=at.folder(folder),
        git_updated_at=iso(history.last_date) if history else None,
        history=_history(history) if history else None,
        changelog=_changelog(history) if history else (),
        codecollection=CollectionRef(
            name=entry.collection.name,
            slug=entry.collection.slug,
            git_url=entry.collection.git_url,
            git_ref=entry.collection.git_ref,
            maintained_by=maintainer(entry.collection),
            commit=entry.commit,
            commit_date=iso(entry.commit_date),
            stale=entry.stale,
        ),
        problems=tuple(map(_problem, bundle.problems)),
        readme=bundle.readme,
        configuration=configuration(bundle, entry.collection, release or entry.commit),
        release=release,
    )


def maintainer(collection: Collection) -> str | None:
    """Return who maintains a collection as collections.yaml says: its own key, else upstream's `owner`."""
    return collection.maintained_by or collection.owner.strip() or None


def library_record(library: Library, at: Source) -> LibraryRecord:
    """Return everything about one keyword library; `at` is the source of its collection."""
    keywords = tuple(
        KeywordRecord(**dict(keyword), source_url=at.file(keyword.path, keyword.line)) for keyword in library.keywords
    )
    return LibraryRecord(
        id=library.id,
        collection=library.collection,
        name=library.name,
        setting=library.setting,
        import_name=library.import_name,
        path=library.path,
        line=library.line,
        documentation=library.documentation,
        scope=library.scope,
        keywords=keywords,
        used_by=library.used_by,
        source_url=at.file(library.path, library.line),
        keyword_count=len(keywords),
    )


def _tool(tool: Tool, at: Source, folder: str, since: Since) -> ToolRecord:
    commands = tuple(
        CommandRecord(**dict(command), source_url=at.file(command.path, command.line)) for command in tool.commands
    )
    level = level_of(tool.effect, tool.access)
    first = since.tools.get(tool.kind, {}).get(tool.name)
    own = {**dict(tool), "commands": commands, "access": level, "access_declared": tool.access, "since": first}
    return ToolRecord(**own, source_url=at.file(f"{folder}/{FILE_OF[tool.kind]}", tool.line))


def _file(file: SourceFile, at: Source, folder: str) -> FileRecord:
    # A path with escaped characters is no address, so it leads to the folder; a submodule is a folder on the host.
    place = f"{folder}/{file.path}" if file.withheld != "odd-name" else folder
    page = at.folder(place) if file.withheld in ("odd-name", "submodule") else at.file(place)
    return FileRecord(
        path=file.path,
        role=role_of(file.path),
        size=file.size,
        stored=file.withheld is None,
        reason=file.withheld,
        source_url=page,
    )


def _tests(entry: CatalogueEntry, files: Sequence[SourceFile], runs: Sequence[CiTest]) -> BundleTests:
    present = any(role_of(file.path) == "test" for file in files)
    own = [run for run in runs if present and run.bundle in (None, entry.bundle.name)]
    evidence = tuple(
        CiTestRecord(
            path=run.path,
            line=run.line,
            text=run.text,
            source_url=Source(entry.collection.git_url, run.commit).file(run.path, run.line),
        )
        for run in own
    )
    return BundleTests(present=present, in_ci=bool(own), evidence=evidence)


def _data_classifications(bundle: Bundle) -> dict[str, DataClassification]:
    counts = Counter(item for tool in bundle.tools for item in tool.data)
    return {
        name: DataClassification(label=LABELS["data"].get(name, name.replace("-", " ").title()), count=count)
        for name, count in sorted(counts.items())
    }


def _configuration_type(bundle: Bundle) -> ConfigurationType:
    rules = bundle.generation_rules
    return ConfigurationType(
        type="Automatically Discovered" if rules else "Manual",
        has_generation_rules=bool(rules),
        platform=LABELS["platform"].get(rules[0].platform, rules[0].platform) if rules else None,
        resource_types=tuple(sorted({resource for rule in rules for resource in rule.resource_types})),
        match_patterns=tuple(
            MatchRecord(type=m.type, pattern=m.pattern, properties=m.properties, mode=m.mode, negated=m.negated)
            for rule in rules
            for m in rule.match_patterns
        ),
        templates=tuple(template.name for template in bundle.templates),
        output_items=tuple(sorted({item for rule in rules for item in rule.output_items})),
        level_of_detail=next((rule.level_of_detail for rule in reversed(rules) if rule.level_of_detail), None),
        runwhen_directory_path=f"codebundles/{bundle.name}/.runwhen" if rules else None,
    )


def _history(history: History) -> HistoryRecord:
    return HistoryRecord(
        first_commit=history.first_commit,
        first_date=iso(history.first_date),
        last_commit=history.last_commit,
        last_date=iso(history.last_date),
        last_own_date=iso(history.last_own_date),
        commits=history.commits,
        authors=history.authors,
    )


def _changelog(history: History) -> tuple[ChangeRecord, ...]:
    return tuple(
        ChangeRecord(commit=one.commit, date=iso(one.date), subject=one.subject, sweep=one.sweep)
        for one in history.changelog
    )


def _problem(problem: Problem) -> BundleProblem:
    return BundleProblem(
        path=problem.path,
        line=problem.line,
        code=problem.code,
        severity=problem.severity,
        message=problem.message,
        hint=problem.hint,
    )


def _description(bundle: Bundle) -> str:
    """Return the first paragraph of the robot files' documentation, else of SKILL-TEMPLATE.md, else of meta.yaml."""
    claimed = [claim.description for claim in (bundle.skill, bundle.meta) if claim]
    text = next(filter(None, [bundle.doc, *claimed]), "")
    return " ".join(text.strip().split("\n\n", 1)[0].split())
