"""Generated catalogues of any size: bundles with varied text, and clustered vectors in the place of encoded ones."""

import random
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

import numpy as np

from build.catalogue.models import CodeBundleRecord
from build.catalogue.record import record
from build.index.entries import bundle_entry
from build.index.passages import passages
from build.index.uncollected import uncollected
from build.index.weighing import weigh
from build.index.write import digest, write_index
from build.model import Bundle, CatalogueEntry, Collection, History, Tool, Variable
from search_fn.encoder.minilm import ENCODER_FILE, Encoder
from search_fn.index.facts import DIMENSIONS, SCHEMA_VERSION, CollectionFacts, Counts, EncoderFacts, Manifest

VERBS = [
    "Check",
    "List",
    "Count",
    "Inspect",
    "Measure",
    "Restart",
    "Scale",
    "Rotate",
    "Drain",
    "Audit",
    "Compare",
    "Export",
    "Score",
    "Fetch",
]
THINGS = [
    "pods",
    "nodes",
    "volumes",
    "claims",
    "certificates",
    "buckets",
    "queues",
    "topics",
    "gateways",
    "functions",
    "databases",
    "replicas",
    "backups",
    "policies",
    "roles",
    "secrets",
    "tokens",
    "deployments",
    "ingresses",
    "routes",
    "caches",
    "indexes",
    "shards",
    "jobs",
    "pipelines",
    "runners",
    "images",
    "registries",
    "firewalls",
    "subnets",
    "disks",
    "snapshots",
    "alerts",
    "dashboards",
    "traces",
    "logs",
    "quotas",
    "licences",
    "zones",
    "records",
]
STATES = [
    "failing",
    "pending",
    "unhealthy",
    "expired",
    "idle",
    "orphaned",
    "throttled",
    "restarting",
    "stuck",
    "slow",
    "full",
    "misconfigured",
    "exposed",
    "stale",
]
PLACES = [
    "namespace",
    "cluster",
    "project",
    "subscription",
    "account",
    "region",
    "resource-group",
    "workspace",
    "tenant",
    "zone",
]
PLATFORMS = (("k8s", "Kubernetes"), ("aws", "AWS"), ("azure", "Azure"), ("gcp", "GCP"), ("linux", "Linux"))
_CLUSTERS, _SPREAD, _DRAWN = 400, 0.9, 8_192
_DAY = datetime(2026, 3, 4, tzinfo=UTC)


def records(count: int, seed: int = 7) -> list[CodeBundleRecord]:
    """Return `count` bundles, sorted by id; equal arguments make equal ones."""
    chance = random.Random(seed)
    collections = [
        Collection(name=f"Harbor {n}", slug=f"harbor-{n}", git_url=f"https://github.com/example-org/harbor-{n}")
        for n in range(max(count // 2_000, 3))
    ]
    made = [record(_entry(number, chance, chance.choice(collections))) for number in range(count)]
    return sorted(made, key=lambda one: one.id)


def queries(count: int, seed: int = 11) -> list[str]:
    """Return different things that people might ask."""
    chance = random.Random(seed)
    return [f"{_sentence(chance).lower()} {number}" for number in range(count)]


def write(
    folder: Path,
    encoder_file: Path,
    made: Sequence[CodeBundleRecord],
    seed: int = 5,
    documents: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Write the index of these bundles into the empty `folder`, with its encoder and these documents."""
    encoder = Encoder.load(encoder_file)
    parts = {one.id: passages(one) for one in made}
    keys = list(dict.fromkeys(passage.key for own in parts.values() for passage in own))
    made_up = dict(zip(keys, vectors(len(keys), seed), strict=True))
    tools = sum(len(one.tools) for one in made)
    slugs = sorted({one.codecollection.slug for one in made})
    manifest = Manifest(
        build_id=f"generated-{len(made)}",
        schema_version=SCHEMA_VERSION,
        updated=None,
        counts=Counts(
            collections=len(slugs), bundles=len(made), tools=tools, runbook_tools=tools, monitor_tools=0, passages=0
        ),
        tables={},
        encoder=EncoderFacts(name=encoder.name, dimensions=encoder.dimensions, sha256=encoder.sha256),
        collections=[collection_facts(slug) for slug in slugs],
        digest=digest(made[:1]),
    )
    # As the phase does.
    with uncollected():
        bundles = weigh(bundle_entry(one, "", parts[one.id]) for one in made)
        write_index(folder, bundles, weigh([]), made_up, documents, manifest)
    (folder / ENCODER_FILE).write_bytes(encoder_file.read_bytes())


def vectors(count: int, seed: int) -> np.ndarray:
    """Return vectors of length 1 around some hundred centres, float16."""
    chance = np.random.default_rng(seed)
    centres = chance.standard_normal((_CLUSTERS, DIMENSIONS), np.float32)
    owners = chance.integers(0, _CLUSTERS, count)
    found = np.empty((count, DIMENSIONS), np.float16)
    # A block at a time draws the same numbers as all at once, and memory is measured of what writes them.
    for start in range(0, count, _DRAWN):
        drawn = centres[owners[start : start + _DRAWN]]
        drawn += _SPREAD * chance.standard_normal(drawn.shape, np.float32)
        drawn /= np.linalg.norm(drawn, axis=1, keepdims=True)
        found[start : start + _DRAWN] = drawn
    return found


def _entry(number: int, chance: random.Random, collection: Collection) -> CatalogueEntry:
    prefix, platform = chance.choice(PLATFORMS)
    things = chance.sample(THINGS, 3)
    name = f"{prefix}-{things[0]}-{chance.choice(STATES)}-{number}"
    tools = tuple(
        Tool(
            kind="runbook" if position % 3 else "monitor",
            name=f"{_sentence(chance)} `${{NAME}}`",
            title=f"{_sentence(chance)} `${{NAME}}`",
            documentation=f"{_sentence(chance)}. {_sentence(chance)}.",
            tags=(chance.choice(THINGS), platform.lower(), "access:read-only"),
            access="read-only",
            line=20 + 9 * position,
        )
        for position in range(chance.randint(2, 7))
    )
    variables = tuple(
        Variable(
            name=f"{thing}_limit".upper(), description=_sentence(chance), required=True, used_by=("runbook",), line=3
        )
        for thing in things
    )
    sections = "\n\n".join(f"## {_sentence(chance)}\n\n{_sentence(chance)}. {_sentence(chance)}." for _ in range(3))
    bundle = Bundle(
        name=name,
        display_name=f"{platform} {' '.join(things[:2]).title()} {number}",
        author="Pilots",
        doc=f"{_sentence(chance)}. {_sentence(chance)}.",
        readme=f"# {name}\n\n{sections}\n",
        support_tags=(platform, *things),
        platforms=(platform,),
        has_runbook=True,
        tools=tools,
        user_variables=variables,
        access_level="read-only",
        access_level_source="declared",
    )
    history = History(
        first_commit="1" * 40, first_date=_DAY, last_commit="2" * 40, last_date=_DAY, last_own_date=_DAY, commits=2
    )
    return CatalogueEntry(
        collection=collection, commit="3" * 40, commit_date=_DAY, stale=False, bundle=bundle, history=history
    )


def _sentence(chance: random.Random) -> str:
    words = [chance.choice(VERBS), chance.choice(STATES), *chance.sample(THINGS, 2), "of the", chance.choice(PLACES)]
    return " ".join([*words, f"{chance.choice(STATES)[:4]}{chance.randint(100, 9_999)}"])


def collection_facts(slug: str) -> CollectionFacts:
    return CollectionFacts(
        slug=slug, name=slug, git_url=f"https://github.com/example-org/{slug}", git_ref="main", owner="",
        description="", commit="3" * 40, commit_date=None, state="current", bundles=0, tools=0,
    )  # fmt: skip
