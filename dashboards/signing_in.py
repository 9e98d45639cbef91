"""What Streamlit's sign-in leaves open, closed around it: the address somebody wanted is kept across the sign-in, the
cookies are kept to this server and this browser session, files for download are for those who are signed in.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.auth_util import get_cookie_with_chunks
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import AUTH_COOKIE_MAX_AGE_SECONDS, USER_COOKIE_NAME

from dashboards.access import is_current
from warehouse.access import CALLBACK

LOGIN, MEDIA = "/auth/login", "/media/"
STREAMLIT_S = f"max-age={AUTH_COOKIE_MAX_AGE_SECONDS}".encode()  # 30 days
WANTED = "zhidu_wanted"  # cookie: the address to go on to
MINUTES_TO_SIGN_IN = 15


class AroundSignIn:
    """Middleware of a server that has a sign-in."""

    def __init__(self, app: ASGIApp, is_secure: bool) -> None:
        self.app = app
        self.is_secure = is_secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = HTTPConnection(scope)
        path = request.url.path
        if path.startswith(MEDIA) and not _is_signed_in(request):
            await PlainTextResponse("sign in first", status_code=403)(scope, receive, send)
            return

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if path == LOGIN:
                    self._remember(headers, _wanted(request))
                elif path == CALLBACK:
                    self._go_on(headers, request)
                elif USER_COOKIE_NAME in request.cookies and not _is_signed_in(request):
                    headers.append("set-cookie", f"{USER_COOKIE_NAME}=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax")
                if path.startswith(MEDIA):
                    headers["cache-control"] = "no-store"
                self._guard_cookies(message)
            await send(message)

        await self.app(scope, receive, send_on)

    def _remember(self, headers: MutableHeaders, wanted: str) -> None:
        if wanted:
            seconds = MINUTES_TO_SIGN_IN * 60
            headers.append(
                "set-cookie", f"{WANTED}={quote(wanted, safe='')}; Max-Age={seconds}; Path=/; HttpOnly; SameSite=Lax"
            )

    def _go_on(self, headers: MutableHeaders, request: HTTPConnection) -> None:
        """After a sign-in that succeeded, to the address that was wanted."""
        wanted = unquote(request.cookies.get(WANTED, ""))
        is_done = any(
            value.startswith(f"{USER_COOKIE_NAME}=") and "Max-Age=0" not in value
            for value in headers.getlist("set-cookie")
        )
        if is_done and _is_local(wanted) and "location" in headers:
            headers["location"] = quote(wanted, safe="/?&=%~._-")
            headers.append("set-cookie", f"{WANTED}=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax")

    def _guard_cookies(self, message: Message) -> None:
        """Cookies end with the browser's session, not after 30 days, and go over https alone where there is https."""
        guarded = []
        for name, value in message["headers"]:
            if name == b"set-cookie":
                parts = [part for part in value.split(b"; ") if part.lower() != STREAMLIT_S]
                if self.is_secure and b"Secure" not in parts:
                    parts.append(b"Secure")
                value = b"; ".join(parts)
            guarded.append((name, value))
        message["headers"] = guarded


def _wanted(request: HTTPConnection) -> str:
    """The address that the visitor signs in from, when it is one of this server."""
    came_from = urlsplit(request.headers.get("referer", ""))
    if came_from.netloc != request.headers.get("host"):
        return ""
    wanted = came_from.path + (f"?{came_from.query}" if came_from.query else "")
    return wanted if _is_local(wanted) else ""


def _is_local(address: str) -> bool:
    """A path on this server, nothing that a browser takes for another one."""
    return address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()


def _is_signed_in(request: HTTPConnection) -> bool:
    claims = _claims(request)
    return bool(claims.get("is_logged_in")) and is_current(claims)


def _claims(request: HTTPConnection) -> dict[str, Any]:
    """What the signed cookie says; nothing when it is missing or not signed by this server."""

    def part(name: str) -> bytes | None:
        value = request.cookies.get(name)
        return decode_signed_value(get_cookie_secret(), name, value.encode("latin-1")) if value else None

    try:
        told = json.loads(get_cookie_with_chunks(part, USER_COOKIE_NAME) or "{}")
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
