"""Addresses and refs reach git's command line: whatever is not plainly harmless stays out."""

import re
import string
from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from build.config.git_address import PUBLIC_HOSTS, check_address, check_ref
from build.errors import UsageError

GOOD_ADDRESSES = [
    "https://github.com/owner/name",
    "https://github.com/owner/name.git",
    "https://github.com/owner/name/",
    "https://github.com:443/owner/name",
    "https://GitHub.com/owner/name",
    "https://gitlab.com/group/sub.group/deeper_group/name-1.git",
    "https://bitbucket.org/owner/name",
    "https://bitbucket.org/~owner/name",
    "https://github.com/0/0",
]
HOSTILE_ADDRESSES = [
    # Other transports, some of which run a command.
    "ext::sh -c touch% /tmp/x",
    "ext::https://github.com/owner/name",
    "fd::17/foo",
    "file:///etc",
    "file://localhost/etc",
    "/etc/passwd",
    "../name",
    "./name",
    "~/name",
    "ssh://git@github.com/owner/name",
    "ssh://-oProxyCommand=id/name",
    "git@github.com:owner/name.git",
    "git://github.com/owner/name",
    "git+https://github.com/owner/name",
    "http://github.com/owner/name",
    "ftp://github.com/owner/name",
    "HTTPS://github.com/owner/name",
    "https:github.com/owner/name",
    "https:/github.com/owner/name",
    "https:///github.com/owner/name",
    "//github.com/owner/name",
    "github.com/owner/name",
    "javascript:alert(1)",
    "",
    # Options.
    "--upload-pack=id",
    "-u",
    "https://--upload-pack=id/name",
    "https://github.com/--upload-pack=id/name",
    "https://github.com/owner/-name",
    # Variables, which a shell or an old GitPython would fill in.
    "https://github.com/$HOME/name",
    "https://github.com/${SECRET}/name",
    "https://$HOST/owner/name",
    "$HOME/name",
    "https://github.com/owner/name`id`",
    # Credentials, and hosts that only look like the right one.
    "https://user:pass@github.com/owner/name",
    "https://token@github.com/owner/name",
    "https://@github.com/owner/name",
    "https://github.com@evil.example/owner/name",
    "https://github.com:443@evil.example/name",
    "https://evil.example/@github.com/name",
    "https://evil.example#@github.com/owner",
    "https://evil.example?@github.com/owner",
    "https://evil.example\\@github.com/owner",
    "https://github.com\\evil.example/name",
    "https://github.com%2eevil.example/name",
    "https://github.com%00.evil.example/name",
    "https://github.com.evil.example/owner/name",
    "https://evilgithub.com/owner/name",
    "https://raw.github.com/owner/name",
    "https://github.com./owner/name",
    "https://.github.com/owner/name",
    "https://github..com/owner/name",
    "https://github.com:evil/owner/name",
    # The Kelvin sign and full-width letters fold to ours, and a soft hyphen is dropped by some.
    "https://bitbuc\u212aet.org/owner/name",
    "https://\uff47ithub.com/owner/name",
    "https://git\u00adhub.com/owner/name",
    "https://github\u3002com/owner/name",
    "https://g\u0456thub.com/owner/name",
    "https://xn--gthub-n4a.com/owner/name",
    # Machines of one's own network.
    "https://localhost/owner/name",
    "https://127.0.0.1/owner/name",
    "https://169.254.169.254/latest/meta-data",
    "https://0x7f000001/owner/name",
    "https://[::1]/owner/name",
    "https://[::ffff:127.0.0.1]/owner/name",
    "https://[github.com]/owner/name",
    "https://[/owner/name",
    # Ports.
    "https://github.com:/owner/name",
    "https://github.com:65536/owner/name",
    "https://github.com:99999999999999999999/owner/name",
    "https://github.com:-1/owner/name",
    "https://github.com:+443/owner/name",
    "https://github.com:\u0664\u0664\u0663/owner/name",
    # Paths.
    "https://github.com",
    "https://github.com/",
    "https://github.com//owner/name",
    "https://github.com/owner//name",
    "https://github.com/../name",
    "https://github.com/owner/..",
    "https://github.com/owner/name..git",
    "https://github.com/./name",
    "https://github.com/owner/.git",
    "https://github.com/%2e%2e/name",
    "https://github.com/owner%2fname",
    "https://github.com/owner/name%0a",
    "https://github.com/owner/na me",
    "https://github.com/owner/name;id",
    "https://github.com/owner/name|id",
    "https://github.com/owner\\name",
    "https://github.com/owner/n\u00e4me",
    "https://github.com/owner/name?x=1",
    "https://github.com/owner/name?",
    "https://github.com/owner/name#x",
    "https://github.com/owner/name#",
    # Whitespace and control characters, several of which urlsplit drops.
    " https://github.com/owner/name",
    "https://github.com/owner/name ",
    "https://github.com/owner/name\n",
    "https://github.com/owner/name\n--upload-pack=id",
    "https://github.com/owner/na\tme",
    "https://github.com/owner/name\r",
    "https://github.com/owner/name\x00",
    "https://git\nhub.com/owner/name",
    "\x01https://github.com/owner/name",
    "https://github.com/owner/name\x7f",
    "https://github.com/owner/name\u2028",
    "https://github.com /owner/name",
    "\u00a0https://github.com/owner/name",
]
GOOD_REFS = [
    "main", "HEAD", "v1.2.3", "release/2026-01", "feature/a_b+c", "1", "0123456789abcdef0123456789abcdef01234567",
    "refs/heads/main", "refs/tags/v1", "_private", "a-b-c",
]  # fmt: skip
HOSTILE_REFS = [
    "", " ", "-x", "--upload-pack=id", "-", "+main", "main:refs/heads/evil", "+main:main", "^main", "main^", "main~1",
    "main^{commit}", "main@{1}", "@", "@{u}", "a..b", "a...b", "..", "../main", "a/../b", "/main", "main/", "a//b",
    ".main", "a/.b", "main.", "main.lock", "ma in", "main ", " main", "main\n", "main\nevil", "main\x00", "ma\tin",
    "main\r", "main*", "ma?n", "ma[in", "ma\\in", "$HOME", "${HOME}", "`id`", "main;id", "main|id", "m\u00e4in",
    "%2e%2e", "refs/*", "ma\u2028in", "\x7f", "m" * 201, "main#1", "main'", 'main"', "<main>", "=main", "\u202emain",
]  # fmt: skip
ascii_text = st.text(string.printable)


def is_address(address: str) -> bool:
    try:
        check_address(address)
    except UsageError:
        return False
    return True


def is_ref(ref: str) -> bool:
    try:
        check_ref(ref)
    except UsageError:
        return False
    return True


@pytest.mark.parametrize("address", GOOD_ADDRESSES)
def test_a_plain_address_is_accepted(address: str) -> None:
    check_address(address)


@pytest.mark.parametrize("address", HOSTILE_ADDRESSES)
def test_a_hostile_address_is_refused_with_the_next_step(address: str) -> None:
    with pytest.raises(UsageError, match=r"write https://|use one of .*REGISTRY_GIT_HOSTS"):
        check_address(address)


@pytest.mark.parametrize("ref", GOOD_REFS)
def test_a_plain_ref_is_accepted(ref: str) -> None:
    check_ref(ref)


@pytest.mark.parametrize("ref", HOSTILE_REFS)
def test_a_hostile_ref_is_refused_with_the_next_step(ref: str) -> None:
    with pytest.raises(UsageError, match="write its plain name"):
        check_ref(ref)


def test_the_tables_are_long_enough_to_mean_something() -> None:
    assert len(set(HOSTILE_ADDRESSES)) == len(HOSTILE_ADDRESSES) >= 60
    assert len(set(HOSTILE_REFS)) == len(HOSTILE_REFS) >= 40


def test_other_hosts_are_as_the_caller_says() -> None:
    check_address("https://git.example.com/a/b", {"git.example.com"})
    with pytest.raises(UsageError, match=r"use one of git\.example\.com, or add it"):
        check_address("https://github.com/a/b", {"git.example.com"})


def test_no_secret_is_repeated() -> None:
    for address in (
        "https://me:hunter2@github.com/a/b",
        "ssh://me:hunter2@github.com/a/b",
        "http://hunter2@[/a",
        "https://github.com/a/b?token=hunter2",
        "http://github.com/a/b#hunter2",
    ):
        with pytest.raises(UsageError) as caught:
            check_address(address)
        assert "hunter2" not in str(caught.value)


@given(st.text() | ascii_text)
@example("https://github.com/owner/name\n")
def test_any_text_is_judged_and_never_an_accident(address: str) -> None:
    if is_address(address):
        assert re.fullmatch(r"https://[A-Za-z0-9.]+(:[0-9]+)?/[A-Za-z0-9._~/-]+", address)


@given(
    prefix=st.sampled_from(["https://github.com/", "https://github.com", "https://", "https:", ""]),
    rest=st.text() | ascii_text,
)
def test_what_is_accepted_leads_to_an_allowed_host_by_https(prefix: str, rest: str) -> None:
    address = prefix + rest
    if is_address(address):
        parts = urlsplit(address)
        assert parts.scheme == "https"
        assert parts.hostname in PUBLIC_HOSTS
        assert parts.username is None
        assert not any(step in ("", ".", "..") or step.startswith("-") for step in parts.path.strip("/").split("/"))


@given(host=st.sampled_from(sorted(PUBLIC_HOSTS)), position=st.integers(0, 12), sign=st.characters())
def test_no_sign_makes_another_host_pass(host: str, position: int, sign: str) -> None:
    changed = host[:position] + sign + host[position:]
    if is_address(f"https://{changed}/owner/name"):
        # All that may be added is the end of the host, a slash.
        assert changed.lower().partition("/")[0] in PUBLIC_HOSTS
        assert changed.isascii()


@given(st.lists(st.from_regex(r"[A-Za-z0-9_~][A-Za-z0-9._~-]{0,20}", fullmatch=True), min_size=1, max_size=5))
def test_every_plain_path_is_accepted(steps: list[str]) -> None:
    address = "https://github.com/" + "/".join(steps)
    assert is_address(address) == (".." not in address)


@given(st.text() | ascii_text)
@example("main\n")
def test_an_accepted_ref_can_be_neither_option_nor_range(ref: str) -> None:
    if is_ref(ref):
        assert ref.isascii()
        assert ref.isprintable()
        assert not ref.startswith("-")
        assert not set(ref) & set(" :^~?*[\\@{}$`;|")
        assert ".." not in ref
