"""The address by which the caller of a request reaches the registry."""

import re

from starlette.requests import Request

from search_fn.settings import Settings

# A host name or IPv4 address, or an IPv6 address in brackets, and a port. The header is the client's and can hold
# anything; what does not match would get into answers as an address.
_HOST = re.compile(r"(?:[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.?|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?")


def own_address(request: Request, settings: Settings) -> str:
    """Return the site's address of the settings, else the function's, else the one that the request was sent to;
    without a slash at its end, "" for a request without a valid Host.
    """
    host = request.headers.get("host", "")
    called = f"{request.url.scheme}://{host}" if len(host) <= 300 and _HOST.fullmatch(host) else ""
    return settings.site_address or called
