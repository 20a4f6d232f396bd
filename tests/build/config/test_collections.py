"""collections.yaml is written by people: each mistake is named with file, line and key."""

import re
from pathlib import Path

import pytest

from build.config.collections import read_collections
from build.errors import UsageError

GOOD = """\
codecollections:
  - name: Beacon CodeCollection
    slug: beacon-codecollection
    git_url: https://github.com/example-org/beacon-codecollection.git
"""
# The format of the registry that this one replaces, with all of its keys.
UPSTREAM = """\
codecollections:
  - name: Beacon CodeCollection
    slug: beacon-codecollection
    git_url: https://github.com/example-org/beacon-codecollection.git
    git_ref: main
    owner: Example Org
    owner_email: team@example.com
    owner_icon: https://assets.example.com/icon.png
    description: Bundles that look after beacons.
    visibility: public
    image_source: runtime
    image_registry: registry.example.com/beacon
    default_ref: main
    static_path: images/beacon.yaml
  - name: Anchor CodeCollection
    slug: anchor-codecollection
    git_url: https://gitlab.com/example-org/group/anchor
    visibility: hidden
    image_source: null
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "collections.yaml"


def refused(file: Path, text: str, *, allow_local: bool = False) -> str:
    """The sentence with which a file of this text is refused."""
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        read_collections(file, allow_local=allow_local)
    assert caught.value.exit_status == 2
    message = str(caught.value)
    assert message.startswith(f"{file}:")
    return message.removeprefix(f"{file}:")


def test_a_key_that_was_meant_is_named(file: Path) -> None:
    assert (
        refused(file, GOOD.replace("git_url:", "giturl:")) == "2: key 'git_url' is missing; is 'giturl' meant for it?"
    )


def test_the_upstream_format_is_read_unchanged(file: Path) -> None:
    file.write_text(UPSTREAM, encoding="utf-8")
    collections, problems = read_collections(file)
    assert problems == []
    assert [collection.slug for collection in collections] == ["beacon-codecollection", "anchor-codecollection"]
    first, second = collections
    assert first.model_dump() == {
        "name": "Beacon CodeCollection",
        "slug": "beacon-codecollection",
        "git_url": "https://github.com/example-org/beacon-codecollection.git",
        "git_ref": "main",
        "owner": "Example Org",
        "maintained_by": None,
        "owner_email": "team@example.com",
        "owner_icon": "https://assets.example.com/icon.png",
        "description": "Bundles that look after beacons.",
        "visibility": "public",
        "image_source": "runtime",
        "image_registry": "registry.example.com/beacon",
        "default_ref": "main",
        "static_path": "images/beacon.yaml",
        "clone_url": None,
    }
    assert (second.git_ref, second.owner, second.visibility, second.image_source) == ("main", "", "hidden", None)


def test_a_byte_order_mark_is_no_matter(file: Path) -> None:
    file.write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    collections, _ = read_collections(file)
    assert [collection.slug for collection in collections] == ["beacon-codecollection"]


@pytest.mark.parametrize("key", ["name", "slug", "git_url"])
def test_a_missing_key_is_named_with_its_entry_s_line(key: str, file: Path) -> None:
    kept = [line for line in GOOD.splitlines() if f"{key}:" not in line]
    text = "\n".join(kept).replace("    slug", "  - slug") if key == "name" else "\n".join(kept)
    assert refused(file, text) == f"2: key '{key}' is missing; add it."


def test_a_null_key_is_a_missing_one(file: Path) -> None:
    text = GOOD.replace("slug: beacon-codecollection", "slug: null")
    assert refused(file, text) == "3: key 'slug' is missing; add it."


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("owner: 7", "owner"),
        ("git_ref: 1.0", "git_ref"),
        ("description: [a, b]", "description"),
        ("visibility: secret", "visibility"),
        ("visibility: no", "visibility"),
        ("owner_icon: {a: b}", "owner_icon"),
        ("image_source: 2026-01-01", "image_source"),
    ],
)
def test_a_mistyped_value_is_named_with_its_line(line: str, key: str, file: Path) -> None:
    message = refused(file, f"{GOOD}    {line}\n")
    assert message.startswith(f"5: key '{key}' is wrong (")
    assert message.endswith("); correct it.")


@pytest.mark.parametrize(
    ("old", "new", "line", "key"),
    [
        ("name: Beacon CodeCollection", "name: ' '", 2, "name"),
        ("slug: beacon-codecollection", "slug: Beacon Collection", 3, "slug"),
        ("slug: beacon-codecollection", "slug: ../beacon", 3, "slug"),
        ("slug: beacon-codecollection", "slug: page", 3, "slug"),
        ("slug: beacon-codecollection", 'slug: "beacon\\n"', 3, "slug"),
        ("slug: beacon-codecollection", "slug: " + "b" * 65, 3, "slug"),
        ("git_url: https:", "git_url: http:", 4, "git_url"),
        ("git_url: https://github.com", "git_url: https://git.example.com", 4, "git_url"),
    ],
)
def test_an_unusable_value_is_named_with_its_line(old: str, new: str, line: int, key: str, file: Path) -> None:
    assert refused(file, GOOD.replace(old, new)).startswith(f"{line}: key '{key}'")


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("git_ref: --upload-pack=x", "git_ref"),
        ("clone_url: ext::sh -c id", "clone_url"),
        ("clone_url: file:///srv/repo", "clone_url"),
        ("clone_url: git@github.com:a/b", "clone_url"),
        ("clone_url: ''", "clone_url"),
    ],
)
def test_an_unusable_source_is_named_even_where_paths_are_allowed(line: str, key: str, file: Path) -> None:
    assert refused(file, f"{GOOD}    {line}\n", allow_local=True).startswith(f"5: key '{key}'")


def test_unknown_keys_are_warnings_with_their_lines(file: Path) -> None:
    file.write_text(f"{GOOD}    git_reff: main\n    7: x\nversion: 2\n", encoding="utf-8")
    collections, problems = read_collections(file)
    assert len(collections) == 1
    assert [(p.severity, p.code, p.path, p.line) for p in problems] == [
        ("warning", "unknown-key", str(file), line) for line in (7, 5, 6)
    ]
    assert [re.findall(r"key '(\w+)'", p.message) for p in problems] == [["version"], ["git_reff"], ["7"]]
    assert all("git_ref" in p.hint for p in problems)


def test_a_slug_that_stands_twice_is_refused_at_its_second_place(file: Path) -> None:
    second = GOOD.partition("\n")[2].replace("Beacon", "Other")
    assert refused(file, GOOD + second).startswith("6: key 'slug': 'beacon-codecollection' is used twice")


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("codecollections:\n  - name: [a\n", 3, "expected"),
        ("codecollections:\n\t- name: a\n", 2, "token"),
        ("base: &base {slug: a}\ncodecollections:\n  - *base\n", 3, "alias"),
        (GOOD + "    slug: twice\n", 5, "duplicate key 'slug'"),
        ("a: 1\n---\nb: 2\n", 2, "another document"),
        ("codecollections: !!python/object/apply:os.system [id]\n", 1, "constructor"),
    ],
)
def test_what_is_not_our_yaml_is_refused_with_its_line(text: str, line: int, what: str, file: Path) -> None:
    message = refused(file, text)
    assert message.startswith(f"{line}: ")
    assert what in message


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("# nothing but a remark\n", 1),
        ("- name: a\n", 1),
        ("just words\n", 1),
        ("other: 1\n", 1),
        ("\n\ncodecollections: []\n", 3),
        ("# one\ncodecollections: {name: a}\n", 2),
        ("codecollections:\n", 1),
        ("codecollections: beacon\n", 1),
    ],
)
def test_no_list_of_collections_is_refused(text: str, line: int, file: Path) -> None:
    assert refused(file, text).startswith(f"{line}: key 'codecollections' must be a list of collections")


@pytest.mark.parametrize("entry", ["beacon", "[name, slug]", "7", "null"])
def test_an_entry_that_is_no_mapping_is_refused(entry: str, file: Path) -> None:
    message = refused(file, f"{GOOD}  - {entry}\n")
    assert message == "5: key 'an entry' is not a mapping of keys to values; write '- name: …'."


def test_a_file_that_cannot_be_read_is_told_with_the_option(tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes(b"name: \xe9\xff")
    for name in ("absent.yaml", ".", "latin"):
        with pytest.raises(UsageError, match=r"cannot be read .*--collections"):
            read_collections(tmp_path / name)


def test_a_path_needs_allow_local(file: Path) -> None:
    message = refused(file, f"{GOOD}    clone_url: ./beacon\n")
    assert message.startswith("5: key 'clone_url': './beacon' is a path")
    assert "--allow-local" in message


@pytest.mark.parametrize(("path", "place"), [("./beacon", "beacon"), ("../x/beacon", "../x/beacon")])
def test_a_relative_clone_url_starts_at_the_file_s_folder(
    path: str, place: str, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text(f"{GOOD}    clone_url: {path}\n", encoding="utf-8")
    # Not at the folder in which the command was started.
    monkeypatch.chdir("/")
    collections, _ = read_collections(file, allow_local=True)
    assert collections[0].clone_url == str((tmp_path / place).resolve())


def test_an_absolute_clone_url_stays(file: Path, tmp_path: Path) -> None:
    file.write_text(f"{GOOD}    clone_url: {tmp_path}/elsewhere\n", encoding="utf-8")
    collections, _ = read_collections(file, allow_local=True)
    assert collections[0].clone_url == f"{tmp_path}/elsewhere"


def test_another_address_as_clone_url_needs_no_option(file: Path) -> None:
    file.write_text(f"{GOOD}    clone_url: https://gitlab.com/mirror/beacon\n", encoding="utf-8")
    collections, _ = read_collections(file)
    assert collections[0].clone_url == "https://gitlab.com/mirror/beacon"
    assert collections[0].git_url.startswith("https://github.com/")


def test_hosts_of_one_s_own_are_named_in_the_environment(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = GOOD.replace("github.com", "git.example.com")
    message = refused(file, text)
    assert "'git.example.com' is not allowed" in message
    assert "REGISTRY_GIT_HOSTS" in message
    monkeypatch.setenv("REGISTRY_GIT_HOSTS", " other.example.com, GIT.example.com ,")
    collections, _ = read_collections(file)
    assert collections[0].git_url.startswith("https://git.example.com/")
    # The public ones stay allowed.
    file.write_text(GOOD, encoding="utf-8")
    assert read_collections(file)[0]


def test_a_password_in_an_address_is_not_repeated(file: Path) -> None:
    for address in ("https://me:hunter2@github.com/a/b", "http://me:hunter2@x/", "https://github.com/a?t=hunter2"):
        message = refused(file, GOOD.replace("https://github.com/example-org/beacon-codecollection.git", address))
        assert message.startswith("4: key 'git_url'")
        assert "hunter2" not in message
