"""What is measured inside a checkout of any commit: `python tests/bench/inside.py CHECKOUT COMMAND …` prints JSON.

Nothing of this checkout is imported. Modules of another have other names, so each is found by what it defines.
"""

import argparse
import importlib
import importlib.util
import inspect
import json
import re
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

# Vectors of heads, around as many centres as tests/support/corpus.py has.
_CLUSTERS, _SPREAD, _DIMENSIONS = 400, 0.9, 384


def defining(checkout: Path, package: str, definition: str) -> Any:
    """Return what the checkout's package defines at a module's top, as `class Encoder` or `def related`."""
    for file in sorted((checkout / package).rglob("*.py")):
        if re.search(rf"^{definition}\b", file.read_text(encoding="utf-8"), re.MULTILINE):
            module = ".".join(file.relative_to(checkout).with_suffix("").parts)
            return getattr(importlib.import_module(module), definition.split()[1])
    raise LookupError(f"{package}/ has no `{definition}`.")


def module_of(checkout: Path, path: str) -> Any:
    """Return the module of a file: tests are no package in each commit."""
    spec = importlib.util.spec_from_file_location(Path(path).stem, checkout / path)
    if spec is None or spec.loader is None:
        raise LookupError(f"{path} is no module.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def cost(work: Callable[[], object]) -> dict[str, float]:
    """Return the processor time that some work takes, in milliseconds, and how large the process has ever been."""
    start = time.process_time()
    work()
    return {"processor_ms": (time.process_time() - start) * 1e3, "peak_mb": peak_mb()}


def peak_mb() -> float:
    """Return the most memory that this process had so far; getrusage would tell of the parent's too."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text(encoding="ascii").split("VmHWM:")[1].split()[0]) * 1024 / 1e6
    # Bytes on macOS.
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def encode(checkout: Path, options: argparse.Namespace) -> dict[str, float]:
    """Encode the texts of standard input, a line each, with the encoder beside an index."""
    (file,) = options.index.glob("encoder.*")
    encoder = defining(checkout, "search_fn", "class Encoder").load(file)
    texts = sys.stdin.read().splitlines()
    encoder.encode(texts[:1])
    found = cost(lambda: [encoder.encode([text]) for text in texts])
    return {"processor_ms": found["processor_ms"] / len(texts)}


def write(checkout: Path, options: argparse.Namespace) -> dict[str, float]:
    """Write the index of a generated catalogue."""
    encoder = options.index.parent / "encoder.safetensors"
    if not encoder.exists():
        defining(checkout, "build", "def make_encoder")(encoder)
    corpus = module_of(checkout, "tests/support/corpus.py")
    made = corpus.records(options.size)
    return cost(lambda: corpus.write(options.index, encoder, made))


def neighbours(checkout: Path, options: argparse.Namespace) -> dict[str, float]:
    """Find which bundles of a generated catalogue lie near each other."""
    import numpy as np

    related = defining(checkout, "build", "def related")
    passages = defining(checkout, "build", "def passages")
    made = module_of(checkout, "tests/support/corpus.py").records(options.size)
    heads = {record["id"] if isinstance(record, dict) else record.id: passages(record)[0] for record in made}
    chance = np.random.default_rng(5)
    centres = chance.standard_normal((_CLUSTERS, _DIMENSIONS), np.float32)
    rows = centres[chance.integers(0, _CLUSTERS, len(made))]
    rows += _SPREAD * chance.standard_normal(rows.shape, np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    vectors = dict(zip([head.key for head in heads.values()], rows.astype(np.float16), strict=True))
    # What it takes first: records in some commits, their heads by id in others.
    takes = next(iter(inspect.signature(related).parameters))
    known = {"records": made, "heads_of": heads}
    if takes not in known:
        raise LookupError(f"`related` takes {takes}, not {' or '.join(known)}.")
    return cost(lambda: related(known[takes], vectors))


def site(checkout: Path, options: argparse.Namespace) -> dict[str, float]:
    """Write the site of a generated catalogue."""
    scale = module_of(checkout, "tests/bench/site_scale.py")
    # The same for each commit: which files may be as large as they are.
    scale.WHOLE = re.compile(options.whole)
    seconds, *_, row = scale.measure(options.size)
    # "path 12 KB" stands before the last.
    return {"processor_ms": seconds * 1e3, "peak_mb": peak_mb(), "largest_kb": float(row[-2].split()[-2])}


COMMANDS = {"encode": encode, "write": write, "neighbours": neighbours, "site": site}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkout", type=Path)
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument("--index", type=Path, help="the index to write, or beside which the encoder lies")
    parser.add_argument("--size", type=int, help="how many bundles")
    parser.add_argument("--whole", default="$", help="files that count for nothing where the largest is looked for")
    options = parser.parse_args()
    # Instead of this file's own folder.
    sys.path[0] = str(options.checkout)
    sys.path.insert(1, str(options.checkout / "tests" / "support"))
    print(json.dumps(COMMANDS[options.command](options.checkout, options)))


if __name__ == "__main__":
    main()
