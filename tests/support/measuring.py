"""What the benchmarks share: the function's folder as it ships, the machine, a table."""

import compileall
import contextlib
import os
import platform
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from py_compile import PycInvalidationMode

ROOT = Path(__file__).resolve().parents[2]
# Files of a site that are asked for whole, and may be as large as they are; docs/decisions/0010-site.md names them.
WHOLE = re.compile(r"(.*/)?llms|assets/browser/|\.well-known/agent-skills/index\.json|report/problems\.csv")


def function_root(work: Path, index: Path, checkout: Path = ROOT) -> Path:
    """Return the function's folder as its image has it: search_fn, compiled once and for all, and the index."""
    root = work / "function"
    shutil.copytree(checkout / "search_fn", root / "search_fn", ignore=shutil.ignore_patterns("__pycache__"))
    compileall.compile_dir(root, quiet=1, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH)
    shutil.copytree(index, root / "index_data")
    return root


def machine() -> str:
    return f"{machine_kind()}, load {os.getloadavg()[0]:.1f}"


def machine_kind() -> str:
    """Return processor, with what decides which kernels run, system and Python."""
    information = Path("/proc/cpuinfo")
    text = information.read_text(encoding="utf-8") if information.exists() else ""
    model = re.search(r"^model name\s*: (.+)$", text, re.MULTILINE)
    kernels = [flag.upper() for flag in ("avx2", "avx512f", "avx512_vnni") if flag in text.split()]
    kind = " ".join([model[1].strip() if model else platform.machine(), *kernels])
    system = f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    return f"{kind}, {os.cpu_count()} processors, {system}"


def started_by(process: int) -> list[int]:
    """Return the processes that a process and those that it started have started; only Linux tells of any."""
    found, left = [], [process]
    while left:
        # One may end meanwhile.
        with contextlib.suppress(OSError):
            for children in Path(f"/proc/{left.pop()}/task").glob("*/children"):
                own = [int(child) for child in children.read_text(encoding="ascii").split()]
                found += own
                left += own
    return found


def table(title: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [title, ["---", *["--:"] * (len(title) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"
