"""Which addresses git may be pointed at. Nothing is resolved or contacted."""

import re
from collections.abc import Collection as Names
from urllib.parse import urlsplit

from build.errors import UsageError

PUBLIC_HOSTS = frozenset({"github.com", "gitlab.com", "bitbucket.org"})
_AUTHORITY = re.compile(r"[A-Za-z0-9.-]+(?::[0-9]{1,5})?")
_PATH = re.compile(r"(?:/[A-Za-z0-9_~][A-Za-z0-9._~-]*)+/?")
_REF = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._/+-]*")


def check_address(address: str, hosts: Names[str] = PUBLIC_HOSTS) -> None:
    """Accept `https://HOST[:PORT]/path` with HOST among `hosts`: no credentials, query, variables or options.

    Raises:
        UsageError: The address is another one; the message says what to write.
    """
    if "@" in address:
        # Never repeat this one, nor another's query: they may hold a password.
        raise UsageError("An address with '@' may hold credentials; write https://HOST/PATH, public ones need none.")
    shown = re.split(r"[?#]", address)[0]
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise UsageError(f"{shown!r} is not an address; write https://HOST/PATH.") from None
    # Letters of other scripts too: some fold to ours, and git might contact another host than the one judged here.
    if parts.scheme != "https" or address != parts.geturl() or not _AUTHORITY.fullmatch(parts.netloc):
        raise UsageError(f"{shown!r} is not an https address; write https://HOST/PATH.")
    if host not in hosts:
        raise UsageError(
            f"{shown!r}: the host {host!r} is not allowed; use one of {', '.join(sorted(hosts))}, "
            "or add it to REGISTRY_GIT_HOSTS."
        )
    if parts.query or parts.fragment or not _PATH.fullmatch(parts.path) or ".." in parts.path:
        raise UsageError(f"{shown!r} has more than a plain path after the host; write https://{host}/OWNER/NAME.")


def check_ref(ref: str) -> None:
    """Accept a branch or tag name, or a commit id.

    Raises:
        UsageError: Git would refuse it as a name, or could take it for an option or a range.
    """
    bad = (".." in ref, "//" in ref, ref.endswith(("/", ".", ".lock")), "/." in ref, len(ref) > 200)
    if not _REF.fullmatch(ref) or any(bad):
        raise UsageError(f"{ref!r} is not a branch, tag or commit; write its plain name.")
