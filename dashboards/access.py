"""Who visits: by the sign-in where one is configured, else whoever sits at this machine. Asked anew in every run."""

from __future__ import annotations

import logging
import time
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from dashboards.i18n import Texts
from ingest.problems import Problem
from warehouse.access import SignIn, is_loopback, scope_for, sign_in
from warehouse.home import Home, Settings
from warehouse.rights import EVERYTHING, NOTHING, Rights, Scope, rights_of

LOG = logging.getLogger(__name__)
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-Ip")


class State(StrEnum):
    """How far a visitor comes; all but the first two stand before the door, whose words are ``access.<state>…``."""

    LOCAL = "local"
    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    EXPIRED = "expired"
    WITHOUT_ROLE = "without_role"
    STRANGER = "stranger"
    BROKEN = "broken"


@dataclass(frozen=True)
class Visitor:
    """Somebody in front of the pages: what they may see is their scope, and nothing before they are let in."""

    state: State
    name: str = ""
    scope: Scope = NOTHING
    rights: Rights | None = None

    @property
    def is_let_in(self) -> bool:
        return self.state in (State.LOCAL, State.SIGNED_IN)

    def opens(self, page: str) -> bool:
        return self.is_let_in and self.rights is not None and self.scope.sees_page(page, self.rights)


def home() -> Home:
    """The home that is shown."""
    return Home(Settings().home.expanduser().resolve())


@cache
def configured(home: Home) -> SignIn | None:
    """The sign-in, read once: a server that began with one never goes on without."""
    return sign_in(home)


def visitor(home: Home) -> Visitor:
    """Who this run is for. What cannot be decided lets nobody in."""
    try:
        settings = configured(home)
        if settings is None:
            return Visitor(State.LOCAL, "", EVERYTHING, rights_of(home)) if _is_here() else Visitor(State.STRANGER)
        return _signed_in(home, settings, st.user.to_dict())
    except Problem as problem:
        LOG.error("the access settings cannot be read: %s", problem.en)
        return Visitor(State.BROKEN)


def _signed_in(home: Home, settings: SignIn, claims: Mapping[str, Any]) -> Visitor:
    if not claims.get("is_logged_in"):
        return Visitor(State.SIGNED_OUT)
    if not is_current(claims):
        return Visitor(State.EXPIRED)
    name = str(claims.get("email") or claims.get("sub") or "")
    scope = scope_for(home, settings, claims)
    if scope.is_nothing:
        return Visitor(State.WITHOUT_ROLE, name)
    return Visitor(State.SIGNED_IN, name, scope, rights_of(home))


def is_current(claims: Mapping[str, Any]) -> bool:
    """Whether the token that the claims come from holds still; one that names no end does not."""
    end = claims.get("exp")
    return isinstance(end, int | float) and time.time() < end


def _is_here() -> bool:
    """Whether the visitor sits at this machine; a proxy that passes others on says so in its headers."""
    address = st.context.ip_address  # a text for another machine, none for this one
    return (not isinstance(address, str) or is_loopback(address)) and not any(
        name in st.context.headers for name in FORWARDED
    )


def door(who: Visitor, text: Texts, logo: Path) -> None:
    """What somebody sees who is not let in: why, and what to do. The logo stands in the page: files are for who is in."""
    with st.container(border=True, key="card_door"):
        st.html(f'<img height="28" alt="" src="data:image/png;base64,{b64encode(logo.read_bytes()).decode()}">')
        st.subheader(text(f"access.{who.state}_title"), anchor=False)
        st.caption(text(f"access.{who.state}_text"))
        if who.name:
            st.text(who.name)
        if who.state in (State.SIGNED_OUT, State.EXPIRED) and st.button(text("access.sign_in"), type="primary"):
            st.login()
        if who.state is State.WITHOUT_ROLE:
            sign_out(text)


def denied(text: Texts) -> None:
    """A page that the visitor's roles do not open."""
    with st.container(border=True, key="card_denied"):
        st.subheader(text("access.denied_title"), anchor=False)
        st.caption(text("access.denied_text"))


def who(visitor: Visitor, text: Texts) -> None:
    """In the sidebar: as whom one is signed in, and the way out."""
    if visitor.state is State.SIGNED_IN:
        names = {role: f"roles.{role}" for role in visitor.scope.roles}
        with st.container(gap=None, key="visitor"):
            st.text(visitor.name)
            said = [text(key) if text.has(key) else role for role, key in names.items()]
            st.caption(text("access.between").join(said))
            sign_out(text)


def sign_out(text: Texts) -> None:
    if st.button(text("access.sign_out"), type="tertiary", icon=":material/logout:", key="sign_out"):
        st.logout()
