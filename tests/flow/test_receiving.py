"""From a mailbox to a client's thread, over a real IMAP server: whatever the letter looks like, it is kept."""

from __future__ import annotations

import email.policy
import imaplib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest

from mailer.flow.ingest import assign
from mailer.model.filing import Held
from mailer.model.people import ClientState
from mailer.model.places import AccountMode
from mailer.model.report import EntryKind
from mailer.store import clients, inbox
from tests.house import MONDAY, House, parsed, plain, reply, to
from tests.servers.smtp import Delivered

FRIDAY = datetime(2026, 3, 6, 8, 30, tzinfo=UTC)
SATURDAY = datetime(2026, 3, 7, 7, 0, tzinfo=UTC)
DANA = "dana@example.org"


async def asked(house: House, *slugs: str) -> list[Delivered]:
    """The prompts of these clients, sent on Friday."""
    for slug in slugs:
        house.add_client(slug)
    await house.once(MONDAY)
    sent = await house.once(FRIDAY)
    return [to(sent, f"{slug}@example.org")[0] for slug in slugs]


async def filed(house: House, *letters: EmailMessage | bytes, minutes: int = 30) -> None:
    """Delivers the letters and lets the house read them."""
    house.now = FRIDAY + timedelta(minutes=minutes)
    for letter in letters:
        house.deliver(letter)
    await house.once()


def waiting(house: House) -> list[str]:
    return [one.reason for one in house.store.db.read(inbox.waiting, house.store.vault)]


def texts(house: House, slug: str) -> list[str]:
    return [one.text for one in house.entries(slug) if one.kind is EntryKind.REPLY]


def without(letter: EmailMessage, *headers: str) -> EmailMessage:
    for header in headers:
        del letter[header]
    return letter


def replied(prompt: Delivered, text: str, *, to_address: str, subject: str = "Something else") -> EmailMessage:
    """A letter that has lost every pointer to the prompt."""
    letter = without(reply(prompt, text, quote=False), "To", "Subject", "In-Reply-To", "References")
    letter["To"], letter["Subject"] = to_address, subject
    return letter


async def test_a_reply_without_any_pointer_goes_to_the_single_open_prompt(sqlite_house: House) -> None:
    house = sqlite_house
    [prompt] = await asked(house, "dana")

    await filed(house, replied(prompt, "It was a 7.", to_address=house.box.address))

    [conversation_subject] = {one.subject for one in house.entries("dana")}
    assert conversation_subject == "Your week in four lines"
    assert texts(house, "dana") == ["It was a 7."]


async def test_an_edited_subject_changes_nothing(sqlite_house: House) -> None:
    house = sqlite_house
    [prompt] = await asked(house, "dana")
    letter = without(reply(prompt, "Fine."), "Subject")
    letter["Subject"] = "Something else that happened"

    await filed(house, letter)

    assert [one.subject for one in house.entries("dana")] == ["Your week in four lines"] * 2


async def test_equal_subjects_never_merge_two_clients(sqlite_house: House) -> None:
    house = sqlite_house
    first, second = await asked(house, "ana", "bela")

    await filed(
        house,
        replied(first, "Ana's own week.", to_address=house.box.address, subject="Your week in four lines"),
        replied(second, "Bela's own week.", to_address=house.box.address, subject="Your week in four lines"),
    )

    assert texts(house, "ana") == ["Ana's own week."]
    assert texts(house, "bela") == ["Bela's own week."]


async def test_another_address_with_the_right_thread_is_filed_and_marked(sqlite_house: House) -> None:
    house = sqlite_house
    [prompt] = await asked(house, "dana")

    await filed(house, reply(prompt, "From my other phone.", sender="d.reis@home.example.net"))
    next_week = await house.once(FRIDAY + timedelta(days=7))

    [entry] = [one for one in house.entries("dana") if one.kind is EntryKind.REPLY]
    assert entry.unconfirmed
    assert [one.recipient for one in next_week if "coach" not in one.recipient] == [DANA]


async def test_a_letter_from_another_client_with_this_clients_token_is_held(sqlite_house: House) -> None:
    house = sqlite_house
    first, _ = await asked(house, "ana", "bela")

    await filed(house, reply(first, "Mine or yours?", sender="bela@example.org"))

    assert waiting(house) == [Held.SENDER_DISAGREES]
    assert texts(house, "ana") == texts(house, "bela") == []


async def test_two_at_one_address_are_told_apart_by_the_thread_and_held_without_it(sqlite_house: House) -> None:
    house = sqlite_house
    house.store.add_client("ida", address="lind@example.org")
    with pytest.raises(Exception, match="another client has this address"):
        house.store.add_client("jon", address="lind@example.org")
    house.store.add_client("jon", address="lind@example.org", shared=True)
    await house.once(MONDAY)
    prompts = to(await house.once(FRIDAY), "lind@example.org")
    jons = next(one for one in prompts if "Jon" in plain(one))

    await filed(
        house,
        reply(jons, "Jon here."),
        replied(jons, "Ida or Jon?", to_address=house.box.address),
    )

    assert texts(house, "jon") == ["Jon here."]
    assert texts(house, "ida") == []
    assert waiting(house) == [Held.UNCLEAR_CLIENT]


async def test_a_former_clients_letter_is_held(sqlite_house: House) -> None:
    house = sqlite_house
    [prompt] = await asked(house, "dana")
    house.store.db.write(clients.set_state, house.client("dana").id, ClientState.LEFT, now=MONDAY)

    await filed(house, reply(prompt, "One more thing."))

    assert waiting(house) == [Held.FORMER_CLIENT]


async def test_a_letter_two_people_claim_to_have_written_is_held(sqlite_house: House) -> None:
    house = sqlite_house
    [prompt] = await asked(house, "dana")
    raw = reply(prompt, "Who am I?").as_bytes(policy=email.policy.SMTP)

    await filed(house, b"From: mallory@example.net\r\n" + raw)

    assert waiting(house) == [Held.BAD_FROM]


async def test_a_disproved_sender_is_held_and_changes_nothing(sqlite_house: House) -> None:
    house = sqlite_house
    [prompt] = await asked(house, "dana")
    believed = replace(house.office.accounts["vogl"], authserv_id="mx.example.org")
    house.office.accounts = {"vogl": believed}
    raw = reply(prompt, "STOP").as_bytes(policy=email.policy.SMTP)
    verdict = b"Authentication-Results: mx.example.org; spf=fail; dkim=none; dmarc=fail\r\n"

    await filed(house, verdict + raw)

    assert waiting(house) == [Held.FAILED_AUTHENTICATION]
    assert house.client("dana").state is ClientState.ACTIVE


async def test_a_stranger_can_be_assigned_by_a_person(sqlite_house: House) -> None:
    house = sqlite_house
    [prompt] = await asked(house, "dana")
    await filed(
        house, replied(replace(prompt, recipient="dreis@home.example.net"), "It was a 6.", to_address=house.box.address)
    )
    [letter] = house.store.db.read(inbox.waiting, house.store.vault)

    done = await assign(house.office, letter.id, house.client("dana"), now=house.now)

    assert done
    assert texts(house, "dana") == ["It was a 6."]
    assert waiting(house) == []


async def test_two_replies_without_message_id_are_two_letters(sqlite_house: House) -> None:
    house = sqlite_house
    [prompt] = await asked(house, "dana")

    await filed(house, without(reply(prompt, "yes"), "Message-ID"), without(reply(prompt, "no"), "Message-ID"))

    assert texts(house, "dana") == ["yes", "no"]


async def test_the_same_message_id_with_another_body_is_a_second_letter(sqlite_house: House) -> None:
    house = sqlite_house
    [prompt] = await asked(house, "dana")
    first, second = reply(prompt, "sent too early"), without(reply(prompt, "the whole of it"), "Message-ID")
    second["Message-ID"] = first["Message-ID"]

    await filed(house, first, second)

    assert texts(house, "dana") == ["sent too early", "the whole of it"]


async def test_the_same_letter_in_two_places_is_one_reply(sqlite_house: House) -> None:
    house = sqlite_house
    [prompt] = await asked(house, "dana")
    letter = reply(prompt, "once")

    await filed(house, letter, letter)

    assert texts(house, "dana") == ["once"]


async def test_polling_again_brings_nothing_twice(sqlite_house: House) -> None:
    house = sqlite_house
    [prompt] = await asked(house, "dana")
    await filed(house, reply(prompt, "once"))

    for _ in range(10):
        await house.once()

    assert texts(house, "dana") == ["once"]


async def test_a_letter_read_by_another_program_first_is_still_found(sqlite_house: House) -> None:
    house = sqlite_house
    [prompt] = await asked(house, "dana")
    house.now = FRIDAY + timedelta(minutes=5)
    house.deliver(reply(prompt, "read on the phone"))
    with house.box.other_program() as imap:
        imap.select("INBOX")
        imap.store("1", "+FLAGS", r"(\Seen)")

    await house.once()

    assert texts(house, "dana") == ["read on the phone"]


async def test_reading_sets_no_flag_and_moves_nothing(sqlite_house: House) -> None:
    house = sqlite_house
    [prompt] = await asked(house, "dana")

    await filed(house, reply(prompt, "leave me as I am"))

    with house.box.other_program() as imap:
        imap.select("INBOX", readonly=True)
        _, flags = imap.fetch("1", "(FLAGS)")
    assert b"Seen" not in (flags[0] if isinstance(flags[0], bytes) else b"")


async def test_when_the_server_numbers_everything_anew_only_what_is_new_is_filed(sqlite_house: House) -> None:
    house = sqlite_house
    [prompt] = await asked(house, "dana")
    await filed(house, reply(prompt, "before"))
    with house.box.other_program() as imap:
        imap.select("INBOX")
        _, fetched = imap.fetch("1", "(INTERNALDATE RFC822)")
        assert isinstance(fetched[0], tuple)
        raw, date = fetched[0][1], imaplib.Time2Internaldate(FRIDAY + timedelta(minutes=30))
        imap.create("Kept")
        imap.close()
        imap.rename("INBOX", "Old")  # Dovecot makes a new INBOX with a UIDVALIDITY of its own
        imap.append("INBOX", "", date, raw)

    await filed(house, reply(prompt, "after"), minutes=60)

    assert texts(house, "dana") == ["before", "after"]


async def test_a_poison_letter_is_set_aside_and_stops_nobody(sqlite_house: House) -> None:
    house = sqlite_house
    [prompt] = await asked(house, "dana")

    await filed(house, b"\x00\xff\xfeFrom nobody\r\n\r\n\r\n" * 50, reply(prompt, "after the poison"))

    assert texts(house, "dana") == ["after the poison"]
    assert len(waiting(house)) == 1


async def test_a_report_that_an_address_is_dead_is_tied_to_the_prompt_and_stops_prompts(sqlite_house: House) -> None:
    house = sqlite_house
    [prompt] = await asked(house, "dana")

    await filed(house, bounce_of(prompt))
    [digest] = await house.once(SATURDAY)
    next_week = await house.once(FRIDAY + timedelta(days=7))

    assert [one.kind for one in house.entries("dana")] == [EntryKind.PROMPT, EntryKind.BOUNCE]
    assert house.client("dana").delivery.value == "dead"
    assert "Dana" in plain(digest)
    assert to(next_week, DANA) == []


async def test_our_own_letter_that_comes_back_is_passed_over(sqlite_house: House) -> None:
    house = sqlite_house
    [prompt] = await asked(house, "dana")
    digest = next(one for one in house.sent if one.recipient == house.petra.address)

    await filed(house, prompt.raw, digest.raw)

    assert texts(house, "dana") == []
    assert waiting(house) == []


async def test_a_coachs_answer_to_a_digest_is_filed_under_no_client(sqlite_house: House) -> None:
    house = sqlite_house
    await asked(house, "dana")
    digest = next(one for one in house.sent if one.recipient == house.petra.address)

    await filed(house, reply(digest, "Tell Dana well done."))

    assert texts(house, "dana") == []
    assert waiting(house) == [Held.FROM_COACH]


async def test_ten_automatic_answers_cause_no_letter(sqlite_house: House) -> None:
    house = sqlite_house
    [prompt] = await asked(house, "dana")
    notices = []
    for number in range(10):
        notice = reply(prompt, f"I am away. {number}", quote=False)
        notice["Auto-Submitted"] = "auto-replied"
        notices.append(notice)
    before = len(house.sent)

    await filed(house, *notices)

    assert len(house.sent) == before
    assert texts(house, "dana") == []


async def test_of_a_shared_mailbox_only_our_letters_are_kept(sqlite_house: House) -> None:
    house = sqlite_house
    house.office.accounts = {"vogl": replace(house.office.accounts["vogl"], mode=AccountMode.SHARED)}
    [prompt] = await asked(house, "dana")
    private = [private_letter(number) for number in range(1000)]
    house.now = FRIDAY + timedelta(minutes=30)
    house.box.append(private)

    await filed(house, reply(prompt, "only this"), bounce_of(prompt, to_address="stranger@example.net", ours=False))

    assert texts(house, "dana") == ["only this"]
    assert waiting(house) == []
    assert house.store.db.read(inbox.kept_counts) == {"filed": 1, "passed-over": 1001}


def private_letter(number: int) -> bytes:
    return (
        f"From: friend{number}@example.net\r\nTo: petra@example.org\r\nSubject: Dinner {number}\r\n"
        f"Message-ID: <p{number}@example.net>\r\n\r\nA private word, number {number}.\r\n"
    ).encode()


def bounce_of(prompt: Delivered, *, to_address: str = "", ours: bool = True) -> bytes:
    """A report (RFC 3464) that the prompt's recipient does not exist."""
    failed = to_address or prompt.recipient
    original = parsed(prompt)["Message-ID"] if ours else "<someone-elses@example.net>"
    return (
        "From: Mail Delivery System <MAILER-DAEMON@mx.example.net>\r\n"
        f"To: {prompt.sender}\r\nSubject: Undelivered Mail Returned to Sender\r\n"
        "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\nMessage-ID: <dsn1@mx.example.net>\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nThe letter could not be delivered.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.net\r\n\r\n"
        f"Final-Recipient: rfc822; {failed}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 User unknown\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {original}\r\nTo: {failed}\r\n--b--\r\n"
    ).encode()


async def test_the_key_of_a_day_is_destroyed_when_its_letters_are_filed_and_the_day_is_long_over(
    sqlite_house: House,
) -> None:
    house = sqlite_house
    [prompt] = await asked(house, "dana")
    await filed(house, reply(prompt, "kept under Friday's key at first"))

    await house.once(FRIDAY + timedelta(days=1))
    next_day = house.store.vault.owners("intake")
    await house.once(FRIDAY + timedelta(days=2))
    two_days_on = house.store.vault.owners("intake")

    assert next_day == ["2026-03-06"]
    assert two_days_on == []
    assert texts(house, "dana") == ["kept under Friday's key at first"]
