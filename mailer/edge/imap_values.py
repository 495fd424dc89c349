"""What does an answer of an IMAP server say?

Reads the data formats of RFC 3501 §4 and §9 out of framed answers: atoms, quoted strings, literals, lists, NIL, and the
status answers with their codes (§7.1, RFC 5530). Written by hand and without recursion, for what comes from outside may
nest as deep as it likes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import TypeAlias

from mailer.edge.imap_frames import Answer, NotImap

Value: TypeAlias = "bytes | list[Value] | None"

UNREADABLE_DATE = datetime(1970, 1, 1, tzinfo=UTC)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_DEEPEST = 100
_DIGITS = 20  # of a number of 64 bits; UIDs have ten at most
_TOKEN = re.compile(
    rb" *(?:(?P<open>\()|(?P<close>\))"
    rb'|"(?P<quoted>[^"\\]*(?:\\.[^"\\]*)*)"'
    rb"|(?P<literal>~?\{\d+\+?\}$)"
    rb'|(?P<atom>(?:[^ ()"{}\[]|\[[^\]]*\])+))',
    re.DOTALL,
)
_STATUS = re.compile(rb"\S+ (OK|NO|BAD|BYE|PREAUTH)(?: (?:\[([A-Z0-9-]+)(?: ([^\]]*))?\] ?)?(.*))?$", re.I | re.DOTALL)
_FETCH = re.compile(rb"\* \d+ FETCH ", re.IGNORECASE)
_PARTIAL = re.compile(rb"<\d+>$")
_INTERNAL_DATE = re.compile(rb" ?(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)$")


@dataclass(frozen=True, slots=True)
class Status:
    """A status answer: `kind` and `code` in upper case, `argument` as follows the code, `text` the words for people."""

    kind: str
    code: str = ""
    argument: str = ""
    text: str = ""

    @property
    def words(self) -> str:
        """Code and text on one line, fit to be shown: printable and short."""
        said = f"[{self.code}] {self.text}" if self.code else self.text
        shown = "".join(char if char.isprintable() else " " for char in said)
        return shown[:200].strip() or self.kind


def status(answer: Answer) -> Status | None:
    """The status in an answer, tagged or not; None where it is none."""
    found = _STATUS.match(answer.lines[0])
    if not found:
        return None
    kind, code, argument, text = ((part or b"").decode("utf-8", "replace") for part in found.groups())
    return Status(kind.upper(), code.upper(), argument, text)


def values(answer: Answer) -> list[Value]:
    """Everything in an answer after its first word. NotImap where brackets or quotes do not match."""
    stack: list[list[Value]] = [[]]
    for number, line in enumerate(answer.lines):
        place = 2 if number == 0 and line.startswith(b"* ") else 0
        end = len(line.rstrip(b" "))
        while place < end:
            token = _TOKEN.match(line, place)
            if not token:
                raise NotImap("an answer that cannot be read")
            place = token.end()
            _put(stack, token, answer.literals[number : number + 1])
    if len(stack) != 1:
        raise NotImap("an answer with unmatched brackets")
    return stack[0]


def _put(stack: list[list[Value]], token: re.Match[bytes], literal: Sequence[bytes]) -> None:
    """Add one token to the innermost open list."""
    match token.lastgroup:
        case "open":
            if len(stack) > _DEEPEST:
                raise NotImap("an answer nested too deep")
            inner: list[Value] = []
            stack[-1].append(inner)
            stack.append(inner)
        case "close":
            if len(stack) == 1:
                raise NotImap("an answer with unmatched brackets")
            stack.pop()
        case "literal" if literal:
            stack[-1].append(literal[0])
        case "quoted":
            stack[-1].append(re.sub(rb"\\(.)", rb"\1", token["quoted"], flags=re.DOTALL))
        case _:
            stack[-1].append(None if token[0].strip().upper() == b"NIL" else token[0].strip())


def numbers(answers: Iterable[Answer], word: bytes) -> list[int]:
    """The numbers of every `* SEARCH ...`, say: ascending, each once. NotImap where something else stands there."""
    found: set[int] = set()
    for answer in answers:
        name, _, rest = answer.lines[0][2:].partition(b" ")
        if name.upper() != word:
            continue
        parts = rest.split()
        if not all(part.isdigit() and len(part) <= _DIGITS for part in parts):
            raise NotImap(f"{word.decode()} answered with words")
        found.update(map(int, parts))
    return sorted(found)


def fetched(answers: Iterable[Answer]) -> dict[int, dict[str, Value]]:
    """What FETCH answers say of each UID, keyed by item in upper case, `BODY[HEADER]<0>` as `BODY[HEADER]`.

    One letter may be spread over several answers, and news of flags may come in between: answers without a UID, and
    answers that cannot be read, are passed over. A letter of which too little is left then counts as not answered.
    """
    letters: dict[int, dict[str, Value]] = {}
    for answer in answers:
        if not _FETCH.match(answer.lines[0]):
            continue
        try:
            *_, items = values(answer)
        except NotImap:
            continue
        if not isinstance(items, list):
            continue
        pairs = {_key(name): value for name, value in zip(items[::2], items[1::2], strict=False)}
        if (uid := number(pairs.get("UID"))) is not None:
            letters.setdefault(uid, {}).update(pairs)
    return letters


def _key(name: Value) -> str:
    return _PARTIAL.sub(b"", name).decode("ascii", "replace").upper() if isinstance(name, bytes) else ""


def number(value: Value) -> int | None:
    """A number, or None where there is none."""
    return int(value) if isinstance(value, bytes) and value.isdigit() and len(value) <= _DIGITS else None


def internal_date(value: Value) -> datetime:
    """An INTERNALDATE in UTC (RFC 3501 §9, date-time); UNREADABLE_DATE where it is none."""
    found = _INTERNAL_DATE.match(value) if isinstance(value, bytes) else None
    if not found:
        return UNREADABLE_DATE
    day, month, year, hour, minute, second, sign, zone_hours, zone_minutes = (part.decode() for part in found.groups())
    offset = timedelta(hours=int(zone_hours), minutes=int(zone_minutes))
    try:
        zone = timezone(-offset if sign == "-" else offset)
        clock = (int(hour), int(minute), min(int(second), 59))  # a leap second is no reason to lose the date
        return datetime(int(year), MONTHS.index(month.title()) + 1, int(day), *clock, tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return UNREADABLE_DATE
