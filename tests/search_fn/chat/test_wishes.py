"""What a question wants beside its subject."""

import pytest

from search_fn.chat.wishes import read_wishes


@pytest.mark.parametrize(
    ("question", "left"),
    [
        ("look into pods without changing anything", "look into pods"),
        ("why is it slow, without restarting or touching the pods", "why is it slow"),
        ("check disks, it must not change anything", "check disks, it"),
        ("which read-only tools are there for S3", "which tools are there for S3"),
        ("and without changing anything?", "and ?"),
    ],
)
def test_only_what_reads_is_asked_for(question: str, left: str) -> None:
    wishes = read_wishes(question)
    assert (wishes.question, wishes.reading, wishes.changes) == (left, True, False)


@pytest.mark.parametrize(
    "question", ["is that read-only?", "does it change anything?", "will this restart my pods?", "is it safe?"]
)
def test_whether_something_changes_things_is_about_that_thing(question: str) -> None:
    assert read_wishes(question)[:4] == (question, False, False, True)


@pytest.mark.parametrize(
    "question",
    ["what does it need?", "which secrets does it use?", "what permissions are required", "how do I configure it"],
)
def test_what_is_needed_is_asked_for(question: str) -> None:
    assert read_wishes(question)[:3] == (question, False, True)


@pytest.mark.parametrize("question", ["pods keep restarting", "find unused disks", "restart a deployment"])
def test_a_subject_alone_wants_nothing_besides(question: str) -> None:
    assert read_wishes(question)[:5] == (question, False, False, False, False)


def test_a_long_question_is_read_at_once() -> None:
    read_wishes("without changing or " * 20_000)


@pytest.mark.parametrize(
    ("question", "one"),
    [
        ("what does it need?", True),
        ("and that one?", True),
        ("what do they need?", False),
        ("is each of these safe, or one?", False),
    ],
)
def test_one_and_several_are_told_apart(question: str, one: bool) -> None:
    assert read_wishes(question).of_one is one


@pytest.mark.parametrize(
    ("question", "told", "acts"),
    [
        ("what restarts a deployment", "restart a deployment", True),
        ("how to scale a deployment", "how to scale a deployment", True),
        ("pods keep restarting", "pods keep restarting", False),
        ("what causes restarts of pods", "what causes restarts of pods", False),
        ("what restarts pods without changing anything", "restart pods", False),
    ],
)
def test_who_asks_for_an_action(question: str, told: str, acts: bool) -> None:
    wishes = read_wishes(question)
    assert (wishes.question, wishes.acts) == (told, acts)
