"""Sample bundles as files, and what may happen to files on the way: bits, cuts, swaps, repeats. Seeded."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random

from tests.support.place import ROOT

Files = dict[str, bytes]
_SECTION = re.compile(rb"^\*\*.*$", re.MULTILINE)
_PIECES = (
    b"\0", b"\xff", b"\xe2\x80\xae", b"\xe2\x80\xa8", b"\r", b"\t", b"    ", b"...", b"${", b"}", b"*** Tasks ***\n",
    b"END\n", b"    IF    1\n", b"Language: evil\n", b"- ", b"&a ", b"*a", b": ", b"---\n", b"!!set ", b"[", b"{",
    b"'", b'"', b"<b onclick=a>",
)  # fmt: skip


def sample_bundles() -> dict[str, Files]:
    """Return every file of each folder of the samples that is a bundle, by the folder's name and collection."""
    result = {}
    for folder in sorted((ROOT / "samples").glob("*/codebundles/*")):
        files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in _files(folder)}
        if files.keys() & {"runbook.robot", "sli.robot"}:
            result[f"{folder.parent.parent.name}/{folder.name}"] = files
    return result


def mutated(files: Mapping[str, bytes], random: Random) -> Files:
    """Return the files with one to eight changes, most of them to files that are read."""
    made = dict(files)
    likely = [path for path in made if path.endswith((".robot", ".md")) or "generation-rules" in path]
    for _ in range(random.randint(1, 8)):
        path = random.choice(likely if random.random() < 0.9 else sorted(made))
        made[path] = random.choice(_CHANGES)(made[path], random)
    if random.random() < 0.05:
        # One file's content under another's name.
        one, other = random.sample(sorted(made), 2) if len(made) > 1 else (path, path)
        made[one], made[other] = made[other], made[one]
    return made


def _flip(content: bytes, random: Random) -> bytes:
    changed = bytearray(content)
    for _ in range(random.randint(1, 20) if changed else 0):
        changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def _cut(content: bytes, random: Random) -> bytes:
    return (
        content[: random.randint(0, len(content))]
        if random.random() < 0.5
        else content[random.randint(0, len(content)) :]
    )


def _leave_out(content: bytes, random: Random) -> bytes:
    start = random.randint(0, len(content))
    return content[:start] + content[start + random.randint(0, 200) :]


def _insert(content: bytes, random: Random) -> bytes:
    at = random.randint(0, len(content))
    return content[:at] + random.choice(_PIECES) * random.choice((1, 1, 1, 50)) + content[at:]


def _double_lines(content: bytes, random: Random) -> bytes:
    lines = content.splitlines(keepends=True)
    start = random.randint(0, len(lines))
    end = start + random.randint(1, 10)
    return b"".join([*lines[:end], *lines[start:]])


def _swap_lines(content: bytes, random: Random) -> bytes:
    lines = content.splitlines(keepends=True)
    for _ in range(random.randint(1, 10) if lines else 0):
        one, other = random.randrange(len(lines)), random.randrange(len(lines))
        lines[one], lines[other] = lines[other], lines[one]
    return b"".join(lines)


def _swap_sections(content: bytes, random: Random) -> bytes:
    starts = [match.start() for match in _SECTION.finditer(content)]
    parts = [content[start:end] for start, end in zip([0, *starts], [*starts, len(content)], strict=True)]
    random.shuffle(parts)
    return b"".join(parts)


def _indent(content: bytes, random: Random) -> bytes:
    lines = content.splitlines(keepends=True)
    by = random.choice((b" ", b"    ", b"\t", b"    " * 60))
    return b"".join(by + line if random.random() < 0.2 else line for line in lines)


def _files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]


_CHANGES: tuple[Callable[[bytes, Random], bytes], ...] = (
    _flip, _cut, _leave_out, _insert, _double_lines, _swap_lines, _swap_sections, _indent,
)  # fmt: skip
