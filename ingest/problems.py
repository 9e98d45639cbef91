"""What goes wrong, said in both languages to the person who can mend it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Problem(Exception):
    """A failure with a message for people.

    Attributes:
        zh, en: what is wrong, where, what was expected and what to do next.
        exit_code: 2 when the call or a file is wrong, 1 when the work failed.
    """

    zh: str
    en: str
    exit_code: int = 2

    def __str__(self) -> str:
        return f"{self.zh}\n{self.en}"
