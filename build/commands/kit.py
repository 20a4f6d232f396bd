"""Writes a publication for use offline: site, index, encoder and the server for agents, with hashes and instructions.

`python -m build kit FILE.tar` makes it of what is built here, and asks no network. The packages that the server needs
are not in it unless a folder of their wheels is given: they are of one system and one Python, the rest is of any.
"""

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from build.commands.agent_package import make_packages
from build.errors import RegistryError, UsageError
from build.options import CODE
from build.publish.archive import files_below, index_files, sound_manifest, write_archive
from build.publish.published import MARKS, build_id_of
from build.storage import CHECKSUMS, write_checksums
from search_fn.index.checked import CHECKED_FILE
from search_fn.index.facts import Manifest
from search_fn.site_index import FOLDER

_PACKED, _PLAIN = (".tar.gz", ".tgz"), (".tar",)


def make_kit(target: Path, index: Path, site: Path, wheels: Path | None = None) -> Manifest:
    """Write the kit, whole or not at all; equal publications give equal bytes.

    Args:
        target: An archive, where its name ends so; else a folder, which must not be there or be empty.
        index: The folder of the built index.
        site: The folder of the built site.
        wheels: A folder with wheels of what the server needs, which are put in as they are.

    Returns:
        The manifest of what is in it.

    Raises:
        UsageError: The target is taken, or there are no wheels where they should be.
        RegistryError: Site and index are missing, damaged, or of two builds; uv is not installed.
        IndexUnavailableError: There is no sound index in the folder.
    """
    is_archive = target.name.endswith((*_PACKED, *_PLAIN))
    if target.is_dir() and (is_archive or any(target.iterdir())):
        raise UsageError(f"{target} is a folder with files; name an archive such as kit.tar, or a new folder.")
    if target.is_file() and not is_archive:
        raise UsageError(f"{target} is a file; name an archive such as kit.tar, or a new folder.")
    result = sorted(wheels.glob("*.whl")) if wheels else []
    if wheels and not result:
        raise UsageError(
            f"There are no wheels in {wheels}; `pip download -r requirements/function.txt -d DIR` does it."
        )
    manifest = sound_manifest(index)
    if (site_id := build_id_of(site, "site")) != manifest.build_id:
        raise RegistryError(
            f"The site in {site} is {f'build {site_id}' if site_id else 'not built'}, the index build "
            f"{manifest.build_id}; run `python -m build run`, which makes both."
        )
    target.absolute().parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".kit-", dir=target.absolute().parent) as name:
        folder = Path(name) / "kit"
        _copy(index_files(index), folder / "index")
        _copy({path: file for path, file in files_below(site) if _is_kept(path)}, folder / "site")
        _copy({path.name: path for path in result}, folder / "wheels")
        wheel = _server(folder / "server")
        shutil.copyfile(CODE / "requirements" / "function.txt", folder / "requirements.txt")
        (folder / "README.md").write_text(_readme(manifest, wheel, has_wheels=bool(result)), encoding="utf-8")
        write_checksums(folder)
        if not is_archive:
            if target.is_dir():
                target.rmdir()
            folder.rename(target)
            return manifest
        archive, root = Path(name) / "archive", f"codecollection-registry-{manifest.build_id}"
        files = {f"{root}/{path}": file for path, file in files_below(folder)}
        write_archive(archive, files, packed=target.name.endswith(_PACKED))
        archive.replace(target)
    return manifest


def _is_kept(path: str) -> bool:
    # The index stands beside the site already; when somebody last looked is no part of a publication.
    return not path.startswith(f"{FOLDER}/") and path != str(Path(MARKS["site"]).with_name(CHECKED_FILE))


def _copy(files: Mapping[str, Path], target: Path) -> None:
    for name, file in files.items():
        place = target / name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, place)


def _server(target: Path) -> str:
    """Write the wheel of the server for agents, and return its name."""
    wheel, bundle = make_packages(target)
    # For clients that bring uv along, which asks a network for what it needs.
    bundle.unlink()
    return wheel.name


def _readme(manifest: Manifest, wheel: str, *, has_wheels: bool) -> str:
    if has_wheels:
        packages = """\
They are in `wheels/`, for one system and one Python:

```sh
python3 -m venv env
env/bin/pip install --no-index --find-links wheels --requirement requirements.txt
```

With them, say `env/bin/python` for `python3` below.
"""
    else:
        packages = """\
Where they are not installed, a machine with a network, of the same system and Python, brings them:

    pip download --only-binary :all: --requirement requirements.txt --dest wheels

and `pip install --no-index --find-links wheels --requirement requirements.txt` installs them here.
"""
    counts = manifest.counts
    return f"""\
# A CodeCollection Registry to take away

Build {manifest.build_id}: {counts.bundles} CodeBundles of {counts.collections} CodeCollections, newest change
{manifest.updated or "unknown"}. Nothing here asks a network, or runs what the catalogue describes. Collections' texts
belong to their authors.

Whether it is whole:

```sh check
sha256sum --check --quiet --strict {CHECKSUMS}
```

## The site

Any server of files shows it; searches of words work in the browser without the function.

```sh site
python3 -m http.server --bind 127.0.0.1 --directory site 8000
```

Then open <http://127.0.0.1:8000/>.

## The server for agents

It answers the Model Context Protocol on stdin and stdout, from `index/`. It needs Python 3.11 or later and the packages
of `requirements.txt`. {packages}
```sh server
python3 -m zipfile --extract server/{wheel} app
```

```sh agent
PYTHONPATH=app python3 -m search_fn.stdio --index index
```

The same code is the function: `INDEX_URI=index PYTHONPATH=app python3 -m uvicorn search_fn.app:app`, where uvicorn is
installed.
"""
