"""A built site and the function, served together, and a real browser to look at them with."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.place import ROOT, Place

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

# CI installs one: there a missing browser is a failure.
needs_chromium = pytest.mark.skipif(
    CHROMIUM is None and "CI" not in os.environ, reason="there is no Chromium on this machine"
)


def served(place: Place) -> AbstractContextManager[str]:
    """Serve what was built in `place`; yields its address."""
    return serving_site(place.folder / "site", place.folder / "index")


@contextmanager
def serving_site(site: Path, index: Path) -> Iterator[str]:
    """Serve a site, and the function if there is an index, as `python -m build serve` does, and yield its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "build", "serve", "--port", str(port)]
    server = subprocess.Popen(
        [*command, "--site", str(site), "--index", str(index)], cwd=ROOT, stderr=subprocess.PIPE, encoding="utf-8"
    )
    try:
        end = time.monotonic() + 60
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
                    assert answer.status == 200
                break
            except OSError:
                assert server.poll() is None, server.stderr and server.stderr.read()
                assert time.monotonic() < end
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.communicate(timeout=20)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Yield a browser that asks nobody but the pages' own host."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox",
                "--disable-background-networking",
                "--disable-sync",
                # A page that a test hands over is of no network, and could ask no server of this machine.
                "--disable-features=LocalNetworkAccessChecks",
            ],
        )
        yield running
        running.close()


def complaints(page: Page, address: str) -> list[str]:
    """Return a list that fills with whatever goes to the page's console, to another host, or is not there."""
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda sent: wrong.append(sent.url) if not sent.url.startswith((address, "data:")) else None)
    page.on("response", lambda got: wrong.append(f"{got.status} {got.url}") if got.status >= 400 else None)
    return wrong
