"""Which library files a bundle may use: by imports, over packages and modules that import each other."""

from build.model import SourceFile
from build.releases.used_libraries import Libraries, imported_modules, library_names, merge_names

FILES = {
    "libraries/RW/__init__.py": b"",
    "libraries/RW/CLI/__init__.py": b"from .run import *\n",
    "libraries/RW/CLI/run.py": b"import subprocess, os as system\nfrom RW import (\n    tools as t,  # ours\n)\n",
    "libraries/RW/tools.py": b"from RW.CLI import run\n",
    "libraries/RW/Other.py": b"import json\n",
    "libraries/Azure/go.sh": b"echo\n",
    "libraries/Late.py": b"def f():\n    if x:\n        import RW.Other as o\n    def (:\n",
    "libraries/RW/CLI/deep/__init__.py": b"from .. import run\nfrom ...Other import y\n",
}


def libraries(files: dict[str, bytes]) -> Libraries:
    sources = tuple(SourceFile(path=path, oid=f"{hash(content)}") for path, content in files.items())
    imports = {
        source.oid: imported_modules(source.path, files[source.path]) for source in sources if ".py" in source.path
    }
    return Libraries(sources, imports)


def test_imports_are_followed() -> None:
    used = libraries(FILES).used(["RW.CLI"])
    assert set(used) == {f"libraries/RW/{name}" for name in
                         ("__init__.py", "CLI/__init__.py", "CLI/run.py", "tools.py")}  # fmt: skip
    assert set(libraries(FILES).used(["RW.Other.Keyword"])) == {"libraries/RW/__init__.py", "libraries/RW/Other.py"}
    assert libraries(FILES).used(["nothing", "there"]) == {}
    # Wherever it stands, also in a file that Python cannot read; and from a package above.
    assert set(libraries(FILES).used(["Late"])) == {
        "libraries/Late.py", "libraries/RW/__init__.py", "libraries/RW/Other.py",
    }  # fmt: skip
    assert {"libraries/RW/CLI/run.py", "libraries/RW/Other.py"} <= set(libraries(FILES).used(["RW.CLI.deep"]))
    assert set(libraries(FILES).used(None)) == set(FILES)


def test_the_digest_is_another_where_a_used_file_changed() -> None:
    changed = libraries({**FILES, "libraries/RW/tools.py": b"from RW.CLI import run\nx = 1\n"})
    assert changed.digest(("RW.CLI",)) != libraries(FILES).digest(("RW.CLI",))
    assert changed.digest(("RW.Other",)) == libraries(FILES).digest(("RW.Other",))
    assert changed.digest(None) != libraries(FILES).digest(None)


def test_names_are_found_in_robot_files_scripts_and_what_these_write() -> None:
    robot = b"*** Settings ***\nLibrary    RW.CLI\nLibrary\tAzure.parser    WITH NAME    A\n"
    script = b"python3 - <<EOF\nimport yaml, os\nfrom RW.K8s import helper\nEOF\n"
    assert merge_names(map(library_names, [robot, script])) == ("Azure.parser", "RW.CLI", "RW.K8s", "helper", "yaml")
    assert library_names(b"source libraries/Azure/go.sh") is None
    assert library_names(b"Resource    ../shared.resource") is None
    assert merge_names([frozenset({"a"}), None]) is None
    assert merge_names([]) == ()
