"""How does a name of another script stand in a line without turning its neighbours round?

A Hebrew name in an English line draws the comma, the number and the bracket beside it into its own direction. Isolated,
it keeps them where they were written. The marks are characters, not markup, so that subjects, the plain part and the
HTML say the same, and mail programs that know none show nothing. Source: Unicode UAX 9 §2.7 (FSI, PDI).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_FIRST_STRONG, _POP = "\u2068", "\u2069"
_OVERRIDES = re.compile("[\u202a-\u202e\u2066-\u2069]")
_RIGHT_TO_LEFT = frozenset({"R", "AL"})
_LEFT_TO_RIGHT = frozenset({"L"})


@lru_cache(maxsize=1024)
def isolated(value: str, direction: str) -> str:
    """The value, between marks where it runs against a text of this direction ("ltr" or "rtl")."""
    against = _LEFT_TO_RIGHT if direction == "rtl" else _RIGHT_TO_LEFT
    if value.isascii() and direction != "rtl":
        return value
    return f"{_FIRST_STRONG}{value}{_POP}" if any(unicodedata.bidirectional(one) in against for one in value) else value


def without_overrides(text: str) -> str:
    """Text that cannot reorder what stands beside it; marks that only belong to a word (LRM, RLM) stay."""
    return _OVERRIDES.sub("", text)
