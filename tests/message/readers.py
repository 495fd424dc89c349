"""Three independent readers of a letter: two of the standard library's and one written in Rust."""

from __future__ import annotations

import email
import email.header
import email.policy
import email.utils
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage

import fast_mail_parser


@dataclass(frozen=True)
class Seen:
    """What a reader saw."""

    subject: str
    sender: tuple[str, str]
    recipient: tuple[str, str]
    text: str
    html: str


def modern(raw: bytes) -> Seen:
    """The standard library with policy.default."""
    letter = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(letter, EmailMessage)
    assert not letter.defects
    sender, recipient = (letter[name].addresses[0] for name in ("From", "To"))
    texts = [letter.get_body((kind,)) for kind in ("plain", "html")]
    return Seen(
        str(letter["Subject"]),
        (sender.display_name, sender.addr_spec),
        (recipient.display_name, recipient.addr_spec),
        *("" if part is None else part.get_content().replace("\r\n", "\n") for part in texts),
    )


def classic(raw: bytes) -> Seen:
    """The standard library with policy.compat32."""
    letter = email.message_from_bytes(raw, policy=email.policy.compat32)
    parts = {part.get_content_type(): part.get_payload(decode=True) for part in letter.walk()}
    texts = [parts.get("text/plain"), parts.get("text/html")]
    return Seen(
        _decoded(letter["Subject"]),
        _mailbox(letter["From"]),
        _mailbox(letter["To"]),
        *(part.decode().replace("\r\n", "\n") if isinstance(part, bytes) else "" for part in texts),
    )


def rust(raw: bytes) -> Seen:
    """A reader written in Rust, which shares no code with the others."""
    letter = fast_mail_parser.parse_email(raw)
    sender, recipient = letter.from_, letter.to[0]
    assert sender is not None
    assert not letter.warnings
    return Seen(
        letter.subject,
        (sender.display_name or "", sender.address),
        (recipient.display_name or "", recipient.address),
        *("".join(parts).replace("\r\n", "\n") for parts in (letter.text_plain, letter.text_html)),
    )


READERS: dict[str, Callable[[bytes], Seen]] = {"modern": modern, "classic": classic, "rust": rust}


def _decoded(value: object) -> str:
    unfolded = str(value).replace("\r\n", "").replace("\n", "")
    return str(email.header.make_header(email.header.decode_header(unfolded)))


def _mailbox(value: object) -> tuple[str, str]:
    name, address = email.utils.parseaddr(str(value).replace("\r\n", "").replace("\n", ""))
    return _decoded(name), address
