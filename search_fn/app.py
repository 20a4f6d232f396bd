"""The function as an ASGI application, with the settings of the environment: `uvicorn search_fn.app:app`."""

from search_fn.rest.application import create_app
from search_fn.settings import Settings

app = create_app(Settings.at_start())
