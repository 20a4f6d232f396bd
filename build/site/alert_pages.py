"""The pages of alerts, to which a rule's `runbook_url` leads: small, so that there can be one for each name."""

from collections.abc import Iterator, Sequence
from urllib.parse import quote

from build.catalogue.alerts import Alert
from build.site.templates import environment

# Names on a page of the list: of at most 100 characters, each of which an address may write as three.
_NAMES = 1_000


def alert_pages(alerts: Sequence[Alert], site_url: str) -> Iterator[tuple[str, str]]:
    """Yield the path and the text of each alert's page, and of each of the list's."""
    page, listed = (environment().get_template(name) for name in ("alert.html", "alerts.html"))
    for alert in alerts:
        at = f"{site_url.rstrip('/')}/alerts/{quote(alert.name)}/" if site_url else ""
        yield f"alerts/{alert.name}/index.html", f"{page.render(alert=alert, canonical=at, root='../../')}\n"
    pages = max(1, -(-len(alerts) // _NAMES))
    for number in range(1, pages + 1):
        at, root = ("", "../") if number == 1 else (f"page/{number}/", "../../../")
        shown = alerts[_NAMES * (number - 1) : _NAMES * number]
        text = listed.render(alerts=shown, total=len(alerts), number=number, pages=pages, root=root)
        yield f"alerts/{at}index.html", f"{text}\n"
