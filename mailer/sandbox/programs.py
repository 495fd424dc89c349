"""How does an answer look when it leaves a mail program? Each has its own way to quote what it answers.

    gmail       text and HTML; new words above, "On … wrote:", the letter below as a quote
    outlook     text and HTML; new words above, a block of From, Sent, To and Subject, the letter below it unmarked
    apple_mail  text; the letter quoted by ">", the answers written in between, each under its question
    webmail     text; new words above "Am … schrieb …:", the letter quoted by ">"
    absence     nobody wrote it: a server says that its owner is away (RFC 3834)

All answer Reply-To, and name what they answer in In-Reply-To and References (RFC 5322 §3.6.4). They read a letter by
the standard library: a client's program shares nothing with this one.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address as Mailbox
from email.message import EmailMessage
from email.utils import format_datetime
from hashlib import sha256
from html import escape

from mailer.model.outgoing import Address

_BODY = re.compile(r"<body[^>]*>(.*)</body>", re.DOTALL | re.IGNORECASE)
_QUESTION = re.compile(r"\d+\. ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A letter as its reader sees it."""

    sender: Address
    reply_to: str
    subject: str
    message_id: str  # with <>
    references: str
    date: datetime
    text: str
    html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What somebody writes: how it opens, one paragraph for each question, how it ends."""

    writer: Address
    at: datetime  # wall clock of the writer
    hello: str
    paragraphs: Sequence[str]
    goodbye: str

    @property
    def text(self) -> str:
        """All of it, a paragraph after the other."""
        return "\n\n".join(part for part in (self.hello, *self.paragraphs, self.goodbye) if part)


Program = Callable[[Opened, Answer], EmailMessage]


def opened(raw: bytes) -> Opened:
    """A letter, opened."""
    letter = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(letter, EmailMessage)  # noqa: S101 - the policy makes no other
    sender = letter["From"].addresses[0]
    answers_go_to = (letter["Reply-To"] or letter["From"]).addresses[0]
    return Opened(
        sender=Address(name=sender.display_name, address=sender.addr_spec),
        reply_to=answers_go_to.addr_spec,
        subject=str(letter["Subject"]),
        message_id=str(letter["Message-ID"]),
        references=str(letter.get("References", "")),
        date=letter["Date"].datetime,
        text=_part(letter, "plain"),
        html=_part(letter, "html"),
    )


def gmail(prompt: Opened, answer: Answer) -> EmailMessage:
    """Gmail's web page and its apps."""
    there = prompt.date.astimezone(answer.at.tzinfo)
    when = f"On {there:%a}, {there.day} {there:%b %Y} at {there:%H:%M}, {prompt.sender.name}"
    address = prompt.sender.address
    letter = _reply(prompt, answer, subject=f"Re: {prompt.subject}", ids="CAF{}@mail.example.com")
    letter.set_content(f"{answer.text}\n\n{when} <{address}> wrote:\n\n{_quoted(prompt.text)}\n")
    quoting = (
        f'<div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">{when} &lt;'
        f'<a href="mailto:{address}">{address}</a>&gt; wrote:<br></div><blockquote class="gmail_quote" style="margin:'
        f'0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex">{_page(prompt)}</blockquote></div>'
    )
    lines = "".join(f"<div>{escape(line) or '<br>'}</div>" for line in answer.text.split("\n"))
    letter.add_alternative(f'<div dir="ltr">{lines}</div><br>{quoting}\n', subtype="html")
    return letter


def outlook(prompt: Opened, answer: Answer) -> EmailMessage:
    """Outlook on a desk: nothing but a block of headers tells where the new words end."""
    there = prompt.date.astimezone(answer.at.tzinfo)
    sent = f"{there:%A, %B} {there.day}, {there.year} {there:%I:%M %p}".replace(" 0", " ")
    block = {
        "From": f"{prompt.sender.name} <{prompt.sender.address}>",
        "Sent": sent,
        "To": f"{answer.writer.name} <{answer.writer.address}>",
        "Subject": prompt.subject,
    }
    letter = _reply(prompt, answer, subject=f"RE: {prompt.subject}", ids="AM9PR05MB{}@prod.example.com")
    letter["Thread-Topic"] = prompt.subject
    head = "\n".join(f"{name}: {value}" for name, value in block.items())
    letter.set_content(f"{answer.text}\n\n{head}\n\n{prompt.text}\n")
    said = "".join(f'<p class="MsoNormal">{escape(line) or "&nbsp;"}</p>\n' for line in answer.text.split("\n"))
    lines = "<br>\n".join(f"<b>{name}:</b> {escape(value)}" for name, value in block.items())
    rule = "border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in"
    letter.add_alternative(
        f'<html><body lang="EN-US"><div class="WordSection1">\n{said}<p class="MsoNormal">&nbsp;</p>\n'
        f'<div style="{rule}"><p class="MsoNormal">{lines}</p></div>\n{_page(prompt)}</div></body></html>\n',
        subtype="html",
    )
    return letter


def apple_mail(prompt: Opened, answer: Answer) -> EmailMessage:
    """Mail on a Mac, and somebody who answers in between."""
    there = prompt.date.astimezone(answer.at.tzinfo)
    clock = f"{there:%I:%M %p}".removeprefix("0")
    said = iter(answer.paragraphs)
    parts = [f"On {there.day} {there:%b %Y}, at {clock}, {prompt.sender.name} <{prompt.sender.address}> wrote:"]
    written = [answer.hello] if answer.hello else []
    for paragraph in prompt.text.strip().split("\n\n"):
        parts.append(paragraph)
        below = next(said, "") if _QUESTION.match(paragraph) else ""
        if below:
            written += [_quoted("\n\n".join(parts)), below]
            parts = []
    written.append(answer.goodbye or _quoted("\n\n".join(parts)))
    letter = _reply(prompt, answer, subject=f"Re: {prompt.subject}", ids="{}-4D2E-A1C4@example.net")
    letter["X-Mailer"] = "Apple Mail (2.3776.700.51)"
    letter.set_content("\n\n".join(written) + "\n")
    return letter


def webmail(prompt: Opened, answer: Answer) -> EmailMessage:
    """A provider's web page, in German."""
    there = prompt.date.astimezone(answer.at.tzinfo)
    letter = _reply(prompt, answer, subject=f"Re: {prompt.subject}", ids="trinity-{}@web.example.net")
    letter.set_content(
        f"{answer.text}\n\nAm {there:%d.%m.%Y} um {there:%H:%M} schrieb {prompt.sender.name}:\n{_quoted(prompt.text)}\n"
    )
    return letter


def absence(prompt: Opened, answer: Answer) -> EmailMessage:
    """A server speaks for somebody who is away; many do so although a letter asks to be spared."""
    letter = _reply(prompt, answer, subject=f"Automatic reply: {prompt.subject}", ids="{}@auto.example.net")
    letter["Auto-Submitted"] = "auto-replied"
    letter.set_content(f"{answer.text}\n")
    return letter


def _reply(prompt: Opened, answer: Answer, *, subject: str, ids: str) -> EmailMessage:
    letter = EmailMessage()
    mark = sha256(f"{prompt.message_id} {answer.writer.address} {answer.at}".encode()).hexdigest()[:20]
    letter["From"] = Mailbox(answer.writer.name, addr_spec=answer.writer.address)
    letter["To"] = Mailbox(prompt.sender.name, addr_spec=prompt.reply_to)
    letter["Subject"] = subject
    letter["Date"] = format_datetime(answer.at)
    letter["Message-ID"] = f"<{ids.format(mark)}>"
    letter["In-Reply-To"] = prompt.message_id
    letter["References"] = f"{prompt.references} {prompt.message_id}".strip()
    return letter


def _part(letter: EmailMessage, kind: str) -> str:
    part = letter.get_body((kind,))
    return str(part.get_content()).replace("\r\n", "\n") if isinstance(part, EmailMessage) else ""


def _page(prompt: Opened) -> str:
    """The letter's HTML as it stands inside another page."""
    found = _BODY.search(prompt.html)
    return found[1].strip() if found else f"<pre>{escape(prompt.text)}</pre>"


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.strip("\n").split("\n"))
