"""What is a letter made of, and what of it is worth fetching when it is too large?

BODYSTRUCTURE (RFC 3501 §7.4.2) says what parts there are. Of a letter above the limit come the headers as they stand,
the headers of each part, the text parts, reports on our own mail, and of a letter inside only its headers. Put together
again with the letter's own boundaries they are the same letter, hollow: each part that stayed behind says so in
LEFT_OUT, so that whoever reads the raw bytes later can name it with its size.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mailer.edge.imap_values import Value, number
from mailer.model.mailbox import LEFT_OUT

HEADER_OCTETS = 256 * 1024  # more of a header is never fetched
TEXT_OCTETS = 512 * 1024  # nor more of a text part, as transferred

_PART_HEADER_OCTETS = 16 * 1024
_MOST_PARTS = 200  # a command names each of them; what has more is not looked into
_REPORTS = frozenset(
    {
        "message/delivery-status",
        "message/global-delivery-status",
        "message/disposition-notification",
        "message/feedback-report",
    }
)


class Unknowable(ValueError):
    """The structure cannot be read or followed; fetch the beginning of the letter instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One node: `section` as FETCH names it, "" for the whole letter; `boundary` only where there are `parts`."""

    section: str
    media: str  # "text/plain", lower case
    octets: int = 0  # as transferred
    is_base64: bool = False
    is_attached: bool = False
    boundary: bytes = b""
    parts: tuple[Part, ...] = ()

    @property
    def wanted(self) -> str | None:
        """The section that is fetched for its content; None where the part stays behind."""
        if self.parts:
            return None
        if self.media in {"message/rfc822", "message/global"}:
            return f"{self.section}.HEADER" if self.section else None
        if self.media in _REPORTS or (self.media.startswith("text/") and not self.is_attached):
            return self.section or "TEXT"
        return None


def read_structure(value: Value) -> Part:
    """The tree in a BODYSTRUCTURE. Unknowable where it is none, is too large, or lacks a boundary."""
    try:
        root = _part(value, "")
    except IndexError as error:
        raise Unknowable("unreadable structure") from error
    if sum(1 for _ in _below(root)) > _MOST_PARTS:
        raise Unknowable("too many parts")
    return root


def _part(value: Value, section: str) -> Part:
    if not isinstance(value, list) or not value:
        raise Unknowable("not a structure")
    if isinstance(value[0], list):
        return _multipart(value, section)
    kind, subtype = _word(value[0]), _word(value[1])
    media = f"{kind}/{subtype}"
    return Part(
        section=section,
        media=media,
        octets=number(value[6]) or 0,
        is_base64=_word(value[5]) == "base64",
        is_attached=_is_attached(value[_extension_place(media) :]),
    )


def _multipart(value: list[Value], section: str) -> Part:
    children = [child for child in value if isinstance(child, list)]
    first_word = next((place for place, item in enumerate(value) if not isinstance(item, list)), len(value))
    children = children[:first_word]
    parameters = value[first_word + 1] if len(value) > first_word + 1 else None
    boundary = _parameter(parameters, b"boundary")
    if not boundary or not re.fullmatch(rb"[ -~]{1,200}", boundary):
        raise Unknowable("no boundary")
    return Part(
        section=section,
        media=f"multipart/{_word(value[first_word])}",
        boundary=boundary,
        parts=tuple(
            _part(child, f"{section}.{place}" if section else str(place)) for place, child in enumerate(children, 1)
        ),
    )


def _word(value: Value) -> str:
    return value.decode("ascii", "replace").lower() if isinstance(value, bytes) else ""


def _parameter(value: Value, name: bytes) -> bytes:
    if not isinstance(value, list):
        return b""
    pairs = zip(value[::2], value[1::2], strict=False)
    return next((v for k, v in pairs if isinstance(k, bytes) and k.lower() == name and isinstance(v, bytes)), b"")


def _extension_place(media: str) -> int:
    """Where the extension data begins: MD5, then disposition. Text counts its lines, a letter has its own structure."""
    if media in {"message/rfc822", "message/global"}:
        return 10
    return 8 if media.startswith("text/") else 7


def _is_attached(extension: list[Value]) -> bool:
    disposition = extension[1] if len(extension) > 1 else None
    return isinstance(disposition, list) and bool(disposition) and _word(disposition[0]) == "attachment"


def _below(part: Part) -> Iterator[Part]:
    """All parts below, in the order they stand in the letter."""
    for child in part.parts:
        yield child
        yield from _below(child)


def items(root: Part) -> list[str]:
    """What FETCH is to be asked for to make the hollow letter."""
    asked = [f"BODY.PEEK[HEADER]<0.{HEADER_OCTETS}>"]
    asked += [f"BODY.PEEK[{part.section}.MIME]<0.{_PART_HEADER_OCTETS}>" for part in _below(root)]
    asked += [f"BODY.PEEK[{part.wanted}]<0.{TEXT_OCTETS}>" for part in (root, *_below(root)) if part.wanted is not None]
    return asked


def octets_of(root: Part) -> int:
    """How much these items come to, at most."""
    below = tuple(_below(root))
    content = sum(min(part.octets, TEXT_OCTETS) for part in (root, *below) if part.wanted is not None)
    return HEADER_OCTETS + len(below) * _PART_HEADER_OCTETS + content


def hollow(root: Part, sections: Mapping[str, Value]) -> bytes:
    """The letter out of what was fetched (`BODY[1.MIME]` and so on)."""
    return _header(root, sections) + _body(root, sections)


def _header(part: Part, sections: Mapping[str, Value]) -> bytes:
    """The header as it came, with a word on what stayed behind, and the empty line."""
    came = sections.get(f"BODY[{part.section}.MIME]" if part.section else "BODY[HEADER]")
    header = came.rstrip(b"\r\n") if isinstance(came, bytes) else b""
    if not header and part.section:
        header = f"Content-Type: {part.media}".encode("ascii", "replace")
    if left := _left_out(part, sections):
        header += f"\r\n{LEFT_OUT}: {left}".encode()
    return header + b"\r\n\r\n"


def _left_out(part: Part, sections: Mapping[str, Value]) -> int:
    """Octets of the part that stayed behind; decoded, where nothing of it came."""
    if part.parts:
        return 0
    came = _content(part, sections)
    if not came and part.is_base64:
        return part.octets * 57 // 78  # lines of 76 and CRLF carry 57
    return max(0, part.octets - len(came))


def _content(part: Part, sections: Mapping[str, Value]) -> bytes:
    came = sections.get(f"BODY[{part.wanted}]") if part.wanted else None
    if not isinstance(came, bytes):
        return b""
    # A text cut off within a line might end in half a letter.
    return came[: came.rfind(b"\r\n") + 2] if len(came) == TEXT_OCTETS and b"\r\n" in came else came


def _body(part: Part, sections: Mapping[str, Value]) -> bytes:
    if not part.parts:
        return _content(part, sections)
    delimiter = b"--" + part.boundary
    pieces = [delimiter + b"\r\n" + _header(child, sections) + _body(child, sections) for child in part.parts]
    return b"\r\n".join([*pieces, delimiter + b"--\r\n"])
