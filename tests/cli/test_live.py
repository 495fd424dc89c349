"""What becomes of the letter that `mailer check --live` sends: changed, misfiled, lost, or back as it was sent."""

from __future__ import annotations

import re

import pytest

from tests.cli.live_desk import PLAIN_IMAP, SOON, Desk, open_desk
from tests.cli.operator import Operator
from tests.servers.carrier import Carrier, Change, changed, together, without
from tests.servers.dovecot import Box
from tests.servers.smtp import SmtpServer

UNSTAMPED = "none on this letter, as often on letters to oneself: what SPF, DKIM and DMARC say was not to be seen"


@pytest.fixture
def desk(operator: Operator, box: Box, smtp_server: SmtpServer) -> Desk:
    return open_desk(operator, box, smtp_server)


def test_a_letter_comes_back_as_it_was_sent(desk: Desk) -> None:
    said = desk.check()

    table = re.sub(r"[0-9a-f]{12}…", "…", said.out.partition("\n\n")[2])
    assert (said.code, said.err) == (0, "")
    assert (
        table
        == f"""\
main, {desk.box.address}
  ok      sending                 {desk.sending}
  ok      reading                 {desk.reading}: {PLAIN_IMAP}
  ok      folders                 read: INBOX; junk: Junk; sent: Sent
  ok      letter                  taken by the server: 250 2.0.0 kept
  ok      arrival                 in INBOX after 0 seconds
  ok      From                    {desk.box.address}, as sent
  ok      Reply-To                {desk.plus}, as sent
  ok      plus address            letters to {desk.plus} arrive
  ok      Message-ID              as sent
  ok      References              as sent
  ok      envelope                from {desk.plus}, as sent: a report says which letter it is about
  ok      Date                    as sent
  ok      Subject                 as sent
  ok      List-Unsubscribe        as sent
  ok      marks                   Auto-Submitted, X-Auto-Response-Suppress, X-Between-Sessions: as sent
  ok      body                    as sent, to the byte (SHA-256 …)
  note    Authentication-Results  {UNSTAMPED}
  note    sent copies             none is kept, or not yet: without them a letter of unknown fate is for you to settle
main: good
"""
    )


def test_one_letter_goes_out_and_says_nothing_of_anybody(desk: Desk) -> None:
    desk.check()

    [letter] = desk.smtp.delivered
    assert re.fullmatch(desk.box.address.replace("@", r"\+[a-z2-7]{36}@"), letter.recipient)
    assert b"Subject: Checking that letters arrive\r\n" in letter.raw
    assert b"From: Petra Vogl <" in letter.raw
    assert b"Auto-Submitted: auto-generated\r\n" in letter.raw


CHANGES: list[tuple[str, Change, str, tuple[str, str, str]]] = [
    (
        "another From address",
        changed("From", "Petra Vogl <p.vogl@example.com>"),
        "From",
        (
            "failed",
            "the server replaced the From address {address} by p.vogl@example.com: clients see that one",
            "register {address} there as an alias to send from, or use the login address: "
            'address = "p.vogl@example.com"',
        ),
    ),
    (
        "another name",
        changed("From", "Letters <{address}>"),
        "From",
        (
            "note",
            "the server changed the name “Petra Vogl” to “Letters”: clients see that one",
            "set the name in the mailbox's own settings",
        ),
    ),
    (
        "no From at all",
        without("From"),
        "From",
        (
            "failed",
            "the server left no addresses in From: clients cannot tell who writes",
            "send through another server",
        ),
    ),
    (
        "a Sender",
        changed("Sender", "login@example.com"),
        "Sender",
        ("note", "the server named login@example.com as Sender: some programs show “on behalf of”", ""),
    ),
    (
        "another Reply-To",
        changed("Reply-To", "desk@example.com"),
        "Reply-To",
        (
            "failed",
            "the server replaced Reply-To by desk@example.com: answers go where nobody reads them",
            "send through another server; answers must return to {address}",
        ),
    ),
    (
        "no Reply-To",
        without("Reply-To"),
        "Reply-To",
        (
            "failed",
            "the server took Reply-To out: answers go to the From address",
            "write plus_addresses = false; answers are then found by References",
        ),
    ),
    (
        "a Reply-To without its plus part",
        changed("Reply-To", "{address}"),
        "Reply-To",
        (
            "failed",
            "the server cut Reply-To down to {address}: answers lose their token",
            "write plus_addresses = false; answers are then found by References",
        ),
    ),
    (
        "another Message-ID",
        changed("Message-ID", "<XYZ@relay.example.net>"),
        "Message-ID",
        ("note", "Message-ID was replaced: replies are found by References", ""),
    ),
    (
        "another Message-ID and no References",
        together(changed("Message-ID", "<XYZ@relay.example.net>"), without("References")),
        "Message-ID",
        ("note", "Message-ID was replaced: replies are found by their plus address", ""),
    ),
    (
        "another Message-ID, no References, no Reply-To",
        together(changed("Message-ID", "<XYZ@relay.example.net>"), without("References", "Reply-To")),
        "Message-ID",
        (
            "failed",
            "Message-ID was replaced, and so was References: nothing but the sender tells what a reply answers",
            "send through another server",
        ),
    ),
    (
        "no References",
        without("References"),
        "References",
        ("note", "the server took References out: replies are found by their plus address only", ""),
    ),
    (
        "another Date",
        changed("Date", "Mon, 2 Mar 2026 08:00:00 +0000"),
        "Date",
        ("note", "the server changed Date by {days} days", ""),
    ),
    (
        "a marked subject",
        changed("Subject", "[EXTERNAL] Checking that letters arrive"),
        "Subject",
        (
            "note",
            "the server made “[EXTERNAL] Checking that letters arrive” of “Checking that letters arrive”: "
            "clients may see the same",
            "",
        ),
    ),
    (
        "no stop button",
        without("List-Unsubscribe"),
        "List-Unsubscribe",
        (
            "note",
            "the server took List-Unsubscribe out: mail programs show no stop button that works; "
            "STOP as an answer does",
            "",
        ),
    ),
    (
        "no marks",
        without("Auto-Submitted", "X-Between-Sessions"),
        "marks",
        ("note", "the server did not keep Auto-Submitted, X-Between-Sessions: more absence notes may come back", ""),
    ),
    (
        "a notice below the text",
        lambda raw: raw.replace(b"It may be deleted.", b"It may be deleted. Scanned by Example.", 1),
        "body",
        (
            "note",
            "the server added 20 characters to the text: clients read it so, "
            "and quotes in their answers are recognised less surely",
            "switch off what changes letters there: a signature, a notice, a scanner's mark",
        ),
    ),
]


@pytest.mark.parametrize(("change", "about", "told"), [case[1:] for case in CHANGES], ids=[case[0] for case in CHANGES])
def test_what_a_server_changes_is_told_with_what_follows(
    desk: Desk, change: Change, about: str, told: tuple[str, str, str]
) -> None:
    words = {"{address}": desk.box.address, "{plus}": desk.plus}

    def filled(raw: bytes) -> bytes:
        return change(raw).replace(b"{address}", desk.box.address.encode())

    desk.smtp.hand_on = Carrier(desk.box, change=filled)

    grade, said, remedy = desk.finding(about)

    for word, value in words.items():
        told = (told[0], told[1].replace(word, value), told[2].replace(word, value))
    assert (grade, re.sub(r"by \d+ days", "by {days} days", said), remedy) == told


NO_PLUS = "write plus_addresses = false; answers are then found by References"


def test_a_plus_address_that_is_cut_down_on_the_way(desk: Desk) -> None:
    plain = desk.box.address
    desk.smtp.hand_on = Carrier(desk.box, change=changed("To", plain), recipient=plain)

    assert desk.finding("plus address") == (
        "failed",
        f"the server made {plain} of {desk.plus}: answers lose their token",
        NO_PLUS,
    )


def test_a_letter_that_lost_every_id_is_known_by_its_mark(desk: Desk) -> None:
    lost = without("References", "Reply-To", "List-Unsubscribe", "Message-ID")
    plain = desk.box.address
    desk.smtp.hand_on = Carrier(desk.box, change=together(lost, changed("To", plain)), recipient=plain)

    found = desk.findings()

    assert found["arrival"] == ("good", "in INBOX after 0 seconds", "")
    assert found["Message-ID"] == (
        "failed",
        "Message-ID was taken out, and so was References: nothing but the sender tells what a reply answers",
        "send through another server",
    )


def test_without_plus_addresses_the_plain_one_is_tried(desk: Desk) -> None:
    desk.setting("plus_addresses = false")

    found = desk.findings()

    assert desk.smtp.delivered[0].recipient == desk.box.address
    assert found["Reply-To"] == ("good", f"{desk.box.address}, as sent", "")
    assert {"plus address", "envelope"} & found.keys() == set()


def test_a_plus_address_that_is_refused_is_told_and_the_plain_one_tried(desk: Desk) -> None:
    desk.smtp.refuse = lambda recipient: "550 5.1.1 no such user" if "+" in recipient else ""

    found = desk.findings()

    assert found["plus address"] == ("failed", f"no letters are taken for {desk.plus}: 550 5.1.1 no such user", NO_PLUS)
    assert found["arrival"] == ("good", "in INBOX after 0 seconds", "")
    assert len(desk.smtp.delivered) == 1


def test_a_letter_that_is_refused_for_every_address(desk: Desk) -> None:
    desk.smtp.refuse = lambda recipient: "550 5.7.1 not from here"

    found = desk.findings()

    assert found["letter"] == ("failed", "refused: 550 5.7.1 not from here", "the server's words say what to mend")
    assert "plus address" not in found
    assert "arrival" not in found


def test_a_letter_that_is_put_off(desk: Desk) -> None:
    desk.smtp.refuse = lambda recipient: "451 4.7.1 greylisted, try again in 5 minutes"

    assert desk.finding("letter") == (
        "failed",
        "not taken at present: 451 4.7.1 greylisted, try again in 5 minutes",
        "try again in 5 minutes",
    )


def test_a_letter_that_is_swallowed(desk: Desk) -> None:
    desk.smtp.hand_on = lambda letter: ""

    assert desk.finding("arrival") == (
        "failed",
        f"the letter to {desk.plus} did not arrive within 1 second",
        "if letters take longer here, try again with --wait 600; "
        f"if only those to the plus address are lost, {NO_PLUS}",
    )


def test_a_swallowed_letter_to_the_plain_address_asks_whose_mailbox_is_read(desk: Desk) -> None:
    desk.setting("plus_addresses = false")
    desk.smtp.hand_on = lambda letter: ""

    assert desk.finding("arrival") == (
        "failed",
        f"the letter to {desk.box.address} did not arrive within 1 second",
        "if letters take longer here, try again with --wait 600; is the mailbox that is read that of "
        f"{desk.box.address}?",
    )


def test_a_letter_that_lands_in_the_junk_folder(desk: Desk) -> None:
    desk.smtp.hand_on = Carrier(desk.box, folder="Junk")

    found = desk.findings()

    assert found["arrival"] == (
        "failed",
        "landed in the junk folder, “Junk”, after 0 seconds: so may letters to clients, and their answers",
        'mark it there as no junk, mend SPF, DKIM and DMARC, and add "Junk" to folders',
    )
    assert found["Message-ID"] == ("good", "as sent", "")


def returned_to(desk: Desk) -> Change:
    """A report in place of the letter: there is no such address."""

    def report(raw: bytes) -> bytes:
        head = (
            f"From: MAILER-DAEMON@mx.example.org\r\nTo: {desk.box.address}\r\n"
            "Subject: Undelivered Mail Returned to Sender\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
            "Content-Type: multipart/report; report-type=delivery-status; boundary=b1\r\n\r\n"
            "--b1\r\n\r\nThe address does not exist.\r\n"
            "--b1\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.org\r\n\r\n"
            f"Final-Recipient: rfc822; {desk.smtp.delivered[-1].recipient}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
            "--b1\r\nContent-Type: message/rfc822\r\n\r\n"
        )
        return head.encode() + raw + b"\r\n--b1--\r\n"

    return report


def test_a_letter_that_comes_back(desk: Desk) -> None:
    desk.smtp.hand_on = Carrier(desk.box, change=returned_to(desk), sender="", recipient=desk.box.address)

    assert desk.finding("arrival", "--wait 60") == (
        "failed",
        f"came back as undeliverable to {desk.plus} (5.1.1)",
        NO_PLUS,
    )


def test_an_envelope_sender_that_is_replaced(desk: Desk) -> None:
    desk.smtp.hand_on = Carrier(desk.box, sender=desk.box.address)

    assert desk.finding("envelope") == (
        "note",
        f"the server sent it as from {desk.box.address}: a report does not say which letter it is about",
        "write verp = false",
    )


def test_an_answer_that_is_lost_after_the_letter_went_is_no_reason_not_to_look(desk: Desk) -> None:
    desk.smtp.hand_on = Carrier(desk.box, says="no answer at all")

    found = desk.findings()

    grade, said, _ = found["letter"]
    assert grade == "note"
    assert said.startswith("no answer whether it was taken: ")
    assert said.endswith("; it is looked for all the same")
    assert found["arrival"][0] == "good"


def test_copies_in_the_sent_folder_are_told_of(desk: Desk) -> None:
    desk.smtp.hand_on = Carrier(desk.box, copies_to="Sent")

    assert desk.finding("sent copies") == (
        "good",
        "the server keeps them in “Sent”: a letter of unknown fate is looked up there",
        "",
    )


def test_a_folder_that_is_not_there_hides_nothing_else(desk: Desk) -> None:
    with desk.box.other_program() as imap:
        imap.create("Answers")
    desk.setting('folders = ["INBOX", "answers"]')

    found = desk.findings()

    here = f"127.0.0.1:{desk.box.plain_server.port}: folder 'answers'"
    assert found["folder"] == ("failed", f"{here} does not exist", "near it: 'Answers'")
    assert found["arrival"] == ("good", "in INBOX after 0 seconds", "")


def test_a_folder_that_is_read_besides_the_inbox(desk: Desk) -> None:
    with desk.box.other_program() as imap:
        imap.create("Answers")
    desk.setting('folders = ["Answers"]')
    desk.smtp.hand_on = Carrier(desk.box, folder="Answers")

    in_folder = desk.finding("arrival")
    desk.smtp.hand_on = Carrier(desk.box)
    in_inbox = desk.finding("arrival")

    assert in_folder == ("good", "in Answers after 0 seconds", "")
    assert in_inbox == (
        "failed",
        "filed in “INBOX” after 0 seconds, which is not read: answers may go the same way",
        'add "INBOX" to folders',
    )


STAMPED = (
    "Authentication-Results",
    "mx.example.org; dkim=pass header.d=example.org; spf=fail smtp.mailfrom=x; dmarc=pass",
)


def test_what_the_receiving_host_says_is_told(desk: Desk) -> None:
    forged = changed("Authentication-Results", "mx.example.org; dmarc=fail header.from=example.org")

    def stamped(raw: bytes) -> bytes:
        return f"{STAMPED[0]}: {STAMPED[1]}\r\n".encode() + forged(raw)

    desk.smtp.hand_on = Carrier(desk.box, change=stamped)

    found = desk.findings()

    assert found["Authentication-Results"] == (
        "note",
        "written by mx.example.org",
        'write authserv_id = "mx.example.org", so that forged senders are noticed',
    )
    assert found["DMARC"] == ("good", "pass, for example.org", "")
    assert found["DKIM"] == ("good", "pass, for example.org", "")
    assert found["SPF"] == ("note", "fail, for x; DMARC passes all the same", "")


def test_the_name_on_letters_from_others_is_proposed_where_there_is_none_on_ones_own(desk: Desk) -> None:
    for number in range(3):
        desk.box.deliver(
            f"{STAMPED[0]}: {STAMPED[1]}\r\nFrom: s{number}@example.net\r\nSubject: hello\r\n\r\nhello\r\n".encode()
        )

    assert desk.finding("Authentication-Results") == (
        "note",
        "none on this letter; mx.example.org writes them on others",
        'write authserv_id = "mx.example.org", so that forged senders are noticed',
    )


def test_the_letter_is_left_alone_unless_it_is_to_be_deleted(desk: Desk) -> None:
    desk.box.deliver(b"From: dana@example.org\r\nSubject: Re: Your week\r\n\r\nSeven.\r\n")
    with desk.box.other_program() as imap:
        imap.select()
        imap.store("1", "+FLAGS", r"(\Deleted)")

    kept, cleaned = desk.findings(), desk.findings(f"{SOON} --clean")

    assert "clean" not in kept
    assert cleaned["clean"] == ("good", "the letter was deleted", "")
    with desk.box.other_program() as imap:
        imap.select(readonly=True)
        _, [numbers] = imap.uid("SEARCH", "ALL")
    assert numbers == b"1 2"  # Dana's, marked by a person, and the first of ours


@pytest.mark.parametrize("mode", ["dedicated", "shared"])
def test_the_letter_and_a_report_about_it_are_passed_over_when_mail_is_read(desk: Desk, mode: str) -> None:
    desk.setting(f'mode = "{mode}"')
    assert desk.operator.type("once").code == 0  # from here on letters are read
    unmarked = without("X-Between-Sessions")
    for change in (unmarked, together(unmarked, changed("Message-ID", "<XYZ@relay.example.net>"))):
        desk.smtp.hand_on = Carrier(desk.box, change=change)
        desk.check()
    desk.smtp.hand_on = Carrier(desk.box, change=returned_to(desk), sender="", recipient=desk.box.address)
    desk.check()

    assert desk.operator.type("once").code == 0

    assert desk.operator.type("inbox list --json").json == []
    assert desk.operator.type("status --json").json["waiting"] == 0
