"""Pages of releases, of what is new, of an upgrade, and of what is gone."""

import re

from build.site.release_pages import bundle_changes, release_pages
from tests.support.catalogues import HOSTILE, pages_of, sound, text_everywhere
from tests.support.releases import GONE, releases_of

_NEW = "harbor/pod-bearing"


def pages() -> dict[str, str]:
    return pages_of(sound()._replace(releases={"harbor": releases_of(_NEW)}))


def test_there_is_a_page_of_each_release_and_what_breaks_comes_first() -> None:
    made = pages()
    page = made["collections/harbor/releases/2.0/index.md"]
    assert "new variable <code>PLACE</code>, required" in page
    assert page.index("What breaks") < page.index("default of")
    assert 'href="../../../../codebundles/harbor/pod-bearing/"' in page
    assert "Nothing breaks." in made["collections/harbor/releases/unreleased/index.md"]
    first = made["collections/harbor/releases/1.0/index.md"]
    # Both have other addresses now: one was renamed, one has a page of what it was.
    assert f'href="../../../../codebundles/{GONE}/"' in first
    listed = made["collections/harbor/releases/index.md"]
    assert re.findall(r'releases/([\w.]+)/">', listed) == ["unreleased", "2.0", "1.1", "1.0"]


def test_what_was_removed_has_a_page_with_what_is_nearest() -> None:
    page = pages()[f"codebundles/{GONE}/index.md"]
    for part in (
        "Removed</b> on",
        "/commit/eeee",
        "1.0",
        'href="../../../codebundles/harbor/pod-bearing/"',
        "Read-only",
    ):
        assert part in page
    assert "nobody" not in page


def test_what_was_new_is_by_month_and_a_year_is_a_page() -> None:
    made = pages()
    assert re.findall(r'id="m(\d{4}-\d\d)"', made["changes/index.md"]) == ["2026-03", "2026-02"]
    assert re.findall(r'id="m(\d{4}-\d\d)"', made["changes/2025/index.md"]) == ["2025-12"]
    assert "No CodeCollection has releases." in pages_of(sound())["changes/index.md"]


def test_a_bundle_says_what_its_releases_changed_of_it() -> None:
    changes = bundle_changes(sound()._replace(releases={"harbor": releases_of(_NEW)}))
    assert [(one.event.release.tag, one.event.what) for one in changes[_NEW]] == [
        (None, "changed"), ("2.0", "changed"), ("1.1", "renamed"), ("1.0", "added"),
    ]  # fmt: skip
    page = pages()["codebundles/harbor/pod-bearing/index.md"]
    assert 'href="../../../collections/harbor/releases/2.0/"' in page
    assert 'href="../../../upgrade/?ids=harbor/pod-bearing"' in page
    assert 'feed: "feeds/bundles/harbor/pod-bearing"\n' in page


def test_an_upgrade_without_scripts_leads_to_the_releases() -> None:
    page = pages()["upgrade/index.md"]
    assert 'href="../collections/harbor/releases/"' in page
    assert "quay/releases" not in page


def test_a_strangers_text_is_text() -> None:
    for path, template, _ in release_pages(text_everywhere(HOSTILE, HOSTILE)):
        assert path.isascii(), (path, template)
        assert ".." not in path
    for path, text in pages_of(text_everywhere(HOSTILE, HOSTILE)).items():
        assert not [sign for sign in ("<script>alert", "<img src=x") if sign in text], path
