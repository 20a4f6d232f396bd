"""The fifth phase: pages, and the files beside them."""

import os
from functools import partial
from itertools import chain
from pathlib import Path

from build.images.documents import image_catalogue
from build.images.state import NO_IMAGES, ImageState
from build.options import CODE
from build.phases.context import RunContext
from build.phases.index import Indexed
from build.render_cache import html_of
from build.site.files import site_files
from build.site.folder import SiteFolder
from build.site.pages import HtmlOf, render_pages
from build.site.redirects import redirects
from build.skills.files import skill_files
from search_fn.issues.github import REPOSITORY


def render_site(
    run: RunContext,
    indexed: Indexed,
    folder: Path | None,
    html: HtmlOf | None = None,
    images: ImageState = NO_IMAGES,
) -> None:
    """Render the pages, and lay the site into a new folder.

    Args:
        run: The run, which says where the site is and where pages are prepared.
        indexed: What is published.
        folder: An empty folder; None where the index alone is published.
        html: Gives the rendered Markdown of a bundle's page; by default what was rendered when it was parsed.
        images: What is known of collections' images.
    """
    if not folder:
        return
    # Imported here because MkDocs takes a while to import.
    from build.site.mkdocs import build_site

    options, catalogue = run.options, indexed.catalogue
    with run.phase("render"):
        pages = render_pages(
            catalogue,
            html or partial(html_of, options.cache),
            search_url=options.search_url,
            site_url=options.site_url,
            openapi=indexed.openapi,
            repository=os.environ.get("REGISTRY_REQUESTS_REPOSITORY") or REPOSITORY,
            alerts=indexed.alerts,
            found=indexed.found,
            images=image_catalogue(run.collections, images).details,
        )
    with run.phase("site"):
        build_site(
            pages, CODE / "docs", options.cache / "docs", folder, site_url=options.site_url, moved=redirects(catalogue)
        )
        # These files are written after MkDocs has run, which would make pages of them.
        files = chain(site_files(catalogue, indexed.documents, options.site_url), skill_files(indexed.skills))
        written = SiteFolder(folder)
        encoded = ((path, text.encode()) for path, text in files)
        for path, content in chain(encoded, indexed.browser.items()):
            written.write(path, content)
