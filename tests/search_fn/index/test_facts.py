"""What an index says of itself, as the build writes it and the function reads it."""

import json

import pytest
from pydantic import ValidationError

from search_fn.index import facts
from search_fn.index.facts import BUNDLE_TABLES, PAGE_TABLES, Manifest

MANIFEST = {
    "build_id": "b",
    "schema_version": facts.SCHEMA_VERSION,
    "updated": None,
    "counts": dict.fromkeys(("collections", "bundles", "tools", "runbook_tools", "monitor_tools", "passages"), 0),
    "tables": {"bundles": 1},
    "encoder": {"name": "e", "dimensions": 384, "sha256": "0" * 64},
    "collections": [],
    "digest": "d",
}


def test_no_table_has_the_name_of_another() -> None:
    names = [*BUNDLE_TABLES, *PAGE_TABLES, facts.DOCUMENTS, facts.FILES, facts.SKILLS, facts.MANIFEST]
    assert len(set(names)) == len(names) == 12


def test_a_manifest_is_read_as_it_was_written_and_by_no_other_fields() -> None:
    text = json.dumps(MANIFEST)
    assert Manifest.model_validate_json(text).model_dump(mode="json")["encoder"]["model"] is None
    for changed in ({**MANIFEST, "more": 1}, {name: MANIFEST[name] for name in MANIFEST if name != "digest"}):
        with pytest.raises(ValidationError):
            Manifest.model_validate_json(json.dumps(changed))
