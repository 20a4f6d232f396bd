"""Bringing the index that a site offers, from a server on loopback."""

import gzip
import io
import json
import os
import sys
import tarfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from mcp.client.stdio import StdioServerParameters

from search_fn.index.facts import SCHEMA_VERSION, IndexUnavailableError
from search_fn.settings import PACKAGE
from search_fn.site_index import fetch_site_index
from tests.support.official_client import use_everything
from tests.support.web_pages import Pages, web_pages

DESCRIPTION = "/registry/downloads/index.json"


@pytest.fixture
def site() -> Iterator[Pages]:
    with web_pages() as pages:
        yield pages


def packed(*entries: tuple[tarfile.TarInfo, bytes]) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        for entry, content in entries:
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return made.getvalue()


def packed_files(**files: bytes) -> bytes:
    return packed(*((tarfile.TarInfo(name), content) for name, content in files.items()))


def offer(site: Pages, archive: bytes, **fields: Any) -> str:
    """Serve an archive with its description, of which `fields` are other ones; the site's address."""
    digest = sha256(archive).hexdigest()
    described = {
        "build_id": "b", "schema_version": SCHEMA_VERSION, "file": f"index-{digest[:16]}.tar.gz", "sha256": digest,
        "size": len(archive),
    } | fields  # fmt: skip
    site.replies[DESCRIPTION] = (200, {}, json.dumps(described).encode())
    site.replies[f"/registry/downloads/{described['file']}"] = (200, {}, archive)
    return f"{site.address}/registry/"


def test_an_index_is_brought_once_for_each_publication(site: Pages, tmp_path: Path) -> None:
    address = offer(site, packed_files(manifest=b"1"))
    first = fetch_site_index(address, tmp_path)
    assert (first / "manifest").read_bytes() == b"1"
    assert fetch_site_index(address.rstrip("/"), tmp_path) == first
    assert sum(path.endswith(".gz") for path in site.asked) == 1
    offer(site, packed_files(manifest=b"2"))
    second = fetch_site_index(address, tmp_path)
    assert (second / "manifest").read_bytes() == b"2"
    assert list(second.parent.iterdir()) == [second]


def test_where_the_site_does_not_answer_the_last_index_is_used(
    site: Pages, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    address = offer(site, packed_files(manifest=b"1"))
    first = fetch_site_index(address, tmp_path)
    site.replies.clear()
    assert fetch_site_index(address, tmp_path) == first
    assert "the index downloaded before is used" in capsys.readouterr().err
    with pytest.raises(IndexUnavailableError, match="No index could be downloaded"):
        fetch_site_index(f"{site.address}/other", tmp_path)


ARCHIVE = packed_files(manifest=b"1")
OUTSIDE = tarfile.TarInfo("../outside")
LINK = tarfile.TarInfo("link")
LINK.type, LINK.linkname = tarfile.SYMTYPE, "/etc/passwd"


@pytest.mark.parametrize(
    ("archive", "fields", "said"),
    [
        (ARCHIVE, {"schema_version": SCHEMA_VERSION + 1}, "install the release that the site was built with"),
        (ARCHIVE, {"file": "../../etc/passwd"}, "does not describe an index"),
        (ARCHIVE, {"sha256": "x"}, "does not describe an index"),
        (ARCHIVE, {"size": 10**12}, "does not describe an index"),
        (ARCHIVE, {"sha256": "0" * 64}, "is not what its description says"),
        (ARCHIVE, {"size": len(ARCHIVE) - 1}, "is not what its description says"),
        (ARCHIVE, {"size": len(ARCHIVE) + 1}, "is not what its description says"),
        (b"no archive", {}, "cannot be unpacked"),
        (gzip.compress(b"\0" * 10), {}, "cannot be unpacked"),
        (ARCHIVE[: len(ARCHIVE) // 2], {}, "cannot be unpacked"),
        (packed((OUTSIDE, b"x")), {}, "cannot be unpacked"),
        (packed((LINK, b"")), {}, "cannot be unpacked"),
    ],
    ids=[
        "schema", "path", "digest of another form", "size of another form", "digest", "smaller", "larger", "no archive",
        "no tar", "cut", "outside", "link",
    ],
)  # fmt: skip
def test_a_site_that_lies_is_named(
    archive: bytes, fields: dict[str, Any], said: str, site: Pages, tmp_path: Path
) -> None:
    address = offer(site, archive, **fields)
    with pytest.raises(IndexUnavailableError, match=said):
        fetch_site_index(address, tmp_path / "cache")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    "address", ["", "registry.example.org", "http://registry.example.org", "file:///etc", "ftp://x"]
)
def test_only_a_sites_address_is_taken(address: str, tmp_path: Path) -> None:
    with pytest.raises(IndexUnavailableError, match="is not the address of a site"):
        fetch_site_index(address, tmp_path)


def test_a_page_that_is_no_description_is_named(site: Pages, tmp_path: Path) -> None:
    site.page(DESCRIPTION)
    with pytest.raises(IndexUnavailableError, match="does not describe an index"):
        fetch_site_index(f"{site.address}/registry", tmp_path)


def test_a_site_that_leads_to_another_scheme_is_not_followed(site: Pages, tmp_path: Path) -> None:
    site.replies[DESCRIPTION] = (302, {"location": "ftp://127.0.0.1:1/x"}, b"")
    with pytest.raises(IndexUnavailableError):
        fetch_site_index(f"{site.address}/registry", tmp_path)


def test_the_server_answers_from_a_sites_index(made_up: Any, site: Pages, tmp_path: Path) -> None:
    files = [path for path in made_up.folder.rglob("*") if path.is_file()]
    archive = packed(
        *((tarfile.TarInfo(path.relative_to(made_up.folder).as_posix()), path.read_bytes()) for path in files)
    )
    arguments = ["-m", "search_fn.stdio", "--site", offer(site, archive), "--cache", str(tmp_path)]
    env = {"PYTHONPATH": str(PACKAGE), "PATH": os.environ["PATH"]}
    use_everything(StdioServerParameters(command=sys.executable, args=arguments, env=env, cwd=tmp_path), "auto")
