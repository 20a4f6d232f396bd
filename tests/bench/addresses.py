"""Compare the addresses of two sites: `python tests/bench/addresses.py OLD_SITE NEW_SITE`.

Prints how many files of the old one are there in the new one, lead to another page, or are gone; and the
same of every id that the new one's `api/v1/moved.json` knows. Exit status 1: something is gone.
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.support.addresses import answers

# What only a page loads, under a name that changes with its content.
_LOADED = "assets/"


def main(old: Path, new: Path) -> int:
    """Print the figures and return the exit status."""
    files = sorted(path.relative_to(old).as_posix() for path in old.rglob("*") if path.is_file())
    found = answers(new, [file for file in files if not file.startswith(_LOADED)])
    print(f"{len(files)} files: {len(found.same)} same, {len(found.redirected)} lead on, {len(found.missing)} gone")
    moved = new / "api" / "v1" / "moved.json"
    ids = json.loads(moved.read_text(encoding="utf-8")) if moved.is_file() else {}
    gone = answers(new, [f"codebundles/{name}/index.html" for name in ids])
    print(f"{len(ids)} former ids: {len(gone.same)} pages, {len(gone.redirected)} lead on, {len(gone.missing)} gone")
    size = sum(path.stat().st_size for path in new.rglob("*") if path.is_file())
    before = sum(path.stat().st_size for path in old.rglob("*") if path.is_file())
    print(f"{size / 1e6:.1f} MB, {size / before:.2f} of the old one's {before / 1e6:.1f} MB")
    for file in [*found.missing, *gone.missing][:50]:
        print(f"gone: {file}")
    return int(bool(found.missing or gone.missing))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
