import logging
import re
from pathlib import Path
from typing import Any

import pytest
from lxml import etree, html

from build.problems import document
from build.site import mkdocs as mkdocs_site
from build.site.mkdocs import SiteError, build_site
from build.site.redirects import redirects
from search_fn.rest.application import create_app
from search_fn.settings import Settings
from tests.support.catalogues import HOSTILE, pages_of, sound, text_everywhere
from tests.support.place import ROOT
from tests.support.releases import releases_of
from tests.support.site_links import links
from tests.support.site_policy import offences

SITE = "https://registry.example/sub/"
# Put beside the pages by other parts of the build.
ELSEWHERE = re.compile(
    r"(v1/.*|assets/facts\.js|feeds/.*|\.well-known/agent-skills/.*|index\.md|feed\.(xml|json)|opensearch\.xml|llms(-full)?\.txt|problems\.csv|reference/tools/)(#.*)?$"
)
SCRIPTS = {
    "checked.js",
    "shell.js", "site.js", "selection.js", "filters.js", "rows.js", "list.js", "search.js", "missing.js",
    "yaml.js",
    "configure.js", "chosen.js", "request.js", "chat.js", "elements.js", "markdown.js", "results.js",
    "facts.js", "bundle-list.js", "export.js",
    "upgrade.js", "in-browser.js", "suggest.js", "highlight.js", "bundle.js", "compare.js",
}  # fmt: skip


def documentation(folder: Path) -> Path:
    (folder / "decisions").mkdir(parents=True)
    (folder / "index.md").write_text("# About\n\n[How](how.md#why)\n", encoding="utf-8")
    (folder / "how.md").write_text("# How\n\n## Why\n\n| a |\n|--:|\n| 1 |\n", encoding="utf-8")
    (folder / "decisions" / "one.md").write_text("# One\n", encoding="utf-8")
    (folder / "picture.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>", encoding="utf-8")
    (folder / "problems.md").write_text(document(), encoding="utf-8")
    agents = "# Agents\n\n## What an agent gets\n\n## On your own machine\n\n## Skills\n"
    (folder / "agents.md").write_text(agents, encoding="utf-8")
    (folder / "reference").mkdir()
    for name in ("alerts", "api", "authoring", "reference/tools"):
        (folder / f"{name}.md").write_text(f"# {name}\n", encoding="utf-8")
    (folder / "authoring.md").write_text("# Authoring\n\n## Lint: check it before you publish\n", encoding="utf-8")
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def documents(folder: Path) -> dict[str, html.HtmlElement]:
    return {
        path.relative_to(folder).as_posix(): html.document_fromstring(path.read_bytes())
        for path in folder.rglob("*.html")
    }


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    openapi: Any = create_app(Settings()).openapi()
    made = sound()._replace(releases={"harbor": releases_of("harbor/pod-bearing")})
    pages = pages_of(made, search_url="https://function.example", openapi=openapi)
    docs, moved = documentation(folder / "docs"), redirects(made)
    build_site(pages.items(), docs, folder / "work", folder / "site", site_url=SITE, moved=moved)
    return folder / "site"


@pytest.fixture(scope="module")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    pages = pages_of(text_everywhere(HOSTILE, HOSTILE))
    build_site(pages.items(), folder / "docs", folder / "work", folder / "site", site_url=SITE)
    return folder / "site"


def test_every_link_within_the_site_resolves(site: Path) -> None:
    found = links(site)
    assert [said for said in found.broken if not ELSEWHERE.search(said)] == []
    assert found.checked > 300


def test_nothing_stands_in_a_page_that_should_be_in_a_file_of_the_site(site: Path) -> None:
    assert offences(site) == []


def test_a_strangers_text_is_nothing_but_text(hostile_site: Path) -> None:
    pages = {name: page for name, page in documents(hostile_site).items() if page.xpath("//article")}
    assert len(pages) == 40
    assert offences(hostile_site) == []
    for name, page in pages.items():
        assert {Path(src).name for src in page.xpath("//script/@src")} <= {*SCRIPTS, *theme_scripts(hostile_site)}
        assert page.xpath("//img") == []
        assert "54444439" not in page.text_content(), name
        assert len(page.xpath("//head/title")) == 1
    title = pages["codebundles/harbor/first/index.html"].xpath("//title")[0].text
    assert title.startswith("</title></script></article><script>alert(1)</script>")


def test_a_page_is_put_into_its_shell_unchanged(hostile_site: Path) -> None:
    for path, page in pages_of(text_everywhere(HOSTILE, HOSTILE)).items():
        built = html.document_fromstring((hostile_site / path).with_name("index.html").read_bytes())
        (article,) = built.xpath('//div[contains(@class, "registry")]/article')
        article.tail = None
        expected = html.fragment_fromstring(page.split("\n---\n\n", 1)[1])
        assert html.tostring(article).strip() == html.tostring(expected).strip(), path


def theme_scripts(site: Path) -> set[str]:
    return {path.name for path in (site / "assets" / "javascripts").glob("*.js")}


def test_the_policy_allows_what_the_site_has_and_no_more(site: Path) -> None:
    policies = {
        name: page.xpath('//meta[@http-equiv="Content-Security-Policy"]/@content')[0]
        for name, page in documents(site).items()
        if 'http-equiv="refresh"' not in (site / name).read_text(encoding="utf-8")
    }
    for page in ("search", "chat", "request"):
        assert "connect-src 'self' https://function.example;" in policies.pop(f"{page}/index.html")
    # A bundle's page reads files from the function.
    bundles = [f"codebundles/{record.id}/index.html" for record in sound().records]
    for name in bundles:
        assert "connect-src 'self' https://function.example;" in policies.pop(name)
    assert len(policies) > 10
    for policy in policies.values():
        assert policy == (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
            "form-action 'self'; base-uri 'none'"
        )


def test_two_builds_are_equal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = pages_of(sound())
    docs = documentation(tmp_path / "docs")
    build_site(pages.items(), docs, tmp_path / "work", tmp_path / "one", site_url=SITE)
    # MkDocs takes its clock from here: an equal site a life later has no clock in it.
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    build_site(pages.items(), docs, tmp_path / "work2", tmp_path / "two", site_url=SITE)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_the_sitemap_has_each_page_with_its_own_date(site: Path) -> None:
    found = etree.parse(site / "sitemap.xml").getroot()
    dates = {url[0].text: url[1].text if len(url) > 1 else None for url in found}
    assert dates[f"{SITE}codebundles/harbor/pod-bearing/"] == "2026-03-05"
    assert dates[f"{SITE}codebundles/quay/quay_ping/"] == "2026-03-07"
    assert dates[SITE] == "2026-03-09"
    assert dates[f"{SITE}collections/adrift/"] is None
    assert dates[f"{SITE}docs/how/"] is None
    assert not (site / "sitemap.xml.gz").exists()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("collections/harbor/codebundles/pod-bearing", "codebundles/harbor/pod-bearing"),
        ("collections/quay/codebundles/quay_ping", "codebundles/quay/quay_ping"),
        ("collections/quay/codebundles/quay-ping", "codebundles/quay/quay_ping"),
        ("all-tasks", "tools"),
        ("config-builder", "selection"),
        ("intake", "request"),
        ("CodeCollection/harbor", "collections/harbor"),
        ("CodeCollection/quay/quay_ping/health", "codebundles/quay/quay_ping"),
        ("CodeCollection/harbor/pod-old/tasks", "codebundles/harbor/pod-bearing"),
        ("codebundles/harbor/pod-old", "codebundles/harbor/pod-bearing"),
        ("collections/harbor/codebundles/gone", "codebundles/harbor/gone"),
        ("collections/harbor/versions/2.0", "collections/harbor/releases/2.0"),
    ],
)
def test_addresses_of_the_registry_before_lead_on(site: Path, old: str, new: str) -> None:
    page = html.document_fromstring((site / old / "index.html").read_bytes())
    (refresh,) = page.xpath('//meta[@http-equiv="refresh"]/@content')
    leads_to = (site / old / refresh.removeprefix("0; url=")).resolve()
    assert leads_to == (site / new).resolve()
    assert (leads_to / "index.html").is_file()
    assert page.xpath('//link[@rel="canonical"]/@href') == [f"{SITE}{new}/"]


def test_a_sitemap_that_is_too_long_becomes_several(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def addresses(name: str) -> list[str]:
        return [one.text for one in etree.parse(tmp_path / "site" / name).iter("{*}loc")]

    pages = pages_of(sound())
    build_site(pages.items(), tmp_path / "docs", tmp_path / "work", tmp_path / "site", site_url=SITE)
    whole = addresses("sitemap.xml")
    monkeypatch.setattr(mkdocs_site, "_IN_SITEMAP", 10)
    build_site(pages.items(), tmp_path / "docs", tmp_path / "work", tmp_path / "site", site_url=SITE)
    parts = addresses("sitemap.xml")
    assert parts == [f"{SITE}sitemap-{number}.xml" for number in range(1, -(-len(whole) // 10) + 1)]
    assert [one for part in parts for one in addresses(part.removeprefix(SITE))] == whole
    assert len(addresses("sitemap-1.xml")) == 10


def test_what_no_search_engine_is_to_show_is_not_in_the_sitemap(site: Path) -> None:
    listed = {one.text for one in etree.parse(site / "sitemap.xml").iter("{*}loc")}
    hidden = [
        name
        for name, page in documents(site).items()
        if page.xpath('//meta[@name="robots" and contains(@content, "noindex")]')
    ]
    assert len(hidden) == 27
    assert not listed & {SITE + name.removesuffix("index.html") for name in hidden}


def test_the_own_documentation_is_within(site: Path) -> None:
    for name, title in (("docs/index.html", "About"), ("docs/how/index.html", "How")):
        page = documents(site)[name]
        assert page.xpath("//h1")[0].text == title
        links = {" ".join(a.text_content().split()) for a in page.xpath('//nav[@data-md-level="0"]//a')}
        assert {"About", "How", "Decisions"} <= links
    assert (site / "docs" / "picture.svg").is_file()
    assert documents(site)["codebundles/quay/quay_ping/index.html"].xpath("//a[@aria-current]/text()") == [
        "Skill Templates"
    ]


def test_pages_of_the_documentation_stand_in_the_order_of_its_first_page(tmp_path: Path) -> None:
    docs = documentation(tmp_path / "docs")
    (docs / "an-aside.md").write_text("# An aside\n", encoding="utf-8")
    (docs / "index.md").write_text(
        "# About\n\n[How](how.md#why), [one](decisions/one.md)\n\n[Z](zebra.md)\n", encoding="utf-8"
    )
    (docs / "zebra.md").write_text("# Zebra\n", encoding="utf-8")
    build_site(pages_of(sound()).items(), docs, tmp_path / "work", tmp_path / "site", site_url=SITE)
    page = html.parse(tmp_path / "site" / "docs" / "index.html").getroot()
    links = [" ".join(a.text_content().split()) for a in page.xpath('//nav[@data-md-level="0"]//a[not(@aria-current)]')]
    wanted = ["How", "Zebra", "An aside", "Authoring", "Problem codes"]
    assert [name for name in links if name in wanted] == wanted
    how = html.parse(tmp_path / "site" / "docs" / "how" / "index.html").getroot()
    around = [" ".join(a.text_content().split()) for a in how.xpath('//nav[@class="around"]/a')]
    assert around == ["← About", "Zebra →", "Edit this page"]
    assert how.xpath('//nav[@class="around"]/a[@class="edit"]/@href')[0].endswith("/edit/main/docs/how.md")


def test_build_and_date_stand_on_every_page(site: Path) -> None:
    for name, page in documents(site).items():
        if page.xpath('//meta[@http-equiv="refresh"]'):
            continue
        footer = page.xpath("//footer")[0].text_content()
        assert "9 Mar 2026" in footer, name
        assert sound().build_id in footer, name


def test_a_page_loads_one_file_of_ours_with_all_styles(tmp_path: Path) -> None:
    site, theme = tmp_path / "site", ROOT / "site_templates" / "theme" / "assets"
    build_site(pages_of(sound()).items(), tmp_path / "docs", tmp_path / "work", site, site_url="")
    text = (site / "assets" / "site.css").read_text(encoding="utf-8")
    parts = {path.name: path.read_text(encoding="utf-8") for path in theme.glob("*.css") if path.name != "site.css"}
    assert len(parts) > 5
    assert [name for name, part in parts.items() if part not in text] == []
    assert "@import" not in text
    assert {path.name for path in (site / "assets").glob("*.css")} == {"site.css"}


def test_a_page_that_is_missing_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mkdocs_site, "build", lambda config: None)
    (tmp_path / "site").mkdir()
    with pytest.raises(SiteError, match=r"19 of 19 pages are missing from the site, first: agents/index\.md\."):
        build_site(pages_of(sound()).items(), tmp_path / "docs", tmp_path / "work", tmp_path / "site", site_url="")
    with pytest.raises(SiteError, match="there was none to build"):
        build_site((), tmp_path / "docs", tmp_path / "work", tmp_path / "site", site_url="")


def test_what_mkdocs_warns_of_is_an_error(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "index.md").write_text("# A\n\n[gone](gone.md)\n", encoding="utf-8")
    handlers = list(logging.getLogger("mkdocs").handlers)
    with pytest.raises(SiteError, match=r"gone\.md"):
        build_site(pages_of(sound()).items(), docs, tmp_path / "work", tmp_path / "site", site_url=SITE)
    assert logging.getLogger("mkdocs").handlers == handlers


def test_the_working_folder_holds_these_pages_and_is_written_no_more_than_needed(tmp_path: Path) -> None:
    work, pages = tmp_path / "work", pages_of(sound())
    build_site(pages.items(), tmp_path / "docs", work, tmp_path / "site", site_url="")
    before = {path: path.stat().st_mtime_ns for path in work.rglob("*.md")}
    (work / "stale.md").write_text("# Stale\n", encoding="utf-8")
    changed = {**pages, "index.md": pages["index.md"].replace("New and changed", "Lately")}
    build_site(changed.items(), tmp_path / "docs", work, tmp_path / "site", site_url="")
    after = {path: path.stat().st_mtime_ns for path in work.rglob("*.md")}
    assert after.keys() == before.keys()
    assert [path.name for path in before if before[path] != after[path]] == ["index.md"]
    assert not (tmp_path / "site" / "stale").exists()
    assert "Lately" in (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
