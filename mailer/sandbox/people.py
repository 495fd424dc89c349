"""Who takes part in the demo, and what do they write?

Petra coaches six people who are made up. Three answer, each from another time zone and with another mail program; Tom
says nothing, Ana is away and her server says so, and Jonas, who is written to in German, asks for a break. Each reads
their letters in a mailbox of their own and answers the first with their first words, the second with the second.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from mailer.edge.imap import open_mailbox
from mailer.edge.smtp import SmtpTransport
from mailer.errors import TemporaryFailure
from mailer.model.outgoing import Address, Sent, WireLetter
from mailer.model.people import Form, NewClient
from mailer.model.report import EntryKind
from mailer.sandbox.post_office import PostOffice
from mailer.sandbox.programs import Answer, Program, absence, apple_mail, gmail, opened, outlook, webmail

ACCOUNT = "coach.mail@example.org"
COACH = Address(name="Petra Vogl", address="petra@example.org")
COACH_ZONE = "Europe/Berlin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What somebody writes to one letter, and how long after it came."""

    after: timedelta
    paragraphs: tuple[str, ...]
    hello: str = ""
    goodbye: str = ""
    becomes: EntryKind = EntryKind.REPLY  # what it is once it is filed
    values: Mapping[int, float] = field(default_factory=lambda: MappingProxyType({}))  # question -> number to be read


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A client, their mail program, and their words to the letters that come, in order."""

    new: NewClient
    program: Program
    says: tuple[Said, ...]
    program_name: str

    @property
    def address(self) -> Address:
        return Address(name=self.new.name, address=self.new.address)

    @property
    def first_name(self) -> str:
        return self.new.name.split()[0]


DANA = Person(
    new=NewClient(
        slug="dana", name="Dana Reis", address="dana@example.com", coach="petra", zone="Europe/Lisbon", country="PT"
    ),
    program=gmail,
    program_name="Gmail",
    says=(
        Said(
            after=timedelta(hours=1, minutes=12),
            hello="Hi Petra,",
            paragraphs=(
                "1. Leaving at five twice, and not feeling like a thief on the stairs.",
                "2. I'll ask Lena on Wednesday whether she can take the Thursday meeting.",
            ),
            goodbye="Dana",
        ),
        Said(
            after=timedelta(hours=4, minutes=10),
            hello="Hi Petra,",
            paragraphs=(
                "1. 7",
                "2. Lena said yes before I had finished the sentence. I had practised a whole speech.",
                "3. Thursday night. I opened the laptop for one minute and then it was ten.",
                "4. On Tuesday I'll leave the laptop at work and walk home along the river.",
            ),
            goodbye="Thank you for asking,\nDana",
            values={0: 7},
        ),
    ),
)

OMAR = Person(
    new=NewClient(
        slug="omar",
        name="Omar Haddad",
        address="omar@example.net",
        coach="petra",
        zone="America/New_York",
        country="US",
    ),
    program=outlook,
    program_name="Outlook",
    says=(
        Said(
            after=timedelta(hours=13, minutes=45),
            paragraphs=(
                "Getting the proposal off my desk, ugly or not.",
                "I'll send the draft to Nadia on Thursday before lunch.",
            ),
        ),
        Said(
            after=timedelta(hours=8, minutes=50),
            paragraphs=(
                "4. Rough one.",
                "The draft went out. Two hours late, but it went out.",
                "I said yes to three things that were not mine, and by Wednesday my own list was gone. "
                "Should I tell my manager before the review, or wait until after it?",
                "I'll keep Tuesday morning free and tell nobody why.",
            ),
            values={0: 4},
        ),
    ),
)

MEI = Person(
    new=NewClient(
        slug="mei", name="Mei Tan", address="mei@example.net", coach="petra", zone="Pacific/Auckland", country="NZ"
    ),
    program=apple_mail,
    program_name="Apple Mail",
    says=(
        Said(
            after=timedelta(hours=12, minutes=30),
            paragraphs=(
                "One evening with my sister on which nobody mentions the house.",
                "I'll ring her on Tuesday after work.",
            ),
        ),
        Said(
            after=timedelta(hours=25, minutes=35),
            paragraphs=(
                "8",
                "She brought the old photographs, and we laughed until the neighbours knocked. "
                "The house never came up.",
                "My own impatience, on Monday. I wanted it settled before it had begun.",
                "I'll write to her on Sunday, by hand.",
            ),
            values={0: 8},
        ),
    ),
)

TOM = Person(
    new=NewClient(
        slug="tom", name="Tom Becker", address="tom@example.com", coach="petra", zone="Europe/London", country="GB"
    ),
    program=gmail,
    program_name="nothing at all",
    says=(),
)

ANA = Person(
    new=NewClient(
        slug="ana", name="Ana Duarte", address="ana@example.com", coach="petra", zone="Europe/Madrid", country="ES"
    ),
    program=absence,
    program_name="her server",
    says=(
        Said(
            after=timedelta(minutes=1),
            paragraphs=(
                "Thank you for your message. I am away until 12 March 2027 and will read it when I am back.",
                "If it cannot wait, please write to office@example.com.",
            ),
            becomes=EntryKind.AUTO_REPLY,
        ),
    ),
)

JONAS = Person(
    new=NewClient(
        slug="jonas", name="Jonas Keller", address="jonas@example.net", coach="petra", zone="Europe/Vienna",
        country="AT", language="de", form=Form.FORMAL,
    ),
    program=webmail,
    program_name="a webmail",
    says=(
        Said(after=timedelta(hours=10, minutes=5), paragraphs=("PAUSE 2 Wochen",), becomes=EntryKind.STEERING),
    ),
)  # fmt: skip

CAST = (DANA, OMAR, MEI, TOM, ANA, JONAS)


async def answer(office: PostOffice, person: Person, *, number: int) -> None:
    """The person opens the letter they got as their `number`-th (from 0), and answers it by SMTP.

    What is written is dated by the time at which the letter came and the person's own pace.
    """
    said = person.says[number]
    async with open_mailbox(office.mailboxes[person.address.address]) as mailbox:
        await mailbox.select("INBOX")
        uids = await mailbox.uids_after(0)
        [letter] = await mailbox.fetch(uids[number : number + 1], max_bytes=None)
    prompt = opened(letter.raw)
    written = Answer(
        writer=person.address,
        at=(letter.received_at + said.after).astimezone(ZoneInfo(person.new.zone)),
        hello=said.hello,
        paragraphs=said.paragraphs,
        goodbye=said.goodbye,
    )
    reply = person.program(prompt, written)
    by_nobody = person.program is absence
    wire = WireLetter(
        message_id=str(reply["Message-ID"]).strip("<>"),
        envelope_from="" if by_nobody else person.address.address,  # RFC 3834 §3.3: nobody is to answer a notice
        recipient=ACCOUNT if by_nobody else prompt.reply_to,  # and it goes to the envelope's sender
        raw=reply.as_bytes(policy=reply.policy.clone(linesep="\r\n")),
    )
    transport = SmtpTransport(office.smtp)
    outcome = await transport.send(wire, before_data=_at_once)
    await transport.close()
    if not isinstance(outcome, Sent):
        raise TemporaryFailure(f"{person.first_name}'s answer was not taken: {outcome}")


async def _at_once() -> bool:
    return True
