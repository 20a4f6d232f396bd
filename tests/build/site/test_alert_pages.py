"""The pages of alerts."""

import re
from urllib.parse import quote, urljoin

from build.catalogue.alerts import alerts, ordered
from tests.support.alerts import records_for
from tests.support.catalogues import pages_of, sound


def test_each_name_has_a_small_page_with_what_fits_it() -> None:
    made = sound()._replace(records=records_for({"a": ["DNS failing"], "b": ["DNS failing"]}, {"a": "changes"}))
    pages = pages_of(made)
    page = pages["alerts/DNS failing/index.md"]
    assert page.index("codebundles/harbor/b/") < page.index("codebundles/harbor/a/")
    assert "A model says that they fit" in page
    assert 'href="../../codebundles/harbor/a/#configure"' in page
    assert 'href="DNS%20failing/"' in pages["alerts/index.md"]
    assert len(page.encode()) < 6_000


def test_the_name_of_a_bundle_stands_beside_each_alert() -> None:
    made = sound()._replace(records=records_for({"a": ["DNS failing"]}))
    assert re.search(rf"DNS failing</a><small>{made.records[0].title}</small>", pages_of(made)["alerts/index.md"])


def test_a_catalogue_without_alerts_says_so_and_does_not_link_them_at_home() -> None:
    pages = pages_of(sound()._replace(records=records_for({"a": []})))
    assert "No Skill Template here names an alert yet." in pages["alerts/index.md"]
    assert 'href="alerts/"' not in pages["index.md"]
    named = pages_of(sound()._replace(records=records_for({"a": ["Fires"]})))
    assert 'href="alerts/"' in named["index.md"]


def test_bundles_stand_as_the_search_has_them_read_only_first() -> None:
    made = records_for({name: ["Fires"] for name in "abcd"})
    levels = {"a": "read-only", "b": "read-write", "c": "read-only", "d": "read-only"}
    made = [one.model_copy(update={"access_level": levels[one.slug]}) for one in made]
    found = ["harbor/b", "harbor/d", "harbor/x", "harbor/c"]
    (alert,) = ordered(alerts(made), lambda name: found if name == "Fires" else [])
    assert [one.slug for one in alert.records] == ["d", "c", "a", "b"]


def test_a_long_list_has_pages_that_lead_to_each_other_and_to_every_alert() -> None:
    names = [f"Alert {'x' * 80} {number}" for number in range(1_000, 3_500)]
    made = sound()._replace(records=records_for({"a": names}))
    pages = {path: text for path, text in pages_of(made).items() if re.match(r"alerts/(page/|index)", path)}
    assert list(pages) == ["alerts/index.md", "alerts/page/2/index.md", "alerts/page/3/index.md"]
    assert all(len(text.encode()) < 400_000 for text in pages.values())
    links = {
        urljoin(f"/{path.removesuffix('index.md')}", href)
        for path, text in pages.items()
        for href in re.findall(r'href="([^"]+)"', text)
    }
    assert {f"/alerts/{quote(name)}/" for name in names} <= links
    assert {"/alerts/page/2/", "/alerts/page/3/", "/alerts/"} <= links
    assert "1,000 alerts of 2,500" in pages["alerts/index.md"]


def test_text_of_strangers_is_escaped() -> None:
    (made,) = records_for({"a": ["Fires"]})
    hostile = "<img src=x onerror=alert(1)>\"' {{ 7 * 7 }}"
    made = made.model_copy(update={"display_name": hostile, "title": hostile, "description": hostile})
    pages = pages_of(sound()._replace(records=[made]))
    for page in (pages["alerts/Fires/index.md"], pages["alerts/index.md"]):
        assert "<img" not in page
        assert "{{ 7 * 7 }}" in page
