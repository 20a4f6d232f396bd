"""Scores what tools are said to do against bundles that were read by hand.

`python tests/bench/access.py JUDGED CHECKOUT [--half 0|1] [--wrong]`: JUDGED has a JSON object a line, `{"id",
"tools": [{"kind", "line", "name", "truth", "evidence": [{"path", "line"}], …}], "permissions": {…}}`; CHECKOUT has a
folder for each collection, with `codebundles` and `libraries` in it. `--half` takes each second line, `--wrong` lists what differs.
"""

# ruff: noqa: E501 - sentences for people

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from build.effects.read import read_bundle  # noqa: E402 - after the path to it
from build.fetch.tree import MAX_FILE_BYTES, is_followed, is_read  # noqa: E402
from build.model import LIBRARIES, Bundle, BundleSource, SourceFile, Tool  # noqa: E402
from build.parse.bundle import parse_bundle  # noqa: E402

_NEAR = 2


def load(checkout: Path, name: str) -> Bundle:
    """Return a bundle `<collection>/<bundle>` with what its tools do."""
    collection, bundle = name.split("/")
    folder = _folder(checkout, name)
    files = [file for file in sorted(folder.rglob("*")) if file.is_file() and not file.is_symlink()]
    libraries = [
        f
        for f in sorted((checkout / collection / LIBRARIES).rglob("*"))
        if f.suffix in (".py", ".resource", ".sh", ".bash")
    ]
    source = BundleSource(
        name=bundle,
        tree="",
        commit="",
        commit_date=datetime(2000, 1, 1, tzinfo=UTC),
        files=tuple(_file(file, folder, _is_wanted(file.relative_to(folder).as_posix())) for file in files),
    )
    return read_bundle(
        parse_bundle, collection, source, [_file(file, checkout / collection, True) for file in libraries]
    )


def _folder(checkout: Path, name: str) -> Path:
    collection, bundle = name.split("/")
    return checkout / collection / "codebundles" / bundle


def _file(file: Path, folder: Path, read: bool) -> SourceFile:
    wanted = read and file.stat().st_size <= MAX_FILE_BYTES
    return SourceFile(path=file.relative_to(folder).as_posix(), oid="", content=file.read_bytes() if wanted else None)


def _is_wanted(path: str) -> bool:
    return is_read(path) or is_followed(path)


class Score:
    """Counts of tools and permissions."""

    def __init__(self) -> None:
        self.pairs: Counter[tuple[str, str]] = Counter()
        self.near = self.evidence = 0
        self.permissions: dict[str, list[int]] = {}
        self.wrong: list[str] = []

    def tool(self, name: str, truth: dict[str, Any], tool: Tool | None) -> None:
        """Compare one tool."""
        effect = tool.effect if tool else "unclear"
        accepted = effect if effect in (truth.get("accept") or ()) else truth["truth"]
        self.pairs[accepted, effect] += 1
        said = [c for c in tool.commands if c.effect == effect] if tool else []
        if accepted != effect:
            why = "; ".join(f"{c.path.rsplit('/', 1)[-1]}:{c.line} {c.command[:90]}" for c in said[:2])
            because = "; ".join(tool.unclear_because[:2]) if tool else "no such tool"
            hint = truth.get("why", "")[:90]
            self.wrong.append(
                f"{name} {truth['kind']}:{truth['line']} is {truth['truth']}, said {effect}: {why or because} [{hint}]"
            )
        if truth["truth"] == "changes" and effect == "changes" and truth.get("evidence"):
            self.evidence += 1
            places = [(e["path"], e["line"]) for e in truth["evidence"]]
            near = any(c.path == path and abs(c.line - line) <= _NEAR for c in said for path, line in places)
            self.near += near
            if not near:
                self.wrong.append(
                    f"{name} {truth['kind']}:{truth['line']} lines: {places} {[(c.path, c.line) for c in said[:4]]}"
                )

    def needs(self, name: str, truth: dict[str, Any], bundle: Bundle) -> None:
        """Compare the permissions of one bundle."""
        for platform, wanted in truth.items():
            expected = set(_expected(platform, wanted or []))
            found = {p.permission for p in bundle.permissions if p.platform.lower() == platform}
            if platform == "gcp" and not any("." in one and " " not in one for one in expected):
                continue
            counts = self.permissions.setdefault(platform, [0, 0, 0])
            counts[0] += len(expected & found)
            counts[1] += len(found)
            counts[2] += len(expected)
            if expected != found:
                self.wrong.append(
                    f"{name} {platform}: lacks {sorted(expected - found)}, has besides {sorted(found - expected)}"
                )

    def __str__(self) -> str:
        total = sum(self.pairs.values())
        right = self.pairs["changes", "changes"]
        said = sum(n for (_, effect), n in self.pairs.items() if effect == "changes")
        true = sum(n for (truth, _), n in self.pairs.items() if truth == "changes")
        missed = self.pairs["changes", "reads"]
        unclear = sum(n for (truth, effect), n in self.pairs.items() if effect == "unclear" and truth != "unclear")
        lines = [
            f"tools {total}; changes: precision {_share(right, said)}, recall {_share(right, true)} ({right}/{said}/{true})",
            f"changes called reads {missed}; decidable ones left unclear {_share(unclear, total)}",
            f"evidence within {_NEAR} lines {_share(self.near, self.evidence)}",
        ]
        for platform, (both, found, expected) in sorted(self.permissions.items()):
            lines.append(
                f"permissions {platform}: precision {_share(both, found)}, recall {_share(both, expected)} ({both}/{found}/{expected})"
            )
        return "\n".join(lines)


def _expected(platform: str, wanted: list[Any]) -> Iterator[str]:
    """Yield permissions as the record writes them."""
    for one in wanted:
        if platform == "kubernetes":
            yield f"{one[0]} {one[1]}"
        else:
            yield one if isinstance(one, str) else one[0]


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "–"


def main() -> int:
    """Print the scores."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("judged", type=Path)
    parser.add_argument("checkout", type=Path)
    parser.add_argument("--half", type=int, choices=(0, 1))
    parser.add_argument("--wrong", action="store_true")
    options = parser.parse_args()
    lines = [json.loads(line) for line in options.judged.read_text(encoding="utf-8").splitlines() if line.strip()]
    missing = sorted(one["id"] for one in lines if not _folder(options.checkout, one["id"]).is_dir())
    if missing:
        print(
            f"{options.checkout} lacks {len(missing)} of {len(lines)} judged bundles ({', '.join(missing[:3])}…): "
            "check each collection out into a folder of its name there.",
            file=sys.stderr,
        )
        return 2
    score = Score()
    for judged in lines if options.half is None else lines[options.half :: 2]:
        bundle = load(options.checkout, judged["id"])
        tools = {(tool.kind, tool.line): tool for tool in bundle.tools}
        for truth in judged["tools"]:
            score.tool(judged["id"], truth, tools.get((truth["kind"], truth["line"])))
        if judged.get("permissions"):
            score.needs(judged["id"], judged["permissions"], bundle)
    print(score)
    if options.wrong:
        print("\n".join(score.wrong))
    return 0


if __name__ == "__main__":
    sys.exit(main())
