"""An OpenID Connect provider on loopback, for tests: authorization code with PKCE (S256), RS256, one-time codes, end of session.

``python -m tests.e2e.provider PORT CLIENT_ID CLIENT_SECRET REDIRECT_URI ACCOUNTS.json`` serves it; the accounts are a
list of claims, ``lifetime`` among them the seconds that a token holds. Signing in is a click on a name.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import secrets
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route


class Provider:
    """One client, a few accounts, everything in memory."""

    def __init__(
        self, issuer: str, client_id: str, client_secret: str, redirect_uri: str, accounts: list[dict[str, Any]]
    ) -> None:
        self.issuer, self.client_id, self.client_secret, self.redirect_uri = (
            issuer,
            client_id,
            client_secret,
            redirect_uri,
        )
        self.accounts = {account["sub"]: account for account in accounts}
        self.key = RSAKey.generate_key(2048, parameters={"kid": "test", "use": "sig", "alg": "RS256"})
        self.codes: dict[str, dict[str, str]] = {}
        self.tokens: set[str] = set()
        self.app = Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self.configuration),
                Route("/jwks", self.jwks),
                Route("/authorize", self.authorize),
                Route("/token", self.token, methods=["POST"]),
                Route("/end", self.end),
            ]
        )

    async def configuration(self, _: Request) -> Response:
        return JSONResponse(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/jwks",
                "end_session_endpoint": f"{self.issuer}/end",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "code_challenge_methods_supported": ["S256"],
                "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            }
        )

    async def jwks(self, _: Request) -> Response:
        return JSONResponse(KeySet([self.key]).as_dict(private=False))

    async def authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        if asked.get("client_id") != self.client_id or asked.get("redirect_uri") != self.redirect_uri:
            return Response("unknown client or redirect_uri", 400)
        if asked.get("response_type") != "code" or "openid" not in asked.get("scope", "").split():
            return self._back(asked, error="invalid_request")
        if asked.get("code_challenge_method") != "S256" or not asked.get("code_challenge"):
            return self._back(asked, error="invalid_request", error_description="PKCE with S256 is required")
        account = asked.pop("account", "")
        if account not in self.accounts:
            links = "".join(
                f'<p><a href="?{html.escape(urlencode(asked | {"account": sub}))}">{html.escape(sub)}</a></p>'
                for sub in self.accounts
            )
            return HTMLResponse(f"<h1>Who are you?</h1>{links}")
        code = secrets.token_urlsafe(24)
        self.codes[code] = {"sub": account, "challenge": asked["code_challenge"], "nonce": asked.get("nonce", "")}
        return self._back(asked, code=code)

    def _back(self, asked: dict[str, str], **told: str) -> Response:
        return RedirectResponse(f"{self.redirect_uri}?{urlencode(told | {'state': asked.get('state', '')})}", 302)

    async def token(self, request: Request) -> Response:
        form = dict(await request.form())
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        expected = base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
        if scheme.lower() != "basic" or not secrets.compare_digest(given, expected):
            return JSONResponse({"error": "invalid_client"}, 401)
        grant = self.codes.pop(str(form.get("code")), None)
        digest = hashlib.sha256(str(form.get("code_verifier", "")).encode()).digest()
        proof = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if grant is None or proof != grant["challenge"] or form.get("redirect_uri") != self.redirect_uri:
            return JSONResponse({"error": "invalid_grant"}, 400)
        claims = dict(self.accounts[grant["sub"]])
        now, lifetime = int(time.time()), int(claims.pop("lifetime", 3600))
        claims |= {
            "iss": self.issuer,
            "aud": self.client_id,
            "iat": now,
            "exp": now + lifetime,
            "nonce": grant["nonce"],
        }
        id_token = jwt.encode({"alg": "RS256", "kid": "test"}, claims, self.key)
        self.tokens.add(id_token)
        token = {"access_token": secrets.token_urlsafe(24), "token_type": "Bearer", "expires_in": lifetime}
        return JSONResponse(token | {"id_token": id_token, "scope": "openid email profile"})

    async def end(self, request: Request) -> Response:
        if request.query_params.get("id_token_hint") not in self.tokens:
            return Response("unknown id_token_hint", 400)
        if request.query_params.get("post_logout_redirect_uri") != self.redirect_uri:
            return Response("unknown post_logout_redirect_uri", 400)
        return RedirectResponse(self.redirect_uri, 302)


if __name__ == "__main__":
    port, client_id, client_secret, redirect_uri, accounts = sys.argv[1:]
    provider = Provider(
        f"http://127.0.0.1:{port}", client_id, client_secret, redirect_uri, json.loads(Path(accounts).read_text())
    )
    uvicorn.run(provider.app, host="127.0.0.1", port=int(port), log_level="warning")
