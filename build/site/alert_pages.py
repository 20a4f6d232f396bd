"""The pages of alerts, to which a rule's `runbook_url` leads: small, so that there can be one for each name."""

from collections.abc import Iterator, Sequence
from urllib.parse import quote

from build.catalogue.alerts import Alert
from build.site.templates import environment


def alert_pages(alerts: Sequence[Alert], site_url: str) -> Iterator[tuple[str, str]]:
    """Yield the path and the text of each alert's page, and of the list of all."""
    page, listed = (environment().get_template(name) for name in ("alert.html", "alerts.html"))
    for alert in alerts:
        at = f"{site_url.rstrip('/')}/alerts/{quote(alert.name)}/" if site_url else ""
        yield f"alerts/{alert.name}/index.html", f"{page.render(alert=alert, canonical=at, root='../../')}\n"
    yield "alerts/index.html", f"{listed.render(alerts=alerts, root='../')}\n"
