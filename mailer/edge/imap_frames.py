"""Where does one answer of an IMAP server end and the next begin?

An answer is a line; where the line ends in `{n}`, n octets follow that mean nothing to the framing, and then the rest
of the answer (RFC 3501 §4.3, §7; literal8 of RFC 3516). Nothing else is looked at: counting brackets or recursing per
line is what breaks on letters that hold brackets and on answers of a thousand lines.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

ORDINARY_OCTETS = 16 * 1024 * 1024  # the UIDs of two million letters; no honest answer without letters is longer

_LITERAL = re.compile(rb"~?\{(\d{1,10})\+?\}$")
# Free text for people may end in braces; no literal follows it.
_PROSE = re.compile(rb"(?:\+|\S+ (?:OK|NO|BAD|BYE|PREAUTH)(?: |$))", re.IGNORECASE)


class NotImap(ValueError):
    """What the server said is not IMAP; nothing that follows on the connection can be trusted."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: its lines without CRLF, and the literal that follows each line but the last."""

    lines: tuple[bytes, ...]
    literals: tuple[bytes, ...] = ()


class Framer:
    """Cuts the stream into answers. It holds no more than was allowed for the present command."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._searched = 0  # no line end stands before this place
        self._literal_octets: int | None = None
        self._lines: list[bytes] = []
        self._literals: list[bytes] = []
        self._allowed = ORDINARY_OCTETS

    @property
    def is_between_answers(self) -> bool:
        """Nothing is left over: the last answer came whole, and nothing after it."""
        return not (self._buffer or self._lines)

    def allow(self, octets: int) -> None:
        """How many octets may come from now on."""
        self._allowed = octets

    def feed(self, data: bytes) -> list[Answer]:
        """The answers that are whole now. NotImap where more comes than was allowed."""
        self._allowed -= len(data)
        if self._allowed < 0:
            raise NotImap("far more came than was asked for")
        self._buffer += data
        answers = []
        while self._take_literal() and (line := self._take_line()) is not None:
            self._lines.append(line)
            if _PROSE.match(self._lines[0]) or not (marker := _LITERAL.search(line)):
                answers.append(self._finished())
                continue
            self._literal_octets = int(marker[1])
            if self._literal_octets > self._allowed + len(self._buffer):
                raise NotImap("a literal far larger than what was asked for")
        return answers

    def _take_literal(self) -> bool:
        """Whether no literal is outstanding (any more)."""
        if self._literal_octets is None:
            return True
        if len(self._buffer) < self._literal_octets:
            return False
        with memoryview(self._buffer) as view:
            self._literals.append(bytes(view[: self._literal_octets]))
        del self._buffer[: self._literal_octets]
        self._literal_octets = None
        return True

    def _take_line(self) -> bytes | None:
        end = self._buffer.find(b"\r\n", self._searched)
        if end < 0:
            self._searched = max(0, len(self._buffer) - 1)
            return None
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 2]
        self._searched = 0
        return line

    def _finished(self) -> Answer:
        answer = Answer(tuple(self._lines), tuple(self._literals))
        self._lines, self._literals = [], []
        return answer
