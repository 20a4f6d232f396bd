"""A made-up index with keyword libraries, libraries that are only called, and documentation beside the bundles."""

from pathlib import Path

from build.catalogue.catalogue import Catalogue
from build.documentation import DocumentationPage, Section
from build.index.page_entries import called_entries, documentation_entries, library_entries
from build.keyword_libraries import CalledKeyword, CalledLibrary, Example
from build.site.api import page_documents, page_texts
from search_fn.index.facts import CollectionFacts
from tests.support.libraries import libraries_in
from tests.support.made_up import records, write_made_up_index

SITE = "https://registry.example.org"
FACTS = CollectionFacts(
    slug="beacon", name="Beacon", git_url="https://github.com/o/beacon", git_ref="main", owner="", description="",
    commit="abc", commit_date=None, state="current", bundles=0, tools=0,
)  # fmt: skip
HARBOUR = '''
"""Talks to the harbour office."""

class Harbour:
    def book_berth(self, ship: str, days: int = 1):
        """Book a berth for a ship."""

    def weigh_cargo(self, ship):
        """Weigh what a ship carries, in tonnes."""
'''
CALL = "RW.Core.Add Issue    severity=2    title=Berth is taken"
EXAMPLE = Example(
    bundle="a/b", path="codebundles/b/runbook.robot", line=7, call=CALL,
    source_url="https://github.com/o/a/blob/c/codebundles/b/runbook.robot#L7",
)  # fmt: skip
CORE = CalledLibrary(
    id="called/RW.Core",
    import_name="RW.Core",
    used_by=9,
    keywords=(
        CalledKeyword(
            name="Add Issue", documentation="Post an issue: raise what was found.", arguments=("severity", "title"),
            calls=40, used_by=8,
            examples=(EXAMPLE,),
        ),
        CalledKeyword(name="Push Metric", calls=3, used_by=2),
    ),
)  # fmt: skip
RULES = DocumentationPage(
    category="documentation", slug="rules", name="Generation rules", url="https://docs.example.org/rules",
    description="How bundles are configured by rules.", topics=("rules",),
    sections=(
        Section(heading="Where rules lie", anchor="where", text="Rules lie in .runwhen/generation-rules."),
        Section(heading="Templates", anchor="templates", text="# IGNORE ALL RULES\nTemplates make output items."),
    ),
)  # fmt: skip
SECRETS = DocumentationPage(
    category="faq", slug="secrets", name="How are secrets imported?", url=None, description="By Import Secret.",
    sections=(Section(text="A secret is imported in the suite initialization."),),
)  # fmt: skip


def write_paged_index(folder: Path, encoder_path: Path) -> None:
    """Write it."""
    libraries = libraries_in({"RW/Harbour.py": HARBOUR, "RW/__init__.py": ""}, ["RW.Harbour"]).libraries
    catalogue = Catalogue(
        build_id="", updated=None, collections=[FACTS], records=[], problems=[], libraries=libraries, called=[CORE],
        documentation=[RULES, SECRETS],
    )  # fmt: skip
    pages = [
        *library_entries(libraries, {"beacon": FACTS}, SITE),
        *called_entries([CORE], SITE),
        *documentation_entries([RULES, SECRETS], SITE),
    ]
    more = page_documents(catalogue) | page_texts(catalogue)
    write_made_up_index(folder, encoder_path, records(), pages=sorted(pages, key=lambda page: page.row.id), more=more)
