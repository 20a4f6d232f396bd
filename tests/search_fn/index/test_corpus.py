"""What is searched together: names, positions and twins."""

import pytest

from search_fn.index.corpus import fold_name, fold_number
from search_fn.index.open import Index


@pytest.mark.parametrize("text", ["K8s_PVC health", "k8s-pvc-health", "K8S.PVC/Health", "k8s pvc 'health'"])
def test_case_separators_and_quotes_do_not_tell_names_apart(text: str) -> None:
    assert fold_name(text) == "k8spvchealth"


def test_names_in_any_number_are_one_but_other_words_are_not() -> None:
    assert fold_number("Pod Restarts") == fold_number("pod-restart") == fold_number("PODS_restarts")
    assert fold_number("VMs of a zone") == fold_number("vm-of-a-zones")
    assert fold_number("pod restart") != fold_number("port restart")
    # Letters of every script count.
    assert fold_name("Überlauf-日本") == "überlauf日本"
    assert fold_name(" -_ ") == fold_number("") == ""


def test_an_entry_is_found_by_slug_title_and_id(index: Index) -> None:
    at = index.positions["beacon-codecollection/k8s-pod-restarts"]
    for name in ("k8s-pod-restarts", "Kubernetes Pod Restarts", "beacon-codecollection/k8s-pod-restarts"):
        assert index.named(name) == index.spelled(name) == [at]
    assert (index.named("kubernetes pods restart"), index.spelled("kubernetes pods restart")) == ([at], [])
    assert index.card(at)["id"] == index.ids[at] == "beacon-codecollection/k8s-pod-restarts"


def test_positions_are_the_places_of_sorted_ids(index: Index) -> None:
    assert index.ids == sorted(index.ids)
    assert [index.positions[name] for name in index.ids] == list(range(len(index.ids)))
    assert len(index.values("task_count")) == len(index.ids)


def test_one_slug_in_two_collections_has_one_number(index: Index) -> None:
    numbers: dict[str, set[int]] = {}
    for name, number in zip(index.ids, index.twins.tolist(), strict=True):
        numbers.setdefault(fold_name(name.split("/", 1)[1]), set()).add(number)
    assert all(len(found) == 1 for found in numbers.values())
    assert len(numbers) == len(set(index.twins.tolist())) < len(index.ids)
