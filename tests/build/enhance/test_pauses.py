"""For how long a provider asks to be left alone."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from build.enhance import step as enhance


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7), ("1.5", 1.5), ("", 0), ("soon", 0), ("-3", 0), ("9" * 9, 86_400), ("9" * 400, 0), ("\u0667", 0),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0), ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400), ("Fri, 31 Dec 99999", 0),
    ],
)  # fmt: skip
def test_a_pause_is_a_number_or_a_date_and_bounded(header: str, seconds: float) -> None:
    assert enhance._retry_after({"retry-after": header}) == seconds
    assert enhance._retry_after({}) == 0


def test_a_pause_may_be_asked_for_by_a_date() -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=40), usegmt=True)
    assert 30 < enhance._retry_after({"retry-after": date}) <= 41
