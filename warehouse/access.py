"""Who somebody is and what they may see: the sign-in's settings, and the scope that follows from its claims.

Both stand in ``<home>/access``: ``sign_in.toml`` (the provider) and ``people.csv`` (who has which role).
"""

from __future__ import annotations

import csv
import ipaddress
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from ingest.problems import Problem
from warehouse.extract import extract
from warehouse.home import Home
from warehouse.publish import Version
from warehouse.rights import NOTHING, Scope, rights_of, scope_of

ENVIRONMENT = "ZHIDU_SIGN_IN_"
CALLBACK = "/oauth2callback"
COLUMNS = ["subject", "email", "role", "units"]


class SignIn(BaseModel):
    """The settings of an OpenID Connect provider, as in sign_in.toml; docs/sign-in.md says what each is for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    client_id: str = Field(min_length=1)
    client_secret: str = Field(min_length=1)
    server_metadata_url: str
    redirect_uri: str
    cookie_secret: str = Field(min_length=32)
    client_kwargs: dict[str, str] = {}
    roles_claim: str = ""
    units_claim: str = "units"
    role_names: dict[str, str] = {}

    @field_validator("server_metadata_url", "redirect_uri")
    @classmethod
    def _is_safe(cls, address: str) -> str:
        parts = urlsplit(address)
        if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname or "")):
            raise ValueError("must begin with https:// (http:// only on this machine)")
        return address

    @field_validator("redirect_uri")
    @classmethod
    def _is_callback(cls, address: str) -> str:
        if urlsplit(address).path != CALLBACK:
            raise ValueError(f"must be the address of the dashboards followed by {CALLBACK}")
        return address

    @property
    def host(self) -> str:
        """The host by which people reach the dashboards."""
        return urlsplit(self.redirect_uri).hostname or ""

    @property
    def is_secure(self) -> bool:
        return self.redirect_uri.startswith("https://")


@dataclass(frozen=True)
class Right:
    """A row of people.csv: a person, by subject or by e-mail, a role, and units for a role that sees its own."""

    subject: str
    email: str
    role: str
    units: frozenset[str]


def sign_in(home: Home) -> SignIn | None:
    """The sign-in that is configured: sign_in.toml, over it the environment (ZHIDU_SIGN_IN_CLIENT_ID …); None without.

    Raises:
        Problem (exit code 2): the settings are there and wrong.
    """
    path = home.access / "sign_in.toml"
    try:
        values: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        for name in SignIn.model_fields:
            if os.environ.get(ENVIRONMENT + name.upper()):
                values[name] = os.environ[ENVIRONMENT + name.upper()]
        if not values and not path.exists():
            return None
        found = SignIn.model_validate(values)
        unknown = sorted({*found.role_names.values()} - {*rights_of(home).role_names})
        if unknown:
            raise ValueError(f"role_names: {', '.join(unknown)}: {' | '.join(rights_of(home).role_names)}")
        return found
    except ValidationError as error:
        # never the values: there are secrets among them
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
    except (OSError, ValueError) as error:
        wrong = str(error)
    raise Problem(
        f"登录设置 {path}（或 {ENVIRONMENT}… 环境变量）有错：{wrong}。请对照 docs/sign-in.md 改正。",
        f"The sign-in settings in {path} (or {ENVIRONMENT}… in the environment) are wrong: {wrong}. "
        "Mend them with docs/sign-in.md.",
    )


def people(home: Home) -> list[Right]:
    """The rows of people.csv; none when there is no such file.

    Raises:
        Problem (exit code 2): a row cannot be understood; it names the row and the column.
    """
    path = home.access / "people.csv"
    if not path.exists():
        return []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            if (rows.fieldnames or [])[: len(COLUMNS)] != COLUMNS:
                raise _wrong(path, 1, ",".join(rows.fieldnames or []), ",".join(COLUMNS))
            return [_right(home, path, number, row) for number, row in enumerate(rows, start=2)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise _wrong(path, 1, str(error), "UTF-8 CSV") from error


def _right(home: Home, path: Path, number: int, row: Mapping[str, str | None]) -> Right:
    subject, email, role, units = ((row[column] or "").strip() for column in COLUMNS)
    roles = rights_of(home).role_names
    if bool(subject) == bool(email):
        raise _wrong(path, number, f"subject={subject!r}, email={email!r}", "subject or email")
    if role not in roles:
        raise _wrong(path, number, f"role={role!r}", " | ".join(roles))
    needs_units = role in rights_of(home).roles and rights_of(home).roles[role].rows == "own"
    if needs_units and not units:
        raise _wrong(path, number, "units=''", "unit_id|unit_id|…, *")
    return Right(subject, email.lower(), role, _parts(units))


def _wrong(path: Path, row: int, value: str, expected: str) -> Problem:
    return Problem(
        f"{path} 第 {row} 行：{value}，应为 {expected}。请改正后重试，见 docs/sign-in.md。",
        f"{path} row {row}: {value}, expected {expected}. Mend it and try again; see docs/sign-in.md.",
    )


def _parts(units: str) -> frozenset[str]:
    return frozenset(unit.strip() for unit in units.split("|") if unit.strip())


def scope_for(home: Home, settings: SignIn, claims: Mapping[str, Any]) -> Scope:
    """The scope of the person whose claims these are: by the roles claim where one is configured, else by people.csv.

    An e-mail counts only when the provider has verified it. Raises Problem as ``people`` does.
    """
    if settings.roles_claim:
        known = rights_of(home).role_names
        told = {settings.role_names.get(value, value) for value in _values(claims.get(settings.roles_claim))}
        units = {unit for value in _values(claims.get(settings.units_claim)) for unit in _parts(value)}
        return scope_of({role for role in told if role in known}, units)
    subject = str(claims.get("sub") or "")
    email = str(claims.get("email") or "").lower() if claims.get("email_verified") is True else ""
    theirs = [r for r in people(home) if (r.subject and r.subject == subject) or (r.email and r.email == email)]
    if not theirs:
        return NOTHING
    return scope_of({r.role for r in theirs}, {unit for r in theirs for unit in r.units})


def _values(claim: Any) -> list[str]:
    """A claim that may be one value or a list."""
    return [value for value in (claim if isinstance(claim, list) else [claim]) if isinstance(value, str)]


def extract_for_people(home: Home, version: Version) -> None:
    """Make the extracts of everybody in people.csv, so that nobody waits for theirs. Raises Problem."""
    for scope in sorted({*_scopes(people(home))}, key=str):
        extract(home, version, scope)


def _scopes(rights: list[Right]) -> Iterator[Scope]:
    """A person may stand there by subject and by e-mail: the scope that both add up to is made when they come."""
    for name in {(r.subject, r.email) for r in rights}:
        theirs = [r for r in rights if (r.subject, r.email) == name]
        yield scope_of({r.role for r in theirs}, {unit for r in theirs for unit in r.units})


def is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
