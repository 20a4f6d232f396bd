"""What the benchmarks share: the function's folder as it ships, the machine, a table."""

import compileall
import os
import platform
import shutil
from collections.abc import Sequence
from pathlib import Path
from py_compile import PycInvalidationMode

ROOT = Path(__file__).resolve().parents[2]


def function_root(work: Path, index: Path, checkout: Path = ROOT) -> Path:
    """Return the function's folder as its image has it: search_fn, compiled once and for all, and the index."""
    root = work / "function"
    shutil.copytree(checkout / "search_fn", root / "search_fn", ignore=shutil.ignore_patterns("__pycache__"))
    compileall.compile_dir(root, quiet=1, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH)
    shutil.copytree(index, root / "index_data")
    return root


def machine() -> str:
    return (
        f"{platform.machine()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, "
        f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    )


def table(title: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [title, ["---", *["--:"] * (len(title) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"
