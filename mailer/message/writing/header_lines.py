"""What a header line looks like on the wire: refused characters, folding, encoded words for unstructured text.

Sources: RFC 5322 §2.1.1 (78 and 998 characters), §2.2.3 (folding), RFC 2047 §5. Lines are folded at 76, the limit of
lines with encoded words. Values come in unfolded; a line break in one is an injected header, never a fold.
"""

from __future__ import annotations

import re

from mailer.errors import PermanentFailure
from mailer.message.writing.encoded_words import SMALLEST_ROOM, encoded_words

WIDTH = 76  # RFC 2047 §2: a line with an encoded word has at most 76 characters
LONGEST = 998  # RFC 5322 §2.1.1, without CRLF

# Controls (with NUL, CR, LF, VT, FF and NEL), Unicode's own line ends, and halves of surrogate pairs.
_REFUSED = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class BadHeader(PermanentFailure, ValueError):
    """A header value that must not be written; `header` names it. The letter is held, the others go."""

    def __init__(self, header: str, reason: str) -> None:
        self.header = header
        super().__init__(f"{header}: {reason}")


def refuse_breaks(header: str, value: str) -> None:
    """Raises BadHeader where a value has a character that ends a line for some reader, or cannot be written."""
    found = _REFUSED.search(value)
    if found is not None:
        raise BadHeader(header, f"has the character U+{ord(found[0]):04X} at {found.start() + 1}; take it out")


def unstructured(header: str, value: str) -> str:
    """A line of free text, such as Subject: plain where ASCII serves, in encoded words otherwise."""
    refuse_breaks(header, value)
    text = value.strip()
    if is_plain(text):
        return fold(header, text.split(" "))
    return fold(header, words_after(header, text))


def structured(header: str, value: str) -> str:
    """A line whose value follows a grammar of its own (List-Unsubscribe, Auto-Submitted): ASCII, folded at spaces."""
    refuse_breaks(header, value)
    if not value.isascii():
        raise BadHeader(header, "has characters outside ASCII, which this header cannot carry")
    return fold(header, value.split())


def is_plain(text: str) -> bool:
    """Whether text reads back the same when written as it is, between single spaces, on lines of at most WIDTH."""
    words = text.split(" ")
    if not text.isascii() or "=?" in text or "\t" in text:
        return False
    return text == "" or ("" not in words and max(map(len, words)) < WIDTH)


def words_after(header: str, text: str) -> list[str]:
    """Text as encoded words, the first of them short enough to stand right after the header's name."""
    left = WIDTH - len(header) - 2
    return encoded_words(text, first_room=left if left >= SMALLEST_ROOM else WIDTH - 1, room=WIDTH - 1)


def fold(header: str, atoms: list[str]) -> str:
    """The line with its CRLF; atoms are kept whole, and a new line begins where the next does not fit."""
    lines: list[str] = []
    line = f"{header}:"
    for atom in atoms:
        if len(line) + 1 + len(atom) > WIDTH and line != f"{header}:":
            lines.append(line)
            line = ""
        line += f" {atom}"
        if len(line) > LONGEST:
            raise BadHeader(header, f"has {len(atom)} characters in a row; a line holds {LONGEST}")
    return "\r\n".join([*lines, line]) + "\r\n"
