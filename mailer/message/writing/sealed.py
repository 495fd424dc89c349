"""How values travel through a template without ever being read as Markdown, markup or template code.

A value is sealed the moment Jinja prints it: its bytes become private-use characters, which mean nothing to any
grammar. The sealed source then becomes a skeleton with one numbered slot per value, and the values are put in after
the Markdown has been understood. So a client called `{{ 7*7 }}`, `*` or `<script>` is greeted by that very name, and
two letters that differ only in their values share one skeleton.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import date

# Unicode plane 16 is private: no keyboard and no icon font uses it. Values lose theirs before they are sealed.
_OPEN, _CLOSE = "\U00100000", "\U00100001"
QUESTION, REPLY_LINE, BANNER = "\U00100010", "\U00100011", "\U00100012"  # stand first in a paragraph and name its class
_BYTES = 0x100100
_SLOTS = 0x101000

_SEALED = re.compile(f"{_OPEN}([^{_CLOSE}]*){_CLOSE}")
_SLOT = re.compile(f"[{chr(_SLOTS)}-{chr(_SLOTS + 0xEFFF)}]")
_PRIVATE = re.compile("[\U00100000-\U0010fffd]")
_TO_SEALED = {byte: chr(_BYTES + byte) for byte in range(256)}
_FROM_SEALED = {_BYTES + byte: byte for byte in range(256)}
# Controls, and the characters that reorder what stands after them. Marks that only belong to a word (RLM, ZWJ) stay.
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]")


def plain_value(value: object) -> str:
    """What a template prints for a value, on one line; TypeError for what has no plain words."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | date):
        raise TypeError(f"{type(value).__name__} cannot be printed; print one of its values")
    text = _unsealed_all(str(value)).encode("utf-8", "replace").decode()
    return " ".join(_PRIVATE.sub("", _UNSEEN.sub("", text)).split())


def seal(text: str) -> str:
    """Text as characters that no grammar reads."""
    return _OPEN + text.encode().decode("latin-1").translate(_TO_SEALED) + _CLOSE


def open_slots(*sources: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The sources with a slot for each sealed value, and the values in order of their slots."""
    values: list[str] = []

    def slot(found: re.Match[str]) -> str:
        values.append(_unsealed(found))
        return chr(_SLOTS + len(values) - 1)

    # A slot that stands in a template already would have no value.
    numbered = tuple(_SEALED.sub(slot, _SLOT.sub("", source)) for source in sources)
    return numbered, tuple(values)


def has_slot(text: str) -> bool:
    """Whether a value would be put into this text."""
    return _SLOT.search(text) is not None


def fill(skeleton: str, values: tuple[str, ...]) -> str:
    """Plain text with its values."""
    return _SLOT.sub(_taken_from(values), skeleton)


def fill_html(skeleton: str, values: tuple[str, ...]) -> str:
    """HTML with its values, escaped for elements and attributes alike."""
    return _SLOT.sub(_taken_from(tuple(map(html.escape, values))), skeleton)


def _taken_from(values: tuple[str, ...]) -> Callable[[re.Match[str]], str]:
    return lambda found: values[ord(found[0]) - _SLOTS]


def _unsealed(found: re.Match[str]) -> str:
    return found[1].translate(_FROM_SEALED).encode("latin-1", "ignore").decode("utf-8", "replace")


def _unsealed_all(text: str) -> str:
    """Text that a template captured and prints now: what is sealed in it is sealed anew with the rest."""
    return _SEALED.sub(_unsealed, text)
