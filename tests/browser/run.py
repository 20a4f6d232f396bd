"""All gates over a built site, with a table of what each saw: `nox -s browser`, over the demo unless a site is named.

Whatever is wrong is told line by line; the exit status is 1 then.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser  # noqa: E402

from tests.support.browsing import chromium, serving_site  # noqa: E402 - after the path to it
from tests.support.firefox import FIREFOX, firefox  # noqa: E402
from tests.support.firefox import faults as faults_in_firefox  # noqa: E402
from tests.support.lighthouse import AT_LEAST, GATED, scores  # noqa: E402
from tests.support.measuring import machine, table  # noqa: E402
from tests.support.node import AXE, LIGHTHOUSE, VNU, installed, npx  # noqa: E402
from tests.support.site_links import links  # noqa: E402
from tests.support.site_markup import JAR, invalid  # noqa: E402
from tests.support.site_policy import offences  # noqa: E402
from tests.support.site_weights import weights  # noqa: E402
from tests.support.sites import address, missing, page_types, pages  # noqa: E402
from tests.support.visits import LOOKS, faults  # noqa: E402

# What a gate says it looked at, and what is wrong.
Outcome = tuple[str, list[str]]


def complete(site: Path) -> Outcome:
    return f"{len(pages(site)):,} pages, {len(page_types(site))} types", missing(site)


def linked(site: Path) -> Outcome:
    found = links(site)
    return f"{found.checked:,} addresses", found.broken


def closed(site: Path) -> Outcome:
    return "scripts, styles, policy, other hosts", offences(site)


def valid(site: Path, tools: Path) -> Outcome:
    return f"{len(pages(site)):,} pages", invalid(installed(VNU, tools) / JAR, [site])


def seen(site: Path, tools: Path, browser: Browser, root: str) -> Outcome:
    axe = installed(AXE, tools) / "axe.min.js"
    looked = [(address(name), *look) for name in page_types(site) for look in LOOKS]
    return f"{len(looked)} views: axe, console, shift, width", [
        fault for view in looked for fault in faults(browser, root, *view, axe)
    ]


def seen_in_firefox(site: Path, root: str) -> Outcome:
    if FIREFOX is None:
        pytest.skip("there is no Firefox on this machine (Debian's is firefox-esr)")
    looked = [(address(name), width) for name in page_types(site) for width in (1280, 360)]
    with firefox() as running:
        wrong = [fault for view in looked for fault in faults_in_firefox(running, root, *view)]
    return f"{len(looked)} views: console, hosts, width", wrong


def weighed(site: Path, browser: Browser, root: str) -> Outcome:
    found = weights(site, browser, root)
    print(*found, sep="\n")
    return f"{len(found)} weights", [str(one) for one in found if one.is_ > one.at_most]


def scored(site: Path, root: str) -> Outcome:
    command, least, wrong = npx(LIGHTHOUSE, "lighthouse"), dict.fromkeys(GATED, 100), []
    for name in page_types(site):
        found, failed = scores(command, root + address(name))
        print(f"{address(name)}: {', '.join(f'{category} {score}' for category, score in found.items())}", flush=True)
        least = {category: min(least[category], found[category]) for category in GATED}
        if any(found[category] < AT_LEAST for category in GATED):
            wrong += [f"{address(name)}: {one}" for one in failed or ["scores too low"]]
    return f"least: {', '.join(f'{category} {score}' for category, score in least.items())}", wrong


def gates(site: Path, index: Path) -> Iterator[tuple[str, str, str]]:
    """Name, what was looked at, and the verdict of each."""
    with (
        tempfile.TemporaryDirectory(prefix="registry-gates-") as name,
        chromium() as browser,
        serving_site(site, index) as root,
    ):
        tools = Path(name)
        for title, gate in (
            ("complete", partial(complete, site)),
            ("links", partial(linked, site)),
            ("policy", partial(closed, site)),
            ("valid HTML", partial(valid, site, tools)),
            ("in a browser", partial(seen, site, tools, browser, root)),
            ("in Firefox", partial(seen_in_firefox, site, root)),
            ("weights", partial(weighed, site, browser, root)),
            ("Lighthouse", partial(scored, site, root)),
        ):
            try:
                looked, wrong = gate()
            except pytest.skip.Exception as skipped:
                yield title, "–", f"skipped: {skipped}"
                continue
            print(*wrong, sep="\n", end="\n" * bool(wrong), file=sys.stderr, flush=True)
            yield title, looked, f"{len(wrong)} wrong" if wrong else "ok"


def main() -> None:
    parser = argparse.ArgumentParser(description="Hold a built site to its gates.")
    parser.add_argument("site", type=Path, nargs="?", default=ROOT / ".demo" / "site", help="the demo's by default")
    parser.add_argument("--index", type=Path, default=ROOT / ".demo" / "index", help="what the search answers from")
    options = parser.parse_args()
    rows = list(gates(options.site, options.index))
    print(f"\n{options.site}; {machine()}\n")
    print(table(["gate", "looked at", "verdict"], rows))
    sys.exit(any("wrong" in verdict for _, _, verdict in rows))


if __name__ == "__main__":
    main()
