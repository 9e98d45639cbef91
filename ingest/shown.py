"""Text of others as it may be shown: nothing in it moves a cursor, turns the reading direction or begins a new line."""

from __future__ import annotations

import re

# controls (C0, DEL, C1), line and paragraph separators, marks of reading direction and of no width, halves of characters
_UNSEEN = "\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff\ud800-\udfff"
_NAME = re.compile(f"[{_UNSEEN}]")
_TEXT = re.compile(f"[{_UNSEEN}]".replace("\x00-\x1f", "\x00-\x08\x0b-\x1f"))


def name(text: str) -> str:
    """A name or path on one line; what cannot be seen is written as in Python: ``\\x1b``, ``\\n``, ``\\u202e``."""
    return _NAME.sub(_written, text)


def lines(text: str) -> str:
    """A text of several lines; line breaks and tabs stay."""
    return _TEXT.sub(_written, text)


def _written(found: re.Match[str]) -> str:
    code = ord(found[0])
    if 0xDC80 <= code <= 0xDCFF:  # a byte of a file name that is no text
        return f"\\x{code - 0xDC00:02x}"
    return found[0].encode("unicode_escape", "surrogatepass").decode("ascii")
