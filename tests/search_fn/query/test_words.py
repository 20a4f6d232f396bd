"""Words: one reading for the index and for queries."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_fn.query.words import LONGEST_WORD, STOP_WORDS, compounds, stem, words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Pods restart.", ["pods", "restart"]),
        ("kube-system", ["kubesystem", "kube", "system"]),
        ("DEPLOYMENT_NAME", ["deploymentname", "deployment", "name"]),
        ("NodePool", ["nodepool", "node", "pool"]),
        ("OOMKilled", ["oomkilled", "oom", "killed"]),
        ("CrashLoopBackOff", ["crashloopbackoff", "crash", "loop", "back", "off"]),
        # A word of humps that are no words stays whole.
        ("VMs gRPC k8s OK", ["vms", "grpc", "k8s", "ok"]),
        ("Ünïcode ﬁle", ["unicode", "file"]),
        ("why is the pod in a loop?", ["pod", "loop"]),
        ("a__b--c", ["abc", "b", "c"]),
        ("", []),
        ("— ! _ -", []),
    ],
)
def test_the_words_of_a_text(text: str, found: list[str]) -> None:
    assert list(words(text)) == found


@pytest.mark.parametrize(
    "forms",
    [
        ("pod", "pods"),
        ("fail", "fails", "failed", "failing"),
        ("policy", "policies"),
        ("expire", "expires", "expired", "expiring"),
        ("stop", "stopped", "stopping"),
        ("scale", "scales"),
        ("process", "processes", "processing"),
        ("kill", "killed", "killing"),
        ("partitioned", "partitioning"),
    ],
)
def test_the_forms_of_a_word_have_one_stem(forms: tuple[str, ...]) -> None:
    assert len({stem(form) for form in forms}) == 1


@pytest.mark.parametrize(
    "different",
    [("plan", "plane"), ("status", "state"), ("dns", "dn"), ("access", "acces"), ("ring", "r"), ("bed", "b"),
     ("functioning", "function"), ("conditioned", "conditions")],
)  # fmt: skip
def test_different_words_keep_different_stems(different: tuple[str, str]) -> None:
    assert stem(different[0]) != stem(different[1])


@given(st.text(max_size=60))
def test_any_text_has_words_that_the_table_can_hold(text: str) -> None:
    for word in words(text):
        assert 0 < len(word) <= LONGEST_WORD
        assert word not in STOP_WORDS
        assert word.split() == [word]
        assert stem(word)
        assert stem(word).split() == [stem(word)]


@given(st.text(max_size=60))
def test_a_whole_is_made_of_its_first_parts(text: str) -> None:
    for whole, parts in compounds(text):
        # A part may come twice, as in `aaa-aaa`, and is told once; a word of one part alone is told without.
        assert parts != (whole,)
        assert all(part in whole for part in parts)


@given(st.lists(st.sampled_from(["pod", "node", "queue", "disk"]), min_size=2, max_size=4), st.sampled_from("-_"))
def test_separators_do_not_matter_to_the_whole(parts: list[str], separator: str) -> None:
    [(whole, _)] = compounds(separator.join(parts))
    assert whole == "".join(parts)
