"""Rights: which tables, rows and pages a role sees (rights.yml), and the scope that a person's roles add up to."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from ingest.problems import Problem
from warehouse.home import Home

SHIPPED = Path(__file__).with_name("rights.yml")
ADMIN = "admin"
EVERYONE = "everyone"
EVERY_UNIT = "*"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Role(_Strict):
    """``rows``: of every unit, of the person's own units, or none."""

    rows: Literal["all", "own", "none"]
    subjects: frozenset[str]


class TableRight(_Strict):
    """What of a table goes into an extract (the meanings stand in rights.yml)."""

    subject: frozenset[str]
    rows: Literal["all", "unit", "unit_or_none", "bad_debt", "borrower", "operator_year", "outcome", "source", "load"]
    blank: tuple[str, ...] = ()
    blank_strangers: dict[str, str] = {}

    @field_validator("subject", mode="before")
    @classmethod
    def _one_or_several(cls, value: str | list[str]) -> list[str]:
        return [value] if isinstance(value, str) else value


class Rights(_Strict):
    """The whole of rights.yml."""

    roles: dict[str, Role]
    rule_sets: dict[str, str]
    pay_outcomes: tuple[str, ...]
    tables: dict[str, TableRight]
    pages: dict[str, frozenset[str]]

    @property
    def role_names(self) -> list[str]:
        return [ADMIN, *self.roles]


@dataclass(frozen=True)
class Scope:
    """What one person, or several with the same rights, may see.

    Attributes:
        roles: their roles, sorted.
        units: the units of the roles that see their own, sorted; ``*`` stands for every unit.
    """

    roles: tuple[str, ...]
    units: tuple[str, ...] = ()

    @property
    def is_everything(self) -> bool:
        return ADMIN in self.roles

    @property
    def is_nothing(self) -> bool:
        return not self.roles

    def key(self, rights: Rights) -> str:
        """The scope in a file name: the same for the same rows, another when the rights change."""
        seeing = [role for role in self.roles if rights.roles[role].rows != "none"]
        units = self.units if any(rights.roles[role].rows == "own" for role in seeing) else ()
        told = json.dumps([seeing, units, rights.model_dump()], sort_keys=True, default=sorted)
        return "-".join((*(seeing or ["rules"]), hashlib.sha256(told.encode()).hexdigest()[:16]))

    def pages(self, rights: Rights) -> frozenset[str]:
        """The pages of rights.yml that this scope opens."""
        if self.is_everything:
            return frozenset(rights.pages)
        subjects = frozenset().union(*(rights.roles[role].subjects for role in self.roles))
        return frozenset(page for page, needed in rights.pages.items() if self.roles and needed <= subjects)

    def sees_page(self, page: str, rights: Rights) -> bool:
        """An admin opens every page; the others those of rights.yml alone."""
        return self.is_everything or page in self.pages(rights)


EVERYTHING = Scope((ADMIN,))
NOTHING = Scope(())


def scope_of(roles: set[str], units: set[str]) -> Scope:
    """The scope of roles and units; one of them that sees every unit makes the named ones meaningless."""
    if ADMIN in roles:
        return EVERYTHING
    return Scope(tuple(sorted(roles)), (EVERY_UNIT,) if EVERY_UNIT in units else tuple(sorted(units)))


def rights_of(home: Home) -> Rights:
    """The rights in force in a home. Raises Problem (exit code 2) when the organisation's own file is wrong."""
    own = home.access / "rights.yml"
    path = own if own.exists() else SHIPPED
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _read(path: Path, _changed: int) -> Rights:
    try:
        return Rights.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, yaml.YAMLError, ValidationError) as error:
        raise Problem(
            f"权限文件 {path} 读不懂：{error}。请对照自带的 warehouse/rights.yml 改正。",
            f"The rights in {path} cannot be read: {error}. Compare with the shipped warehouse/rights.yml and mend it.",
        ) from error
