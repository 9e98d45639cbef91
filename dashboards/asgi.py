"""The app as an ASGI application: ``uvicorn dashboards.asgi:app``. The settings are in .streamlit/config.toml beside it."""

from __future__ import annotations

import gc
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config

from dashboards.access import configured, home
from dashboards.signing_in import AroundSignIn
from warehouse.access import SignIn

LOG = logging.getLogger(__name__)
HEADERS = {
    # What a log wrote can neither load nor send anything, even where it would be taken for markup.
    "Content-Security-Policy": "default-src 'self'; "
    "script-src 'self' 'sha256-THxz9J9+wf7rhwR2YkXJoSZ13UCmYyC+3lNDv2+8ugA='; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' ws: wss:; worker-src 'self' blob:; "
    "frame-ancestors 'none'; base-uri 'self'; form-action 'self'; object-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


class Headers:
    """Adds the headers to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


@asynccontextmanager
async def _ready(_app: Any) -> AsyncIterator[None]:
    """Import before the first visitor comes (2.0 s instead of 0.6), then keep all that out of every collection."""
    for module in ("pandas", "pyarrow.compute", "plotly.graph_objects", "dashboards.layout"):
        import_module(module)
    gc.collect()
    gc.freeze()
    yield


def _failed(error: Exception) -> bool:
    """An error is for the log; the visitor is told in their language what to do."""
    LOG.error("a page failed", exc_info=error)
    from dashboards import layout

    layout.failed()
    return True


def _provider(sign_in: SignIn) -> dict[str, Any]:
    """The settings as Streamlit's sign-in takes them."""
    names = ("client_id", "client_secret", "server_metadata_url", "redirect_uri", "cookie_secret")
    return {name: getattr(sign_in, name) for name in names} | {"client_kwargs": dict(sign_in.client_kwargs)}


async def _home(request: Request) -> RedirectResponse:
    """The bare address leads to the first page, filters kept."""
    return RedirectResponse(f"glance?{request.url.query}" if request.url.query else "glance")


SIGN_IN = configured(home())
HERE = ["localhost", "127.0.0.1", "::1"]

app = st.App(
    Path(__file__).resolve().parent / "app.py",
    lifespan=_ready,
    # with a sign-in the first page depends on who comes: start.py finds it
    routes=[] if SIGN_IN else [Route("/", _home)],
    middleware=[Middleware(Headers), *([Middleware(AroundSignIn, SIGN_IN.is_secure)] if SIGN_IN else [])],
    secrets={"auth": _provider(SIGN_IN)} if SIGN_IN else None,
    on_script_error=_failed,
)
# only now: the settings are read from beside the script once the app knows where it is
config.set_option("server.allowedHosts", [*HERE, SIGN_IN.host] if SIGN_IN else HERE)
config.set_option("secrets.files", [])  # the home's settings alone, whatever lies where the command was started
