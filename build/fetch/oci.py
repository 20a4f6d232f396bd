"""Read image registries (OCI distribution specification 1.1): tags, digests and build times, as anybody may read them.

What a registry answers is data of a stranger: sizes, pages, redirects and times are bounded, contents are compared with
their digests, and only public hosts are asked.
"""

import asyncio
import hashlib
import ipaddress
import json
import re
import socket
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import urlencode, urljoin, urlsplit

import httpx2

from build.config.collections import is_loopback
from build.fetch.http import AGENT, authority, may_be_asked
from build.fetch.registry_access import Challenge
from build.model import JsonObject
from search_fn.retries import retry_after

# Pages of a list of tags that are read, and tags of one collection's images.
MAX_PAGES, MAX_TAGS = 50, 20_000
MAX_BYTES = 4 * 1024 * 1024  # of an answer; the specification asks registries to take manifests of 4 MiB
MAX_REDIRECTS = 3
# Wall clock for one request.
REQUEST_SECONDS = 15.0
ATTEMPTS, FIRST_WAIT, LONGEST_WAIT = 3, 0.5, 5.0  # seconds; doubled with each attempt
# Tags that a registry is asked for at once; characters of a token that is taken.
_PAGE = 1_000
_TOKEN_BYTES = 16_384
_AGAIN = (429, 500, 502, 503, 504)
_REDIRECTS = (301, 302, 303, 307, 308)
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_NEXT = re.compile(r"<([^<>]{1,2000})>\s*;[^,]{0,200}?\brel=\"?next\"?", re.IGNORECASE)
_CHALLENGE = re.compile(r"\b(realm|service)=\"([^\"]{1,500})\"", re.IGNORECASE)
_INDEXES = ("application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json")
_MANIFESTS = ("application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json")
_ACCEPT = {"Accept": ", ".join((*_INDEXES, *_MANIFESTS))}


class RegistryUnreachableError(Exception):
    """A registry does not answer, or refuses; the message says how, without a word of the registry's."""


class RegistryUntrustedError(Exception):
    """A registry answers what no registry may; the message says what, without a word of the registry's."""


class ImageFacts(NamedTuple):
    """What a registry says of a tag: the manifest's digest, and when the image was built where that was asked for."""

    digest: str | None
    created: datetime | None = None


class _Answer(NamedTuple):
    status: int
    headers: Mapping[str, str]
    body: bytes


class Registry:
    """One repository of a registry, as `image_registry` of collections.yaml names it. Use it with `async with`.

    Attributes:
        requests: How many were sent.
        challenge: Where it gives tokens, None where it wants none.
    """

    def __init__(
        self,
        address: str,
        *,
        allow_local: bool = False,
        challenge: Challenge | None = None,
        credentials: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Take what is known of it.

        Args:
            address: HOST/NAME.
            allow_local: Permit one on this machine, over http.
            challenge: What it wanted last time.
            credentials: By host, as read_credentials has them; each is sent to that host and to no other.
        """
        host, _, self._name = address.partition("/")
        self._host = host
        self._credentials = credentials
        self.challenge = challenge
        self._local = allow_local and is_loopback(host)
        self._base = f"{'http' if self._local else 'https'}://{host}"
        self._clients: dict[str, httpx2.AsyncClient] = {}
        self._addresses: dict[str, str] = {}
        self._stack = AsyncExitStack()
        self._authorization = ""
        self._refused = False
        self._renewing = asyncio.Lock()
        self.requests = 0

    async def __aenter__(self) -> "Registry":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def tags(self) -> list[str]:
        """Return all tags of the repository, in its order, those that are no tags among them.

        Raises:
            RegistryUnreachableError: It has no such repository, refuses, or does not answer.
            RegistryUntrustedError: The answer is no list of tags, or there is no end to it.
        """
        url = f"{self._base}/v2/{self._name}/tags/list?n={_PAGE}"
        seen, result = {url}, dict[str, None]()
        for _ in range(MAX_PAGES):
            answer = await self._ask("GET", url)
            _expect(answer, "its list of tags")
            tags = _json(answer, "its list of tags").get("tags", [])
            if tags is not None and not (isinstance(tags, list) and all(isinstance(tag, str) for tag in tags)):
                raise RegistryUntrustedError("its list of tags has another shape than a list of texts")
            result.update((str(tag), None) for tag in tags or ())
            if len(result) > MAX_TAGS:
                raise RegistryUntrustedError(f"it lists more than {MAX_TAGS:,} tags")
            link = _NEXT.search(answer.headers.get("link", ""))
            if not link:
                return list(result)
            url = self._page_after(url, link[1])
            if url in seen:
                raise RegistryUntrustedError("its pages of tags lead in a circle")
            seen.add(url)
        raise RegistryUntrustedError(f"its list of tags has more than {MAX_PAGES} pages")

    async def facts(self, tag: str, *, built: bool) -> ImageFacts:
        """Return what is said of a tag.

        Args:
            tag: A valid one.
            built: Whether to read when it was built, which takes two or three requests more.

        Raises:
            RegistryUnreachableError: It is gone, or cannot be read.
            RegistryUntrustedError: A digest, shape or size is wrong.
        """
        what, path = f"the manifest of {tag}", f"manifests/{tag}"
        if not built:
            answer = await self._ask("HEAD", self._at(path), _ACCEPT)
            _expect(answer, what)
            if stated := _stated_digest(answer, what):
                return ImageFacts(stated)
        answer = await self._ask("GET", self._at(path), _ACCEPT)
        _expect(answer, what)
        digest = f"sha256:{hashlib.sha256(answer.body).hexdigest()}"
        if _stated_digest(answer, what) not in (None, digest):
            raise RegistryUntrustedError(f"{what} is not what its digest says")
        return ImageFacts(digest, await self._created(_json(answer, what), tag) if built else None)

    async def _created(self, manifest: JsonObject, tag: str) -> datetime | None:
        """Return the time in an image's configuration; of an image for several platforms, the first one's."""
        children = manifest.get("manifests")
        if children is not None:
            child = _first_platform(children, tag)
            if child is None:
                return None
            manifest = await self._content(f"manifests/{child}", child, f"a manifest of {tag}", _ACCEPT)
        config = manifest.get("config")
        digest = config.get("digest") if isinstance(config, dict) else None
        if digest is None:
            # The older format has none.
            return None
        if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
            raise RegistryUntrustedError(f"the manifest of {tag} names its configuration by no sha256 digest")
        result = await self._content(f"blobs/{digest}", digest, f"the configuration of {tag}")
        return _time(result.get("created"))

    async def _content(self, path: str, digest: str, what: str, headers: Mapping[str, str] | None = None) -> JsonObject:
        answer = await self._ask("GET", self._at(path), headers)
        _expect(answer, what)
        if f"sha256:{hashlib.sha256(answer.body).hexdigest()}" != digest:
            raise RegistryUntrustedError(f"{what} is not what its digest says")
        return _json(answer, what)

    def _at(self, path: str) -> str:
        return f"{self._base}/v2/{self._name}/{path}"

    def _page_after(self, url: str, link: str) -> str:
        try:
            following = urljoin(url, link)
            same = urlsplit(following)[:3] == urlsplit(url)[:3]
        except ValueError:
            same = False
        if not same:
            raise RegistryUntrustedError("its list of tags goes on at another address")
        return following

    async def _ask(self, method: str, url: str, headers: Mapping[str, str] | None = None) -> _Answer:
        """Ask the registry itself, with a token where it wants one, or with the credentials for its host."""
        headers = headers or {}
        if not self._authorization and self.challenge:
            # The challenge of the last run saves a request; where it is out of date, the registry sends another one.
            try:
                self._authorization = await self._new_token(self.challenge)
            except (RegistryUnreachableError, RegistryUntrustedError):
                self.challenge = None
        asked_with = self._authorization
        answer = await self._follow(method, url, headers, asked_with)
        if answer.status == 401:
            async with self._renewing:
                # Once, and not for requests that were under way while another was given one.
                if self._authorization == asked_with and not self._refused:
                    self._refused = True
                    self._authorization = await self._authorize(answer.headers.get("www-authenticate", ""))
            if self._authorization != asked_with:
                answer = await self._follow(method, url, headers, self._authorization)
        return answer

    async def _authorize(self, challenge: str) -> str:
        """Return the header with which the registry answers, after it has said what it wants."""
        result = {name.lower(): value for name, value in _CHALLENGE.findall(challenge)}
        kind = challenge.lower().partition(" ")[0]
        if kind == "bearer" and "realm" in result:
            self.challenge = Challenge(realm=result["realm"], service=result.get("service"))
            return await self._new_token(self.challenge)
        if kind == "basic" and self._host in self._credentials:
            return f"Basic {self._credentials[self._host]}"
        raise RegistryUnreachableError("it requires credentials (401) and has no anonymous token")

    async def _new_token(self, challenge: Challenge) -> str:
        """Return the header with the token that everybody gets, or that the credentials for the token's host get."""
        query = {"scope": f"repository:{self._name}:pull"}
        if challenge.service is not None:
            query["service"] = challenge.service
        mark = "&" if "?" in challenge.realm else "?"
        url = f"{challenge.realm}{mark}{urlencode(query)}"
        try:
            own = self._credentials.get(urlsplit(url).netloc)
        except ValueError:
            own = None
        answer = await self._follow("GET", url, {}, f"Basic {own}" if own else "")
        _expect(answer, "its token")
        document = _json(answer, "its token")
        token = document.get("token") or document.get("access_token")
        if not isinstance(token, str) or not re.fullmatch(rf"[!-~]{{1,{_TOKEN_BYTES}}}", token):
            raise RegistryUntrustedError("its token is not valid")
        return f"Bearer {token}"

    async def _follow(self, method: str, url: str, headers: Mapping[str, str], authorization: str) -> _Answer:
        asked = _origin(url)
        for _ in range(MAX_REDIRECTS + 1):
            # It is for whom it was made, and for nobody to whom that one leads.
            own = {"Authorization": authorization} if authorization and _origin(url) == asked else {}
            answer = await self._patiently(method, url, {**headers, **own})
            if answer.status not in _REDIRECTS:
                return answer
            try:
                url = urljoin(url, answer.headers.get("location", ""))
            except ValueError as error:
                raise RegistryUntrustedError("redirect to an invalid URL") from error
        raise RegistryUntrustedError(f"it redirects more than {MAX_REDIRECTS} times")

    async def _patiently(self, method: str, url: str, headers: Mapping[str, str]) -> _Answer:
        target, host, named = await self._target(url)
        wait, failed = FIRST_WAIT, "it cannot be reached"
        for attempt in range(ATTEMPTS):
            asked = wait
            try:
                answer = await self._send(method, target, {**headers, "Host": named}, host)
            except (TimeoutError, httpx2.TimeoutException):
                failed = "it took too long"
            except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError) as error:
                failed = f"it cannot be reached ({type(error).__name__})"
            else:
                if answer.status not in _AGAIN:
                    return answer
                failed = f"it answers {answer.status}"
                asked = retry_after(answer.headers) or wait
            if attempt + 1 == ATTEMPTS or asked > LONGEST_WAIT:
                break
            await asyncio.sleep(asked)
            wait *= 2
        raise RegistryUnreachableError(failed)

    async def _target(self, url: str) -> tuple[str, str, str]:
        """Return the address to ask, which was judged: a second answer of DNS changes nothing; the host's name for
        TLS; and what the header Host says.
        """
        try:
            parts = urlsplit(url)
            host, port = (parts.hostname or "").rstrip("."), int(authority(url).rpartition(":")[2])
        except ValueError as error:
            raise RegistryUntrustedError("it names an invalid URL") from error
        if parts.scheme != "https" and not (self._local and parts.scheme == "http"):
            raise RegistryUntrustedError("it names an address that is not https")
        if not host or parts.username is not None:
            raise RegistryUntrustedError("it names an invalid URL")
        known = authority(url)
        if known not in self._addresses:
            self._addresses[known] = await self._resolve(host, port)
        address = self._addresses[known]
        if parts.scheme == "http" and not ipaddress.ip_address(address.partition("%")[0]).is_loopback:
            raise RegistryUntrustedError("it names an address that is not https")
        shown = f"[{address}]" if ":" in address else address
        query = f"?{parts.query}" if parts.query else ""
        return f"{parts.scheme}://{shown}:{port}{parts.path or '/'}{query}", host, parts.netloc

    async def _resolve(self, host: str, port: int) -> str:
        loop = asyncio.get_running_loop()
        try:
            result = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise RegistryUnreachableError("its host has no address") from error
        addresses = [str(info[4][0]) for info in result]
        if not all(may_be_asked(address, loopback=self._local) for address in addresses):
            raise RegistryUntrustedError("it names a host that is not public")
        # The system puts first what it can reach: not every machine has IPv6.
        return addresses[0]

    async def _send(self, method: str, target: str, headers: Mapping[str, str], host: str) -> _Answer:
        if host not in self._clients:
            client = httpx2.AsyncClient(
                verify=httpx2.create_ssl_context(trust_env=False) if target.startswith("https") else False,
                timeout=httpx2.Timeout(None, connect=REQUEST_SECONDS / 2),
                follow_redirects=False,
                trust_env=False,
            )
            self._clients[host] = await self._stack.enter_async_context(client)
        self.requests += 1
        request = {"User-Agent": AGENT, **headers}
        # For all of it: a timeout of the client's begins anew with every byte.
        async with (
            asyncio.timeout(REQUEST_SECONDS),
            self._clients[host].stream(method, target, headers=request, extensions={"sni_hostname": host}) as answer,
        ):
            body = bytearray()
            # Decoded: a small answer may be a large one.
            async for part in answer.aiter_bytes():
                body += part
                if len(body) > MAX_BYTES:
                    raise RegistryUntrustedError(f"an answer has more than {MAX_BYTES:,} bytes")
            return _Answer(answer.status_code, answer.headers, bytes(body))


def _origin(url: str) -> tuple[str, str] | None:
    try:
        return urlsplit(url)[:2]
    except ValueError:
        return None


def _expect(answer: _Answer, what: str) -> None:
    if answer.status != 200:
        reasons = {404: f"it does not have {what} (404)", 401: "it requires credentials (401)", 403: "it refuses (403)"}
        raise RegistryUnreachableError(reasons.get(answer.status, f"it answers {answer.status} for {what}"))


def _json(answer: _Answer, what: str) -> JsonObject:
    try:
        result = json.loads(answer.body)
    except (ValueError, RecursionError) as error:
        raise RegistryUntrustedError(f"{what} is not JSON") from error
    if not isinstance(result, dict):
        raise RegistryUntrustedError(f"{what} has another shape than an object")
    return result


def _stated_digest(answer: _Answer, what: str) -> str | None:
    digest = answer.headers.get("docker-content-digest", "").strip()
    if digest and not _DIGEST.fullmatch(digest):
        raise RegistryUntrustedError(f"{what} has a digest that is not a sha256")
    return digest or None


def _first_platform(children: object, tag: str) -> str | None:
    """Return the digest of the first image of an index that is for a platform: others are attestations."""
    if not isinstance(children, list) or not all(isinstance(child, dict) for child in children):
        raise RegistryUntrustedError(f"the manifest of {tag} has another shape than a list of manifests")
    for child in children:
        platform = child.get("platform")
        if isinstance(platform, dict) and platform.get("os") == "unknown":
            continue
        digest = child.get("digest")
        if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
            raise RegistryUntrustedError(f"the manifest of {tag} names another by no sha256 digest")
        return digest
    return None


def _time(time: object) -> datetime | None:
    """Return a time of RFC 3339, None where it is none, or lies ahead: it would be the newest for ever."""
    if not isinstance(time, str):
        return None
    try:
        result = datetime.fromisoformat(time)
        result = (result if result.tzinfo else result.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return result if result < datetime.now(UTC) + timedelta(days=1) else None
