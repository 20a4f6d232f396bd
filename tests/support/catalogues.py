"""Made-up catalogues: one text wherever a stranger's text can stand, or a small sound one."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from build.catalogue.alerts import alerts
from build.catalogue.catalogue import Catalogue, catalogue
from build.catalogue.merge import enrich
from build.catalogue.models import CodeBundleRecord
from build.catalogue.record import maintainer, record
from build.catalogue.source_links import Source
from build.documentation import (
    DocumentationPage,
)
from build.enhance.answer import Answer, Enhancement, Tokens, ToolText
from build.enhance.answer import Permission as AnsweredPermission
from build.keyword_libraries import (
    Example,
    Keyword,
    Library,
)
from build.model import (
    Bundle,
    CatalogueEntry,
    Change,
    Collection,
    Combination,
    Command,
    Condition,
    Deprecation,
    Evidence,
    ExecutedCommand,
    GenerationRule,
    History,
    MatchPattern,
    Meta,
    OutputItem,
    Permission,
    PlatformVariable,
    Problem,
    ResourceType,
    RunTimeName,
    Secret,
    Service,
    Skill,
    Slx,
    SourceFile,
    Template,
    Tool,
    Value,
    Variable,
)
from build.parse.workflows import CiTest
from build.site.api_page import OpenApi
from build.site.pages import render_pages
from build.site.prose import bundle_prose, render_texts
from build.storage import canonical
from search_fn.index.facts import CollectionFacts
from tests.support.releases import releases_of

# Ends whatever it may stand in: a title, a block, an attribute, front matter, a template, a comment, a fence.
HOSTILE = (
    '</title></script></article><script>alert(1)</script><img src=x onerror=alert(1)> " onclick="x\' --> '
    "{{7777777*7}} {% raw %} --- ``` ~~~ \u2028 \x00 \x02wzxhzdk:0\x03 &lt;b&gt; javascript:alert(1)"
)
COMMIT = "0123456789abcdef0123456789abcdef01234567"
_COMMITTED = datetime(2026, 3, 9, 8, tzinfo=UTC)
HARBOR = Collection(name="Harbor", slug="harbor", git_url="https://github.com/o/harbor.git", owner="Pilots")
QUAY = Collection(name="Quay", slug="quay", git_url="https://gitlab.com/o/quay", description="For quays.")


def history(day: int, subject: str = "Work") -> History:
    """Return a history: first seen on 2 January 2025, changed on this day of March 2026 by a sweep with this
    subject.
    """
    dates = (datetime(2026, 3, day, 12, tzinfo=UTC), datetime(2026, 2, day, 12, tzinfo=UTC))
    return History(
        first_commit="a" * 40,
        first_date=datetime(2025, 1, 2, tzinfo=UTC),
        last_commit="b" * 40,
        last_date=dates[0],
        last_own_date=dates[1],
        commits=3,
        authors=("A Keeper", "Another"),
        changelog=tuple(
            Change(commit=letter * 40, date=date, subject=subject, sweep=letter == "b")
            for letter, date in zip("bc", dates, strict=True)
        ),
    )


def entry(bundle: Bundle, collection: Collection = HARBOR, *, day: int = 5, **changes: object) -> CatalogueEntry:
    """Return the bundle in the catalogue."""
    known = {
        "collection": collection,
        "commit": COMMIT,
        "commit_date": _COMMITTED,
        "stale": False,
        "history": history(day, bundle.title),
        "files": (SourceFile(path=f"{bundle.title}.sh", oid="1" * 40, size=1_234, withheld="binary"),),
        "left_out": (
            SourceFile(path="out", oid="2" * 40, size=9, withheld="link"),
            SourceFile(path=".test/run", oid="3" * 40, size=9, withheld="not-read"),
        ),
        **changes,
    }
    return CatalogueEntry.model_validate({"bundle": bundle, **known})


def full_bundle(name: str, text: str, prose: str) -> Bundle:
    """Return a bundle that has something of everything: `text` as a plain value, `prose` where Markdown is rendered."""
    problem = Problem(
        collection="harbor", bundle=name, path=f"codebundles/{text}", line=3, code="rules-odd", severity="warning",
        message=text, hint=text,
    )  # fmt: skip
    return Bundle(
        name=name,
        display_name=text,
        author=text,
        doc=text,
        readme=prose,
        support_tags=(text,),
        platforms=("Kubernetes", "AKS", text),
        has_runbook=True,
        has_monitor=True,
        tools=(
            Tool(
                kind="runbook", name=text, title=text, documentation=prose, tags=(text, "access:read-only"),
                access="read-only", data=(text,), line=12, variables=(text, "PLACE"), scripts=(text,),
                raises_issues=True, effect="changes", unclear_because=(text,),
                commands=(
                    ExecutedCommand(
                        command=text, effect="changes", path=f"codebundles/{text}", line=4, condition=text,
                    ),
                ),
            ),
            Tool(kind="monitor", name=text, title=text, line=7),
        ),
        user_variables=(
            Variable(
                name="PLACE", type=text, description=text, pattern=text, example=text + " too", default=text,
                enum=(text, "b"), required=False, used_by=("runbook", "monitor"), line=2,
            ),
            Variable(name=text, required=True, used_by=("monitor",), line=3, sensitive=True),
        ),
        secrets=(Secret(name=text, description=text, alternatives=(text,), used_by=("runbook",)),),
        services=(Service(name=text, description=text, default=text, example=text, used_by=("runbook",)),),
        platform_variables=(PlatformVariable(name=text, used_by=("monitor",)),),
        declared_at_run_time=(RunTimeName(declares="secret", name=text, kind="runbook", line=4),),
        sub_metrics=(text,),
        generation_rules=(
            GenerationRule(
                path=f".runwhen/generation-rules/{text}", platform=text, resource_types=(text,),
                match_patterns=(
                    MatchPattern(type="pattern", pattern=text, properties=(text,), mode="exact", resource_type=text),
                    MatchPattern(type=text, properties=(text,)),
                ),
                base_names=(text,), qualifiers=(text,), level_of_detail=text, output_items=(text, "slx"),
                resources=(ResourceType(platform=text, resource_type=text),),
                match=Combination(op="not", matches=(
                    Condition(type="pattern", pattern=text, properties=(text,), mode="exact", resource_type=text),
                )),
                slxs=(Slx(base_name=text, base_template_name=f"{text}-", qualifiers=(text,), level_of_detail=text,
                          output_items=(OutputItem(type=text), OutputItem(type="slx"))),),
                outputs=(OutputItem(path=text, template_name=text),),
            ),
        ),
        templates=(Template(name=text, kind=text, robot_file=text),),
        scripts=(text,),
        skill=Skill(description=text, platforms=(text,), resource_types=(text,), access="read-only"),
        skill_files={"SKILL.md": prose},
        meta=Meta(title=text, description=text, tags=(text,), requires=(text,),
                  commands=(Command(name=text, explanation=text),)),
        access_level="read-write",
        access_level_source="declared",
        effect="changes",
        permissions=(
            Permission(
                platform="AWS", permission=text, scope=text, operation=text,
                evidence=(Evidence(path=f"codebundles/{text}", line=4, command=text),),
            ),
        ),
        deprecated=Deprecation(since=text, instead=text, reason=text, source="readme"),
        problems=(problem,),
    )  # fmt: skip


def full_library(name: str, text: str, bundle: str) -> Library:
    """Return a library of the collection Harbor that has something of everything, called by this bundle of it."""
    example = Example(
        bundle=f"harbor/{bundle}", path=f"codebundles/{bundle}/runbook.robot", line=12, call=text,
        source_url=f"https://github.com/o/harbor/blob/{COMMIT}/codebundles/{bundle}/runbook.robot#L12",
    )  # fmt: skip
    return Library(
        collection="harbor",
        name=name,
        setting="Library",
        import_name=text,
        path="libraries/Compass/__init__.py",
        documentation=text,
        scope=text,
        keywords=(
            Keyword(
                name=text, arguments=(text,), documentation=text, path=f"libraries/{text}", line=7, used_by=1,
                examples=(example, example.model_copy(update={"bundle": "harbor/gone"})),
            ),
            Keyword(name="Without", path="libraries/Compass/__init__.py", line=9),
        ),
        used_by=1,
    )  # fmt: skip


def facts(collection: Collection, *, bundles: int, tools: int, state: str = "current") -> CollectionFacts:
    """Return the collection as it was built, at COMMIT unless it is unavailable."""
    fetched = state != "unavailable"
    return CollectionFacts.model_validate(
        {
            **collection.model_dump(include={"slug", "name", "git_url", "git_ref", "owner", "description"}),
            "maintained_by": maintainer(collection),
            "commit": COMMIT if fetched else None,
            "commit_date": "2026-03-09T08:00:00Z" if fetched else None,
            "state": state,
            "bundles": bundles,
            "tools": tools,
        }
    )


def made_up(
    entries: Iterable[CatalogueEntry],
    collections: Iterable[CollectionFacts] = (),
    problems: Iterable[Problem] = (),
    libraries: Iterable[Library] = (),
    related: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
) -> Catalogue:
    """Return a catalogue of these bundles; collections that are not given are made from the bundles'."""
    entries = sorted(entries, key=lambda one: one.id)
    own = {one.collection.slug: one.collection for one in entries}
    given = tuple(collections) or tuple(facts(collection, bundles=1, tools=2) for collection in own.values())
    # With what a stranger can write in a workflow.
    runs = {
        one.id: [CiTest(commit=COMMIT, path=f".github/workflows/{one.bundle.title}.yml", line=3, text=one.bundle.title)]
        for one in entries
    }
    records = [
        record(one, ci_tests=runs[one.id]).model_copy(update={"related": related.get(one.id, ())}) for one in entries
    ]
    return catalogue(given, records, tuple(problems), "test", None, tuple(libraries))


def written(text: str) -> Enhancement:
    """Return what a model wrote of a full bundle: `text` everywhere."""
    answer = Answer(
        description=text, use_cases=(text,), questions=(text,), symptoms=(text,), aliases=(text,),
        alerts=(text,), errors=(text,),
        access_level="read-only", access_reason=text, limitations=text,
        iam_requirements=(AnsweredPermission(platform="AWS", requirement=text, evidence=text),),
        tools=(ToolText(name=text, purpose=text, function=text, requirements=(text,)),),
    )  # fmt: skip
    tokens = Tokens(prompt=1, completion=1)
    return Enhancement(key="k", content="c", model=text, date="2026-03-09", tokens=tokens, seconds=1, answer=answer)


def text_everywhere(text: str, prose: str) -> Catalogue:
    """Return a catalogue in which every text that a stranger or a model writes is `text`, or `prose` where it is
    Markdown.
    """
    collection = HARBOR.model_copy(update={"name": text, "owner": text, "description": text})
    # As many as it takes for a value that they share to have a page.
    bundles = [full_bundle(name, text, prose) for name in ("first", "second", "third")]
    entries = [entry(bundle, collection) for bundle in bundles]
    problems = [
        *(problem for bundle in bundles for problem in bundle.problems),
        Problem(
            collection="harbor", bundle=text, path=text, code="no-readme", severity="note", message=text, hint=text
        ),
    ]
    libraries = [full_library("Compass", text, "first")]
    near = {"harbor/first": ("harbor/second",)}
    made = made_up(entries, (facts(collection, bundles=3, tools=6),), problems, libraries, near)
    address = "https://docs.example/"
    pages = [
        DocumentationPage(category="faq", slug=slug, name=text, url=url, description=text, topics=(text,))
        for slug, url in (("a", None), ("b", address))
    ]
    records = [enrich(one, written(text), None) for one in made.records]
    releases = {"harbor": releases_of("harbor/first", text, tag=text)}
    return made._replace(records=records, documentation=pages, releases=releases)


def sound() -> Catalogue:
    """Return two collections, one of them stale, and one that was never fetched."""
    prose = (
        "# Bearings\n\n- [Use](#use)\n- [Nowhere](#nowhere)\n- [Chart](../chart/README.md)\n- [Up](../../../../etc)\n\n"
        "## Use\n\n```sh\nls\n```\n\n| a | b |\n|--:|:-:|\n| 1 | 2 |\n"
    )
    first = full_bundle("pod-bearing", "Bearing of a pod", prose)
    tool = Tool(kind="monitor", name="Ping `${HOST}`", title="Ping `${HOST}`", line=9, variables=("HOST",))
    second = Bundle(name="quay_ping", has_monitor=True, tools=(tool,), access_level="unknown")
    problems = [*first.problems, Problem(collection="adrift", code="not-fetched", severity="error", message="Gone.")]
    return made_up(
        [entry(first), entry(second, QUAY, day=7, stale=True)],
        [
            facts(HARBOR, bundles=1, tools=2),
            facts(QUAY, bundles=1, tools=1, state="stale"),
            facts(QUAY.model_copy(update={"slug": "adrift"}), bundles=0, tools=0, state="unavailable"),
        ],
        problems,
        [full_library("Compass.Needle", "Compass.Needle", "pod-bearing")],
        {"harbor/pod-bearing": ("quay/quay_ping", "no/such")},
    )


def pages_of(catalogue: Catalogue, *, search_url: str = "", openapi: OpenApi | None = None) -> dict[str, str]:
    """Return all pages of the catalogue, texts by path."""
    named = alerts(catalogue.records)
    return dict(render_pages(catalogue, html_of, search_url=search_url, openapi=openapi, alerts=named))


def html_of(record: CodeBundleRecord) -> Mapping[str, str]:
    """Return the Markdown of a bundle's page, rendered here and now."""
    tools = ((tool.kind, tool.line, tool.documentation) for tool in record.tools)
    at = Source(record.codecollection.git_url, record.codecollection.commit)
    return render_texts(bundle_prose(record.readme, tools), at, f"codebundles/{record.slug}").html


def as_json(value: Value) -> Any:
    """Return the JSON of a published value, as whoever reads it has it."""
    return json.loads(canonical(value))
