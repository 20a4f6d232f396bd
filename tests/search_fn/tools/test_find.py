"""CodeBundles and CodeCollections as agents find and list them."""

from pathlib import Path

import httpx2

from search_fn.rest.application import create_app
from tests.support.made_up import records, settings_for, write_made_up_index
from tests.support.serving import serving
from tests.support.tool_calls import data, ids

PODS = "beacon-codecollection/k8s-pod-restarts"


def test_collections_are_found_by_name_and_by_what_they_have(api: httpx2.Client) -> None:
    listed = data(api, "list_codecollections")
    assert [one["slug"] for one in listed["collections"]] == ["anchor-codecollection", "beacon-codecollection"]
    assert [one["bundles"] for one in listed["collections"]] == [6, 7]
    assert data(api, "find_codecollection", query="beacon")["collections"][0]["slug"] == "beacon-codecollection"
    found = data(api, "find_codecollection", query="postgres replica lag")["collections"]
    assert (found[0]["slug"], found[0]["matching"]) == ("anchor-codecollection", 1)


def test_a_collection_of_that_name_goes_before_bundles_of_it(encoder_path: Path, tmp_path: Path) -> None:
    made = [one.model_copy(update={"title": "Anchor"}) if one.id == PODS else one for one in records()]
    write_made_up_index(tmp_path / "index_data", encoder_path, made)
    with serving(create_app(settings_for(tmp_path / "index_data"))) as client:
        assert ids(data(client, "find_codebundle", query="anchor"))[0] == PODS
        found = data(client, "find_codecollection", query="anchor")["collections"]
        assert [one["slug"] for one in found] == ["anchor-codecollection", "beacon-codecollection"]
