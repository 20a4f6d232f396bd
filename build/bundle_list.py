"""All bundles as the site's scripts need them, to filter, to search and to choose: one small JSON. Pure."""

from build.catalogue import Catalogue
from build.page_values import clip
from build.record import Record

_DESCRIPTION = 180


def bundle_list(catalogue: Catalogue) -> Record:
    """Each bundle with its facets. `changed` is the day of its last own change; `credentials` says whether it needs a
    secret; `claimed` that its access is told but by no tool's tag; `tools` are kind, title, line and, where a tag
    tells it, access of each. `stale` has the collections that are in their last good state, and the dates of these.
    """
    return {
        "build_id": catalogue.build_id,
        "stale": {facts.slug: facts.commit_date for facts in catalogue.collections if facts.state == "stale"},
        "codebundles": [_listed(record) for record in catalogue.records],
    }


def _listed(record: Record) -> Record:
    return {
        "id": record["id"],
        "title": record["title"],
        "description": clip(record["description"], _DESCRIPTION),
        "platforms": record["platforms"],
        "access": record["access_level"],
        "claimed": record["access_level_source"] in ("SKILL-TEMPLATE", "AI"),
        "data": sorted(record["data_classifications"]),
        "tags": record["support_tags"],
        "resources": record["configuration_type"]["resource_types"],
        "credentials": any(secret["required"] for secret in record["secrets"]),
        "author": record["author"],
        "changed": record["history"]["last_own_date"][:10] if record["history"] else None,
        "tools": [
            [tool["kind"], tool["title"], tool["line"], *filter(None, [tool["access"]])] for tool in record["tools"]
        ],
    }
