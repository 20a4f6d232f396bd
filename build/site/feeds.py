"""New and changed bundles as Atom and as JSON Feed; dates are git's own."""

from typing import Any

from build.catalogue.catalogue import Catalogue
from build.catalogue.models import CodeBundleRecord, HistoryRecord
from build.site.access import stated_of
from build.site.filters import clip
from build.site.templates import environment, usable
from search_fn.search.access import STATED

_ENTRIES = 50


def feeds(catalogue: Catalogue, site_url: str) -> dict[str, Any]:
    """Return the text of `feed.xml` and the value of `feed.json`: the bundles with the latest changes of their own."""
    root = site_url.rstrip("/")
    entries = [_entry(record, history, root) for record, history in catalogue.newest()[:_ENTRIES]]
    atom = (
        environment()
        .get_template("feed.xml")
        .render(root=root, updated=entries[0]["date_modified"] if entries else "1970-01-01T00:00:00Z", entries=entries)
    )
    return {
        "feed.xml": usable(atom),
        "feed.json": {
            "version": "https://jsonfeed.org/version/1.1",
            "title": "Skill Templates: new and changed",
            **({"home_page_url": f"{root}/", "feed_url": f"{root}/feed.json"} if root else {}),
            "items": entries,
        },
    }


def _entry(record: CodeBundleRecord, history: HistoryRecord, root: str) -> dict[str, Any]:
    access = stated_of(record)
    return {
        # The same for as long as the bundle keeps its name, wherever the site is.
        "id": f"urn:codebundle:{record.id}",
        # A reader of feeds takes whole addresses only: without the site's own that of the source.
        "url": record.url if root else record.runbook_source_url,
        "title": record.title,
        "summary": f"{clip(record.description, 300)} Access: {access}.".strip(),
        "content_text": f"{record.description or record.title}\n\nAccess: {access}",
        "_registry": {name: getattr(record, name) for name in sorted(STATED)},
        "date_published": history.first_date,
        "date_modified": history.last_own_date,
        "authors": [{"name": record.author or record.codecollection.name}],
        "tags": record.platforms,
    }
