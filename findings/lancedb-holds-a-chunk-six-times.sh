#!/usr/bin/env bash
# LanceDB 0.40.0: how a table's rows are cut into chunks decides whether writing it takes a third of its size in memory, or
# six times it.
#
# `create_table` is given the same 190,000 rows, a number and a vector of 384 half floats each, 147 MB, as a pyarrow Table:
# once of one chunk, as pyarrow makes it of arrays, and once of chunks of 2,048 rows, which are views of the same memory.
# With one chunk the process grows by some 890 MB, with many by some 40. With float32, 293 MB, it is 1,180 and 50. A reader
# of the same batches (`RecordBatchReader`) is no better than a table of them. The rows that are read back are equal.
#
# Readers and generators are recommended for what is larger than memory. Here all rows are in memory already, the type is
# the same, and nothing says that a chunk is the unit of what is held while it is written. What helps is
# `Table.from_batches(table.to_batches(max_chunksize=2048))`, which copies nothing.
#
# Source: this run. Packages: lancedb, pyarrow, numpy, from the package index that pip is set up for. Reads /proc: Linux.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check lancedb==0.40.0 pyarrow==26.0.1 numpy==2.4.6

cat > write.py <<'PY'
import hashlib
import re
import sys

import lancedb
import numpy as np
import pyarrow as pa

ROWS, NUMBERS = 190_000, 384
chunks, name = sys.argv[1:]


def peak():
    with open("/proc/self/status") as file:
        return int(re.search(r"VmHWM:\s+(\d+)", file.read())[1]) / 1e3


kind, arrow = {"half": (np.float16, pa.float16()), "float": (np.float32, pa.float32())}[name]
matrix = np.resize(np.random.default_rng(1).standard_normal(NUMBERS * 1_000).astype(kind), (ROWS, NUMBERS))
numbers = pa.Array.from_buffers(arrow, matrix.size, [None, pa.py_buffer(matrix)])
table = pa.table({"id": np.arange(ROWS), "vector": pa.FixedSizeListArray.from_arrays(numbers, NUMBERS)})
if chunks == "many":
    table = pa.Table.from_batches(table.to_batches(max_chunksize=2_048))
before = peak()
written = lancedb.connect("database").create_table(f"{chunks}_{name}", table)
grown = peak() - before
read = np.concatenate([part.flatten().to_numpy() for part in written.to_arrow()["vector"].chunks])
print(round(table.nbytes / 1e6), round(grown), hashlib.sha256(read.tobytes()).hexdigest()[:12])
PY

for name in half float; do
    read -r size one rows < <(env/bin/python write.py one "$name" 2> log) || { cat log; exit 1; }
    read -r _ many same < <(env/bin/python write.py many "$name" 2> log) || { cat log; exit 1; }
    echo "$name: a table of $size MB takes $one MB more as one chunk, $many MB more as many; the same rows: $rows, $same"
    [ "$one" -gt $((3 * size)) ] && [ $((2 * many)) -lt "$size" ] && [ "$rows" = "$same" ] ||
        { echo "this has changed: say so here, or remove this file"; exit 1; }
done
