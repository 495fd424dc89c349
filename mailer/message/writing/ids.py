"""Which ids and addresses a letter of ours carries, all built round a token.

Message-ID and References: `token@host`; Reply-To, List-Unsubscribe and the envelope sender: `local+token@host`. Where
the host has no plus addresses they are the plain address, and the token in References routes the reply alone
(References survive relays that give a letter a Message-ID of their own). Many reports name no letter; one that comes
back to an envelope sender of its own needs no name (VERP). Sources: RFC 5322 §3.6.4, RFC 5233 (plus addresses), RFC
6068 (mailto), RFC 5321 §4.4 (reports go to the envelope sender).
"""

from __future__ import annotations

from mailer.errors import PermanentFailure
from mailer.message.token import LENGTH, Purpose, TokenKeys, write_token
from mailer.message.writing.mailbox import LOCAL_OCTETS, wire_address
from mailer.model.places import Account

LONGEST_LOCAL = LOCAL_OCTETS - LENGTH - 1  # octets an account's own local part may have beside "+" and a token


def letter_id(keys: TokenKeys, *, reference: bytes, account: Account) -> str:
    """The Message-ID of one letter, without <>."""
    return _id(keys, Purpose.LETTER, reference, account)


def conversation_id(keys: TokenKeys, *, reference: bytes, account: Account) -> str:
    """The id all letters of one conversation refer to, without <>; no letter has it as its own."""
    return _id(keys, Purpose.CONVERSATION, reference, account)


def reply_address(keys: TokenKeys, *, reference: bytes, account: Account) -> str:
    """Where answers to one letter go."""
    return _plus(keys, Purpose.REPLY, reference, account) if account.plus_addresses else wire_address(account.address)


def stop_link(keys: TokenKeys, *, reference: bytes, account: Account) -> str:
    """The mailto: behind a mail program's own unsubscribe button; without plus addresses its subject has the token."""
    if account.plus_addresses:
        return f"mailto:{_plus(keys, Purpose.STOP, reference, account)}?subject=STOP"
    token = write_token(keys, purpose=Purpose.STOP, reference=reference)
    return f"mailto:{wire_address(account.address)}?subject=STOP%20{token}"


def envelope_sender(keys: TokenKeys, *, reference: bytes, account: Account) -> str:
    """Where reports about one letter go, as long as the host lets a letter leave under that address."""
    if account.verp and account.plus_addresses:
        return _plus(keys, Purpose.BOUNCE, reference, account)
    return wire_address(account.address)


def _id(keys: TokenKeys, purpose: Purpose, reference: bytes, account: Account) -> str:
    host = wire_address(account.address).rpartition("@")[2]
    return f"{write_token(keys, purpose=purpose, reference=reference)}@{host}"


def _plus(keys: TokenKeys, purpose: Purpose, reference: bytes, account: Account) -> str:
    local, _, host = wire_address(account.address).rpartition("@")
    if len(local.encode()) > LONGEST_LOCAL or local.startswith('"'):
        raise PermanentFailure(
            f"account {account.slug}: the part before the @ is longer than {LONGEST_LOCAL} characters or quoted, so no "
            f"token fits behind it; set plus_addresses = false"
        )
    return f"{local}+{write_token(keys, purpose=purpose, reference=reference)}@{host}"
