"""For how long a server asks to be left alone."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from search_fn.retries import retry_after


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7), ("0", 0), (" 1.5 ", 1.5), ("9" * 9, 86_400), ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400),
        ("", None), ("soon", None), ("-3", None), ("nan", None), ("inf", None), ("9" * 400, None), ("1e3", None),
        ("\u0667", None), ("Wed, 21 Oct 2015 07:28:00 GMT", None), ("Fri, 31 Dec 99999", None),
    ],
)  # fmt: skip
def test_a_pause_is_a_number_or_a_date_and_bounded(header: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": header}) == seconds


def test_without_the_header_nothing_is_asked_for() -> None:
    assert retry_after({}) is None


def test_a_pause_may_be_asked_for_by_a_date() -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=40), usegmt=True)
    assert 30 < (retry_after({"retry-after": date}) or 0) <= 41
