"""The post office on loopback behaves like a mail host, as far as the demo needs one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from mailer.edge.imap import open_mailbox
from mailer.edge.smtp import SmtpTransport
from mailer.model.mailbox import Fetched
from mailer.model.outgoing import Outcome, Refused, Sent, WireLetter
from mailer.sandbox.post_office import PostOffice, open_post_office

ANA, BEN = "ana@example.org", "ben@example.com"
NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
LETTER = b"From: ben@example.com\r\nSubject: Hello\r\n\r\n.A dot first.\r\nGr\xc3\xbc\xc3\x9fe\r\n"


async def always() -> bool:
    return True


async def send(office: PostOffice, recipient: str, *, sender: str = BEN) -> Outcome:
    transport = SmtpTransport(office.smtp)
    letter = WireLetter(message_id="1@example.com", envelope_from=sender, recipient=recipient, raw=LETTER)
    outcome = await transport.send(letter, before_data=always)
    await transport.close()
    return outcome


async def letters_of(office: PostOffice, address: str) -> list[Fetched]:
    async with open_mailbox(office.mailboxes[address]) as mailbox:
        await mailbox.select("INBOX")
        return await mailbox.fetch(await mailbox.uids_after(0), max_bytes=None)


async def test_a_letter_stands_in_its_mailbox_with_the_time_of_the_clock() -> None:
    async with open_post_office([ANA, BEN], clock=lambda: NOON) as office:
        outcome = await send(office, ANA)
        [letter] = await letters_of(office, ANA)
        elsewhere = await letters_of(office, BEN)

    assert isinstance(outcome, Sent)
    assert letter.received_at == NOON
    assert letter.raw.startswith(b"Return-Path: <ben@example.com>\r\nDelivered-To: ana@example.org\r\n")
    assert letter.raw.endswith(LETTER)
    assert elsewhere == []


async def test_a_clock_that_is_moved_dates_the_next_letter() -> None:
    times = [NOON, NOON + timedelta(days=3)]
    clock = iter(times)
    async with open_post_office([ANA], clock=lambda: next(clock).astimezone(timezone(timedelta(hours=13)))) as office:
        await send(office, ANA)
        await send(office, ANA)
        letters = await letters_of(office, ANA)

    assert [letter.received_at for letter in letters] == times


async def test_what_stands_behind_a_plus_reaches_the_same_mailbox() -> None:
    async with open_post_office([ANA], clock=lambda: NOON) as office:
        await send(office, "ana+token@example.org")
        [letter] = await letters_of(office, ANA)

    assert b"Delivered-To: ana+token@example.org\r\n" in letter.raw
    assert [one.recipient for one in office.delivered] == ["ana+token@example.org"]


async def test_a_letter_for_nobody_is_refused_for_good() -> None:
    async with open_post_office([ANA], clock=lambda: NOON) as office:
        outcome = await send(office, "nobody@example.org")

    assert isinstance(outcome, Refused)
    assert outcome.address_dead
    assert office.delivered == []


async def test_an_absence_notice_has_no_one_to_return_to() -> None:
    async with open_post_office([ANA], clock=lambda: NOON) as office:
        await send(office, ANA, sender="")
        [letter] = await letters_of(office, ANA)

    assert letter.raw.startswith(b"Return-Path: <>\r\n")


async def test_who_waits_is_told_when_a_letter_comes() -> None:
    async with (
        open_post_office([ANA], clock=lambda: NOON) as office,
        open_mailbox(office.mailboxes[ANA]) as mailbox,
    ):
        await mailbox.select("INBOX")
        await send(office, ANA)
        came = await mailbox.wait_for_news(5)
        uids = await mailbox.uids_after(0)

    assert came
    assert len(uids) == 1
