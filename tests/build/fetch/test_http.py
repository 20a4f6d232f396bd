"""The one door to other people's pages."""

import gzip
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from protego import Protego

from build.fetch import http as web
from build.fetch.http import MAX_BYTES, PageError, Web
from tests.support.web_pages import HTML, PAGE, Pages, trickling, web_pages


@pytest.fixture
def pages() -> Iterator[Pages]:
    with web_pages() as found:
        yield found


def read(url: str, *hosts: str, seconds: float = 30, loopback: bool = True, **known: str) -> web.Answer:
    door = Web(hosts or (url.removeprefix("http://").partition("/")[0],), time.monotonic() + seconds, loopback=loopback)
    return door.read(url, **known)


def test_a_page_is_read_with_our_name(pages: Pages) -> None:
    seen: dict[str, Any] = {}

    def reply(headers: Any) -> Any:
        seen.update(headers)
        return 200, {**HTML, "etag": '"x"', "last-modified": "yesterday"}, PAGE.encode()

    pages.replies["/a"] = reply
    assert read(f"{pages.address}/a") == (PAGE, '"x"', "yesterday", True)
    assert seen["user-agent"].startswith("codecollection-registry (+https://")
    assert seen["host"] == pages.address.removeprefix("http://")
    assert pages.asked == ["/robots.txt", "/a"]


def test_what_has_not_changed_is_not_sent_again(pages: Pages) -> None:
    pages.replies["/a"] = lambda headers: (304 if headers.get("if-none-match") == '"x"' else 200, HTML, b"")
    assert read(f"{pages.address}/a", etag='"x"').text is None
    assert read(f"{pages.address}/a").text == ""


@pytest.mark.parametrize(
    ("robots", "may"),
    [
        ((404, {}, b""), True),
        ((200, {}, b"User-agent: *\nDisallow: /private\n"), True),
        ((200, {}, b"User-agent: *\nDisallow: /\n"), False),
        ((200, {}, b"User-agent: codecollection-registry\nDisallow: /a\n\nUser-agent: *\nAllow: /\n"), False),
        ((500, {}, b""), False),
        ((200, {}, b"User-agent: *\nDisallow: /*a\n"), False),
        ((200, {}, b"User-agent: *\nDisallow: /a$\n"), False),
        ((200, {}, b"User-agent: *\nDisallow: /a$\nAllow: /a*\nDisallow: /a*$\n"), False),
        ((200, {}, b"User-agent: *\nDisallow: /b$\nDisallow: /*c\n"), True),
        # The longest rule that matches counts, wherever it stands.
        ((200, {}, b"User-agent: *\nAllow: /\nDisallow: /a\n"), False),
        ((200, {}, b"User-agent: *\nDisallow: /\nAllow: /a\n"), True),
        ((200, {}, b"User-agent: other\nUser-agent: CodeCollection-Registry/1.0\nDisallow: /\n"), False),
        ((200, {}, b"User-agent: registry\nDisallow: /\n"), True),
        ((200, {}, b"\xff\xfe\x00" * 1_000), True),
    ],
)
def test_robots_txt_is_honoured(pages: Pages, robots: Any, may: bool) -> None:
    pages.page("/a")
    pages.replies["/robots.txt"] = robots
    if may:
        assert read(f"{pages.address}/a").text == PAGE
    else:
        with pytest.raises(PageError, match=r"robots\.txt"):
            read(f"{pages.address}/a")
        assert "/a" not in pages.asked


@pytest.mark.parametrize(
    ("delay", "seconds"),
    [("0.5", 1.0), ("3", 3.0), ("2.5", 2.5), ("1e9", 10.0), ("-4", 1.0), ("nan", 1.0), ("inf", 1.0), ("\u00b2", 1.0)],
)
def test_an_odd_crawl_delay_is_none(pages: Pages, delay: str, seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    pages.page("/a")
    pages.replies["/robots.txt"] = (200, {}, f"User-agent: *\nCrawl-delay: {delay}\n".encode())
    host = pages.address.removeprefix("http://")
    door = Web([host], time.monotonic() + 30, loopback=True)
    assert door.read(f"{pages.address}/a").text == PAGE
    monkeypatch.setattr(door, "_loopback", False)
    monkeypatch.setattr(time, "sleep", lambda _: None)
    begin = time.monotonic()
    door._next.clear()
    door._wait("127.0.0.1")
    assert door._next["127.0.0.1"] - begin == pytest.approx(seconds, abs=0.5)


def test_a_robots_txt_of_many_agents_and_rules_has_few_of_them_kept() -> None:
    many = "".join(f"User-agent: agent{number}\n" for number in range(300)) + "Disallow: /a\n" * 300
    rules = Protego.parse(web._our_rules(f"{many}\nUser-agent: *\nDisallow: /b\n"))
    assert len(rules._user_agents) == 2
    assert rules.can_fetch("https://docs.example/a", "codecollection-registry")
    assert not rules.can_fetch("https://docs.example/b", "codecollection-registry")


def test_another_port_of_a_listed_host_is_another_host(pages: Pages) -> None:
    with web_pages() as others:
        pages.replies["/a"] = (302, {"location": others.page("/b")}, b"")
        with pytest.raises(PageError, match="does not list"):
            read(f"{pages.address}/a")
        assert others.asked == []


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        ((404, HTML, b""), "404"),
        ((500, HTML, b""), "500"),
        ((304, HTML, b""), "304"),
        ((200, {"content-type": "application/pdf"}, b"%PDF"), "its content type"),
        ((200, {}, b"x"), "its content type"),
        ((200, HTML, b"x" * (MAX_BYTES + 1)), "more than"),
        ((200, {**HTML, "content-encoding": "gzip"}, gzip.compress(b"x" * 50_000_000)), "more than"),
        ((200, {**HTML, "content-encoding": "gzip"}, b"no gzip"), "cannot be reached"),
        ((302, {"location": "https://elsewhere.example/"}, b""), "does not list"),
        ((302, {"location": "http://169.254.169.254/latest"}, b""), "does not list"),
        ((302, {"location": "file:///etc/passwd"}, b""), "not plain https"),
        ((302, {"location": "http://user:pass@127.0.0.1/"}, b""), "not plain https"),
        ((302, {"location": "/a"}, b""), "too many redirects"),
        ((302, {}, b""), "too many redirects"),
        ((302, {"location": "https://[bad"}, b""), "redirect to an invalid URL"),
    ],
)
def test_what_is_no_page_is_told(pages: Pages, reply: Any, why: str) -> None:
    pages.replies["/a"] = reply
    with pytest.raises(PageError, match=why):
        read(f"{pages.address}/a")


def test_robots_txt_that_has_moved_is_honoured_where_it_is(pages: Pages) -> None:
    pages.page("/a")
    pages.replies["/robots.txt"] = (301, {"location": "/moved"}, b"")
    pages.replies["/moved"] = (200, {}, b"User-agent: *\nDisallow: /\n")
    with pytest.raises(PageError, match=r"disallowed by its robots\.txt"):
        read(f"{pages.address}/a")
    assert pages.asked == ["/robots.txt", "/moved"]
    pages.replies["/robots.txt"] = (301, {"location": "https://elsewhere.example/robots.txt"}, b"")
    with pytest.raises(PageError, match=r"its robots\.txt could not be read: redirect to a host"):
        read(f"{pages.address}/a")


def test_a_redirect_within_the_listed_hosts_is_followed(pages: Pages) -> None:
    pages.replies["/a"] = (301, {"location": "/b"}, b"")
    pages.page("/b")
    assert read(f"{pages.address}/a").text == PAGE


def test_a_page_that_trickles_is_left(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "_SECONDS", 0.5)
    pages.page("/a", PAGE * 10)
    pages.step, pages.pause = 10, 0.05
    started = time.monotonic()
    with pytest.raises(PageError, match="took too long"):
        read(f"{pages.address}/a")
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    ("scheme", "first", "more"),
    [
        ("http", b"", b""),
        ("http", b"HTTP/1.1 200 OK\r\n", b"x"),
        ("http", b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
        # The name in a gzip's head, which never ends: a decoder takes it in and gives nothing.
        (
            "http",
            b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-encoding: gzip\r\n\r\n\x1f\x8b\x08\x08\0\0\0\0\0\3",
            b"x",
        ),
        # A page that ends with its connection must not pass for a whole one.
        ("http", b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n", b"x"),
        # A handshake of 16,000 bytes.
        ("https", b"\x16\3\3\x40\0\2\0\x3f\xfc\3\3", b"x"),
    ],
    ids=["nothing", "header", "hints", "gzip", "body", "handshake"],
)
def test_whatever_trickles_ends_in_time(
    monkeypatch: pytest.MonkeyPatch, scheme: str, first: bytes, more: bytes
) -> None:
    monkeypatch.setattr(web, "_SECONDS", 0.5)
    started = time.monotonic()
    with trickling(first, more) as address:
        door = Web([address], started + 30, loopback=True)
        with pytest.raises(PageError, match="took too long"):
            door._get(f"{scheme}://{address}/", {})
    assert 0.2 < time.monotonic() - started < 5


def test_the_time_of_the_whole_run_ends_a_request_too() -> None:
    started = time.monotonic()
    with trickling(b"HTTP/1.1 200 OK\r\n", b"x") as address, pytest.raises(PageError, match="took too long"):
        read(f"http://{address}/", seconds=0.5)
    assert time.monotonic() - started < 5


def test_when_there_is_no_time_nobody_is_asked(pages: Pages) -> None:
    pages.page("/a")
    with pytest.raises(PageError, match="time for all pages"):
        read(f"{pages.address}/a", seconds=0.05)
    assert pages.asked == []


PRIVATE = [
    *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.1", "224.0.0.1"),
    *("192.0.0.8", "192.0.0.10", "192.88.99.1", "3fff::1", "2001:1::1", "2001:db8::1", "64:ff9b:1::1"),
    *("2002:7f00:1::", "2001:0:4136:e378:8000:63bf:3fff:fdd2"),
    *("::1", "fe80::1", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::", "ff02::1", "64:ff9b:1::1"),
]


@pytest.mark.parametrize("address", PRIVATE)
def test_a_name_that_leads_to_a_private_address_is_not_asked(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    found = [(socket.AF_INET, 1, 6, "", ("93.184.216.34", 443)), (family, 1, 6, "", (address, 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(PageError, match=r"robots\.txt could not be read: its host has an address that is not public"):
        read("https://docs.example/", "docs.example:443", loopback=False)
    with pytest.raises(PageError, match="not public"):
        Web(["docs.example"], time.monotonic() + 5)._address("docs.example", 443)


def test_of_public_addresses_that_which_the_system_can_reach_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for order in (("34.120.1.1", "2600:1901::1"), ("2600:1901::1", "34.120.1.1")):
        found = [(socket.AF_INET, 1, 6, "", (address, 443)) for address in order]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, found=found, **__: found)
        assert Web(["docs.example"], time.monotonic() + 5)._address("docs.example", 443) == order[0]


def test_a_host_to_which_several_lead_at_once_is_asked_one_thing_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "_LONGEST_DELAY", 0.2)
    times: list[float] = []
    door = Web(["docs.example"], time.monotonic() + 5)
    with ThreadPoolExecutor(4) as threads:

        def wait(_: int) -> None:
            door._wait("docs.example")
            times.append(time.monotonic())

        list(threads.map(wait, range(4)))
    times.sort()
    assert min(later - before for before, later in pairwise(times)) > 0.15


@pytest.mark.parametrize(
    "host", ["2130706433", "0x7f.1", "0177.0.0.1", "127.1", "[::1]", "[::ffff:7f00:1]", "localhost"]
)
def test_an_address_in_odd_spelling_is_private_all_the_same(host: str) -> None:
    with pytest.raises(PageError):
        read(f"https://{host}/", f"{host.strip('[]')}:443", loopback=False)


@settings(deadline=None)
@given(st.text(max_size=60), st.sampled_from(["https://", "http://", "//", ""]))
def test_no_address_leads_anywhere_but_to_listed_hosts(rest: str, scheme: str) -> None:
    asked: list[str] = []

    class Door(Web):
        def _address(self, host: str, port: int) -> str:
            asked.append(host)
            raise PageError("asked")

    with pytest.raises(PageError):
        Door(["docs.example:443"], time.monotonic() + 5).read(scheme + rest)
    assert set(asked) <= {"docs.example"}
