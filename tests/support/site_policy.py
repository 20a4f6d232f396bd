"""Whether a site's pages hold nothing that runs or is styled within the page, or comes from another host."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from lxml import etree, html

from tests.support.sites import leads_on, pages, parsed

# No script that runs stands in a page: all that do are files. These blocks are data, which no browser runs.
DATA = {"application/json", "application/ld+json"}
POLICY = (
    r"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    r"connect-src 'self'( https?://\S+)?; form-action 'self'; base-uri 'none'"
)
# Of pages that run nothing: theirs allows no script, so one that names a script is at fault.
STILL = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'"
_SCHEMES = {"", "https", "http", "mailto", "data"}
# Of the programs that install the function's address, in links of our own.
_INSTALLS = {"cursor", "vscode"}
_FORBIDDEN = "//style | //base | //iframe | //object | //embed"
_LOADED = "//*[self::script or self::img or self::source or self::video or self::audio or self::use]"


def offences(site: Path) -> list[str]:
    """Return what is in the pages, style sheets and pictures that should not be."""
    result = [f"{name}: {said}" for name, page in parsed(site) for said in _of(page)]
    for name in pages(site):
        text = (site / name).read_text(encoding="utf-8")
        policies = re.findall(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', text)
        still = policies == [STILL]
        if not leads_on(text) and not still and not (len(policies) == 1 and re.fullmatch(POLICY, policies[0])):
            result.append(f"{name}: the policy is {policies}")
        if still and re.search(r"<script\b[^>]*\bsrc\b", text):
            result.append(f"{name}: its policy lets none of its scripts run")
    for path in site.rglob("*.css"):
        if re.search(r"url\(\s*['\"]?(?:https?:)?//|@import", path.read_text(encoding="utf-8")):
            result.append(f"{path.name} asks another host")
    for path in site.rglob("*.svg"):
        if re.search(r"<script|\son\w+=|(?:href|src)=['\"](?:https?:)?//", path.read_text(encoding="utf-8")):
            result.append(f"{path.name} runs or loads something")
    return result


def _of(page: html.HtmlElement) -> Iterator[str]:
    for script in page.xpath("//script[not(@src)]"):
        try:
            if script.get("type") not in DATA:
                raise ValueError
            json.loads(script.text or "")
        except ValueError:
            yield f"the inline script {(script.text or '')[:60]!r}"
    for one in page.iter(etree.Element):
        yield from (f"{one.tag} {name}" for name in one.attrib if name.startswith("on") or name == "style")
        for name in ("href", "src", "action", "formaction"):
            if urlsplit(one.get(name, "")).scheme not in _SCHEMES | (
                _INSTALLS if one.get("class") == "install" else set()
            ):
                yield f"{one.tag} {name}={one.get(name)!r}"
    yield from (f"an element {one.tag}" for one in page.xpath(_FORBIDDEN))
    loaded = page.xpath(f"{_LOADED}/@src | {_LOADED}/@href | {_LOADED}/@srcset")
    loaded += page.xpath('//link[not(@rel="canonical" or @rel="alternate")]/@href')
    yield from (f"it loads {address}" for address in loaded if urlsplit(address).netloc)
