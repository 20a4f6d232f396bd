"""The samples' site and its function, served, and a browser: one for all tests of this folder, none beyond it.

A running browser keeps the event loop of its thread.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.support.browsing import chromium, served
from tests.support.place import Place


@pytest.fixture(scope="package")
def address(built: Place) -> Iterator[str]:
    with served(built) as address:
        yield address


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(params=[1280, 360], ids=["desktop", "phone"])
def page(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Page]:
    """On a desktop and on a phone; modules that ask more of it have one of their own."""
    context = browser.new_context(base_url=address, viewport={"width": request.param, "height": 800})
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def bundles(built: Place) -> list[dict[str, Any]]:
    """What the lists' scripts read of the samples."""
    text = (built.folder / "site" / "codebundles" / "list.json").read_text(encoding="utf-8")
    found: list[dict[str, Any]] = json.loads(text)["codebundles"]
    return found
