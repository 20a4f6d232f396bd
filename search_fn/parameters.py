"""Parameters that several routes take."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Query

from search_fn.search import MAX_QUERY

Values = Annotated[
    Sequence[str], Query(description="Exact but for case; a comma or a repeated parameter means any of them.")
]
Text = Annotated[str, Query(max_length=MAX_QUERY)]
Offset = Annotated[int, Query(ge=0, le=1_000_000)]
