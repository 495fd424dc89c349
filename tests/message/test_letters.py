"""Letters as mail programs and mail systems send them: what each says, and what it is.

The letters lie in tests/letters, written for this purpose; expected.toml tells of each what must be read from it.
"""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mailer.message.reading.read import read
from mailer.model.incoming import Reading

FOLDER = Path(__file__).parent.parent / "letters"
EXPECTED: dict[str, dict[str, Any]] = tomllib.loads((FOLDER / "expected.toml").read_text(encoding="utf-8"))


def seen(reading: Reading) -> dict[str, Any]:
    """The facts of a reading under the names of the table; what a letter does not tell is False."""
    letter, verdict = reading.letter, reading.verdict
    first = letter.senders[0] if letter.senders else None
    return {
        "kind": verdict.kind.value,
        "text": letter.text,
        "subject": letter.subject,
        "sender": first.address if first else False,
        "name": first.name if first else False,
        "to": list(letter.recipients),
        "message_id": letter.message_id,
        "in_reply_to": list(letter.in_reply_to),
        "date": letter.date or False,
        "attachments": [one.name for one in letter.attachments],
        "notes": list(letter.notes),
        "recipients": list(verdict.recipients),
        "status": verdict.status,
        "permanent": verdict.permanent,
        "dead": verdict.address_dead,
        "about": list(verdict.about),
        "until": verdict.away_until or False,
    }


def test_every_letter_has_its_place_in_the_table() -> None:
    assert sorted(EXPECTED) == sorted(path.stem for path in FOLDER.glob("*.eml"))


@pytest.mark.parametrize("name", sorted(EXPECTED))
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"], ids=["lf", "crlf"])
def test_letters_read_as_the_table_says(name: str, line_end: bytes) -> None:
    wanted = dict(EXPECTED[name])
    reading = read((FOLDER / f"{name}.eml").read_bytes().replace(b"\n", line_end))
    text = reading.letter.text
    assert text.startswith(wanted.pop("starts", ""))
    assert [part for part in wanted.pop("has", []) if part not in text] == []
    assert [part for part in wanted.pop("has_not", []) if part in text] == []
    got = seen(reading)
    assert {key: got[key] for key in wanted} == wanted


@pytest.mark.parametrize("name", [name for name in sorted(EXPECTED) if EXPECTED[name]["kind"] != "human"])
def test_a_reports_headers_alone_show_that_no_person_wrote(name: str) -> None:
    headers = (FOLDER / f"{name}.eml").read_bytes().partition(b"\n\n")[0] + b"\n\n"
    shown_by_parts = {"calendar-accepted", "calendar-invitation", "reaction-emoji", "bounce-ses-notice", "challenge"}
    shown_by_words = {"auto-subject-only-de", "complaint-without-report", "bounce-no-sender-at-all"}
    kind = read(headers).verdict.kind.value
    assert kind != "human" or name in shown_by_parts | shown_by_words


def test_a_stated_absence_is_a_day() -> None:
    assert isinstance(EXPECTED["auto-exchange-en"]["until"], date)
