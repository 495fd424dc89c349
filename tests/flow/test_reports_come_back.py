"""Reports that name no letter, and automatic answers sent to the envelope sender: the address says which letter."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage

from mailer.message.token import Purpose, Token, tokens_in
from mailer.model.people import Delivery
from mailer.model.report import EntryKind
from tests.house import MONDAY, House, to
from tests.servers.smtp import Delivered

FRIDAY = datetime(2026, 3, 6, 8, 30, tzinfo=UTC)


async def prompt_sent(house: House, slug: str) -> Delivered:
    """The prompt of the week, from an account whose host takes senders with a token."""
    house.office.accounts = {name: replace(one, verp=True) for name, one in house.office.accounts.items()}
    house.add_client(slug)
    await house.once(MONDAY)
    [prompt] = to(await house.once(FRIDAY), f"{slug}@example.org")
    return prompt


def bare_report(to_address: str) -> EmailMessage:
    """A report as old programs write it: no letter, no address, nothing but the words."""
    report = EmailMessage()
    report["Return-Path"] = "<>"
    report["From"] = "MAILER-DAEMON@relay.example.com"
    report["To"] = to_address
    report["Subject"] = "Undelivered Mail Returned to Sender"
    report["Message-ID"] = "<report-1@relay.example.com>"
    report.set_content(
        "I'm sorry to have to inform you that your message could not\nbe delivered.\n\n550 5.1.1 No such user here\n"
    )
    return report


async def test_each_letter_leaves_under_a_sender_of_its_own(sqlite_house: House) -> None:
    house = sqlite_house
    prompt = await prompt_sent(house, "dana")

    [token] = tokens_in(house.office.tokens, prompt.sender)
    local = house.box.address.partition("@")[0]
    assert prompt.sender.startswith(f"{local}+")
    assert token.purpose is Purpose.BOUNCE
    assert Token(purpose=Purpose.LETTER, reference=token.reference) in tokens_in(
        house.office.tokens, prompt.raw.decode()
    )


async def test_a_report_that_names_nothing_is_about_the_letter_whose_sender_it_came_to(sqlite_house: House) -> None:
    # given
    house = sqlite_house
    prompt = await prompt_sent(house, "dana")

    # when
    house.deliver(bare_report(prompt.sender))
    await house.once()

    # then
    assert [entry.kind for entry in house.entries("dana")] == [EntryKind.PROMPT, EntryKind.BOUNCE]
    assert house.client("dana").delivery is not Delivery.OK


async def test_an_away_notice_sent_to_the_envelope_sender_is_the_clients(sqlite_house: House) -> None:
    # given
    house = sqlite_house
    prompt = await prompt_sent(house, "dana")
    notice = EmailMessage()
    notice["From"] = "dana.reis@work.example.com"  # not the address that was written to
    notice["To"] = prompt.sender
    notice["Subject"] = "Automatic reply: Your week in four lines"
    notice["Auto-Submitted"] = "auto-replied"
    notice["Message-ID"] = "<away-1@work.example.com>"
    notice.set_content("I am away until 20 March.\n")

    # when
    house.deliver(notice)
    await house.once()

    # then
    assert [entry.kind for entry in house.entries("dana")] == [EntryKind.PROMPT, EntryKind.AUTO_REPLY]
