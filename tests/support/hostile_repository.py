"""One git repository of hostile bundles beside three sound ones, made object by object: git's commands would refuse
the half of it.
"""

from collections.abc import Mapping
from pathlib import Path

from tests.support.hostile_bundles import (
    DISK_WORD,
    MARK,
    Hostile,
    encodings,
    executed,
    markup,
    sizes,
    sound_bundles,
    yaml,
)
from tests.support.hostile_libraries import libraries
from tests.support.hostile_lies import leaks, lies, structures
from tests.support.repositories import Repository

# Names of folders, each with a sound bundle in it, and the code by which it is refused; None where it is published.
NAMES: dict[bytes, str | None] = {
    b"..": "hidden-folder", b".git": "hidden-folder", b"%2e%2e": "bad-name", b"-rf": "bad-name", b"a\\b": "bad-name",
    b"new\nline": "bad-name", b"trailing ": "bad-name", b"n" * 255: "bad-name", b"con": "reserved-name",
    b"AUX.txt": "reserved-name", b"index": "reserved-name", b"404": "reserved-name", b"dot.": "reserved-name",
    b"sound-one.json": "reserved-name", b"q\"'<b>": "bad-name", b"caf\xe9": "bad-name", b"\x1b[31mred": "bad-name",
    "a\u202egnp".encode(): "bad-name", b"::error::x": "bad-name", b"\x1e0123 9": "bad-name",
    "caf\u00e9".encode(): "bad-name",
    "cafe\u0301".encode(): "bad-name", b"<script>alert(1)<script>": "bad-name", "k8\u200bs".encode(): "bad-name",
    b"Case-Collision": None, b"case-collision": "same-name", b"case_collision": "same-name",
    b"api": None, b"search": None,
    b"__proto__": "bad-name", b"constructor": None,
}  # fmt: skip
# Entries that are no folder, or whose files are none: mode, code.
_LINKED = {
    b"link-folder": ("120000", "no-folder"),
    b"link-readme": ("40000", "file-refused"),
    b"link-loop": ("40000", "no-robot-file"),
    b"submodule-folder": ("160000", "no-folder"),
    b"submodule-readme": ("40000", "file-refused"),
    b"many-files": ("40000", "too-many-files"),
}
_NO_COMMIT = "2" * 40


class HostileRepository:
    """The repository below `folder`, and a trap that anything run or read by mistake falls into.

    `expected` has each hostile bundle's name and the code of a problem that must tell of it, None where its being
    published is enough.
    """

    def __init__(self, folder: Path) -> None:
        self.trap = folder / "trap"
        self.trap.mkdir()
        set_trap(self.trap)
        self.repository = Repository(folder / "repository")
        self.expected: dict[bytes, str | None] = {}
        self._blobs: dict[bytes, str] = {}
        self._fill()

    @property
    def executed(self) -> Path:
        return self.trap / "executed"

    def _fill(self) -> None:
        git = self.repository
        bundles = (executed(self.trap), encodings(), sizes(), yaml(), markup(), leaks(), lies(), structures())
        hostile: dict[str, Hostile] = {name: made for group in bundles for name, made in group.items()}
        entries = [("40000", name.encode(), self._tree(made)) for name, made in sound_bundles().items()]
        for name, made in hostile.items():
            entries.append(("40000", name.encode(), self._tree(made.files)))
            self.expected[name.encode()] = made.code
        sound = git.sound_bundle()
        entries += [("40000", raw, sound) for raw in NAMES]
        entries += [(mode, raw, self._linked(raw, sound)) for raw, (mode, _) in _LINKED.items()]
        self.expected |= NAMES | {raw: code for raw, (_, code) in _LINKED.items()}
        root = git.tree(
            ("100644", b".gitattributes", self._blob(b"* filter=evil diff=evil merge=evil\n")),
            ("100644", b".gitmodules", self._blob(self._modules())),
            ("40000", b"codebundles", git.tree(*sorted(entries, key=lambda entry: entry[1]))),
            ("40000", b"libraries", self._tree(libraries(self.trap))),
        )
        elsewhere = git.bundles(("40000", b"elsewhere", sound))
        first = self._commit(
            git.tree(("40000", b"codebundles", git.tree(("40000", b"sound-one", sound)))), b"-99 +0000"
        )
        head = self._commit(root, b"1700000000 +0000", first)
        git.git("update-ref", "refs/heads/main", head)
        # A tag of the branch's name, and names that could be options.
        for ref in ("refs/tags/main", "refs/tags/--upload-pack=x", "refs/heads/-x", f"refs/tags/{MARK}\u202e"):
            git.git("update-ref", ref, elsewhere)

    def _blob(self, content: bytes) -> str:
        if content not in self._blobs:
            self._blobs[content] = self.repository.object("blob", content)
        return self._blobs[content]

    def _tree(self, files: Mapping[str, str | bytes] | Mapping[str | bytes, str | bytes]) -> str:
        """Return the tree of these files, in folders as their paths have it."""
        here: dict[bytes, str] = {}
        below: dict[bytes, dict[str | bytes, str | bytes]] = {}
        for path, content in files.items():
            raw = path.encode() if isinstance(path, str) else path
            name, slash, rest = raw.partition(b"/")
            if slash:
                below.setdefault(name, {})[rest] = content
            else:
                here[name] = self._blob(content.encode() if isinstance(content, str) else content)
        entries = [("100644", name, oid) for name, oid in here.items()]
        entries += [("40000", name, self._tree(inner)) for name, inner in below.items()]
        return self.repository.tree(*sorted(entries, key=lambda entry: entry[1]))

    def _linked(self, name: bytes, sound: str) -> str:
        git = self.repository
        robot = ("100644", b"runbook.robot", self._blob(b"*** Tasks ***\nLook\n    Log    here\n"))
        if name == b"link-folder":
            return self._blob(b"../../.git")
        if name == b"link-readme":
            return git.tree(("120000", b"README.md", self._blob(f"{self.trap}/secret.robot".encode())), robot)
        if name == b"link-loop":
            return git.tree(("120000", b"runbook.robot", self._blob(b"runbook.robot")))
        if name == b"submodule-folder":
            return _NO_COMMIT
        if name == b"submodule-readme":
            return git.tree(("160000", b"README.md", _NO_COMMIT), robot)
        assert sound
        return git.tree(*(("100644", b"f%05d" % number, robot[2]) for number in range(2_001)), robot)

    def _modules(self) -> bytes:
        touch = f"touch {self.executed}"
        text = f'path = codebundles/submodule-folder\nurl = ext::sh -c "{touch}"\nupdate = !{touch}\n'
        return f'[submodule "a"]\n{text}'.encode()

    def _commit(self, tree: str, date: bytes, *parents: str) -> str:
        who = b"Zo\xeb <script>alert(1)</script>\x1b[31m <a@" + MARK.encode() + b".example> " + date
        lines = [f"tree {tree}".encode(), *(f"parent {parent}".encode() for parent in parents)]
        lines += [b"author " + who, b"committer " + who, b"", b"\x1e\0::error::" + b"\xff", b""]
        return self.repository.object("commit", b"\n".join(lines))


def set_trap(folder: Path) -> None:
    """Write modules that leave a file behind when they are imported, and a file that is not to be read."""
    module = f"import pathlib\n\npathlib.Path(r'{folder / 'executed'}').open('a').write(__name__ + '\\n')\n"
    for name in ("evil.py", f"{MARK}_trap.py"):
        (folder / name).write_text(module, encoding="utf-8")
    (folder / "secret.robot").write_text(f"*** Tasks ***\n{DISK_WORD}\n    Log    {DISK_WORD}\n", encoding="utf-8")


def shown(name: bytes) -> str:
    """Return a folder's name as problems spell it."""
    text = name.decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
