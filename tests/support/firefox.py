"""Debian's Firefox, driven by WebDriver BiDi (https://w3c.github.io/webdriver-bidi/) over a socket.

Playwright drives Firefox only where it has patched it.
"""

import itertools
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from websockets.sync.client import ClientConnection, connect

FIREFOX = next(filter(None, map(shutil.which, ("firefox-esr", "firefox"))), None)

# CI installs one: there a missing browser is a failure.
needs_firefox = pytest.mark.skipif(
    FIREFOX is None and "CI" not in os.environ, reason="there is no Firefox on this machine (Debian's is firefox-esr)"
)

_SECONDS = 30
# What a profile of its own would else ask of hosts that are not ours.
_SETTINGS = {
    "app.update.enabled": False,
    "browser.safebrowsing.downloads.remote.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "",
    "toolkit.telemetry.enabled": False,
}
_WIDTHS = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
_ENTER = "\ue007"


class Firefox:
    """One tab. `wrong` fills with what goes to its console, to another host than `root`'s, or is not there."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket, self._numbers = socket, itertools.count(1)
        self.wrong: list[str] = []
        self._root = ""
        self.call("session.new", capabilities={"alwaysMatch": {}})
        self._tab = self.call("browsingContext.create", type="tab")["context"]
        self.call("session.subscribe", events=["log.entryAdded", "network.responseCompleted", "network.fetchError"])

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Return the result of a command; what happens meanwhile is looked at."""
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            said = json.loads(self._socket.recv(timeout=_SECONDS))
            if said["type"] == "event":
                self._see(said["method"], said["params"])
            elif said.get("id") == number:
                assert said["type"] == "success", f"{method}: {said.get('error')}: {said.get('message')}"
                result: dict[str, Any] = said["result"]
                return result

    def open(self, root: str, path: str, width: int = 1280) -> None:
        """Open a page in a window of so many pixels."""
        self._root = root
        self.call("browsingContext.setViewport", context=self._tab, viewport={"width": width, "height": 800})
        self.call("browsingContext.navigate", context=self._tab, url=root + path, wait="complete")

    def ask(self, expression: str) -> Any:
        """Return what an expression comes to, as JSON has it; of a promise what it brings."""
        said = self.call(
            "script.evaluate",
            expression=f"Promise.resolve({expression}).then((it) => JSON.stringify(it ?? null))",
            target={"context": self._tab},
            awaitPromise=True,
        )
        assert said["type"] == "success", said["exceptionDetails"]["text"]
        return json.loads(said["result"]["value"])

    def wait(self, expression: str) -> Any:
        """Return what an expression comes to once that is true, also on the page that comes after this one."""
        end = time.monotonic() + _SECONDS
        while True:
            # A page that is being left answers nothing.
            with suppress(AssertionError):
                if result := self.ask(expression):
                    return result
            assert time.monotonic() < end, f"it did not come: {expression}"
            time.sleep(0.05)

    def type(self, text: str, *, enter: bool = False) -> None:
        """Press the keys of a text, as a person does, in the element that has the focus."""
        keys = [
            {"type": kind, "value": letter}
            for letter in [*text, *([_ENTER] if enter else [])]
            for kind in ("keyDown", "keyUp")
        ]
        actions = [{"type": "key", "id": "keyboard", "actions": keys}]
        self.call("input.performActions", context=self._tab, actions=actions)

    def _see(self, event: str, told: dict[str, Any]) -> None:
        if event == "log.entryAdded":
            if told["level"] in ("warn", "error"):
                self.wrong.append(str(told["text"]))
            return
        url = told["request"]["url"]
        if url.startswith(("data:", "blob:", "about:")):
            return
        if urlsplit(url).netloc != urlsplit(self._root).netloc:
            self.wrong.append(f"asks {url}")
        elif event == "network.fetchError":
            # What a page asked for last, when it was left.
            if "NS_BINDING_ABORTED" not in told["errorText"]:
                self.wrong.append(f"{url}: {told['errorText']}")
        elif told["response"]["status"] >= 400:
            self.wrong.append(f"{url} is {told['response']['status']}")


@contextmanager
def firefox() -> Iterator[Firefox]:
    """Start a browser with a profile of its own, and end it."""
    assert FIREFOX
    # Its last files are written while it ends.
    with tempfile.TemporaryDirectory(prefix="registry-firefox-", ignore_cleanup_errors=True) as profile:
        settings = (f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in _SETTINGS.items())
        (Path(profile) / "user.js").write_text("".join(settings), encoding="utf-8")
        running = subprocess.Popen(
            [FIREFOX, "--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0"],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, encoding="utf-8", env={**os.environ, "HOME": profile},
        )  # fmt: skip
        try:
            assert running.stderr
            result = filter(None, (re.search(r"BiDi listening on (ws://\S+)", line) for line in running.stderr))
            with connect(f"{next(result)[1]}/session", max_size=None, proxy=None) as socket:
                yield Firefox(socket)
        finally:
            running.kill()
            running.communicate()


def faults(browser: Firefox, root: str, path: str, width: int) -> list[str]:
    """Return what is wrong with a page: it is not there, is wider than its window, complains, or asks somebody else."""
    browser.wrong.clear()
    browser.open(root, path, width)
    wide, room = browser.ask(_WIDTHS)
    result = [*browser.wrong]
    if wide > room:
        result.append(f"it is {wide} pixels wide in a window of {room}")
    if browser.ask("document.querySelectorAll('h1').length") != 1:
        result.append("it has not one heading")
    return [f"{path} at {width} in Firefox: {said}" for said in result]
