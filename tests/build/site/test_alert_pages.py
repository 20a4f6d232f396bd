"""The pages of alerts."""

import re
from urllib.parse import quote, urljoin

from build.catalogue.alerts import alerts
from build.site.alert_pages import alert_pages
from tests.support.alerts import records_for


def test_each_name_has_a_small_page_with_what_fits_it() -> None:
    made = records_for({"a": ["DNS failing"], "b": ["DNS failing"]}, {"a": "changes"})
    pages = dict(alert_pages(alerts(made), "https://registry.example.org"))
    assert pages.keys() == {"alerts/DNS failing/index.html", "alerts/index.html"}
    page = pages["alerts/DNS failing/index.html"]
    assert page.index("codebundles/harbor/b/") < page.index("codebundles/harbor/a/")
    assert 'href="https://registry.example.org/alerts/DNS%20failing/"' in page
    assert "Changes things" in page
    assert "A model says that they fit" in page
    assert 'href="DNS%20failing/"' in pages["alerts/index.html"]
    assert all(len(text.encode()) < 6_000 for text in pages.values())


def test_a_long_list_has_pages_that_lead_to_each_other_and_to_every_alert() -> None:
    names = [f"Alert {'x' * 80} {number}" for number in range(1_000, 3_500)]
    made = alerts(records_for({"a": names}))
    pages = {path: text for path, text in alert_pages(made, "") if "Alert" not in path}
    assert list(pages) == ["alerts/index.html", "alerts/page/2/index.html", "alerts/page/3/index.html"]
    assert all(len(text.encode()) < 400_000 for text in pages.values())
    links = {
        urljoin(f"/{path.removesuffix('index.html')}", href)
        for path, text in pages.items()
        for href in re.findall(r'href="([^"]+)"', text)
    }
    assert {f"/alerts/{quote(name)}/" for name in names} <= links
    assert {"/alerts/page/2/", "/alerts/page/3/", "/alerts/", "/assets/alert.css", "/"} <= links
    assert "2500 names" in pages["alerts/index.html"]


def test_text_of_strangers_is_escaped() -> None:
    (made,) = records_for({"a": ["Fires"]})
    hostile = "<img src=x onerror=alert(1)>\"' {{ 7 * 7 }}"
    made = made.model_copy(update={"display_name": hostile, "title": hostile, "description": hostile})
    page = dict(alert_pages(alerts([made]), ""))["alerts/Fires/index.html"]
    assert "<img" not in page
    assert "{{ 7 * 7 }}" in page
