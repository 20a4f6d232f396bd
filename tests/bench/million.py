"""The function over more passages than memory is worth: a generated million, on disk and on object storage.

`nox -s million` runs it. Some thousand bundles are generated and written many times over, each time in collections of
their own; the vectors of all passages are drawn. Of queries never asked before it shows the time and how many of the
ten best of an exact search are found, by passages and by bundles.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from build.index.encoder_file import make_encoder  # noqa: E402 - after the path to it
from build.index.write import write_tables  # noqa: E402
from build.publish.push import push  # noqa: E402
from search_fn.encoder.minilm import ENCODER_FILE  # noqa: E402
from search_fn.index.facts import (  # noqa: E402
    BUNDLE_TABLES,
    BUNDLES,
    FILES,
    PASSAGES,
    Manifest,
)
from search_fn.index.lance import lancedb  # noqa: E402
from search_fn.index.manifest import read_manifest  # noqa: E402
from search_fn.index.open import open_index  # noqa: E402
from search_fn.index.passages import VECTORS, SketchedPassages, cosines  # noqa: E402
from search_fn.search.ranking import search  # noqa: E402
from search_fn.settings import Settings  # noqa: E402
from tests.bench.run import latencies, p99  # noqa: E402
from tests.support.corpus import queries, records, vectors, write  # noqa: E402
from tests.support.folder_storage import BUCKET, folder_storage  # noqa: E402
from tests.support.lambda_runtime import LambdaRuntime, function_url  # noqa: E402
from tests.support.measuring import function_root, machine, table  # noqa: E402

CALLS, COMPARED = 500, 100
TITLE = ["index on", "start to first answer s", "p50 ms", "p99 ms", "memory MB"]


def write_many(folder: Path, part: Path, copies: int) -> Manifest:
    """Write an index with the bundles of another, `part`, so many times."""
    database, manifest = lancedb.connect(str(part)), read_manifest(str(part))
    tables = {name: database.open_table(name).to_arrow() for name in manifest.tables if name != FILES}
    size = len(tables[BUNDLES])
    tables |= zip(BUNDLE_TABLES, _repeated([tables[name] for name in BUNDLE_TABLES], size, copies), strict=True)
    return write_tables(folder, tables, {}, manifest.model_copy(update={"build_id": f"generated-{size * copies}"}))


def _repeated(tables: Sequence[pa.Table], size: int, copies: int) -> list[pa.Table]:
    bundles, passages, postings, words = tables
    made = pa.concat_tables([_renamed(bundles, copy) for copy in range(copies)])
    owners = [pc.add(passages["bundle"], pa.scalar(size * copy, pa.int32())) for copy in range(copies)]
    many = pa.concat_tables([passages.set_column(0, "bundle", own) for own in owners])
    drawn = pa.FixedSizeListArray.from_arrays(pa.array(vectors(len(many), 5).reshape(-1)), 384)
    many = many.set_column(many.column_names.index("vector"), passages.schema.field("vector"), drawn)
    found = [np.array(row, np.int32) for row in postings["bundles"].to_pylist()]
    weights = [np.array(row, np.float32) for row in postings["weights"].to_pylist()]
    starts = np.concatenate([[0], np.cumsum([len(row) * copies for row in found])]).astype(np.int32)
    rows = np.concatenate([row + size * copy for row in found for copy in range(copies)]).astype(np.int32)
    worth = np.concatenate([np.tile(row, copies) for row in weights])
    lists = [pa.ListArray.from_arrays(pa.array(starts), pa.array(values)) for values in (rows, worth)]
    counts = pc.multiply(words["bundles"], pa.scalar(copies, pa.int32()))
    return [
        made,
        many,
        pa.Table.from_arrays([postings["word"].combine_chunks(), *lists], schema=postings.schema),
        words.set_column(1, "bundles", counts),
    ]


def _renamed(bundles: pa.Table, copy: int) -> pa.Table:
    """Return bundles as other collections have them, under names of their own."""
    prefix = f"{copy:04}-"
    ids = pa.array([f"{prefix}{name}-{copy}" for name in bundles["id"].to_pylist()])
    return bundles.set_column(bundles.column_names.index("id"), bundles.schema.field("id"), ids)


def recall(index_folder: Path) -> tuple[float, float]:
    """Return which share of the ten nearest passages is among the candidates, and of the ten best bundles among the
    first ten, against searches that compare all. The vectors of queries are drawn near those of passages.
    """
    index = open_index(Settings.of_folder(index_folder))
    exact = replace(index, manifest=index.manifest.model_copy(update={"candidates": None}))
    everything = np.ones(index.size, np.float32)
    stored, chance = index.arrays[VECTORS], np.random.default_rng(7)
    sketched = SketchedPassages(index.arrays, index.manifest.candidates or 0)
    near, bundles = [], []
    for text in queries(COMPARED, 13):
        query = stored[chance.integers(len(stored))].astype(np.float32) + chance.standard_normal(384, np.float32) / 15
        query /= np.linalg.norm(query)
        every = cosines(stored, query)
        tenth = np.partition(every, -10)[-10]
        rows, _ = sketched.find_near(query, everything)
        near.append(min(int(np.count_nonzero(every[rows] >= tenth - 1e-6)), 10) / 10)
        for each in (index, exact):
            each.__dict__["_cached_encode"] = partial(_drawn, query)
        first, wanted = ({one.id for one in search(each, text).results} for each in (index, exact))
        bundles.append(len(first & wanted) / max(len(wanted), 1))
    return sum(near) / COMPARED, sum(bundles) / COMPARED


def _drawn(vector: np.ndarray, _: str) -> np.ndarray:
    return vector


def answers(root: Path, where: str, environment: dict[str, str]) -> tuple[str, ...]:
    """Return the cells of a row: start, median and 99th of a hundred of queries never asked before, memory."""
    events = [function_url("/api/v1/search", {"q": text}) for text in queries(CALLS + 10)]
    begun = time.perf_counter()
    with LambdaRuntime(root, {"INDEX_URI": where, **environment}, timeout=300) as runtime:
        latencies(runtime, events[:1])
        start = time.perf_counter() - begun
        latencies(runtime, events[1:10])
        first = latencies(runtime, events[10:])
        memory = runtime.resident_mb()
    return f"{start:.2f}", f"{median(first):.1f}", f"{p99(first):.1f}", f"{memory:.0f}"


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the function over a million passages.")
    parser.add_argument("--bundles", type=int, default=10_000, help="bundles that are generated")
    parser.add_argument("--copies", type=int, default=11, help="how many times they are written")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="registry-million-") as name:
        work = Path(name)
        encoder = work / ENCODER_FILE
        make_encoder(encoder)
        write(work / "part", encoder, records(options.bundles))
        begun = time.perf_counter()
        index = work / "index"
        index.mkdir()
        manifest = write_many(index, work / "part", options.copies)
        wrote = time.perf_counter() - begun
        (index / ENCODER_FILE).write_bytes(encoder.read_bytes())
        passages = lancedb.connect(str(index)).open_table(PASSAGES).count_rows()
        print(f"{passages:,} passages, {manifest.candidates} candidates, written in {wrote:.0f} s; {machine()}\n")
        found = recall(index)
        print(f"recall at ten: passages {found[0]:.3f}, bundles {found[1]:.3f}\n", flush=True)
        root = function_root(work, work / "part")
        rows = [("disk", *answers(root, str(index), {}))]
        print(table(TITLE, rows), flush=True)
        # LanceDB writes the same files, whatever the address is.
        push(index, f"file://{work}/storage")
        with folder_storage(work / "storage") as environment:
            rows = [("object storage on loopback", *answers(root, f"s3://{BUCKET}", environment))]
        print(table(TITLE, rows))


if __name__ == "__main__":
    main()
