"""What does the letter look like that an account writes to itself, to see what becomes of its letters on the way?

It has all that a client's letter has and that a relay may spoil: From with a coach's name, a plus address, Reply-To,
References to an id no letter has, the headers of automatic mail, two parts with letters outside ASCII. Its tokens have
a purpose of their own, so that it is passed over when it is read, and so is a report about it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mailer.message.token import Purpose, TokenKeys, write_token
from mailer.message.writing.compose import wire_letter
from mailer.message.writing.mailbox import wire_address
from mailer.message.writing.own_headers import standard_headers
from mailer.model.outgoing import Address, Draft, LetterKind, WireLetter
from mailer.model.places import Account

SUBJECT = "Checking that letters arrive"
_TEXT = """This letter was sent by the program that writes from this mailbox, to this
mailbox itself: to see that letters leave and arrive as they should.

Nobody needs to do anything. It may be deleted.

A few signs that must come through: äöü ß é ñ ł – “ ” € ✓
"""
_HTML = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Checking that letters arrive</title></head><body>
<p>This letter was sent by the program that writes from this mailbox, to this mailbox itself: to see that letters leave
and arrive as they should.</p>
<p>Nobody needs to do anything. It may be deleted.</p>
<p>A few signs that must come through: äöü ß é ñ ł – “ ” € ✓</p>
</body></html>
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckLetter:
    """The letter as it was handed over, and the tokens that stand in it."""

    draft: Draft
    wire: WireLetter
    tokens: tuple[str, str]  # of the letter, and of the conversation in References

    @property
    def is_plus(self) -> bool:
        """Whether it went to a plus address."""
        return f"+{self.tokens[0]}@" in self.draft.recipient.address


def check_letter(
    keys: TokenKeys, *, account: Account, name: str, installation: str, date: datetime, references: tuple[bytes, bytes]
) -> CheckLetter:
    """The letter, from the coach's `name`; `references` are random, 10 bytes each."""
    letter, conversation = (write_token(keys, purpose=Purpose.CHECK, reference=one) for one in references)
    plain = wire_address(account.address)
    local, _, host = plain.rpartition("@")
    plus = f"{local}+{letter}@{host}" if account.plus_addresses else plain
    stop = f"mailto:{plus}?subject={letter}"
    draft = Draft(
        sender=Address(name=name, address=account.address),
        recipient=Address(address=plus),
        reply_to=Address(name=name, address=plus),
        subject=SUBJECT,
        text=_TEXT,
        html=_HTML,
        date=date.replace(microsecond=0),
        message_id=f"{letter}@{host}",
        references=(f"{conversation}@{host}",),
        headers=standard_headers(installation=installation, kind=LetterKind.NOTICE, stop=stop),
    )
    envelope_from = plus if account.verp else plain
    return CheckLetter(draft=draft, wire=wire_letter(draft, envelope_from=envelope_from), tokens=(letter, conversation))
