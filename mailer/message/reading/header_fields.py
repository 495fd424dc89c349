"""What do the structured headers hold: addresses, message ids, dates, parameters?

Sources: RFC 5322 §3.3, §3.4, §3.6.4; RFC 2045 §5.1 and RFC 2231 (parameters). Each reader takes what it can and leaves
the rest: names with bare commas, ids folded in the middle or without brackets, ids with square brackets (which the
standard library's newer policy fails on), zones of 99 hours, parameters in pieces or as encoded words. Headers are cut
at LONGEST_VALUE, and every pattern runs in one pass over them.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import unquote_to_bytes

from mailer.message.reading.charset import decode_text
from mailer.message.reading.clean import clean_line, squeezed
from mailer.message.reading.decoded_words import LONGEST_VALUE, decoded_words, header_text
from mailer.model.outgoing import Address

_SIMPLE = re.compile(r'(?:"([^"\\]*)"|([^"<>(),;:@\\\[\]]*))\s*<([^<>\s@,"()]+@[^<>\s@,"()]+)>')
_TOKEN = re.compile(
    r'"(?P<quoted>(?:[^"\\]|\\.)*+)(?:"|\\?$)|\((?P<comment>(?:[^()\\]|\\.)*+)(?:\)|\\?$|(?=\())'
    r"|<(?P<angle>[^<>]*+)(?:>|$|(?=<))|(?P<end>[,;])|(?P<word>[^\s\"(<,;]+)|(?P<space>\s+)",
    re.DOTALL,
)
_LONGEST_NAME = 200  # characters a name with commas may have before it is rubbish
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ID = re.compile(r"<([^<>]{1,2000})>")
_BARE_ID = re.compile(r"[^\s<>,;\"]+@[^\s<>,;\"]+")
_BLANKS = re.compile(r"\s+")
_PARAMETER = re.compile(r';\s*([^\s=;"]+?)(\*\d+)?(\*)?\s*=\s*(?:"((?:[^"\\]|\\.)*+)(?:"|\\?$)|([^;]*+))', re.DOTALL)


def addresses(value: bytes) -> tuple[Address, ...]:
    """The mailboxes of an address header, in order; groups are opened, empty ones vanish."""
    text = header_text(value)
    simple = _SIMPLE.fullmatch(text.strip())
    if simple is not None:
        quoted, plain, address = simple.groups()
        return (Address(name=_name(quoted if quoted is not None else plain), address=with_lower_domain(address)),)
    found: list[Address] = []
    words: list[str] = []
    angle = ""
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind == "end":
            if _finish_mailbox(found, words, angle, at_comma=match.group() == ","):
                words, angle = [], ""
        elif kind == "angle":
            angle = match.group("angle") or ""
        elif kind == "quoted":
            words.append(_ESCAPE.sub(r"\1", match.group("quoted")))
        elif kind in ("word", "space"):
            words.append(match.group() if kind == "word" else " ")
    _finish_mailbox(found, words, angle, at_comma=False)
    return tuple(found)


def _finish_mailbox(found: list[Address], words: list[str], angle: str, *, at_comma: bool) -> bool:
    """Adds what was gathered; False where the comma belongs to the name: Vogl, Petra <petra@example.org>."""
    said = "".join(words).strip()
    if angle:
        # "Team: Petra <petra@...>": the name of a group is nobody's name.
        name = said.rpartition(":")[2] if ":" in said and "@" not in said else said
        address = _BLANKS.sub("", angle).rpartition(":")[2].strip("\"'")
        if address and "@" not in address and "@" in said:
            address = said
        if address:
            found.append(Address(name=_name(name), address=with_lower_domain(clean_line(address))))
        return True
    bare = _BARE_ID.search(said)
    if bare is not None:
        address = bare.group().rpartition(":")[2].strip("'\"[]")
        name = (said[: bare.start()] + said[bare.end() :]).strip(" \"'")
        found.append(Address(name=_name(name), address=with_lower_domain(clean_line(address))))
        return True
    if at_comma and said and ":" not in said and len(said) <= _LONGEST_NAME:
        words.append(",")
        return False
    return True


def _name(text: str) -> str:
    """A display name: decoded, without quotes that were written round it twice."""
    name = squeezed(decoded_words(text))
    return name[1:-1].strip() if len(name) > 1 and name[0] == name[-1] and name[0] in "'\"" else name


def with_lower_domain(address: str) -> str:
    """An addr-spec with its domain in lower case; the local part is the owner's affair (RFC 5321 §2.4)."""
    local, at, domain = address.rpartition("@")
    return f"{local}{at}{domain.lower()}"


def message_ids(value: bytes) -> tuple[str, ...]:
    """Ids without <>, in the order they stand, each once; mail programs fold inside long ids, so blanks in one go."""
    text = header_text(value)
    found = [_BLANKS.sub("", match.group(1)) for match in _ID.finditer(text)]
    if not found:
        found = [match.group() for match in _BARE_ID.finditer(text)]
    return tuple(dict.fromkeys(cleaned for one in found if (cleaned := clean_line(one))))


def instant(value: bytes) -> datetime | None:
    """A Date header in UTC, None where it is no date; without a zone it is taken as UTC."""
    text = header_text(value)[:200]
    try:
        date = parsedate_to_datetime(text)
        return (date if date.tzinfo is not None else date.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return None


def parameters(value: bytes) -> tuple[str, dict[str, str]]:
    """A header such as Content-Type: its value in lower case, and its parameters by lower-case name."""
    text = header_text(value[:LONGEST_VALUE])
    head, _, _ = text.partition(";")
    whole: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[bool, str]]] = {}
    for match in _PARAMETER.finditer(text, len(head)):
        name, number, is_extended, quoted, plain = match.groups()
        content = _ESCAPE.sub(r"\1", quoted) if quoted is not None else (plain or "").strip().strip("\"'")
        name = name.lower()
        if number is None and is_extended is None:
            whole.setdefault(name, clean_line(decoded_words(content)))
        else:
            pieces.setdefault(name, {}).setdefault(int((number or "*0")[1:6]), (bool(is_extended), content))
    for name, parts in pieces.items():
        whole[name] = _assembled(parts)
    return squeezed(head).lower(), whole


def _assembled(parts: dict[int, tuple[bool, str]]) -> str:
    """RFC 2231: pieces in order of number, percent-encoded where marked, the charset in front of the first."""
    charset = ""
    data = b""
    for position, number in enumerate(sorted(parts)):
        is_extended, content = parts[number]
        if is_extended and position == 0 and content.count("'") >= 2:
            charset, _, content = content.split("'", 2)
        data += unquote_to_bytes(content) if is_extended else content.encode("utf-8", "replace")
    return clean_line(decoded_words(decode_text(data, charset).text))
