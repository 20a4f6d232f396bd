"""Made-up bundles, and a real index of them: small, but with what names and tags can do to a search."""

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import accumulate
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pyarrow as pa
import pytest

from build.catalogue.catalogue import Catalogue
from build.catalogue.files import file_texts
from build.catalogue.models import CodeBundleRecord
from build.catalogue.record import record
from build.index.entries import Entry, PageRow, bundle_entry, file_rows
from build.index.passages import passages
from build.index.vectors import encode_new, related
from build.index.weighing import weigh
from build.index.write import digest, write_index
from build.model import Bundle, CatalogueEntry, Collection, GenerationRule, History, Secret, SourceFile, Tool, Variable
from build.open_requests import OpenRequests
from build.site.api import documents
from build.site.api_page import interface_page
from build.skills.files import all_skills
from build.storage import write_checksums, write_whole
from search_fn.encoder.minilm import ENCODER_FILE, Encoder
from search_fn.index.facts import (
    BUNDLES,
    INTERFACE,
    MANIFEST,
    MANIFEST_FILE,
    PAGES,
    SCHEMA_VERSION,
    CollectionFacts,
    Counts,
    EncoderFacts,
    IndexUnavailableError,
    Manifest,
)
from search_fn.index.lance import lancedb
from search_fn.index.open import open_index
from search_fn.index.schema import MANIFEST_SCHEMA
from search_fn.rest.application import create_app
from search_fn.settings import Settings
from tests.support.images import write_images

BUILD_ID = "made-up-0123456789"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
BEACON = Collection(
    name="Beacon CodeCollection",
    slug="beacon-codecollection",
    git_url="https://github.com/example-org/beacon-codecollection.git",
    owner="Example Org",
)
ANCHOR = Collection(
    name="Anchor CodeCollection",
    slug="anchor-codecollection",
    git_url="https://github.com/example-org/anchor-codecollection",
    git_ref="stable",
)

# Of the bundle k8s-pod-restarts, with its tasks where the record has them.
_RUNBOOK = [
    "*** Settings ***", "Documentation    Finds pods that restart.", "Library    RW.CLI", "", "*** Variables ***",
    "${LIMIT}    3", "", "*** Keywords ***", "Suite Initialization", "    No Operation", *[""] * 7, "*** Tasks ***", "",
    "List Restarting Pods in `${NAMESPACE}`", "    [Documentation]    Names each pod that restarted.",
    "    RW.CLI.Run Bash File    bash_file=restarts.sh", "", "# What follows reads logs.", *[""] * 6,
    "Read Logs of Crashed Containers", "    Log    here", "# In the task.", "    Log    there", *[""] * 7,
    "Find Containers Killed for Memory", "    Log    ```", "*** Keywords ***", "Other", "    Log    it",
]  # fmt: skip
TEXTS = {
    "README.md": "# Pod restarts\n\n~~~\n```\n~~~\n",
    "restarts.sh": "#!/bin/bash\nkubectl get pods\n",
    "runbook.robot": "\n".join(_RUNBOOK) + "\n",
    "sli.robot": "*** Settings ***\n" + "\n" * 9 + "*** Tasks ***\nCount Restarts\n    Log    1",
    ".runwhen/templates/pods-slx.yaml": "kind: ServiceLevelX\n",
    "empty.txt": "",
}
_FILES = (
    *(SourceFile(path=path, oid="0" * 40, size=len(text)) for path, text in TEXTS.items()),
    SourceFile(path="picture.png", oid="0" * 40, size=2_345, withheld="binary"),
    SourceFile(path="dump.json", oid="0" * 40, size=2_345_678, withheld="file-too-large"),
    SourceFile(path="passwd", oid="0" * 40, size=11, withheld="link"),
    SourceFile(path="vendor", oid="0" * 40, withheld="submodule"),
    SourceFile(path="model.bin", oid="0" * 40, size=130, withheld="lfs-pointer"),
)

DATE = datetime(2026, 1, 2, tzinfo=UTC)


def records() -> list[CodeBundleRecord]:
    """Return the public records of all bundles, sorted by id, with their neighbours still to come."""
    return sorted((record(entry, "https://registry.example.org") for entry in _entries()), key=lambda one: one.id)


def write_made_up_index(
    folder: Path,
    encoder_path: Path,
    made: Sequence[CodeBundleRecord],
    build_id: str = BUILD_ID,
    requests: OpenRequests | None = None,
    pages: Sequence[Entry[PageRow]] = (),
    texts: Mapping[str, str] = TEXTS,
    more: Mapping[str, str] = MappingProxyType({}),
    changed: Mapping[str, str] = MappingProxyType({}),
) -> list[CodeBundleRecord]:
    """Write the index of `made`, its encoder, `more` documents and the `texts` of files by path into `folder`, and
    return the records as they were written. `changed` says when releases changed some of them.
    """
    encoder = Encoder.load(encoder_path)
    parts = {result.id: passages(result) for result in made}
    every = [one for own in (*parts.values(), *(page.passages for page in pages)) for one in own]
    vectors, _ = encode_new(every, {}, encoder.encode)
    near = related({name: own[0] for name, own in parts.items()}, vectors)
    written = [result.model_copy(update={"related": near[result.id]}) for result in made]
    folder.mkdir(parents=True)
    manifest = _manifest(made, encoder, len(vectors), build_id)
    published = Catalogue(
        build_id=build_id,
        updated=manifest.updated,
        collections=manifest.collections,
        records=written,
        problems=[],
        requests=requests,
    )
    openapi: Any = create_app(settings_for(folder)).openapi()
    answers = (
        documents(published, manifest.counts.passages, openapi) | {INTERFACE: interface_page(openapi)} | dict(more)
    )
    stored = accumulate((sum(file.stored for file in result.files) for result in written), initial=0)
    bundles = [
        bundle_entry(result, "", parts[result.id], first, changed.get(result.id))
        for result, first in zip(written, stored, strict=False)
    ]
    files = (row for result in written for row in file_rows(result, texts))
    skills = [skill.row() for skill in all_skills(published, {}, "https://registry.example.org").values()]
    write_index(folder, weigh(bundles), weigh(pages), vectors, answers, manifest, files, skills)
    _link(encoder_path, folder / ENCODER_FILE)
    write_images(folder)
    return written


def facts_of() -> list[CollectionFacts]:
    """Return the facts of both collections."""
    return [_facts(collection, records()) for collection in (BEACON, ANCHOR)]


def copy_index(source: Path, target: Path) -> Path:
    """Return a second folder with the same index, as links: a file in it is to be replaced, never changed in place."""
    shutil.copytree(source, target, copy_function=_link)
    return target


def rewrite_manifest(where: str | Path, **changes: Any) -> None:
    """Put another manifest over tables that stay as they are."""
    manifest = json.loads(lancedb.connect(str(where)).open_table(MANIFEST).to_arrow()["manifest"][0].as_py())
    write_manifest(where, json.dumps(manifest | changes))


def write_manifest(where: str | Path, text: str) -> None:
    """Put any text in the manifest's place."""
    rows = pa.table({"manifest": [text]}, schema=MANIFEST_SCHEMA)
    lancedb.connect(str(where)).create_table(MANIFEST, rows, mode="overwrite")
    if "://" not in str(where):
        # As a file of its own: copies of an index share theirs.
        write_whole(Path(where) / MANIFEST_FILE, text)
        write_checksums(Path(where))


def arrays_of(folder: Path, corpus: str) -> Path:
    (found,) = folder.glob(f"{corpus}-*.safetensors")
    return found


def without_arrays(folder: Path) -> Path:
    """The same index as an earlier release has it."""
    for corpus in (BUNDLES, PAGES):
        arrays_of(folder, corpus).unlink()
    rewrite_manifest(folder, arrays={})
    return folder


def settings_for(folder: Path) -> Settings:
    return Settings(index_uri=str(folder), encoder_folder=folder)


def refusal(folder: Path) -> str:
    """Return why the index in `folder` cannot be opened."""
    with pytest.raises(IndexUnavailableError) as raised:
        open_index(settings_for(folder))
    return str(raised.value)


def _link(source: str | Path, target: str | Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _manifest(made: Sequence[CodeBundleRecord], encoder: Encoder, passages: int, build_id: str) -> Manifest:
    runbook, monitor = sum(result.task_count for result in made), sum(result.sli_count for result in made)
    return Manifest(
        build_id=build_id,
        schema_version=SCHEMA_VERSION,
        updated="2030-03-01T00:00:00Z",
        counts=Counts(
            collections=2,
            bundles=len(made),
            tools=runbook + monitor,
            runbook_tools=runbook,
            monitor_tools=monitor,
            passages=passages,
        ),
        tables={},
        encoder=EncoderFacts(name=encoder.name, dimensions=encoder.dimensions, sha256=encoder.sha256),
        collections=[_facts(collection, made) for collection in (BEACON, ANCHOR)],
        digest=digest(made),
    )


def _facts(collection: Collection, made: Sequence[CodeBundleRecord]) -> CollectionFacts:
    own = [result for result in made if result.codecollection.slug == collection.slug]
    return CollectionFacts(
        slug=collection.slug,
        name=collection.name,
        git_url=collection.git_url,
        git_ref=collection.git_ref,
        owner=collection.owner,
        description=collection.description,
        commit=COMMIT,
        commit_date="2030-03-01T00:00:00Z",
        state="current",
        bundles=len(own),
        tools=sum(len(result.tools) for result in own),
    )


def _entries() -> list[CatalogueEntry]:
    return [
        _entry(
            BEACON,
            "k8s-pod-restarts",
            "Kubernetes Pod Restarts",
            "Finds pods whose containers restart again and again, and says why.\n\nReads events and the last logs.",
            platforms=("Kubernetes", "AKS", "EKS", "GKE"),
            tags=("Kubernetes", "AKS", "EKS", "GKE"),
            tools=(
                _tool(
                    "runbook", "List Restarting Pods in `${NAMESPACE}`", "Names each pod that restarted.", line=20
                ).model_copy(update={"scripts": ("restarts.sh",)}),
                _tool("runbook", "Read Logs of Crashed Containers", "The last lines before a crash.", line=31),
                _tool("runbook", "Find Containers Killed for Memory", "Out of memory kills by pod.", line=42),
                _tool("monitor", "Count Restarts", "How many restarts there were.", line=12),
            ),
            user_variables=(
                Variable(
                    name="NAMESPACE", description="Where the pods run", required=True, used_by=("runbook",), line=60
                ),
            ),
            files=_FILES,
            secrets=(Secret(name="kubeconfig", description="Access to the cluster", used_by=("runbook", "monitor")),),
            generation_rules=(_rule("kubernetes", "deployment"),),
            readme="# Pod restarts\n\nRestarts come from crashes, failing probes and memory limits: this tells which.",
            access_level="read-only",
            date=datetime(2030, 3, 1, tzinfo=UTC),
        ),
        _entry(
            BEACON,
            "k8s_volume-fill",
            "Volume Claim Fill Level",
            "Warns before a persistent volume claim is full.",
            platforms=("Kubernetes",),
            tags=("Kubernetes", "Storage"),
            tools=(
                _tool("runbook", "Show Claims That Fill Up", "Persistent volume claims by free space.", line=10),
                _tool("monitor", "Share of Full Claims", "Claims over the limit.", line=9),
            ),
            generation_rules=(_rule("kubernetes", "persistentvolumeclaim"),),
            access_level="read-only",
            date=datetime(2030, 2, 1, tzinfo=UTC),
        ),
        _entry(
            BEACON,
            "aks-node-pressure",
            None,
            "Tells which nodes of a managed cluster are short of memory or disk.",
            platforms=("Kubernetes", "AKS", "Azure"),
            tags=("AKS", "Azure"),
            tools=(
                _tool("runbook", "Check Node Conditions", "Memory, disk and process pressure.", line=8),
                _tool("runbook", "Drain a Node", "Moves what runs there.", line=18, access="read-write"),
            ),
            generation_rules=(_rule("azure", "azure_containerservice_managed_clusters"),),
            access_level="read-write",
            date=datetime(2030, 1, 15, tzinfo=UTC),
        ),
        _entry(
            BEACON,
            "tls-certificate-age",
            "TLS Certificate Age",
            "Finds certificates that are about to expire.",
            platforms=("HTTP",),
            tags=("HTTP", "Security"),
            tools=(_tool("monitor", "Days Until Expiry", "The least number of days left.", line=14),),
            access_level="read-only",
            date=datetime(2029, 12, 31, tzinfo=UTC),
        ),
        _entry(
            BEACON,
            "aws-bucket-exposure",
            "AWS Bucket Exposure",
            "Lists storage buckets that anyone on the internet can read.",
            platforms=("AWS",),
            tags=("AWS", "S3", "Security"),
            tools=(
                _tool("runbook", "List Public Buckets", "Policies and access lists that open a bucket.", line=7),
                _tool("runbook", "Close a Bucket", "Blocks public access.", line=21, access="read-write"),
            ),
            generation_rules=(_rule("aws", "aws_s3_buckets"),),
            access_level="read-write",
            date=datetime(2029, 11, 1, tzinfo=UTC),
        ),
        _entry(
            BEACON,
            "http-endpoint-check",
            "Endpoint Check",
            "Asks a web address and says whether it answers, and how fast.",
            platforms=("HTTP",),
            tags=("HTTP",),
            tools=(_tool("monitor", "Measure Latency", "Milliseconds to the first byte.", line=5),),
            access_level="read-only",
            date=datetime(2029, 10, 1, tzinfo=UTC),
        ),
        _entry(
            BEACON,
            "gcp-idle-addresses",
            "Google Cloud Idle Addresses",
            "Reserved addresses that nobody uses and that cost money.",
            platforms=("GCP",),
            tags=("GCP", "Cost"),
            tools=(_tool("runbook", "List Idle Addresses", "By project and region.", line=6),),
            generation_rules=(_rule("gcp", "gcp_compute_addresses"),),
            access_level_claimed="read-only",
            date=datetime(2029, 9, 1, tzinfo=UTC),
        ),
        _entry(
            ANCHOR,
            "http-endpoint-check",
            "Web Address Check",
            "Looks at status codes and redirects of a web address.",
            platforms=("HTTP",),
            tags=("HTTP", "Web"),
            tools=(_tool("runbook", "Follow Redirects", "Each hop with its status.", line=9),),
            access_level="read-only",
            date=datetime(2029, 8, 1, tzinfo=UTC),
        ),
        _entry(
            ANCHOR,
            "postgres-replica-lag",
            "PostgreSQL Replica Lag",
            "How far replicas of a database are behind, and what holds them up.",
            platforms=("Database",),
            tags=("PostgreSQL", "o'brien's"),
            tools=(
                _tool("runbook", "Show Replication Lag", "Bytes and seconds for each replica.", line=4),
                _tool("runbook", "End Idle Transactions", "Those that block replay.", line=30, access="read-write"),
                _tool("monitor", "Worst Lag", "Seconds behind the primary.", line=8),
            ),
            access_level="read-write",
            date=datetime(2029, 7, 1, tzinfo=UTC),
        ),
        _entry(
            ANCHOR,
            "Linux.disk_Usage",
            "Disk Usage",
            "Which folders of a host fill its disk.",
            platforms=("Linux",),
            tags=("Linux", "SSH"),
            tools=(_tool("runbook", "Find Largest Folders", "By size, largest first.", line=3),),
            access_level="read-only",
            date=datetime(2029, 6, 1, tzinfo=UTC),
        ),
        _entry(
            ANCHOR,
            "queue-backlog",
            "Überlauf der „Warteschlange“ – O'Brien's",
            "Messages that nobody takes from a queue.",
            platforms=("Azure",),
            tags=("Azure", 'odd %_\\ "tag"', "STRASSE ß"),
            tools=(_tool("monitor", "Backlog ` \" ' ; -- Growth", "Messages in and out.", line=2),),
            generation_rules=(_rule("azure", "azure_servicebus_namespaces"),),
            date=datetime(2029, 5, 1, tzinfo=UTC),
        ),
        _entry(
            ANCHOR,
            "github-runner-wait",
            # As another bundle's folder is called.
            "Queue Backlog",
            "Jobs of a pipeline that wait for a runner.",
            platforms=("GitHub",),
            tags=("GitHub", "CI"),
            tools=(_tool("runbook", "List Waiting Jobs", "Longest wait first.", line=11),),
            readme="".join(f"# Section {n}\n\n{'Jobs wait for runners of label ' * 40}\n\n" for n in range(8)),
            access_level="read-only",
            date=datetime(2029, 4, 1, tzinfo=UTC),
        ),
        # A folder that says nothing of itself, and that git has no history of.
        _entry(ANCHOR, "empty-shell", None, None),
    ]


def _entry(
    collection: Collection,
    name: str,
    display_name: str | None,
    doc: str | None,
    *,
    date: datetime | None = None,
    **said: Any,
) -> CatalogueEntry:
    support_tags, files = said.pop("tags", ()), said.pop("files", ())
    kinds = {tool.kind for tool in said.get("tools", ())}
    history = None
    if date is not None:
        history = History(
            first_commit=COMMIT, first_date=date, last_commit=COMMIT, last_date=date, last_own_date=date, commits=1
        )
    bundle = Bundle(
        name=name,
        display_name=display_name,
        doc=doc,
        author="example",
        support_tags=support_tags,
        has_runbook="runbook" in kinds,
        has_monitor="monitor" in kinds,
        **said,
    )
    return CatalogueEntry(
        collection=collection,
        commit=COMMIT,
        commit_date=datetime(2026, 1, 2, tzinfo=UTC),
        stale=False,
        bundle=bundle,
        history=history,
        files=files,
    )


def _tool(kind: str, name: str, documentation: str, *, line: int, access: str = "read-only") -> Tool:
    tags = (f"access:{access}", *(word.lower() for word in name.split()[:2] if word.isalpha()))
    return Tool.model_validate(
        {
            "kind": kind,
            "name": name,
            "title": name,
            "documentation": documentation,
            "tags": tags,
            "access": access,
            "line": line,
        }
    )


def _rule(platform: str, resource_type: str) -> GenerationRule:
    return GenerationRule(
        path=f".runwhen/generation-rules/{platform}.yaml", platform=platform, resource_types=(resource_type,)
    )


def with_files(one: CodeBundleRecord, contents: Mapping[str, bytes]) -> tuple[CodeBundleRecord, dict[str, str]]:
    """Return a record with files of these bytes by path, and the texts that are kept of them."""
    files = [SourceFile(path=path, oid="0" * 40, size=len(content)) for path, content in contents.items()]
    kept = file_texts([file.model_copy(update={"content": contents[file.path]}) for file in files])
    named = [file.model_copy(update={"withheld": kept.withheld.get(file.path)}) for file in files]
    collection, slug = one.id.split("/", 1)
    again = record(_entry(BEACON.model_copy(update={"slug": collection}), slug, None, None, files=tuple(named)))
    return one.model_copy(update={"files": again.files, "file_count": again.file_count}), kept.texts
