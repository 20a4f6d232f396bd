"""A query as it is searched for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_fn.query.read import read_query
from search_fn.query.spelling import Vocabulary

COUNTS = {
    "kubernetes": 9, "deployment": 4, "deploymentname": 1, "name": 5, "pods": 9, "crash": 2, "restart": 4, "cost": 3,
    "http": 4, "503": 1, "certificate": 2, "key": 2, "vault": 2, "disk": 2,
}  # fmt: skip
VOCABULARY = Vocabulary.of(COUNTS, {"bread"}.__contains__)


def test_words_are_stems_without_those_of_asking_and_without_repetition() -> None:
    assert read_query("Why do my pods crash, and the pod crashes?", VOCABULARY).words == ("pod", "crash")


def test_slips_are_repaired_in_the_words_and_in_what_is_encoded() -> None:
    query = read_query("Kuberntes DEPLOYMNET, keyvault bread", VOCABULARY)
    assert query.words == ("kubernet", "deployment", "key", "vault", "bread")
    assert query.wish.text == "kubernetes deployment, key vault bread"


def test_a_clean_query_is_encoded_as_it_was_written() -> None:
    text = "Why do pods Restart (HTTP 503)?"
    assert read_query(text, VOCABULARY).wish.text == text


def test_addresses_and_versions_are_not_encoded() -> None:
    query = read_query("kuberntes v1.29.3-rc1: Get https://10.2.0.5:8080/healthz fails with 503", VOCABULARY)
    assert query.wish.text == "kubernetes Get fails with 503"
    assert read_query("https://example.org/a", VOCABULARY).wish.text == "https://example.org/a"


def test_a_compound_counts_as_a_whole_where_the_corpus_has_it_so() -> None:
    assert read_query("DEPLOYMENT_NAME", VOCABULARY).words == ("deployment", "name", "deploymentnam")
    assert read_query("PODS_NAME", VOCABULARY).words == ("pod", "name")


def test_of_numbers_only_statuses_are_words() -> None:
    assert read_query("http 503 on port 8080, v1.29.3, 3 pods of 12", VOCABULARY).words == (
        "http",
        "503",
        "port",
        "pod",
    )


def test_synonyms_come_apart_from_what_was_written() -> None:
    query = read_query("spend of pods", VOCABULARY)
    assert "cost" in query.hints
    assert not set(query.words) & set(query.hints)


@pytest.mark.parametrize(
    ("text", "words", "hint"),
    [
        ("pods are restarting", ("pod",), "restart"),
        ("my deployment keeps crashing", ("deployment",), "crash"),
        ("pods started crashing", ("pod", "start"), "crash"),
        ("restart pods", ("restart", "pod"), None),
        ("restarting pods", ("restart", "pod"), None),
        # Where nothing else is said, it is what is asked for.
        ("is restarting now", ("restart",), None),
    ],
)
def test_what_is_said_to_happen_is_a_hint(text: str, words: tuple[str, ...], hint: str | None) -> None:
    query = read_query(text, VOCABULARY)
    assert query.words[: len(words)] == words
    assert hint is None or hint in query.hints


def test_synonyms_of_a_single_word_are_words() -> None:
    query = read_query("spend", VOCABULARY)
    assert "cost" in query.words
    assert query.hints == ()


def test_a_name_of_humps_is_its_parts_and_itself_and_encoded_as_both() -> None:
    query = read_query("PodHasNoDisk deploymentName", VOCABULARY)
    assert query.words == ("pod", "disk", "deployment", "name", "deploymentnam")
    assert query.wish.text == "PodHasNoDisk pod has no disk deploymentName deployment name"


@pytest.mark.parametrize(
    ("text", "asks", "names"),
    [
        ("restart pods", True, False),
        ("kuberntes restrt", True, False),
        ("how to restart the pods of a deployment", True, False),
        ("pods crash after a restart of the deployment", False, False),
        ("a deployment cannot restart its pods", False, False),
        ("which pods use DISK_NAME here", False, True),
    ],
)
def test_who_asks_for_something_to_be_done(text: str, asks: bool, names: bool) -> None:
    query = read_query(text, VOCABULARY)
    assert (query.asks, query.names) == (asks, names)


def test_marked_words_are_no_words() -> None:
    query = read_query('pods "disk full" -certificate !azure NOT aws', VOCABULARY)
    assert query.words == ("pod", "disk", "full")
    assert query.unwanted == ("certificate",)
    assert query.wish.excluded == {"azure", "aws"}
    assert query.quoted == (("disk", "full"),)


def test_another_language_is_read_where_it_says_what_the_field_says() -> None:
    assert read_query("Pod neu starten", VOCABULARY).words == ("pod", "restart")
    # A state is none that is asked for, in any language.
    for text in ("Podが再起動を繰り返す", "Pod startet ständig neu"):
        query = read_query(text, VOCABULARY)
        assert (query.words[0], "restart" in query.words, "restart" in query.hints) == ("pod", False, True)
    # What the corpus has not is of another language, and nothing that it lacks.
    assert read_query("podを見る", VOCABULARY).known == 1


def test_the_noise_of_pagers_is_not_read() -> None:
    query = read_query("[FIRING:2] alertname:PodCrash namespace:shop pod:shop-1a severity:warning", VOCABULARY)
    assert query.words == ("pod", "crash")


def test_excluded_platforms_are_neither_words_nor_encoded() -> None:
    query = read_query("disk full, not on kubernetes", VOCABULARY)
    assert query.words == ("disk", "full")
    assert query.wish.text == "disk full,"


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("pods crash", 1.0),
        ("pods crash bread", 2 / 3),
        ("kuberntes pods", 1.0),
        ("spending on pods", 1.0),  # said otherwise
        ("sourdough bread", 0.0),
        ("what is it?", 0.0),
        ("", 0.0),
    ],
)
def test_how_much_of_a_query_the_corpus_knows(text: str, known: float) -> None:
    assert read_query(text, VOCABULARY).known == pytest.approx(known)


def test_the_names_of_a_long_error_are_not_looked_at_one_by_one() -> None:
    seen = set()

    def is_word(word: str) -> bool:
        seen.add(word)
        return False

    vocabulary = Vocabulary.of(COUNTS, is_word)
    read_query(" ".join(f"qwert{chr(97 + n)}zuiop" for n in range(26)), vocabulary)
    assert 0 < len(seen) <= 12


@given(
    st.text(max_size=80) | st.lists(st.sampled_from([*COUNTS, "kuberntes", "ſpend", "K8s", "not", "aws"])).map(" ".join)
)
def test_any_text_is_a_query(text: str) -> None:
    query = read_query(text, VOCABULARY)
    assert 0 <= query.known <= 1
    assert len(set(query.words)) == len(query.words)
    assert not set(query.words) & set(query.hints)
    assert query == read_query(text, VOCABULARY)
