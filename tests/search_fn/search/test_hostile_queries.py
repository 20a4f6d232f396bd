import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search_fn.index.facets import Filters
from search_fn.index.open import Index
from search_fn.search.listing import list_bundles, matching
from search_fn.search.ranking import MAX_LIMIT, search

HOSTILE = {
    "one quote": "'",
    "quotes": "\"'`‘“”'",
    "unclosed quote": '"pod restarts',
    "lucene fields": "title:pod AND (tools:log OR -about:x)",
    "lucene ranges": "a~0.5 b^2 [1 TO 2} +c -d !e",
    "lucene, cut off": "(pod AND [",
    "wildcards": "* ? po* %_",
    "slashes": "/pod/ \\ \\' \\u0000 //",
    "sql": "'; DROP TABLE bundles; --",
    "json": '{"match": {"column": "title", "terms": "pod"}}',
    "template": "{{ 7 * 7 }} ${NAMESPACE} %s %(x)s {0}",
    "markup": "<script>alert(1)</script>",
    "control characters": "".join(map(chr, range(32))) + "\x7f\x80\x9f",
    "null": "pod\x00restarts",
    "emoji": "🙂 👩‍👩‍👧‍👦 🇪🇺",
    "combining": "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘!͖̬̰̙̗̿̋ͥͥ̂ͣ̐́́͜͞",
    "right to left": "\u202epod\u202c אבג",
    "zero width": "\u200b\u200d\ufeff",
    "half of a pair": "pod \ud800 restarts",
    "stop words": "the and of to a in is it",
    "punctuation": "!!! ??? --- ... ,,, ;;;",
    "digits": "1234567890 3.14 0x1F 1e309",
    "a long word": "a" * 100_000,
    "many words": "pod restarts " * 8_000,
    "many words of one letter": "x " * 50_000,
    "many names of one bundle": "k8s-pod-restarts" * 6_000,
    "chinese": "容器 不断 重启",
    "mixed scripts": "Kubernetes-Pod перезапускается",
}


@pytest.mark.parametrize("query", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_query_has_an_answer(index: Index, query: str) -> None:
    started = time.perf_counter()
    answer = search(index, query, limit=MAX_LIMIT, explain=True)
    assert time.perf_counter() - started < 5
    assert answer.total == len(answer.results) <= len(index.ids)
    json.loads(answer.model_dump_json())
    listed = json.loads(list_bundles(index, matching(index, query, Filters()), 100, 0))
    assert listed["total_count"] == answer.total or not query.strip()


@pytest.mark.parametrize("name", ["stop words", "punctuation", "zero width", "emoji"])
def test_a_query_without_words_is_not_answered_with_confidence(index: Index, name: str) -> None:
    assert not search(index, HOSTILE[name]).confident


def test_syntax_around_words_changes_nothing_of_what_they_find(index: Index) -> None:
    assert search(index, '+pod AND "restarts"~2').results[0].slug == "k8s-pod-restarts"
    assert search(index, "pod\x00restarts?").results[0].slug == "k8s-pod-restarts"


@settings(max_examples=60)
@given(query=st.text(st.characters(), max_size=60) | st.text("\"'()[]{}:^~*?\\/+-&|! aAnNdDoOrR\x00", max_size=40))
def test_any_text_has_an_answer_that_is_json(index: Index, query: str) -> None:
    answer = search(index, query, Filters.of(tag=[query]), explain=True)
    assert json.loads(answer.model_dump_json())["total"] == answer.total
    search(index, query)
