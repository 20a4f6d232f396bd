"""The files of the site that are no pages: the static API, Markdown twins, and what scripts read. Pure."""

from collections.abc import Mapping

from build import api
from build.bundle_list import bundle_list
from build.catalogue import Catalogue
from build.index import canonical
from build.twin import twin


def site_files(catalogue: Catalogue, documents: Mapping[str, str]) -> dict[str, str]:
    """The text of each by its path below the site. `documents` are those of the API that are the same for site and
    index, by path as `build.api` has them.
    """
    interface = {**documents, **api.bundle_documents(catalogue)}
    return {
        **{f"{api.ROOT}/{name}.json": text for name, text in interface.items()},
        **{f"codebundles/{record['id']}/index.md": twin(record) for record in catalogue.records},
        "codebundles/list.json": canonical(bundle_list(catalogue)),
    }
