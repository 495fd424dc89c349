"""Bounces without machine-readable parts, as mail systems of many houses word them."""

from __future__ import annotations

import pytest

from mailer.message.reading.bounce_fields import recipient_reports, status_in
from mailer.message.reading.bounce_reasons import cause_of
from mailer.message.reading.bounce_text import notice_of
from mailer.message.reading.classify import classify
from mailer.message.reading.parse import parse
from mailer.model.incoming import Kind, Verdict

FOR_GOOD, FOR_NOW = True, False
GONE, THERE = True, False


def verdict_on(sender: str, subject: str, text: str, *, envelope: str = "Return-Path: <>\n") -> Verdict:
    headers = f"{envelope}From: {sender}\nTo: box@engine.example.org\nSubject: {subject}\nMessage-ID: <m@x>\n"
    raw = f"{headers}\n{text}\n".encode()
    return classify(parse(raw), raw)


NOTICES = [
    ("MDaemon <MDaemon@mx.example.net>", "Permanent Delivery Failure",
     "Failed address: ana@example.org\n\n --> RCPT To:<ana@example.org>\n <-- 550 5.1.1 Recipient unknown",
     FOR_GOOD, GONE),
    ("postmaster@mx.example.net", "Message delivery failure",
     "Delivery to host mail.example.org failed: RCPT TO returned 550 Invalid recipient ana@example.org",
     FOR_GOOD, GONE),
    ("Mail Delivery System <MAILER-DAEMON@cn.example>", "系统退信", "收件人 ana@example.org 不存在", FOR_GOOD, GONE),
    ("mailer-daemon@kr.example", "메일 전송 실패", "ana@example.org\n550 5.1.1 없는 계정", FOR_GOOD, GONE),
    ("postmaster@mail.example.de", "Unzustellbar: Ihre Woche",
     "An diesen Empfänger konnte nicht zugestellt werden:\n\nana@example.org\nAdresse unbekannt", FOR_GOOD, GONE),
    ("mailer-daemon@tele.example", "Mail delivery failed",
     "|--- Failed addresses follow: ---|\n <ana@example.org> ... unknown user\n|-- Message text follows --|\nx",
     FOR_GOOD, GONE),
    ("postmaster@posta.example", "Mancato recapito", "<ana@example.org>\nutente sconosciuto", FOR_GOOD, GONE),
    ("postmaster@poste.example", "Message non distribué",
     "Votre message n'a pas pu être distribué à ana@example.org : boîte pleine", FOR_GOOD, THERE),
    ("Mail Administrator <Postmaster@corp.example>", "Mail System Error - Returned Mail",
     "Your letter was undeliverable:\n\n    Recipient: <ana@example.org>\n    Reason:    no such user here",
     FOR_GOOD, GONE),
    ("Filter <postmaster@wall.example>", "Message you sent blocked",
     "Your letter to: ana@example.org\nwas blocked by our spam filter and has not been delivered.", FOR_GOOD, THERE),
    ("postmaster@gate.example", "Email Delivery Failure",
     "A letter that you addressed to\n-- ana@example.org\ncould not be delivered.\n-- 5.1.1 Recipient rejected",
     FOR_GOOD, GONE),
    ("Mail Delivery Subsystem <mailer-daemon@g.example>", "Delivery Status Notification (Delay)",
     "There was a temporary problem delivering to ana@example.org. We will retry for 47 more hours.", FOR_NOW, THERE),
    ("MAILER-DAEMON@cg.example", "Undeliverable mail: Your week",
     "Failed to deliver to '<ana@example.org>'\n account is full (quota exceeded)", FOR_GOOD, THERE),
    ("Delivery Service <mailer@mx.example>", "Delivery failure",
     "Not delivered to:\n   ana@example.org\nThe domain example.org does not exist", FOR_GOOD, GONE),
    ("postmaster@ru.example", "Недоставленное сообщение",
     "Письмо на адрес ana@example.org: пользователь не найден", FOR_GOOD, GONE),
    ("MAILER-DAEMON@mx.example", "Undelivered Mail Returned to Sender",
     "<ana@example.org>: 450 4.7.1 Client host rejected: try again later", FOR_NOW, THERE),
    ("MAILER-DAEMON@mx.example", "Mail delivery failed",
     "  ana@example.org\n    retry timeout exceeded", FOR_NOW, THERE),
    ("postmaster@gw.example", "Nondeliverable mail",
     "--- Transcript ---\nana@example.org\nThe user's name is not found.", FOR_GOOD, GONE),
    ("mailer-daemon@h.example", "Message undeliverable: Your week",
     "Could not be reached:\n\n   ana@example.org\n   RCPT TO:<ana@example.org>\n   Server replied: 554 no such user",
     FOR_GOOD, GONE),
    ("noreply@me.example", "Message Delivery Failure",
     "Could not be reached:\n\n\t[SMTP:ana@example.org]: Recipient address ana@example.org is invalid", FOR_GOOD, GONE),
    ("postmaster@scan.example", "BANNED CONTENTS IN MAIL FROM YOU",
     "Delivery of the letter to ana@example.org was stopped: banned content", FOR_GOOD, THERE),
]  # fmt: skip


@pytest.mark.parametrize(("sender", "subject", "text", "permanent", "dead"), NOTICES)
@pytest.mark.parametrize("envelope", ["Return-Path: <>\n", ""], ids=["null sender", "no return path"])
def test_a_notice_in_any_wording_tells_whom_and_why(
    sender: str, subject: str, text: str, permanent: bool, dead: bool, envelope: str
) -> None:
    verdict = verdict_on(sender, subject, text, envelope=envelope)
    assert (verdict.kind, verdict.recipients) == (Kind.BOUNCE, ("ana@example.org",))
    assert (verdict.permanent, verdict.address_dead) == (permanent, dead)
    assert verdict.reason


def test_a_bounce_is_never_a_clients_answer() -> None:
    verdict = verdict_on("MAILER-DAEMON@mx.example", "Undelivered Mail Returned to Sender", "no further word")
    assert verdict.kind is Kind.BOUNCE
    assert verdict.recipients == ()


@pytest.mark.parametrize(
    ("words", "status", "delayed", "expected"),
    [
        ("550 5.1.1 User unknown", "5.1.1", False, ("5.1.1", True, True)),
        ("550 5.1.1 User unknown", "5.0.0", False, ("5.1.1", True, True)),
        ("550 User unknown", "5.0.0", False, ("5.0.0", True, True)),
        ("552 5.2.2 Mailbox full", "5.2.2", False, ("5.2.2", True, False)),
        ("554 5.7.1 user unknown to us, blocked", "5.7.1", False, ("5.7.1", True, False)),
        ("451 4.3.0 try later", "4.3.0", False, ("4.3.0", False, False)),
        ("451 try later", "", False, ("", False, False)),
        ("554 no", "", False, ("", True, False)),
        ("550 5.1.1 User unknown", "5.1.1", True, ("5.1.1", False, False)),
        ("host 4.79.181.134 said: 554 no account of that name", "", False, ("", True, False)),
        ("Host or domain name not found", "5.4.4", False, ("5.4.4", True, True)),
        ("550 5.7.1 IP address blacklisted by recipient", "5.1.1", False, ("5.1.1", True, False)),
        ("550-Unrouteable address 550 Sender verify failed", "", False, ("", True, False)),
        ("the group may not exist, or you may not write to it", "5.1.0", False, ("5.1.0", True, False)),
    ],
)
def test_a_failure_for_good_is_not_yet_a_dead_address(
    words: str, status: str, delayed: bool, expected: tuple[str, bool, bool]
) -> None:
    cause = cause_of(words, status=status, delayed=delayed)
    assert (cause.status, cause.permanent, cause.address_dead) == expected


def test_fields_of_several_recipients_are_told_apart_without_blank_lines() -> None:
    text = "Final-Recipient: rfc822; a@x.example\nAction: failed\nStatus: 5.1.1 (unknown)\n" * 2
    found = recipient_reports(text.replace("a@x", "b@x", 1))
    assert [(one.address, one.action, one.status) for one in found] == [
        ("b@x.example", "failed", "5.1.1"),
        ("a@x.example", "failed", "5.1.1"),
    ]


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("rfc822; ana@example.org", "ana@example.org"),
        ("RFC822;<ana@example.org>", "ana@example.org"),
        ("ana@example.org", "ana@example.org"),
        ("rfc822;\n ana@example.org", "ana@example.org"),
        ("X-LOCAL; ana", "ana"),
    ],
)
def test_a_final_recipient_is_read_however_it_is_written(value: str, address: str) -> None:
    assert [one.address for one in recipient_reports(f"Final-Recipient: {value}\nAction: failed\n")] == [address]


@pytest.mark.parametrize(
    ("text", "status"),
    [("x 5.1.1 y", "5.1.1"), ("(#4.4.1)", "4.4.1"), ("4.79.181.134", ""), ("5.1", ""), ("v5.1.10", "5.1.10")],
)
def test_an_address_of_a_server_is_no_status(text: str, status: str) -> None:
    assert status_in(text) == status


@pytest.mark.parametrize(
    "marker",
    [
        "--- Below this line is a copy of the message.",
        "------ This is a copy of the message, including all the headers. ------",
        "----- Original message -----",
        "   ----- Original message follows -----",
        "--- The header of the original message is following. ---",
        "Original message follows.",
        "Return-Path: <box@x>\nReceived: by mx\nSubject: s\nMessage-ID: <m@x>",
        "> Received: by mx\n> From: box@x\n> Message-ID: <m@x>",
    ],
)
def test_the_letter_that_came_back_is_not_the_notice(marker: str) -> None:
    assert notice_of(f"<ana@example.org>: unknown\n{marker}\nPrivate words") == "<ana@example.org>: unknown"
