"""Image registries: a real one, and one that lies."""

import asyncio
import base64
import gzip
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pytest

from build.fetch import oci
from build.fetch.oci import ImageFacts, Registry, RegistryUnreachableError, RegistryUntrustedError
from build.fetch.registry_access import Challenge
from tests.support.image_registry import USER, ImageRegistry, digest, free_port, image_registry, needs_registry
from tests.support.web_pages import Pages, Reply, web_pages

T = TypeVar("T")
LIST = "/v2/o/n/tags/list?n=1000"
TAG = "main-aaaaaaa-1111111"


@pytest.fixture
def real(tmp_path: Path) -> Iterator[ImageRegistry]:
    with image_registry(tmp_path / "registry") as registry:
        yield registry


@pytest.fixture
def liar() -> Iterator[Pages]:
    with web_pages() as pages:
        yield pages


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oci, "FIRST_WAIT", 0.01)


def basic(user: str, password: str) -> str:
    return base64.b64encode(f"{user}:{password}".encode()).decode()


def ask(host: str, work: Callable[[Registry], Awaitable[T]], *, local: bool = True, **known: Any) -> T:
    async def asked() -> T:
        async with Registry(f"{host.removeprefix('http://')}/o/n", allow_local=local, **known) as registry:
            return await work(registry)

    return asyncio.run(asked())


def tags(pages: Pages) -> list[str]:
    return ask(pages.address, lambda registry: registry.tags())


def facts(pages: Pages) -> ImageFacts:
    return ask(pages.address, lambda registry: registry.facts(TAG, built=True))


def answer(value: object, **headers: str) -> tuple[int, dict[str, str], bytes]:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return 200, {name.replace("_", "-"): text for name, text in headers.items()}, body


@needs_registry
def test_a_real_registry_is_read(real: ImageRegistry) -> None:
    first = real.push("o/n", "main-aaaaaaa-1111111", "2026-01-01T01:00:00.123456789+01:00")
    several = real.push("o/n", "main-bbbbbbb-1111111", "2026-02-01T00:00:00Z", platforms=3)
    undated = real.push("o/n", "latest")

    async def read(registry: Registry) -> Any:
        listed = sorted(await registry.tags())
        dated = [await registry.facts(tag, built=True) for tag in listed]
        return listed, dated, [(await registry.facts(tag, built=False)).digest for tag in listed]

    listed, dated, digests = ask(real.host, read)
    assert listed == ["latest", "main-aaaaaaa-1111111", "main-bbbbbbb-1111111"]
    assert dated == [
        ImageFacts(undated),
        ImageFacts(first, datetime(2026, 1, 1, 0, 0, 0, 123456, UTC)),
        ImageFacts(several, datetime(2026, 2, 1, tzinfo=UTC)),
    ]
    assert digests == [undated, first, several]
    asked = real.asked()
    assert asked[-3:] == [f"HEAD /v2/o/n/manifests/{tag}" for tag in listed]


@needs_registry
def test_what_a_real_registry_has_not_is_told(real: ImageRegistry) -> None:
    with pytest.raises(RegistryUnreachableError, match=r"it does not have its list of tags \(404\)"):
        ask(real.host, lambda registry: registry.tags())


def test_nobody_there_is_told() -> None:
    with pytest.raises(RegistryUnreachableError, match="it cannot be reached"):
        ask(f"127.0.0.1:{free_port()}", lambda registry: registry.tags())


def test_a_registry_on_this_machine_is_not_asked_unless_allowed(liar: Pages) -> None:
    with pytest.raises(RegistryUntrustedError, match="not public"):
        ask(liar.address, lambda registry: registry.tags(), local=False)
    assert liar.asked == []


def test_pages_are_followed(liar: Pages) -> None:
    liar.replies[LIST] = answer({"tags": ["a", "b"]}, link='</v2/o/n/tags/list?last=b&n=2>; rel="next"')
    liar.replies["/v2/o/n/tags/list?last=b&n=2"] = answer({"tags": ["c"]}, link="<?last=c>; rel=next")
    liar.replies["/v2/o/n/tags/list?last=c"] = answer({"tags": None})
    assert tags(liar) == ["a", "b", "c"]


def test_everybodys_token_is_used_where_one_is_wanted(liar: Pages) -> None:
    challenge = f'Bearer realm="{liar.address}/token",service="images.example",scope="repository:o/n:pull"'

    def listed(headers: Any) -> Any:
        if headers.get("authorization") != "Bearer t0k.en":
            return 401, {"www-authenticate": challenge}, b""
        return answer({"tags": [TAG]})

    liar.replies[LIST] = listed
    asked = "/token?scope=repository%3Ao%2Fn%3Apull&service=images.example"
    liar.replies[asked] = answer({"token": "t0k.en"})
    assert tags(liar) == [TAG]
    assert liar.asked == [LIST, asked, LIST]


def test_what_a_registry_wanted_saves_the_request_that_it_refuses(liar: Pages) -> None:
    challenge = Challenge(realm=f"{liar.address}/token", service="images.example")
    liar.replies["/token?scope=repository%3Ao%2Fn%3Apull&service=images.example"] = answer({"token": "t0k.en"})
    liar.replies[LIST] = lambda headers: answer({"tags": [headers.get("authorization")]})
    assert ask(liar.address, lambda registry: registry.tags(), challenge=challenge) == ["Bearer t0k.en"]
    assert len(liar.asked) == 2
    # Where it gives none any more, or another is wanted now, the registry says so itself.
    for reply in ((404, {}, b""), answer({"token": "old"})):
        liar.asked.clear()
        liar.replies["/token?scope=repository%3Ao%2Fn%3Apull&service=images.example"] = reply
        liar.replies["/new?scope=repository%3Ao%2Fn%3Apull"] = answer({"token": "new"})
        liar.replies[LIST] = lambda headers: (
            answer({"tags": ["x"]})
            if headers.get("authorization") == "Bearer new"
            else (401, {"www-authenticate": f'Bearer realm="{liar.address}/new"'}, b"")
        )
        assert ask(liar.address, lambda registry: registry.tags(), challenge=challenge) == ["x"]
        assert len(liar.asked) == 4


@needs_registry
def test_a_private_registry_is_read_with_the_credentials_for_its_host(tmp_path: Path) -> None:
    with image_registry(tmp_path / "registry", private=True) as registry:
        tags = partial(ask, registry.host, lambda one: one.tags())
        with pytest.raises(RegistryUnreachableError, match="requires credentials"):
            tags()
        with pytest.raises(RegistryUnreachableError, match="requires credentials"):
            tags(credentials={registry.host: basic("made-up", "other")})
        # Known, and without images: nobody pushed any.
        with pytest.raises(RegistryUnreachableError, match="404"):
            tags(credentials={registry.host: basic(*USER)})
        # Those of other hosts are not tried.
        with pytest.raises(RegistryUnreachableError, match="requires credentials"):
            tags(credentials={"127.0.0.1": basic(*USER), "ghcr.io": basic(*USER)})


def test_credentials_are_for_their_host_and_no_other(liar: Pages) -> None:
    """A registry may name another host for its tokens, and lead on to one: neither gets what is not for it."""
    host, own = liar.address.removeprefix("http://"), basic("u", "secret")
    with web_pages() as other:
        seen: list[str | None] = []

        def token(headers: Mapping[str, str]) -> Reply:
            seen.append(headers.get("authorization"))
            return answer({"token": "t"})

        for pages in (liar, other):
            pages.replies["/token?scope=repository%3Ao%2Fn%3Apull"] = token
        realm = {"address": other.address}
        liar.replies[LIST] = lambda headers: (
            answer({"tags": []})
            if headers.get("authorization") == "Bearer t"
            else (401, {"www-authenticate": f'Bearer realm="{realm["address"]}/token"'}, b"")
        )
        read = partial(ask, liar.address, lambda registry: registry.tags(), credentials={host: own})
        read()
        assert seen == [None]
        realm["address"] = liar.address
        read()
        assert seen == [None, f"Basic {own}"]
        # Led on to another host, without them.
        liar.replies["/token?scope=repository%3Ao%2Fn%3Apull"] = (
            307, {"location": f"{other.address}/token?scope=repository%3Ao%2Fn%3Apull"}, b"",
        )  # fmt: skip
        read()
        assert seen == [None, f"Basic {own}", None]


def test_a_token_is_not_sent_to_where_a_registry_leads(liar: Pages) -> None:
    seen: list[object] = []
    config = json.dumps({"created": "2026-01-01T00:00:00Z"}).encode()
    manifest = json.dumps({"config": {"digest": digest(config)}}).encode()

    def blob(headers: Any) -> Any:
        seen.append(headers.get("authorization"))
        return answer(config)

    with web_pages() as other:
        other.replies["/blob"] = blob
        liar.replies[f"/v2/o/n/manifests/{TAG}"] = lambda headers: (
            answer(manifest) if "authorization" in headers
            else (401, {"www-authenticate": f'Bearer realm="{liar.address}/token"'}, b"")
        )  # fmt: skip
        liar.replies["/token?scope=repository%3Ao%2Fn%3Apull"] = answer({"access_token": "secret"})
        liar.replies[f"/v2/o/n/blobs/{digest(config)}"] = (307, {"location": f"{other.address}/blob"}, b"")
        assert facts(liar) == ImageFacts(digest(manifest), datetime(2026, 1, 1, tzinfo=UTC))
    assert seen == [None]


def test_a_busy_registry_is_asked_again(liar: Pages) -> None:
    busy = iter([(503, {}, b""), (429, {"retry-after": "0.01"}, b"")])
    liar.replies[LIST] = lambda headers: next(busy, answer({"tags": ["a"]}))
    assert tags(liar) == ["a"]
    assert len(liar.asked) == 3


@pytest.mark.parametrize("status", [503, 429, 500])
def test_one_that_stays_busy_is_told(liar: Pages, status: int) -> None:
    liar.replies[LIST] = (status, {}, b"")
    with pytest.raises(RegistryUnreachableError, match=f"it answers {status}"):
        tags(liar)
    assert len(liar.asked) == oci.ATTEMPTS


def test_nobody_waits_for_as_long_as_a_registry_likes(liar: Pages) -> None:
    liar.replies[LIST] = (429, {"retry-after": "86400"}, b"")
    with pytest.raises(RegistryUnreachableError, match="429"):
        tags(liar)
    assert len(liar.asked) == 1


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (answer(["a"]), "another shape"),
        (answer({"tags": "a"}), "another shape"),
        (answer({"tags": [1]}), "another shape"),
        (answer({"tags": [{"name": "a"}]}), "another shape"),
        (answer(b"<html>"), "is not JSON"),
        (answer(b"[" * 100_000), "is not JSON"),
        (answer(b"\xff\xfe\x00"), "is not JSON"),
        (answer({"tags": [str(n) for n in range(20_001)]}), "more than 20,000 tags"),
        (answer({"tags": ["a"], "more": "x" * 4_200_000}), "more than 4,194,304 bytes"),
        (answer(gzip.compress(b" " * 50_000_000), content_encoding="gzip"), "more than 4,194,304 bytes"),
        (answer({"tags": []}, link=f'<{LIST}>; rel="next"'), "in a circle"),
        (answer({"tags": []}, link='<http://10.0.0.1/v2/o/n/tags/list>; rel="next"'), "at another address"),
        (answer({"tags": []}, link='</v2/other/name/tags/list?n=1>; rel="next"'), "at another address"),
        (answer({"tags": []}, link='<//[>; rel="next"'), "at another address"),
        ((302, {"location": "http://10.0.0.1/"}, b""), "not public"),
        ((302, {"location": "https://169.254.169.254/latest/meta-data"}, b""), "not public"),
        ((302, {"location": "http://[fd00::1]/"}, b""), "not public"),
        ((302, {"location": "file:///etc/passwd"}, b""), "not https"),
        ((302, {"location": "http://1.1.1.1/"}, b""), "not https"),
        ((302, {"location": "https://user@127.0.0.1/"}, b""), "an invalid URL"),
        ((302, {"location": "https://:99999/"}, b""), "an invalid URL"),
        ((302, {"location": LIST}, b""), "redirects more than 3 times"),
        ((401, {"www-authenticate": 'Bearer realm="http://10.0.0.1/token"'}, b""), "not public"),
        ((401, {"www-authenticate": 'Bearer realm="gopher://x"'}, b""), "not https"),
    ],
)  # fmt: skip
def test_a_list_that_lies_is_refused(liar: Pages, reply: Any, said: str) -> None:
    liar.replies[LIST] = reply
    with pytest.raises(RegistryUntrustedError, match=said):
        tags(liar)


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ((401, {"www-authenticate": 'Basic realm="x"'}, b""), "requires credentials"),
        ((401, {}, b""), "requires credentials"),
        ((403, {}, b""), "refuses"),
        ((418, {}, b""), "it answers 418"),
    ],
)
def test_a_list_that_is_refused_is_told(liar: Pages, reply: Any, said: str) -> None:
    liar.replies[LIST] = reply
    with pytest.raises(RegistryUnreachableError, match=said):
        tags(liar)


def test_pages_without_an_end_are_refused(liar: Pages) -> None:
    for number in range(60):
        path = f"/v2/o/n/tags/list?n={number}" if number else LIST
        liar.replies[path] = answer({"tags": [str(number)]}, link=f'</v2/o/n/tags/list?n={number + 1}>; rel="next"')
    with pytest.raises(RegistryUntrustedError, match="more than 50 pages"):
        tags(liar)
    assert len(liar.asked) == oci.MAX_PAGES


CONFIG = json.dumps({"created": "2026-01-01T00:00:00Z"}).encode()
OTHER = {"config": {"digest": digest(b"other")}}


@pytest.mark.parametrize(
    ("manifest", "headers", "blob", "said"),
    [
        (
            {"config": {"digest": digest(CONFIG)}},
            {"docker_content_digest": digest(b"x")},
            CONFIG,
            "not what its digest",
        ),
        ({"config": {"digest": digest(CONFIG)}}, {"docker_content_digest": "md5:1"}, CONFIG, "not a sha256"),
        (OTHER, {}, CONFIG, "not what its digest"),
        ({"config": {"digest": "../../../etc"}}, {}, CONFIG, "no sha256 digest"),
        ({"config": {"digest": 1}}, {}, CONFIG, "no sha256 digest"),
        ({"manifests": "x"}, {}, CONFIG, "another shape"),
        ({"manifests": [1]}, {}, CONFIG, "another shape"),
        ({"manifests": [{"digest": "sha256:../x"}]}, {}, CONFIG, "no sha256 digest"),
        ([], {}, CONFIG, "another shape"),
        ({"layers": "x" * 4_200_000}, {}, CONFIG, "more than 4,194,304 bytes"),
        ({"config": {"digest": digest(b"[]")}}, {}, b"[]", "another shape"),
    ],
)
def test_a_manifest_that_lies_is_refused(liar: Pages, manifest: Any, headers: Any, blob: bytes, said: str) -> None:
    liar.replies[f"/v2/o/n/manifests/{TAG}"] = answer(manifest, **headers)
    for name in (CONFIG, b"other", b"[]"):
        liar.replies[f"/v2/o/n/blobs/{digest(name)}"] = answer(blob)
    with pytest.raises(RegistryUntrustedError, match=said):
        facts(liar)


@pytest.mark.parametrize(
    "created", ["9999-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "yesterday", "", None, 7, ["2026-01-01"]]
)
def test_a_time_that_is_none_or_lies_ahead_is_no_time(liar: Pages, created: Any) -> None:
    config = json.dumps({"created": created}).encode()
    liar.replies[f"/v2/o/n/manifests/{TAG}"] = answer({"config": {"digest": digest(config)}})
    liar.replies[f"/v2/o/n/blobs/{digest(config)}"] = answer(config)
    assert facts(liar).created is None


def test_an_answer_that_takes_too_long_is_left(liar: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oci, "REQUEST_SECONDS", 0.2)
    monkeypatch.setattr(oci, "ATTEMPTS", 1)
    liar.step, liar.pause = 1, 0.1
    liar.replies[LIST] = answer({"tags": ["a"]})
    with pytest.raises(RegistryUnreachableError, match="took too long"):
        tags(liar)
