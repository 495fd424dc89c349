"""What does a letter say? Any bytes give an answer.

    letter = parse(raw)

`raw` is the letter as it lay on the server. Nothing in it raises: what is odd is noted, what cannot be read is left
out of the text and stays among the attachments, and the bytes themselves are kept elsewhere. Time is linear in the
size of the letter. Sources: RFC 5322, RFC 2045-2047, RFC 2231; headers.py, mime.py and text_parts.py say what was
met in the wild.
"""

from __future__ import annotations

from mailer.message.reading.clean import clean_line
from mailer.message.reading.decoded_words import decoded, header_text
from mailer.message.reading.header_fields import addresses, instant, message_ids, with_lower_domain
from mailer.message.reading.headers import HeaderBlock
from mailer.message.reading.mime import read_parts, with_bare_line_ends
from mailer.message.reading.text_parts import Body, read_body
from mailer.model.incoming import Letter

_RECIPIENT_HEADERS = ("to", "cc", "delivered-to", "x-original-to")


def parse(raw: bytes) -> Letter:
    """The letter as a person would read it, clean throughout."""
    root = read_parts(with_bare_line_ends(raw))
    body = read_body(root)
    block = root.block
    if block.cut:
        body.note("too many headers: only the first are read")
    sender = addresses(block.first("sender"))
    return Letter(
        senders=tuple(one for value in _values(block, "from") for one in addresses(value)),
        sender=sender[0] if sender else None,
        return_path=_return_path(block),
        recipients=_recipients(block),
        subject=decoded(block.first("subject")),
        message_id=next(iter(message_ids(block.first("message-id"))), "")
        or clean_line(header_text(block.first("message-id"))),
        in_reply_to=message_ids(block.first("in-reply-to")),
        references=message_ids(block.first("references")),
        date=instant(block.first("date")),
        headers=tuple((name, decoded(value)) for name, value in block.fields),
        text=_joined(body),
        html="\n".join(body.htmls),
        attachments=tuple(body.attachments),
        notes=tuple(body.notes),
    )


def _values(block: HeaderBlock, wanted: str) -> list[bytes]:
    return [value for name, value in block.fields if name == wanted]


def _return_path(block: HeaderBlock) -> str | None:
    """The envelope's sender as the last server wrote it down: "" for <>, None where nobody did."""
    if not any(name == "return-path" for name, _ in block.fields):
        return None
    found = addresses(block.first("return-path"))
    return found[0].address if found else ""


def _recipients(block: HeaderBlock) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for name in _RECIPIENT_HEADERS:
        for value in _values(block, name):
            found.update((with_lower_domain(one.address), None) for one in addresses(value))
    return tuple(found)


def _joined(body: Body) -> str:
    """The text parts in order, a blank line between them."""
    return "\n\n".join(text.strip("\n") for text in body.texts if text.strip())
