"""Which parts is a letter made of?

Sources: RFC 2045, RFC 2046 §5.1. Own reader over the bytes, because the standard library's recurses (deep letters
end in RecursionError) and answers hostile letters with exceptions or with quadratic time. Here each level of nesting
is one search for its boundary, levels and parts are capped, and what lies beyond a cap stays as one opaque part. A
letter inside a letter (message/rfc822) is one part and is never opened: its words are not this letter's words. Left
out: message/partial is not put together again; CR LF inside binary parts reads as LF.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from mailer.message.reading.charset import Decoded, decode_text
from mailer.message.reading.header_fields import parameters
from mailer.message.reading.headers import HeaderBlock, header_block
from mailer.message.reading.transfer import unpacked

MOST_LEVELS = 24
MOST_PARTS = 500
_UTF8_MARK = b"\xef\xbb\xbf"  # editors put it before the first header
_MOST_FALSE_BOUNDARIES = 10_000  # lines that open like the boundary and go on otherwise


@dataclass(slots=True)
class Part:
    """One entity: its headers, where its body lies, and the parts inside where it is a multipart that was opened."""

    data: bytes
    block: HeaderBlock
    end: int
    content_type: str  # "text/plain"
    parameters: dict[str, str]
    disposition: str  # "inline", "attachment", ""
    filename: str  # as the letter says it, decoded but not made safe
    children: list[Part] = field(default_factory=list)
    is_cut: bool = False  # deeper or more numerous than the caps allow

    @property
    def raw_body(self) -> bytes:
        """The bytes below the headers, still in their transfer encoding."""
        return self.data[self.block.end : self.end]

    @property
    def content(self) -> bytes:
        """The decoded bytes."""
        return unpacked(self.raw_body, _encoding(self.block))

    def text(self) -> Decoded:
        """The decoded text, line ends and odd characters as they came."""
        return decode_text(self.content, self.parameters.get("charset", ""))

    def walk(self) -> Iterator[Part]:
        """This part and all inside, in reading order."""
        yield self
        for child in self.children:
            yield from child.walk()

    def is_container(self) -> bool:
        """Whether it holds parts rather than content."""
        return bool(self.children)


def with_bare_line_ends(raw: bytes) -> bytes:
    """The letter with \\n as its only line end; lone CR counts only where the letter has no LF at all."""
    if b"\r" not in raw:
        return raw
    if b"\n" not in raw:
        return raw.replace(b"\r", b"\n")
    return raw.replace(b"\r\r\n", b"\n").replace(b"\r\n", b"\n")


def read_parts(data: bytes) -> Part:
    """The letter as a tree; `data` has bare line ends."""
    start = len(_UTF8_MARK) if data.startswith(_UTF8_MARK) else 0
    return _read(data, start, len(data), level=0, default="text/plain", budget=[MOST_PARTS])


def _read(data: bytes, start: int, end: int, *, level: int, default: str, budget: list[int]) -> Part:
    part = _entity(data, header_block(data, start, end), end, default=default)
    if not part.content_type.startswith("multipart/"):
        return part
    boundary = part.parameters.get("boundary", "").rstrip().encode("utf-8", "replace")
    boundary = boundary or _likely_boundary(data, part.block.end, end)
    spans = _spans(data, part.block.end, end, boundary=boundary, most=budget[0]) if boundary else []
    if not spans:
        part.content_type = "text/plain"  # a multipart without parts: whatever it holds is shown
        return part
    if level >= MOST_LEVELS or budget[0] < len(spans):
        part.is_cut = True
        return part
    budget[0] -= len(spans)
    inner = "message/rfc822" if part.content_type == "multipart/digest" else "text/plain"
    part.children = [_read(data, *span, level=level + 1, default=inner, budget=budget) for span in spans]
    return part


def _entity(data: bytes, block: HeaderBlock, end: int, *, default: str) -> Part:
    content_type, params = parameters(block.first("content-type"))
    disposition, more = parameters(block.first("content-disposition"))
    content_type = content_type.partition(" ")[0]
    if content_type == "text":
        content_type = "text/plain"
    return Part(
        data=data,
        block=block,
        end=end,
        content_type=content_type if content_type.count("/") == 1 else default,
        parameters=params,
        disposition=disposition.partition(" ")[0],
        filename=more.get("filename") or params.get("name") or "",
    )


def _encoding(block: HeaderBlock) -> str:
    return block.first("content-transfer-encoding").decode("ascii", "replace").partition(";")[0].strip(" \t\"'").lower()


def _likely_boundary(data: bytes, start: int, end: int) -> bytes:
    """For a multipart that does not name its boundary: the first line that opens with two hyphens."""
    at = start if data.startswith(b"--", start) else data.find(b"\n--", start, end) + 1
    if at <= 0 and not data.startswith(b"--", start):
        return b""
    stop = data.find(b"\n", at, end)
    line = data[at + 2 : end if stop < 0 else stop].rstrip()
    return line if 0 < len(line) <= 200 and b" " not in line and line.strip(b"-") else b""


def _spans(data: bytes, start: int, end: int, *, boundary: bytes, most: int) -> list[tuple[int, int]]:
    """Where the parts between the delimiters lie; the last one needs no closing delimiter."""
    delimiter = b"--" + boundary
    spans: list[tuple[int, int]] = []
    begun = -1
    at = start
    for _ in range(most + _MOST_FALSE_BOUNDARIES):
        at = data.find(delimiter, at, end)
        if at < 0:
            break
        stop = data.find(b"\n", at, end)
        stop = end if stop < 0 else stop
        rest = data[at + len(delimiter) : min(stop, at + len(delimiter) + 100)].rstrip()
        if (at == start or data[at - 1 : at] == b"\n") and rest in (b"", b"--"):
            if begun >= 0:
                spans.append((begun, max(begun, at - 1)))
            if rest or len(spans) > most:
                return spans
            begun = min(stop + 1, end)
        at = max(stop, at + 1)
    if begun >= 0:
        spans.append((begun, end))
    return spans
