"""Whether each address within a site, with its fragment, leads to something that is there."""

import re
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from lxml import etree, html

from tests.support.sites import parsed

_ATTRIBUTES = ("href", "src", "action", "data-endpoint", "{http://www.w3.org/1999/xlink}href")
# Where the function answers, not a file.
_FUNCTION = re.compile(r"api/v1/(search|chat/.*)|mcp")


class Links(NamedTuple):
    checked: int
    broken: list[str]


def links(site: Path) -> Links:
    """Return all links: of pages, and those in other text files that lead to the site's own address."""
    root, ids, result = "http://site.invalid/", {}, []
    for name, page in parsed(site):
        ids[name] = {value for one in page.iter(etree.Element) for value in (one.get("id"), one.get("name")) if value}
        result += [(name, target) for target in _targets(page)]
        if name == "index.html":
            root = "".join(page.xpath('//link[@rel="canonical"]/@href')) or root
    for path in (path for ending in ("xml", "txt", "json") for path in site.glob(f"*.{ending}")):
        addresses = re.findall(rf"{re.escape(root)}[^\s<>\"')\]]*", path.read_text(encoding="utf-8"))
        result += [(path.name, address) for address in addresses]
    whole = ((name, target, urljoin(urljoin(root, name), target)) for name, target in dict.fromkeys(result))
    own = [(name, target, address) for name, target, address in whole if _is_here(address, root)]
    broken = [f"{name}: {target}" for name, target, address in own if not _leads(site, address, root, ids)]
    return Links(len(own), broken)


def _targets(page: html.HtmlElement) -> list[str]:
    result = [value for one in page.iter(etree.Element) for name in _ATTRIBUTES if (value := one.get(name))]
    return result + [rule.partition("url=")[2] for rule in page.xpath('//meta[@http-equiv="refresh"]/@content')]


def _is_here(address: str, root: str) -> bool:
    """Return whether it is an address of the root's host: one beside the root leads nowhere."""
    parts = urlsplit(address)
    return parts[:2] == urlsplit(root)[:2]


def _leads(site: Path, address: str, root: str, ids: dict[str, set[str]]) -> bool:
    place, fragment = urldefrag(address)
    if not place.startswith(root):
        return False
    path = unquote(urlsplit(place).path.removeprefix(urlsplit(root).path)).rstrip("/")
    if _FUNCTION.fullmatch(path):
        return True
    name = f"{path}/index.html".lstrip("/") if (site / path).is_dir() else path
    if not (site / name).is_file():
        return False
    if name.endswith(".svg") and fragment:
        return unquote(fragment) in {one.get("id") for one in etree.parse(site / name).iter()}
    return not fragment or name not in ids or unquote(fragment) in ids[name]
