"""The one door to other people's web pages: only listed hosts, only public addresses, politely and within limits."""

import asyncio
import ipaddress
import re
import socket
import time
from collections.abc import Collection, Mapping
from threading import Lock
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

import httpx2
from protego import Protego

# The name by which robots.txt files address this crawler.
_PRODUCT = "codecollection-registry"
AGENT = f"{_PRODUCT} (+https://github.com/runwhen-contrib/codecollection-registry)"
# Of one page, decoded; and redirects in a row.
MAX_BYTES, MAX_REDIRECTS = 2_000_000, 5
# Seconds for one request, and the longest delay between two that a robots.txt can ask for.
_SECONDS, _LONGEST_DELAY = 20.0, 10.0
_IPV6 = ipaddress.ip_network("2000::/3")
# Set aside by IANA, and taken for public by some releases of Python: protocol assignments, the relay of 6to4, which is
# out of use, and documentation.
_SET_ASIDE = tuple(map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "3fff::/20")))
_TYPES = ("text/html", "application/xhtml+xml", "text/plain", "text/markdown")


class PageError(Exception):
    """A page could not be read; the message says why, without a word of the page's."""


class HostError(PageError):
    """The host of a page has no address, or does not answer."""


class Answer(NamedTuple):
    """`text` is None where the page is as it was; `html` tells what it is."""

    text: str | None
    etag: str = ""
    last_modified: str = ""
    html: bool = False


def authority(url: str) -> str:
    """Return HOST:PORT of an address, with the port of its scheme where it names none.

    Raises:
        ValueError: The address has no such part.
    """
    parts = urlsplit(url)
    return f"{(parts.hostname or '').rstrip('.')}:{parts.port or (80 if parts.scheme == 'http' else 443)}"


class Web:
    """One visit to one host at a time; `until` is the monotonic time at which everything ends. Whoever tests with
    servers on this machine allows `loopback`. `hosts` are the authorities that may be asked: another port of a host is
    another's server.
    """

    def __init__(self, hosts: Collection[str], until: float, *, loopback: bool = False) -> None:
        self._hosts, self._until, self._loopback = hosts, until, loopback
        self._robots: dict[str, Protego | PageError] = {}
        self._next: dict[str, float] = {}
        self._turn = Lock()
        # Read once: it is a file of some hundred certificates.
        self._certificates = httpx2.create_ssl_context(trust_env=False)

    def read(self, url: str, etag: str = "", last_modified: str = "") -> Answer:
        """Fetch a page, unless it has not changed.

        Args:
            url: Its address.
            etag: The ETag of the copy that the caller has; "" for none.
            last_modified: The date of that copy, as its header had it; "" for none.

        Returns:
            The page; its text is None where the copy is still right.

        Raises:
            PageError: The page cannot be read, or may not be.
        """
        known = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        try:
            status, headers, body = self._follow(url, {name: value for name, value in known.items() if value})
        except ValueError as error:
            raise PageError("redirect to an invalid URL") from error
        if status == 304 and (etag or last_modified):
            return Answer(None)
        kind, _, parameters = headers.get("content-type", "").lower().partition(";")
        if status != 200:
            raise PageError(f"it answers {status}")
        if kind.strip() not in _TYPES:
            raise PageError("its content type is not HTML, Markdown or plain text")
        charset = parameters.partition("charset=")[2].strip("\"' ") or "utf-8"
        try:
            text = body.decode(charset, "replace")
        except LookupError:
            text = body.decode("utf-8", "replace")
        return Answer(text, headers.get("etag", "")[:200], headers.get("last-modified", "")[:100], "html" in kind)

    def _follow(self, url: str, known: Mapping[str, str], *, robots: bool = False) -> tuple[int, httpx2.Headers, bytes]:
        for _ in range(MAX_REDIRECTS + 1):
            if not robots and not self._permitted(url):
                raise PageError("disallowed by its robots.txt")
            status, headers, body = self._get(url, known)
            if status not in (301, 302, 303, 307, 308):
                return status, headers, body
            url = urljoin(url, headers.get("location", ""))
        raise PageError(f"too many redirects (more than {MAX_REDIRECTS})")

    def _permitted(self, url: str) -> bool:
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc}"
        rules = self._robots.get(site)
        if rules is None:
            try:
                status, _, body = self._follow(f"{site}/robots.txt", {}, robots=True)
                # Missing means welcome; trouble means that nobody knows.
                text = body.decode("utf-8", "replace") if status == 200 else ""
                rules = Protego.parse(_our_rules(text) if status < 500 else "User-agent: *\nDisallow: /")
            except HostError as error:
                rules = error
            except PageError as error:
                rules = PageError(f"its robots.txt could not be read: {error}")
            self._robots[site] = rules
        if isinstance(rules, PageError):
            raise rules
        # The fragment is left out, since no server sees it.
        return rules.can_fetch(f"{site}{parts.path or '/'}{'?' + parts.query if parts.query else ''}", _PRODUCT)

    def _get(self, url: str, known: Mapping[str, str]) -> tuple[int, httpx2.Headers, bytes]:
        """Send one request to the address that was checked: a second answer of DNS changes nothing."""
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
        if parts.scheme not in ("https", *(["http"] if self._loopback else [])) or parts.username is not None:
            raise PageError("redirect to an address that is not plain https")
        try:
            listed, port = authority(url) in self._hosts, int(authority(url).rpartition(":")[2])
        except ValueError as error:
            raise PageError("redirect to an invalid URL") from error
        if not listed:
            raise PageError("redirect to a host or port that sources.yaml does not list")
        try:
            address = self._address(host, port)
            self._wait(host)
            named = f"[{address}]" if ":" in address else address
            target = f"{parts.scheme}://{named}:{port}{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
            headers = {"Host": parts.netloc, "User-Agent": AGENT, "Accept": ", ".join(_TYPES), **known}
            return asyncio.run(self._ask(target, headers, host))
        except (TimeoutError, httpx2.TimeoutException) as error:
            raise PageError("it took too long") from error
        except (httpx2.ConnectError, OSError) as error:
            raise HostError("the host could not be reached") from error
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
            raise PageError(f"it cannot be reached ({type(error).__name__})") from error

    async def _ask(self, target: str, headers: Mapping[str, str], host: str) -> tuple[int, httpx2.Headers, bytes]:
        """Send one request on a connection of its own.

        The limit is for the whole request: a timeout of the client's begins anew with every byte of a header, and a
        decoder can take in bytes for ever without giving any.

        Raises:
            TimeoutError: The seconds for this request, or those for all pages, are over.
        """
        seconds = min(_SECONDS, self._until - time.monotonic())
        # Each of the two steps of a connection ends by itself: one that was cancelled would leave its socket open.
        steps = httpx2.Timeout(None, connect=seconds / 2)
        async with (
            asyncio.timeout(seconds),
            httpx2.AsyncClient(
                verify=self._certificates, timeout=steps, follow_redirects=False, trust_env=False
            ) as client,
            client.stream("GET", target, headers=headers, extensions={"sni_hostname": host}) as answer,
        ):
            body = bytearray()
            # The decoded bytes are counted, since a small answer may be a large page.
            async for part in answer.aiter_bytes():
                body += part
                if len(body) > MAX_BYTES:
                    raise PageError(f"it has more than {MAX_BYTES:,} bytes")
            return answer.status_code, answer.headers, bytes(body)

    def _address(self, host: str, port: int) -> str:
        result = [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        if not all(may_be_asked(text, loopback=self._loopback) for text in result):
            raise PageError("its host has an address that is not public")
        # The system puts first what it can reach: not every machine has IPv6.
        return result[0]

    def _wait(self, host: str) -> None:
        rules = [result for site, result in self._robots.items() if urlsplit(site).hostname == host]
        asked = [one.crawl_delay(_PRODUCT) or 0.0 for one in rules if isinstance(one, Protego)]
        delay = min(max([1.0, *asked]), _LONGEST_DELAY)
        # Two hosts may redirect to a third at the same time.
        with self._turn:
            begin = max(self._next.get(host, 0.0), time.monotonic())
            if begin + 0.1 > self._until:
                raise PageError("the time for all pages was used up")
            self._next[host] = begin + (0.02 if self._loopback else delay)
        time.sleep(max(begin - time.monotonic(), 0.0))


def _our_rules(robots: str) -> str:
    """Return the text of a robots.txt with one name for all agents that are not we: a parser keeps each rule for each
    agent above it, and a file of 2 MB can name 100,000 of both.
    """
    lines = []
    for line in robots.splitlines():
        key, _, value = line.partition(":")
        if key.strip().lower() in ("user-agent", "useragent", "user agent"):
            named = value.partition("#")[0].strip().lower()
            token = re.match(r"\*|[a-z_-]*", named)
            ours = token is not None and token[0] in ("*", _PRODUCT)
            line = f"User-agent: {token[0] if ours and token else 'another'}"
        lines.append(line)
    return "\n".join(lines)


def may_be_asked(address: str, *, loopback: bool) -> bool:
    """Return whether an IP address is public; with `loopback` this machine's own is as good."""
    result = ipaddress.ip_address(address.partition("%")[0])
    return _public(result) or (loopback and result.is_loopback)


def _public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    if not address.is_global or address.is_multicast or any(address in network for network in _SET_ASIDE):
        return False
    # The rest is private, or stands for an address of the older kind, of which nobody knows where it leads.
    return address.version == 4 or (address in _IPV6 and not address.sixtofour and not address.teredo)
