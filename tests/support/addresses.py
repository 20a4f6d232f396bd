"""Whether the addresses of one site still answer at another: with a page or a file, or a page that leads to one."""

import re
from pathlib import Path, PurePosixPath
from typing import NamedTuple
from urllib.parse import unquote, urljoin, urlsplit

from tests.support.sites import leads_on

BEFORE = Path(__file__).with_name("addresses_before.txt")
"""The files of the samples' site as the first release of this registry made it, one a line."""
_REFRESH = re.compile(r'http-equiv="refresh" content="0; url=([^"]+)"')


class Answers(NamedTuple):
    """Files by how they answer."""

    same: list[str]
    redirected: list[str]
    missing: list[str]


def answers(site: Path, files: list[str]) -> Answers:
    """Return how a site answers for each of the files, named by their paths below it."""
    result = Answers([], [], [])
    for file in files:
        path = site / file
        if not path.is_file():
            result.missing.append(file)
        elif file.endswith(".html") and leads_on(text := path.read_text(encoding="utf-8")):
            (result.redirected if _arrives(site, file, text) else result.missing).append(file)
        else:
            result.same.append(file)
    return result


def _arrives(site: Path, file: str, text: str) -> bool:
    """Return whether the page that a redirect names is there, and is none itself."""
    target = _REFRESH.search(text)
    if not target:
        return False
    folder = f"http://site.invalid/{PurePosixPath(file).parent}/"
    page = site / unquote(urlsplit(urljoin(folder, target[1])).path).strip("/") / "index.html"
    return page.is_file() and not leads_on(page.read_text(encoding="utf-8"))
