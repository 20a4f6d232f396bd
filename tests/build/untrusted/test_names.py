"""Which names of strangers can stand in addresses and paths."""

import pytest

from build.untrusted.names import address_key, is_name, is_reserved


@pytest.mark.parametrize("name", ["k8s-pod", "a", "A.b_c-9", "x" * 128, "0"])
def test_plain_names_can_stand_in_an_address(name: str) -> None:
    assert is_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".git",
        "-rf",
        "a/b",
        "..",
        "a b",
        "a\n",
        "x" * 129,
        "ä",
        "a%2fb",
        "a\\b",
        "a?b",
        "ghp_" + "a1B2c3D4e5F6g7H8i9" * 2,
    ],
)
def test_others_and_keys_cannot(name: str) -> None:
    assert not is_name(name)


@pytest.mark.parametrize("name", ["index", "INDEX.html", "404", "assets", "con", "Nul.txt", "lpt9", "a.", "a.json"])
def test_names_of_the_site_and_of_devices_are_reserved(name: str) -> None:
    assert is_reserved(name)


@pytest.mark.parametrize("name", ["indexes", "com10", "com0", "a.jsonl", "my-assets", "lpt"])
def test_names_like_them_are_not(name: str) -> None:
    assert not is_reserved(name)


def test_what_an_address_cannot_tell_apart_is_one() -> None:
    assert address_key("K8s_Pod-Restarts") == address_key("k8s-pod_restarts") == "k8s-pod-restarts"
    assert address_key("a.b") != address_key("a-b")
