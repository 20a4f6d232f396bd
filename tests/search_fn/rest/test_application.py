import json
import shutil
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from build.catalogue.models import Summary
from build.storage import canonical
from search_fn.index.open import Index
from search_fn.rest.application import create_app
from search_fn.search.ranking import search
from search_fn.settings import Settings
from tests.support.made_up import BUILD_ID, copy_index, records, settings_for, without_arrays, write_made_up_index
from tests.support.place import Place
from tests.support.serving import serving

PODS = "/api/v1/collections/beacon-codecollection/codebundles/k8s-pod-restarts"


def slugs(answer: httpx2.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [bundle["id"] for bundle in answer.json()["codebundles"]]


def problem(answer: httpx2.Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert set(body) == {"type", "title", "status", "detail"}
    assert body["status"] == status
    assert body["detail"]
    return body


# Search


@pytest.mark.parametrize("query", ["pods keep restarting", "", "Endpoint Check", "überlauf", "' OR 1=1 --"])
def test_search_answers_what_search_does(api: httpx2.Client, index: Index, query: str) -> None:
    answer = api.get("/api/v1/search", params={"q": query, "explain": "1"})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == search(index, query, explain=True).model_dump(mode="json")


def test_equal_requests_have_equal_bodies(api: httpx2.Client) -> None:
    for path in ("/api/v1/search?q=pods+restart&explain=1", "/api/v1/codebundles?search=pods", PODS, "/health"):
        assert len({api.get(path).content for _ in range(5)}) == 1


def test_requests_at_the_same_time_have_the_same_answers(api: httpx2.Client) -> None:
    paths = ["/api/v1/search?q=pods+restart", "/api/v1/search?q=disk&platform=linux", "/api/v1/codebundles", PODS]
    wanted = [api.get(path).content for path in paths]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda path: api.get(path).content, paths * 10)) == wanted * 10


def test_search_filters_by_repeated_parameters_and_by_commas(api: httpx2.Client) -> None:
    def found(query: str) -> list[str]:
        return [result["id"] for result in api.get(f"/api/v1/search?{query}").json()["results"]]

    repeated = found("platform=aws&platform=GCP")
    assert repeated == found("platform=AWS,gcp") == found("platform=AWS%2C%20gcp")
    assert {name.split("/")[1] for name in repeated} == {"aws-bucket-exposure", "gcp-idle-addresses"}
    assert found("platform=aws&access=read-only") == []
    assert found("q=endpoint&collection=anchor-codecollection&kind=runbook&tag=web&access=READ-ONLY") == [
        "anchor-codecollection/http-endpoint-check"
    ]


def test_search_pages(api: httpx2.Client) -> None:
    whole = api.get("/api/v1/search?limit=100").json()["results"]
    parts = [api.get(f"/api/v1/search?limit=4&offset={offset}").json()["results"] for offset in (0, 4, 8, 12, 16)]
    assert [result for part in parts for result in part] == whole
    assert [len(part) for part in parts] == [4, 4, 4, 1, 0]


def test_search_by_type(api: httpx2.Client) -> None:
    assert api.get("/api/v1/search?q=pods&types=documentation,library").json()["total"] == 0
    both = api.get("/api/v1/search?q=pods&types=library&types=codebundle").json()
    assert both == api.get("/api/v1/search?q=pods").json()
    assert both == api.get("/api/v1/search?q=pods&types=library,%20codebundle").json()
    assert both == api.get("/api/v1/search?q=pods&types=").json()


# The calls of upstream's clients


def test_the_list_has_the_fields_that_clients_read(api: httpx2.Client, made_up) -> None:
    body = api.get("/api/v1/codebundles", params={"limit": 500}).json()
    assert body["total_count"] == len(made_up.records) == len(body["codebundles"])
    for bundle in body["codebundles"]:
        for name in ("name", "slug", "runbook_source_url", "access_level"):
            assert isinstance(bundle[name], str), name
        for name in ("display_name", "ai_enhanced_description", "description", "platform"):
            assert bundle[name] is None or isinstance(bundle[name], str), name
        for name in ("support_tags", "tasks", "slis"):
            assert all(isinstance(item, str) for item in bundle[name]), name
        assert bundle["codecollection"]["slug"] in ("beacon-codecollection", "anchor-codecollection")
        assert bundle["codecollection"]["git_url"].startswith("https://github.com/example-org/")
        assert bundle["configuration_type"]["type"] in ("Automatically Discovered", "Manual")
        assert isinstance(bundle["configuration_type"]["resource_types"], list)


def test_the_list_holds_the_published_summaries(api: httpx2.Client, made_up) -> None:
    listed = api.get("/api/v1/codebundles?limit=500").json()["codebundles"]
    assert sorted(map(canonical, listed)) == sorted(
        canonical({name: record[name] for name in Summary.model_fields}) for record in made_up.records
    )


def test_the_list_is_ranked_by_the_one_search(api: httpx2.Client, index: Index) -> None:
    for query in ("pods keep restarting", "http-endpoint-check", "list idle addresses and buckets"):
        ranked = [result.id for result in search(index, query, limit=100).results]
        assert slugs(api.get("/api/v1/codebundles", params={"search": query})) == ranked


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("platform=aws", {"aws-bucket-exposure"}),
        ("platform=AWS", {"aws-bucket-exposure"}),
        ("platform=AW", set()),
        ("platform=Kubernetes", {"k8s-pod-restarts", "k8s_volume-fill", "aks-node-pressure"}),
        ("platform=aks", {"k8s-pod-restarts", "aks-node-pressure"}),
        ("tags=cost", {"gcp-idle-addresses"}),
        ("tags=COST,s3", {"gcp-idle-addresses", "aws-bucket-exposure"}),
        ("tags=secur", set()),
        ("tags=o%27brien%27s", {"postgres-replica-lag"}),
        ("tags=stra%C3%9Fe+SS", {"queue-backlog"}),
        ("access_level=read-write&collection=anchor-codecollection", {"postgres-replica-lag"}),
        ("has_auto_discovery=true&platform=azure", {"aks-node-pressure", "queue-backlog"}),
        ("has_auto_discovery=false&platform=database", {"postgres-replica-lag"}),
        ("has_auto_discovery=false&platform=aws", set()),
        ("search=address&platform=gcp&tags=cost", {"gcp-idle-addresses"}),
        ("platform=&tags=&collection=nowhere", set()),
    ],
)
def test_the_list_filters_exactly_but_for_case(api: httpx2.Client, query: str, expected: set[str]) -> None:
    answer = api.get(f"/api/v1/codebundles?{query}")
    assert {name.split("/")[1] for name in slugs(answer)} == expected
    assert answer.json()["total_count"] == len(expected)


def test_the_list_pages(api: httpx2.Client) -> None:
    whole = slugs(api.get("/api/v1/codebundles"))
    parts = [api.get(f"/api/v1/codebundles?limit=5&offset={offset}") for offset in (0, 5, 10, 15)]
    assert [name for part in parts for name in slugs(part)] == whole
    assert {part.json()["total_count"] for part in parts} == {13}
    assert [part.json()["pagination"]["has_more"] for part in parts] == [True, True, False, False]
    assert parts[1].json()["pagination"] == {"limit": 5, "offset": 5, "has_more": True}


def test_the_list_sorts(api: httpx2.Client, made_up) -> None:
    def key(order: str) -> list[Any]:
        by_id: dict[str, dict[str, Any]] = {record["id"]: record for record in made_up.records}
        field = {"name": "title", "updated": "git_updated_at", "tasks": "task_count"}[order]
        return [by_id[name][field] for name in slugs(api.get(f"/api/v1/codebundles?sort_by={order}"))]

    names = [name.casefold() for name in key("name")]
    assert names == sorted(names)
    assert key("tasks") == sorted(key("tasks"), reverse=True)
    dates = key("updated")
    # Newest first; what has no date is not news.
    assert dates == [*sorted(filter(None, dates), reverse=True), None]
    assert slugs(api.get("/api/v1/codebundles")) == slugs(api.get("/api/v1/codebundles?sort_by=name"))
    found = set(slugs(api.get("/api/v1/codebundles?search=http-endpoint-check")))
    by_name = [name for name in slugs(api.get("/api/v1/codebundles?sort_by=name")) if name in found]
    assert slugs(api.get("/api/v1/codebundles?search=http-endpoint-check&sort_by=name")) == by_name


def test_a_bundle_is_its_record_to_the_byte(api: httpx2.Client, made_up) -> None:
    for record in made_up.records:
        path = f"/api/v1/collections/{record['codecollection']['slug']}/codebundles/{record['slug']}"
        for ending in ("", ".json"):
            answer = api.get(path + ending)
            assert answer.headers["content-type"] == "application/json"
            assert answer.text == canonical(record)


@pytest.mark.parametrize(
    ("alias", "slug"),
    [
        ("beacon-codecollection/codebundles/k8s-volume-fill", "k8s_volume-fill"),
        ("beacon-codecollection/codebundles/k8s_volume_fill.json", "k8s_volume-fill"),
        ("anchor-codecollection/codebundles/linux.disk-usage", "Linux.disk_Usage"),
        ("Anchor_CodeCollection/codebundles/QUEUE-BACKLOG", "queue-backlog"),
    ],
)
def test_upstreams_spelling_of_a_bundle_is_an_alias(api: httpx2.Client, alias: str, slug: str) -> None:
    assert api.get(f"/api/v1/collections/{alias}").json()["slug"] == slug


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/collections/beacon-codecollection/codebundles/no-such",
        "/api/v1/collections/nowhere/codebundles/k8s-pod-restarts",
        "/api/v1/collections/beacon-codecollection/codebundles/.json",
        "/api/v1/collections/beacon-codecollection/codebundles/%2e%2e%2f%2e%2e",
        "/api/v1/collections/%00/codebundles/%ff%fe",
        "/api/v1/collections/beacon-codecollection/codebundles/" + "x" * 5_000,
        "/api/v1/nothing",
        "/nothing",
        "/",
        "/.env",
    ],
)
def test_what_is_not_there_is_a_problem(api: httpx2.Client, path: str) -> None:
    problem(api.get(path), 404)


@pytest.mark.parametrize("path", ["/api/v1/search", "/api/v1/codebundles", PODS, "/health"])
def test_a_wrong_method_is_a_problem(api: httpx2.Client, path: str) -> None:
    answer = api.post(path, json={})
    problem(answer, 405)
    assert answer.headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=ten", "limit"),
        ("limit=", "limit"),
        ("limit=1e2", "limit"),
        ("offset=-1", "offset"),
        ("offset=99999999999999999999", "offset"),
        ("explain=perhaps", "explain"),
        ("q=" + "x" * 2_001, "q"),
    ],
)
def test_a_wrong_parameter_of_search_is_named_and_not_repeated(api: httpx2.Client, query: str, name: str) -> None:
    detail = problem(api.get(f"/api/v1/search?{query}"), 422)["detail"]
    assert name in detail
    assert query.partition("=")[2] not in detail or query.endswith("=") or query == "limit=0"


@pytest.mark.parametrize("query", ["limit=501", "offset=-1", "sort_by=size", "sort_by=", "has_auto_discovery=maybe"])
def test_a_wrong_parameter_of_the_list_is_named(api: httpx2.Client, query: str) -> None:
    assert query.partition("=")[0] in problem(api.get(f"/api/v1/codebundles?{query}"), 422)["detail"]


# Health and documentation


@pytest.mark.parametrize("path", ["/health", "/api/v1/health"])
def test_health_tells_the_build(api: httpx2.Client, index: Index, path: str) -> None:
    assert api.get(path).json() == {
        "status": "ok",
        "build_id": BUILD_ID,
        "updated": "2030-03-01T00:00:00Z",
        "counts": index.manifest.counts.model_dump(),
        # Nothing there says when a build last looked.
        "checked_at": None,
        "age_seconds": None,
        "overdue": None,
    }


def test_health_tells_when_a_build_last_looked(built: Place, tmp_path: Path) -> None:
    """Each time anew: a run writes that beside an index that stays as it is."""
    folder = copy_index(built.folder / "index", tmp_path / "index")
    known = built.json("checked.json")
    with serving(create_app(Settings(str(folder), folder))) as client:
        answer = client.get("/health")
        assert (answer.json()["checked_at"], answer.json()["overdue"]) == (known["checked_at"], False)
        # A cache would tell the age of then.
        assert answer.headers["cache-control"] == "no-store"
        assert client.get("/api/v1/checked").json() == client.get("/api/v1/checked.json").json() == known
        assert client.get("/api/v1/checked", headers={"If-None-Match": "*"}).status_code == 200
        (folder / "checked.json").unlink()
        (folder / "checked.json").write_text(json.dumps({**known, "checked_at": "2026-01-01T00:00:00Z"}))
        told = client.get("/health").json()
        assert (told["checked_at"], told["overdue"]) == ("2026-01-01T00:00:00Z", True)
        assert told["age_seconds"] > 86_400
        (folder / "checked.json").unlink()
        assert client.get("/health").json()["checked_at"] is None
        assert client.get("/api/v1/checked").status_code == 404


def test_what_is_maintained_by_whom_and_tested_is_found_by_rest_and_agents(built: Place) -> None:
    folder = built.folder / "index"
    restarts = "harbor-codecollection/k8s-pod-restarts"
    with serving(create_app(Settings.of_folder(folder))) as client:

        def ids(path: str, **filters: str) -> list[str]:
            found = client.get(path, params={**filters, "limit": "100"}).raise_for_status().json()
            if path.endswith("search"):
                return [one["id"] for one in found["results"]]
            return [f"{one['codecollection']['slug']}/{one['slug']}" for one in found["codebundles"]]

        for path in ("/api/v1/search", "/api/v1/codebundles"):
            every = ids(path)
            # The samples' one bundle with a folder of tests, which no workflow runs.
            assert ids(path, tests="yes") == [restarts]
            assert sorted(ids(path, tests="no,yes")) == sorted(every)
            assert ids(path, tests="ci") == []
            assert sorted(ids(path, maintained_by="example org")) == sorted(every)
            assert ids(path, maintained_by="somebody") == []
        facets = client.get("/api/v1/search").json()["facets"]
        assert {one["value"]: one["count"] for one in facets["tests"]} == {"yes": 1, "no": len(every) - 1}
        assert facets["maintained_by"] == [{"value": "Example Org", "count": len(every)}]
        (note,) = client.get("/api/v1/search", params={"maintained_by": "Example"}).json()["notes"]
        assert note == 'No maintainer here is "Example"; near it: Example Org.'
        call = {"tool_name": "find_codebundle", "arguments": {"tests": "yes", "maintained_by": "Example Org"}}
        assert [one["id"] for one in client.post("/tools/call", json=call).json()["structured"]["results"]] == [
            restarts
        ]


def test_the_api_documents_itself(api: httpx2.Client) -> None:
    assert "/openapi.json" in api.get("/api/docs").text
    assert api.get("/openapi.json").content == api.get("/api/v1/openapi").content
    paths = api.get("/openapi.json").json()["paths"]
    assert {"/api/v1/search", "/api/v1/codebundles", "/health", "/api/v1/health"} <= set(paths)
    assert "/api/v1/collections/{collection}/codebundles/{bundle}" in paths


# Other origins


def test_pages_of_any_origin_may_read_and_those_that_are_named_may_post(api: httpx2.Client, made_up) -> None:
    ours, other = "https://site.example", "https://other.example"

    def allowed(client: httpx2.Client, origin: str, method: str) -> str | None:
        asked = {"Origin": origin, "Access-Control-Request-Method": method}
        said = client.options("/api/v1/search", headers=asked).headers.get("access-control-allow-origin")
        sent = client.request(method, "/tools/call", headers={"Origin": origin})
        assert sent.headers.get("access-control-allow-origin") == said
        return None if said is None else str(said)

    assert {allowed(api, other, method) for method in ("GET", "POST")} == {"*"}
    # Errors too: a page is to read what went wrong.
    for path in ("/api/v1/search?q=pods", "/api/v1/search?limit=0", "/nothing"):
        assert api.get(path, headers={"Origin": other}).headers["access-control-allow-origin"] == "*"
    with serving(create_app(Settings(str(made_up.folder), made_up.folder, (ours,)))) as client:
        assert {allowed(client, origin, "GET") for origin in (ours, other)} == {"*"}
        assert [allowed(client, origin, "POST") for origin in (ours, other)] == [ours, None]


# Without an index


def test_without_an_index_every_answer_says_so_until_there_is_one(made_up, tmp_path: Path) -> None:
    folder = tmp_path / "index_data"
    with serving(create_app(settings_for(folder))) as client:
        for path in ("/api/v1/search?q=pods", "/api/v1/codebundles", PODS, "/health", "/api/v1/health"):
            answer = client.get(path, headers={"Origin": "https://site.example"})
            assert "no readable index" in problem(answer, 503)["detail"]
            assert answer.headers["retry-after"] == "60"
            assert answer.headers["access-control-allow-origin"] == "*"
        assert client.get("/openapi.json").status_code == 200
        copy_index(made_up.folder, folder)
        assert client.get("/health").json()["status"] == "ok"
        assert client.get("/api/v1/search?q=pods").json()["total"] > 0


@pytest.fixture(scope="module")
def newer(encoder_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another publication, which lacks the bundle that the first one has last."""
    folder = tmp_path_factory.mktemp("newer") / "index_data"
    write_made_up_index(folder, encoder_path, records()[:-1])
    return folder


@pytest.mark.parametrize("path", ["/api/v1/search?q=certificate&limit=20", "/api/v1/codebundles", PODS])
def test_an_index_replaced_under_a_running_server_is_opened_anew(
    made_up, newer: Path, tmp_path: Path, path: str
) -> None:
    folder = copy_index(made_up.folder, tmp_path / "index_data")
    copy_index(newer, tmp_path / "index_data.new")
    with serving(create_app(settings_for(folder))) as client, serving(create_app(settings_for(newer))) as expected:
        assert client.get(path).status_code == 200
        assert len(slugs(client.get("/api/v1/codebundles"))) == 13
        folder.rename(tmp_path / "index_data.old")
        # Between the two renames what is open still answers.
        assert client.get("/api/v1/search?q=certificate&limit=20").status_code == 200
        (tmp_path / "index_data.new").rename(folder)
        shutil.rmtree(tmp_path / "index_data.old")
        assert client.get(path).content == expected.get(path).content
        assert len(slugs(client.get("/api/v1/codebundles"))) == 12


def test_an_index_that_has_gone_is_told_by_what_needs_its_files(made_up, newer: Path, tmp_path: Path) -> None:
    folder = copy_index(made_up.folder, tmp_path / "index_data")
    with serving(create_app(settings_for(folder))) as client:
        assert client.get(PODS).status_code == 200
        shutil.rmtree(folder)
        # The first finds that its files have gone, the second that there are none to open.
        assert "replaced or damaged" in problem(client.get(PODS), 503)["detail"]
        assert "no readable index" in problem(client.get(PODS), 503)["detail"]
        copy_index(newer, folder)
        assert client.get(PODS).status_code == 200


def damage(files: Iterable[Path]) -> None:
    for file in files:
        # The original has links to it.
        file.unlink()
        file.write_bytes(b"damaged")


def test_arrays_damaged_behind_a_sound_manifest_are_a_503(made_up, tmp_path: Path) -> None:
    folder = copy_index(made_up.folder, tmp_path / "index_data")
    damage(folder.glob("bundles-*.safetensors"))
    with serving(create_app(settings_for(folder))) as client:
        for path in ("/health", "/api/v1/search", "/api/v1/search?q=pods"):
            problem(client.get(path), 503)


def test_a_table_damaged_behind_a_sound_manifest_is_a_503_of_what_is_read_from_it(made_up, tmp_path: Path) -> None:
    folder = copy_index(made_up.folder, tmp_path / "index_data")
    damage((folder / "bundles.lance" / "data").iterdir())
    with serving(create_app(settings_for(folder))) as client:
        assert client.get("/api/v1/search?q=pods").status_code == 200
        problem(client.get(PODS), 503)


@pytest.mark.parametrize("table", ["bundles", "passages", "postings", "words"])
def test_data_damaged_in_an_index_without_arrays_are_a_503(made_up, tmp_path: Path, table: str) -> None:
    folder = copy_index(made_up.folder, tmp_path / "index_data")
    without_arrays(folder)
    damage((folder / f"{table}.lance" / "data").iterdir())
    with serving(create_app(settings_for(folder))) as client:
        for path in ("/health", "/api/v1/search", "/api/v1/search?q=pods"):
            problem(client.get(path), 503)


# Odd requests


NAMES = ["q", "types", "collection", "platform", "tag", "access", "kind", "limit", "offset", "explain"]
NAMES += ["search", "tags", "access_level", "has_auto_discovery", "sort_by", "x[]", ""]


@settings(max_examples=80)
@given(
    path=st.sampled_from(["/api/v1/search", "/api/v1/codebundles", PODS, "/health"]) | st.text(max_size=20),
    parameters=st.lists(
        st.tuples(st.sampled_from(NAMES), st.text(max_size=20) | st.sampled_from(["0", "1", "-1", "true", "AWS,,gcp"])),
        max_size=4,
    ),
)
def test_no_request_is_an_internal_error(api: httpx2.Client, path: str, parameters: list[tuple[str, str]]) -> None:
    query = "&".join(f"{quote(name)}={quote(value)}" for name, value in parameters)
    answer = api.get(f"/{quote(path.lstrip('/'))}?{query}")
    assert answer.status_code in (200, 400, 404, 422)
    if answer.content and "json" in answer.headers["content-type"]:
        json.loads(answer.content)


@pytest.mark.parametrize(
    "query", ["q=%ff%fe", "q=%", "q=%zz", "q", "=", "&&", "q=a;b", "q=%00", "q=a&q=b", "limit=5&limit=x"]
)
def test_a_broken_query_string_is_no_internal_error(api: httpx2.Client, query: str) -> None:
    assert api.get(f"/api/v1/search?{query}").status_code in (200, 422)


def test_a_claimed_access_level_passes_no_filter(api: httpx2.Client) -> None:
    """An agent that runs only what is read-only must not be given what only calls itself so."""
    claiming = "beacon-codecollection/gcp-idle-addresses"
    for path in ("/api/v1/search?q=idle+addresses&access=read-only", "/api/v1/codebundles?access_level=read-only"):
        found = api.get(path).json()
        assert claiming not in {one["id"] for one in found.get("results") or found["codebundles"]}
    first = api.get("/api/v1/search?q=idle+addresses&access=unknown").json()["results"][0]
    assert (first["id"], first["access_level"]) == (claiming, "unknown")
    assert (first["access_level_source"], first["access_level_claimed"]) == (None, "read-only")
    listed = api.get("/api/v1/codebundles?access_level=unknown").json()["codebundles"]
    assert [one["access_level_claimed"] for one in listed if one["id"] == claiming] == ["read-only"]
    for detail in ("brief", "standard", "full"):
        call = {"tool_name": "get_codebundle_details", "arguments": {"slug": claiming, "detail": detail}}
        answer = api.post("/tools/call", json=call).json()
        told = answer["structured"]["codebundle"]
        assert (told["access_level"], told["access_level_claimed"]) == ("unknown", "read-only")
        assert "Access: unknown, claimed to be read-only" in answer["result"]
