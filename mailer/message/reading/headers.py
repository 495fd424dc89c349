"""Where do the headers of a letter or part end, and which are they?

Sources: RFC 5322 §2.2; RFC 5321 (trace headers stand on top, so order counts). Met in the wild: an mbox "From " line on
top, blank lines before the first header, a line without a colon among the headers, headers that run into the text
without a blank line, and letters with no header at all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

MOST_LINES = 10_000  # a letter that passed fifty relays has about 1,500

_NAME = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")


@dataclass(slots=True)
class HeaderBlock:
    """Names in lower case with their raw, unfolded values, in order; `end` is where the text begins."""

    fields: list[tuple[str, bytes]] = field(default_factory=list)
    end: int = 0
    cut: bool = False  # there were more than MOST_LINES; the rest was passed over

    def first(self, name: str) -> bytes:
        """The topmost value of a header, or b""."""
        for key, value in self.fields:
            if key == name:
                return value
        return b""


def header_block(data: bytes, start: int, end: int) -> HeaderBlock:
    """The headers of the entity in `data[start:end]`, whose lines end in \\n."""
    start = _first_line(data, start, end)
    block = HeaderBlock(end=start)
    lines = _Lines(data, start, end)
    pieces: list[bytes] = []
    while (line := lines.take()) is not None:
        if not line or lines.taken > MOST_LINES:
            block.cut = bool(line)
            block.end = lines.past_blank() if line else lines.position
            break
        if line[:1] in (b" ", b"\t") and pieces:
            pieces.append(line)
            continue
        match = _NAME.match(line)
        if match is None and (_is_mbox_line(line) or (pieces and _goes_on(lines.peek()))):
            continue
        _finish(block, pieces)
        if match is None:
            block.end = lines.line_start
            return block
        pieces = [match.group(1), line[match.end() :]]
    else:
        block.end = end if pieces else start
    _finish(block, pieces)
    return block


@dataclass(slots=True)
class _Lines:
    data: bytes
    position: int
    end: int
    line_start: int = 0
    taken: int = 0

    def take(self) -> bytes | None:
        if self.position >= self.end:
            return None
        self.taken += 1
        self.line_start = self.position
        stop = self.data.find(b"\n", self.position, self.end)
        stop = self.end if stop < 0 else stop
        self.position = stop + 1
        return self.data[self.line_start : stop]

    def past_blank(self) -> int:
        """Where the text begins, behind headers that are too many to read."""
        blank = self.data.find(b"\n\n", self.position, self.end)
        return self.end if blank < 0 else blank + 2

    def peek(self) -> bytes:
        stop = self.data.find(b"\n", self.position, self.end)
        return self.data[self.position : self.end if stop < 0 else stop]


def _first_line(data: bytes, start: int, end: int) -> int:
    """Past the blank lines some programs put before the first header."""
    while start < end:
        stop = data.find(b"\n", start, end)
        if stop < 0 or data[start:stop].strip():
            break
        start = stop + 1
    return start


def _is_mbox_line(line: bytes) -> bool:
    return line.startswith((b"From ", b">From "))


def _goes_on(line: bytes) -> bool:
    """Whether the line after a broken one is a header still, or the end of the headers."""
    return not line or line[:1] in (b" ", b"\t") or _NAME.match(line) is not None


def _finish(block: HeaderBlock, pieces: list[bytes]) -> None:
    """Adds the header whose name and lines are in `pieces`; the lines are joined once, as folds can be thousands."""
    if not pieces:
        return
    value = pieces[1] if len(pieces) == 2 else b" ".join(piece.strip(b" \t") for piece in pieces[1:])
    block.fields.append((pieces[0].decode("ascii").lower(), value.strip(b" \t")))
