"""What search engines read of a page, in schema.org's terms."""

from collections.abc import Sequence
from typing import Any

from build.catalogue.models import CodeBundleRecord
from build.site.filters import clip
from search_fn.index.facts import CollectionFacts

_SCHEMA = "https://schema.org"


def of_bundle(record: CodeBundleRecord) -> dict[str, Any]:
    """Return a bundle as the source code of a program."""
    history = record.history
    result = {
        "@context": _SCHEMA,
        "@type": "SoftwareSourceCode",
        "name": record.title,
        "description": clip(record.description, 300),
        "identifier": record.id,
        "codeRepository": record.codecollection.git_url,
        "url": record.url,
        "programmingLanguage": "Robot Framework",
        "author": {"@type": "Person", "name": record.author} if record.author else None,
        "keywords": ", ".join([*record.platforms, *record.support_tags]),
        "dateCreated": history.first_date if history else None,
        "dateModified": history.last_own_date if history else None,
        "isPartOf": {"@type": "Collection", "name": record.codecollection.name},
    }
    return {name: value for name, value in result.items() if value}


def of_collection(facts: CollectionFacts, records: Sequence[CodeBundleRecord], site_url: str) -> dict[str, Any]:
    """Return a collection with its number of bundles."""
    result = {
        "@context": _SCHEMA,
        "@type": "Collection",
        "name": facts.name,
        "description": facts.description,
        "url": f"{site_url.rstrip('/')}/collections/{facts.slug}/",
        "sameAs": facts.git_url,
        "creator": {"@type": "Organization", "name": facts.owner} if facts.owner else None,
        "dateModified": facts.commit_date,
        "collectionSize": len(records),
    }
    return {name: value for name, value in result.items() if value}


def of_site(site_url: str) -> dict[str, Any]:
    """Return the site, and the address of its search."""
    root = site_url.rstrip("/")
    return {
        "@context": _SCHEMA,
        "@type": "WebSite",
        "name": "CodeCollection Registry",
        "url": f"{root}/",
        "potentialAction": {
            "@type": "SearchAction",
            "target": f"{root}/search/?q={{query}}",
            "query-input": "required name=query",
        },
    }
