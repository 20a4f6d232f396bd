"""Whether something to be done is asked for."""

import pytest

from search_fn.query.actions import asks


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("restart a deployment that hangs", True),
        ("how to scale the workers of a queue", True),
        ("find the failing pod and delete it", True),
        ("deployment rollback", True),
        ("chaos engineering", True),
        ("what restarts a deployment that hangs", True),
        ("pods of a deployment restart again and again", False),
        ("helm rollback of a release fails at night", False),
        ("pods are restarting", False),
        ("why is the disk full", False),
        ("", False),
    ],
)
def test_who_asks(text: str, asked: bool) -> None:
    assert asks(text.split()) == asked
