"""From the address that a monitoring system puts into an alert to the site's page of it, or to the search for it.

The site does the same where it is asked itself (site_templates/theme/assets/missing.js). Names are those of its
`api/v1/alerts.json`, in whatever case and with whatever between their words.
"""

import json
import re
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from search_fn.index.corpus import fold_name
from search_fn.index.current import CurrentIndex
from search_fn.settings import Settings

ALERT_PATH = "/alerts/{name}"
_NAME = re.compile(r"[A-Za-z0-9 _-]{1,100}", re.ASCII)


def add_alert_routes(app: FastAPI, index: CurrentIndex, settings: Settings) -> None:
    """Add the route over the index that is current when each request comes."""

    async def alert(request: Request) -> Response:
        name = request.path_params["name"]
        if not _NAME.fullmatch(name) or not fold_name(name):
            raise HTTPException(404, "An alert's name has letters, digits, dashes and spaces.")
        own = request.scope.get("root_path", "")
        known = _by_name(index().documents.get("alerts", '{"alerts": []}')).get(fold_name(name))
        if known is None:
            search = f"{settings.site_url}/search/" if settings.site_url else f"{own}/api/v1/search"
            return RedirectResponse(f"{search}?q={quote(name)}", 302)
        if settings.site_url or known["name"] != name:
            return RedirectResponse(f"{settings.site_url or own}/alerts/{quote(known['name'])}/", 302)
        # There is no page, as far as settings say.
        return JSONResponse(known)

    # Starlette's route: it reads no signature, which takes FastAPI milliseconds of each start.
    app.add_route(ALERT_PATH, alert, ["GET"], include_in_schema=False)


@lru_cache(2)
def _by_name(text: str) -> dict[str, dict[str, Any]]:
    return {fold_name(one["name"]): one for one in reversed(json.loads(text)["alerts"])}
