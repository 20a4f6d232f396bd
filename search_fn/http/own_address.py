"""The address by which a request reaches the registry."""

import re

from starlette.requests import Request

from search_fn.settings import Settings

# A name or an address of IPv4, or one of IPv6 in brackets, and a port: all else a client has made up.
_HOST = re.compile(r"(?:[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.?|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?")


def own_address(request: Request, settings: Settings) -> str:
    """Return the site's address where settings name one, else the function's, else that which the request was sent to;
    without a slash at its end, "" for a request that says no host.
    """
    host = request.headers.get("host", "")
    asked = f"{request.url.scheme}://{host}" if len(host) <= 300 and _HOST.fullmatch(host) else ""
    return settings.site_address or asked
