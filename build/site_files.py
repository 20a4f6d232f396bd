"""The files of the site that are no pages: the static API, Markdown twins, feeds, and what scripts and robots read.

Pure.
"""

from collections.abc import Mapping

from build import api
from build.bundle_list import bundle_list
from build.catalogue import Catalogue
from build.feeds import feeds
from build.kept_json import canonical
from build.llms import llms_files
from build.model import API_ROOT
from build.templates import environment
from build.twin import twin


def site_files(catalogue: Catalogue, documents: Mapping[str, str], site_url: str) -> dict[str, str]:
    """The text of each by its path below the site. `documents` are those of the API that are the same for site and
    index, by path as `build.api` has them.
    """
    interface = {**documents, **api.bundle_documents(catalogue)}
    feed = feeds(catalogue, site_url)
    return {
        **{f"{API_ROOT}/{name}.json": text for name, text in interface.items()},
        **{f"codebundles/{record['id']}/index.md": twin(record) for record in catalogue.records},
        "codebundles/list.json": canonical(bundle_list(catalogue)),
        "feed.xml": feed["feed.xml"],
        "feed.json": canonical(feed["feed.json"]),
        "robots.txt": _robots(site_url),
        "opensearch.xml": environment().get_template("opensearch.xml").render(root=site_url.rstrip("/")),
        **llms_files(catalogue, site_url),
    }


def _robots(site_url: str) -> str:
    everything = "User-agent: *\nAllow: /\n"
    # It takes whole addresses only.
    return f"{everything}Sitemap: {site_url.rstrip('/')}/sitemap.xml\n" if site_url else everything
