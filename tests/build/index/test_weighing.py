"""The words of a corpus: counted unstemmed, weighed by stems."""

from build.index.entries import Entry, PageRow
from build.index.weighing import Weighed, weigh


def entry(name: str, **texts: str) -> Entry[PageRow]:
    return Entry(PageRow(name, name, "library", "harbor", (), "{}"), texts, ())


def test_words_are_counted_once_an_entry_and_weighed_by_their_stems() -> None:
    corpus = weigh([entry("a", title="Pods", about="pods and a pod"), entry("b", about="the node")])
    assert corpus.counts == {"pods": 1, "pod": 1, "node": 1}
    assert list(corpus.weights) == ["node", "pod"]
    assert list(corpus.weights["pod"]) == [0]
    assert list(corpus.weights["node"]) == [1]
    assert [one.row.id for one in corpus.entries] == ["a", "b"]


def test_nothing_has_no_words() -> None:
    nothing: Weighed[PageRow] = weigh([])
    assert (nothing.entries, nothing.counts, dict(nothing.weights)) == ([], {}, {})
