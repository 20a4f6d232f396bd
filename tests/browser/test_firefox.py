"""The site in a second browser: every kind of page, and what people do most."""

from collections.abc import Iterator

import pytest

from tests.browser.test_site import PAGES
from tests.support.firefox import Firefox, faults, firefox, needs_firefox
from tests.support.place import SLUGS

pytestmark = [pytest.mark.browser, needs_firefox]


@pytest.fixture(scope="module")
def fox() -> Iterator[Firefox]:
    with firefox() as running:
        yield running


@pytest.fixture(autouse=True)
def _silence(fox: Firefox) -> Iterator[None]:
    fox.wrong.clear()
    yield
    assert fox.wrong == []


@pytest.mark.parametrize("width", [1280, 360])
def test_every_kind_of_page_stands(fox: Firefox, address: str, width: int) -> None:
    paths = (*PAGES, "/chat/", "/request/", "/libraries/", "/changes/", "/docs/authoring/")
    assert [fault for path in paths for fault in faults(fox, address, path, width)] == []


def test_a_search_typed_at_home_finds_the_bundle(fox: Firefox, address: str) -> None:
    fox.open(address, "/")
    fox.ask("document.querySelector('main input[type=search]').focus()")
    fox.type("pods keep restarting", enter=True)
    first = fox.wait("location.search && document.querySelector('article h2 a, article h3 a')?.pathname")
    assert first == f"/codebundles/{SLUGS[0]}/k8s-pod-restarts/"


def test_the_list_is_filtered_by_what_is_chosen(fox: Firefox, address: str) -> None:
    fox.open(address, "/codebundles/")
    everything = fox.wait("document.querySelector('[data-count]').textContent")
    fox.ask("document.querySelector('input[name=platform][value=AWS]').click()")
    assert everything == "13 Skill Templates"
    fox.wait("document.querySelector('[data-count]').textContent === '1 of 13 Skill Templates'")


def test_what_is_typed_into_the_form_stands_in_the_configuration(fox: Firefox, address: str) -> None:
    fox.open(address, f"/codebundles/{SLUGS[0]}/k8s-pod-restarts/")
    fox.ask("document.querySelector('input[name=way][value=hand]').click()")
    field = "document.querySelector('.configure [data-name=NAMESPACE]')"
    fox.ask(f"({field}.focus(), {field}.select())")
    fox.type("checkout-prod")
    assert fox.wait("[...document.querySelectorAll('pre')].some((one) => one.textContent.includes('checkout-prod'))")


def test_what_does_not_stand_is_told(fox: Firefox, address: str) -> None:
    found = faults(fox, address, "/nowhere/", 360)
    fox.wrong.clear()
    assert any("is 404" in fault for fault in found)
