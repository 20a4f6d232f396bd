"""Google's Lighthouse over a page: what it scores, of 100."""

import json
import os
import subprocess

from tests.support.browsing import CHROMIUM

AT_LEAST = 95
# The speed is this machine's as much as the page's: it is told, and not held to anything.
GATED = ("accessibility", "best-practices", "seo")
CATEGORIES = (*GATED, "performance")


def scores(command: list[str], url: str) -> tuple[dict[str, int], list[str]]:
    """Return the score of each category, and the audits that cost some in those that are gated; `command` runs
    Lighthouse.
    """
    flags = "--chrome-flags=--headless=new --no-sandbox --disable-background-networking --disable-sync"
    options = ["--quiet", "--output=json", f"--only-categories={','.join(CATEGORIES)}", flags]
    done = subprocess.run(
        [*command, url, *options],
        env={**os.environ, "CHROME_PATH": CHROMIUM or ""},
        capture_output=True,
        encoding="utf-8",
        check=True,
        timeout=180,
    )
    report = json.loads(done.stdout)
    result = {name: round(100 * (report["categories"][name]["score"] or 0)) for name in CATEGORIES}
    failed = [
        f"{audit['id']}: {audit['title']}"
        for name in GATED
        for ref in report["categories"][name]["auditRefs"]
        if ref["weight"] and (audit := report["audits"][ref["id"]])["score"] == 0
    ]
    return result, failed
