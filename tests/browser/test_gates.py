"""What every page of the site is held to, whatever page types it has; `nox -s browser` has the same over any site."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.support.browsing import needs_chromium, served
from tests.support.node import AXE, VNU, installed
from tests.support.place import Place
from tests.support.site_links import links
from tests.support.site_markup import JAR, invalid
from tests.support.site_policy import STILL, offences
from tests.support.sites import address, missing, page_types
from tests.support.visits import LOOKS, faults
from tests.support.web_pages import web_pages

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'"
)


def page(body: str, policy: str = POLICY) -> str:
    return (
        '<!doctype html><html lang="en"><head><title>T</title>'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}"></head><body>{body}</body></html>'
    )


@pytest.fixture(scope="module")
def site(built: Place) -> Path:
    return built.folder / "site"


@pytest.fixture(scope="module")
def axe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return installed(AXE, tmp_path_factory.mktemp("axe")) / "axe.min.js"


@pytest.fixture(scope="module")
def vnu(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return installed(VNU, tmp_path_factory.mktemp("vnu")) / JAR


def test_the_site_has_all_that_its_catalogue_names(site: Path) -> None:
    assert missing(site) == []
    assert len(page_types(site)) >= 12


def test_a_site_without_its_pages_is_seen(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"codebundles\.json"):
        missing(tmp_path)
    (tmp_path / "api" / "v1").mkdir(parents=True)
    listed = {"codebundles": [{"slug": "b", "codecollection": {"slug": "a"}}]}
    (tmp_path / "api" / "v1" / "codebundles.json").write_text(json.dumps(listed), encoding="utf-8")
    facts = {"collections": [{"slug": "a"}], "counts": {"bundles": 2}}
    (tmp_path / "api" / "v1" / "index.json").write_text(json.dumps(facts), encoding="utf-8")
    said = missing(tmp_path)
    assert "codebundles/a/b/index.html is missing" in said
    assert "collections/a/index.html is missing" in said
    assert "1 bundles are listed, 2 counted" in said


def test_every_address_within_the_site_leads_somewhere(site: Path) -> None:
    found = links(site)
    assert found.broken == []
    assert found.checked > 500


def test_an_address_that_leads_nowhere_is_seen(tmp_path: Path) -> None:
    root = "https://registry.example/sub/"
    wrong = ["gone/", "a/#gone", "icons.svg#gone", "/a/", "../b/", f"{root}gone/"]
    right = [
        "a/",
        "a/#there",
        "#here",
        "icons.svg#there",
        "?q=1",
        "/sub/a/",
        "https://elsewhere.example/x",
        "mailto:x@y",
    ]
    body = "".join(f'<a id="here" href="{target}">x</a>' for target in wrong + right)
    (tmp_path / "a").mkdir()
    (tmp_path / "index.html").write_text(f'<link rel="canonical" href="{root}">{body}', encoding="utf-8")
    (tmp_path / "a" / "index.html").write_text('<p id="there">', encoding="utf-8")
    (tmp_path / "icons.svg").write_text('<svg><g id="there"/></svg>', encoding="utf-8")
    (tmp_path / "llms.txt").write_text(f"[a]({root}a/) [b]({root}b/)", encoding="utf-8")
    assert links(tmp_path).broken == [*(f"index.html: {target}" for target in wrong), f"llms.txt: {root}b/"]


def test_no_page_has_a_script_or_style_of_its_own_or_asks_another_host(site: Path) -> None:
    assert offences(site) == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("<script>alert(1)</script>", "alert"),
        ('<script type="module">x</script>', "'x'"),
        ('<script type="application/ld+json">{</script>', "inline script"),
        ('<p onclick="x">', "p onclick"),
        ('<p style="color: red">', "p style"),
        ("<style>p{}</style>", "element style"),
        ('<a href="javascript:x">y</a>', "javascript:x"),
        ('<img alt="" src="https://elsewhere.example/x.png">', "loads https://elsewhere.example/x.png"),
        ('<link rel="stylesheet" href="//elsewhere.example/x.css">', "loads //elsewhere.example/x.css"),
    ],
)
def test_what_a_page_must_not_have_is_seen(wrong: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(page(f'<script type="application/ld+json">{{}}</script>{wrong}'), "utf-8")
    (found,) = offences(tmp_path)
    assert said in found


def test_a_page_that_runs_nothing_may_forbid_scripts_and_then_has_none(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(page("", STILL), "utf-8")
    assert offences(tmp_path) == []
    (tmp_path / "index.html").write_text(page('<script src="a.js"></script>', STILL), "utf-8")
    (found,) = offences(tmp_path)
    assert "lets none of its scripts run" in found


def test_a_looser_policy_and_other_hosts_in_files_are_seen(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(page("", POLICY.replace("'self'", "'self' 'unsafe-inline'", 1)), "utf-8")
    (tmp_path / "a.css").write_text("p { background: url('//elsewhere.example/x') }", encoding="utf-8")
    (tmp_path / "a.svg").write_text("<svg onload='x'/>", encoding="utf-8")
    assert len(offences(tmp_path)) == 3


@pytest.mark.slow
def test_pages_are_valid_html(site: Path, vnu: Path) -> None:
    assert invalid(vnu, [site]) == []


@pytest.mark.slow
def test_invalid_html_is_seen(vnu: Path, tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(page("<ul><p>x</ul>"), encoding="utf-8")
    assert "not allowed as child of element “ul”" in invalid(vnu, [tmp_path])[0]


@pytest.mark.slow
@pytest.mark.browser
@needs_chromium
@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_each_page_type_is_sound(
    built: Place, site: Path, browser: Browser, axe: Path, width: int, scheme: str
) -> None:
    states = ["/search/?q=pods+keep+restarting", "/codebundles/?platform=Kubernetes"]
    with served(built) as root:
        paths = [*map(address, page_types(site)), *states]
        assert [fault for path in paths for fault in faults(browser, root, path, width, scheme, axe)] == []


@pytest.mark.slow
@pytest.mark.browser
@needs_chromium
def test_what_is_wrong_with_a_page_is_seen(browser: Browser, axe: Path) -> None:
    late = "setTimeout(() => document.body.prepend(document.createElement('hr')), 50); console.error('oh')"
    style = "hr { height: 400px } pre { width: 2000px }"
    body = f"<style>{style}</style><main><h1>H</h1><pre>x</pre><p>text</p><img src='/gone.png'></main>"
    with web_pages() as served_pages:
        served_pages.page("/x", page(f"{body}<script>{late}</script>", "default-src 'self' 'unsafe-inline'"))
        said = "\n".join(faults(browser, served_pages.address, "/x", 360, "light", axe))
    for fault in ("it shifts by", "pixels wide", "axe image-alt", "404", "oh"):
        assert fault in said
