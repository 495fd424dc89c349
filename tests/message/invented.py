"""Drafts that nobody would write, of the pieces that break mail programs; the same seed gives the same drafts."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta, timezone

from mailer.model.outgoing import Address, Draft

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
SCOTLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"
PIECES = (
    *("a", "Dana", "week", "100 %", "x" * 30, "y" * 74, "z" * 79, "w" * 200),
    *(",", ";", ":", "<", ">", "(", ")", "[", "]", '"', "'", "@", "\\", "=", "?", "_", ".", "..", "&", "#", "!"),
    *("=?", "?=", "=?utf-8?q?x?=", "=?utf-8?b?eA==?=", "dana@example.net", "<leak@example.net>", "Re:", "--", "=_"),
    *(" ", "  ", "\t", "\u00a0", "\u3000", "\u200b", "\u00ad", "\ufeff"),
    *("ü", "Müller", "ß", "é", "e\u0301", "a" + "\u0301" * 9, "Ω", "Привет", "\ufffd", "\U0010fffd"),
    *(
        "דנה",
        "שבוע 3",
        "دانا",
        "\u200f",
        "\u200e",
        "\u2068דנה\u2069",
        "नि",
        "ไทย",
        "한",
        "\u1112\u1161\u11ab",
        "例え",
        "テスト。",
    ),
    *(FAMILY, SCOTLAND, "\U0001f1f5\U0001f1f9", "\U0001f44b\U0001f3fd", "\u2764\ufe0f", "1\ufe0f\u20e3", "\U0001f642"),
)
LINES = (
    "\n",
    "\n\n",
    "\r\n",
    "\r",
    ".\n",
    "..\n",
    "From \n",
    "From here\n",
    "-- \n",
    "--=_0\n",
    " \n",
    "\t\n",
    "\0",
    "\x1b",
    "\ud800",
)
HOSTS = ("example.org", "mail.example.com", "bücher.example", "例え.テスト", "a" * 60 + ".example.net")
LOCALS = ("dana", "dana.reis", "dana+week", "o'brien", "d" * 64)
START = datetime(2026, 11, 27, 8, 30, tzinfo=UTC)


def a_line(rng: random.Random) -> str:
    """A subject or a name: mostly short, now and then of five hundred characters."""
    most = rng.choice((0, 1, 3, 8, 8, 25, 60))
    text = "".join(rng.choice(PIECES) for _ in range(rng.randint(0, most)))
    return text[: rng.choice((40, 500, 500))]


def a_text(rng: random.Random) -> str:
    """A body: lines of any length, with what may not stand in a line."""
    return "".join(rng.choice(PIECES if rng.random() < 0.75 else LINES) for _ in range(rng.randint(0, 60)))


def an_id(rng: random.Random) -> str:
    return f"{rng.getrandbits(64):x}{'x' * rng.choice((0, 0, 20, 200, 225))}@{rng.choice(HOSTS[:2])}"


def a_mailbox(rng: random.Random) -> Address:
    return Address(name=a_line(rng), address=f"{rng.choice(LOCALS)}@{rng.choice(HOSTS)}")


def an_invented_draft(rng: random.Random) -> Draft:
    """A draft that can be written: its lines hold no line ends, its bodies anything."""
    ids = tuple(an_id(rng) for _ in range(rng.choice((0, 1, 3, 40))))
    zone = timezone(timedelta(minutes=rng.randrange(-14 * 60, 14 * 60, 15)))
    return Draft(
        sender=a_mailbox(rng),
        recipient=a_mailbox(rng),
        reply_to=a_mailbox(rng),
        subject=a_line(rng),
        text=a_text(rng),
        html=rng.choice(("", f"<p>{a_text(rng)}</p>")),
        date=(START + timedelta(seconds=rng.randrange(10**8))).astimezone(zone),
        message_id=an_id(rng),
        in_reply_to=ids[-1] if ids else "",
        references=ids,
        headers=(("Auto-Submitted", "auto-generated"), ("List-Unsubscribe", f"<mailto:{an_id(rng)}?subject=STOP>")),
    )
