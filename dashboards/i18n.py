"""Words of the screen. Every text that a page shows stands in ``locales/<language>.yml``, under the same key in each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

LOCALES = Path(__file__).resolve().parent / "locales"
LANGUAGES = ("zh", "en")


@dataclass(frozen=True)
class Texts:
    """The texts of one language: ``text("attendance.title")``; values are put in by name."""

    language: str

    def __call__(self, key: str, **values: Any) -> str:
        """The text of a key. Raises KeyError for one that no locale has."""
        return texts_of(self.language)[key].format(**values)

    def has(self, key: str) -> bool:
        return key in texts_of(self.language)


@cache
def texts_of(language: str) -> dict[str, str]:
    """Key -> text of one language, keys joined by dots."""
    tree = yaml.safe_load((LOCALES / f"{language}.yml").read_text(encoding="utf-8"))
    return dict(_flat(tree, ""))


def _flat(tree: dict[str, Any], prefix: str) -> list[tuple[str, str]]:
    pairs = []
    for name, value in tree.items():
        pairs += _flat(value, f"{prefix}{name}.") if isinstance(value, dict) else [(f"{prefix}{name}", str(value))]
    return pairs


def of_browser(locale: str | None) -> str:
    """The language to begin with: Chinese for a Chinese browser, else English."""
    return "zh" if (locale or "").lower().startswith("zh") else "en"
