"""What one letter on a misbehaving server comes to: the table of smtp.py, kept true."""

from __future__ import annotations

import asyncio
import random
import re
from dataclasses import dataclass

import pytest

from mailer.edge.smtp_wire import Patience
from mailer.errors import AccountTrouble
from mailer.model.outgoing import Deferred, Outcome, Refused, Sent, Unknown
from tests.edge.letters import RECIPIENT, a_letter, a_transport, sent_alone, written_down
from tests.servers.scripted_smtp import OFFERS, At, ScriptedSmtp, Then, Twist

BRIEF = Patience(connect=2, greeting=0.15, command=0.15, data=0.15, block=0.3, final=0.15, probe=0.15)

HUGE = a_letter(body="word " * 1_600_000)  # more than the network buffers on its way


@dataclass(frozen=True, slots=True)
class Case:
    """A twist, what becomes of the letter, and how many copies the server holds."""

    at: At
    say: bytes
    then: Then
    outcome: type[Outcome]
    code: int = 0
    kept: int = 0
    person: bool = False

    def __str__(self) -> str:
        return f"{self.at}, {self.say[:24]!r}, {self.then} -> {self.outcome.__name__}"


GO_ON, CLOSE, SILENT, TRICKLE = Then.GO_ON, Then.CLOSE, Then.STAY_SILENT, Then.TRICKLE
RUBBISH = b"HTTP/1.1 400 Bad Request\r\n\r\n"

CASES = [
    # Before any letter is mentioned it is the account's trouble, whatever the server does.
    Case(At.GREETING, b"", CLOSE, AccountTrouble),
    Case(At.GREETING, b"", SILENT, AccountTrouble),
    Case(At.GREETING, b"", TRICKLE, AccountTrouble),
    Case(At.GREETING, RUBBISH, CLOSE, AccountTrouble),
    Case(At.GREETING, b"\xff\xfe\x00\r\n", GO_ON, AccountTrouble),
    Case(At.GREETING, b"2" * 60_000, SILENT, AccountTrouble),
    Case(At.GREETING, b"421 4.3.2 shutting down\r\n", CLOSE, AccountTrouble),
    Case(At.GREETING, b"554 5.7.1 no service for you\r\n", CLOSE, AccountTrouble),
    Case(At.GREETING, b"354 go ahead\r\n", GO_ON, AccountTrouble),
    Case(At.EHLO, b"", CLOSE, AccountTrouble),
    Case(At.EHLO, b"", SILENT, AccountTrouble),
    Case(At.EHLO, b"250-half\r\n250-an\r\n", SILENT, AccountTrouble),
    Case(At.EHLO, b"502 5.5.1 not here\r\n", GO_ON, AccountTrouble),
    Case(At.AUTH, b"535 5.7.8 wrong\r\n", GO_ON, AccountTrouble, person=True),
    Case(At.AUTH, b"534 5.7.9 app password\r\n", GO_ON, AccountTrouble, person=True),
    Case(At.AUTH, b"530 5.7.0 no\r\n", GO_ON, AccountTrouble, person=True),
    Case(At.AUTH, b"454 4.7.0 directory away\r\n", GO_ON, AccountTrouble),
    Case(At.AUTH, b"535 4.7.0 directory away\r\n", GO_ON, AccountTrouble),
    Case(At.AUTH, b"432 4.7.12 transition\r\n", GO_ON, AccountTrouble, person=True),
    Case(At.AUTH, b"", CLOSE, AccountTrouble),
    Case(At.AUTH, b"", SILENT, AccountTrouble),
    # The sender belongs to the account too.
    Case(At.MAIL, b"451 4.3.0 later\r\n", GO_ON, AccountTrouble),
    Case(At.MAIL, b"421 4.7.0 unusual rate\r\n", CLOSE, AccountTrouble),
    Case(At.MAIL, b"550 5.4.5 Daily user sending limit exceeded.\r\n", GO_ON, AccountTrouble),
    Case(At.MAIL, b"550 5.7.501 Access denied, spam abuse detected\r\n", GO_ON, AccountTrouble, person=True),
    Case(At.MAIL, b"530 5.7.57 Client not authenticated\r\n", GO_ON, AccountTrouble, person=True),
    Case(At.MAIL, b"552 5.3.4 too big\r\n", GO_ON, Refused, 552),
    Case(At.MAIL, b"503 5.5.1 nested MAIL\r\n", GO_ON, Deferred, 503),
    Case(At.MAIL, b"354 go ahead\r\n", GO_ON, Deferred),
    Case(At.MAIL, b"", CLOSE, Deferred),
    Case(At.MAIL, b"", SILENT, Deferred),
    # From the recipient on it is the letter's, but for limits and lost logins.
    Case(At.RCPT, b"451 4.7.1 greylisted, try again in 5 minutes\r\n", GO_ON, Deferred, 451),
    Case(At.RCPT, b"450-4.2.1 receiving mail\r\n450 4.2.1 too quickly\r\n", GO_ON, Deferred, 450),
    Case(At.RCPT, b"421 4.3.2 shutting down\r\n", CLOSE, Deferred, 421),
    Case(At.RCPT, b"550 5.1.1 no such user\r\n", GO_ON, Refused, 550),
    Case(At.RCPT, b"554 5.7.1 Relay access denied\r\n", GO_ON, AccountTrouble, person=True),
    Case(At.RCPT, b"452 4.5.3 too many recipients\r\n", GO_ON, AccountTrouble),
    Case(At.RCPT, b"", CLOSE, Deferred),
    Case(At.RCPT, b"", SILENT, Deferred),
    Case(At.RCPT, b"", TRICKLE, Deferred),
    Case(At.RCPT, RUBBISH, GO_ON, Deferred),
    Case(At.RCPT, b"250 ok\r\n250 ok twice\r\n", GO_ON, Deferred),
    Case(At.DATA, b"451 4.3.0 no room\r\n", GO_ON, Deferred, 451),
    Case(At.DATA, b"554 5.5.1 no valid recipients\r\n", GO_ON, Refused, 554),
    Case(At.DATA, b"250 ok\r\n", GO_ON, Deferred),
    Case(At.DATA, b"354 go ahead\r\n250 ok already\r\n", GO_ON, Deferred),
    Case(At.DATA, b"", CLOSE, Deferred),
    Case(At.DATA, b"", SILENT, Deferred),
    # After the dot: an answer is an answer, and no answer is no knowledge.
    Case(At.DOT, b"", CLOSE, Unknown, kept=1),
    Case(At.DOT, b"", SILENT, Unknown, kept=1),
    Case(At.DOT, b"2", SILENT, Unknown, kept=1),
    Case(At.DOT, b"", TRICKLE, Unknown, kept=1),
    Case(At.DOT, RUBBISH, GO_ON, Unknown, kept=1),
    Case(At.DOT, b"354 go ahead\r\n", GO_ON, Unknown, kept=1),
    Case(At.DOT, b"4515.3.0\r\n", GO_ON, Unknown, kept=1),
    Case(At.DOT, b"451-first\r\n250 then\r\n", GO_ON, Unknown, kept=1),
    Case(At.DOT, b"451 first\r\n250 then\r\n", GO_ON, Unknown, kept=1),
    Case(At.DOT, b"250 first\r\n554 then\r\n", GO_ON, Unknown, kept=1),
    Case(At.DOT, b"250 kept\r\n421 goodbye\r\n", CLOSE, Sent, 250, kept=1),
    Case(At.DOT, b"250\r\n", GO_ON, Sent, 250, kept=1),
    Case(At.DOT, b"250 a bare line feed\n", GO_ON, Sent, 250, kept=1),
    Case(At.DOT, b"451 4.3.0 disk full\r\n", GO_ON, Deferred, 451, kept=1),
    Case(At.DOT, b"421 4.3.2 going down\r\n", CLOSE, Deferred, 421, kept=1),
    Case(At.DOT, b"503 5.5.1 what letter\r\n", GO_ON, Deferred, 503, kept=1),
    Case(At.DOT, b"554 5.7.1 looks like spam\r\n", GO_ON, Refused, 554, kept=1),
    Case(At.DOT, b"550 5.4.5 Daily sending limit exceeded\r\n", GO_ON, AccountTrouble, kept=1),
    Case(At.DOT, b"250-kept\r\n250 2.0.0 as 17\r\n", GO_ON, Sent, 250, kept=1),
    Case(At.DOT, b"250 2.0.0 kept\r\n", CLOSE, Sent, 250, kept=1),
    Case(At.AFTER, b"", CLOSE, Sent, 250, kept=1),
    Case(At.AFTER, b"421 4.4.2 idle\r\n", CLOSE, Sent, 250, kept=1),
]


@pytest.mark.parametrize("case", CASES, ids=str)
async def test_each_misbehaviour_has_one_outcome(case: Case) -> None:
    async with ScriptedSmtp(Twist(at=case.at, say=case.say, then=case.then)) as server:
        account = server.account(user="petra" if case.at is At.AUTH else "", password="open-Sesame-7")

        async with a_transport(account, patience=BRIEF) as transport:
            outcome = await transport.send(a_letter(), before_data=written_down())

        assert type(outcome) is case.outcome
        assert len(server.letters) == case.kept
        assert getattr(outcome, "code", 0) == case.code
        assert getattr(outcome, "needs_person", False) == case.person
        assert transport.after_dot == isinstance(outcome, Unknown)


async def test_no_rubbish_after_the_dot_is_taken_for_an_answer() -> None:
    draw = random.Random(20_261_125)
    for _ in range(60):
        rubbish = bytes(draw.choice(b"245013-+. \r\x00\xffok") for _ in range(draw.randrange(1, 12))) + b"\r\n"
        proper = re.match(rb"[245]\d\d[ \r]", rubbish)
        async with ScriptedSmtp(Twist(at=At.DOT, say=rubbish)) as server:
            outcome = await sent_alone(server.account(), a_letter(), patience=BRIEF)

            assert isinstance(outcome, Unknown) or proper, rubbish
            assert len(server.letters) == 1


async def test_a_letter_lost_on_its_way_is_deferred_and_never_taken_for_unknown() -> None:
    async with (
        ScriptedSmtp(Twist(at=At.CONTENT, then=CLOSE)) as server,
        a_transport(server.account(), patience=BRIEF) as transport,
    ):
        outcome = await transport.send(HUGE, before_data=written_down())

        assert isinstance(outcome, Deferred)
        assert server.letters == []
        assert not transport.after_dot


async def test_a_server_that_stops_reading_the_content_defers_the_letter() -> None:
    not_reading = Twist(at=At.CONTENT, then=Then.STOP_READING)
    async with ScriptedSmtp(not_reading) as server, a_transport(server.account(), patience=BRIEF) as transport:
        outcome = await transport.send(HUGE, before_data=written_down())

        assert outcome == Deferred(code=0, status="", reply="stopped taking the letter")
        assert server.letters == []


async def test_a_server_that_cuts_in_before_the_dot_is_believed() -> None:
    refusal = Twist(at=At.CONTENT, say=b"552 5.3.4 that is enough\r\n", then=Then.STOP_READING)
    async with ScriptedSmtp(refusal) as server, a_transport(server.account(), patience=BRIEF) as transport:
        outcome = await transport.send(HUGE, before_data=written_down())

        assert outcome == Refused(code=552, status="5.3.4", reply="5.3.4 that is enough")
        assert server.letters == []


async def test_the_row_is_written_down_after_the_recipient_and_before_the_content() -> None:
    async with ScriptedSmtp() as server, a_transport(server.account()) as transport:
        heard_before: list[str] = []

        async def before_data() -> bool:
            heard_before.extend(server.heard)
            return True

        outcome = await transport.send(a_letter(), before_data=before_data)

        assert isinstance(outcome, Sent)
        assert [line.split()[0] for line in heard_before] == ["EHLO", "MAIL", "RCPT"]


async def test_a_refused_recipient_is_never_written_down_as_being_sent() -> None:
    no_one = Twist(at=At.RCPT, say=b"550 5.1.1 no such user\r\n")
    async with ScriptedSmtp(no_one) as server, a_transport(server.account()) as transport:
        asked: list[str] = []

        async def before_data() -> bool:
            asked.append("asked")
            return True

        outcome = await transport.send(a_letter(), before_data=before_data)

        assert outcome == Refused(code=550, status="5.1.1", reply="5.1.1 no such user", address_dead=True)
        assert asked == []


async def test_a_letter_someone_else_has_taken_is_let_go_and_the_connection_serves_the_next() -> None:
    async with ScriptedSmtp() as server, a_transport(server.account()) as transport:
        first = await transport.send(a_letter(number=1), before_data=written_down(False))
        second = await transport.send(a_letter(number=2), before_data=written_down())

        assert isinstance(first, Deferred)
        assert isinstance(second, Sent)
        assert server.times("RSET") == 1
        assert server.connections == 1
        assert [letter.raw for letter in server.letters] == [a_letter(number=2).raw]


async def test_what_writing_down_raises_is_raised_and_the_half_told_letter_is_dropped() -> None:
    async with ScriptedSmtp() as server, a_transport(server.account()) as transport:

        async def before_data() -> bool:
            raise LookupError("the row is gone")

        with pytest.raises(LookupError):
            await transport.send(a_letter(), before_data=before_data)
        following = await transport.send(a_letter(number=2), before_data=written_down())

        assert isinstance(following, Sent)
        assert server.connections == 2
        assert len(server.letters) == 1


@pytest.mark.parametrize(
    ("silent_at", "unknown"),
    [(At.GREETING, False), (At.MAIL, False), (At.RCPT, False), (At.DATA, False), (At.DOT, True)],
)
async def test_a_cancelled_send_tells_whether_the_letter_may_be_out(silent_at: At, unknown: bool) -> None:
    async with ScriptedSmtp(Twist(at=silent_at, then=SILENT)) as server, a_transport(server.account()) as transport:
        sending = asyncio.ensure_future(transport.send(a_letter(), before_data=written_down()))
        await server.reached(silent_at)

        sending.cancel()

        with pytest.raises(asyncio.CancelledError):
            await sending
        assert transport.after_dot is unknown
        assert len(server.letters) == int(unknown)


async def test_a_letter_larger_than_the_server_takes_is_refused_before_it_is_offered() -> None:
    async with ScriptedSmtp(offers=["SIZE 200", "8BITMIME"]) as server:
        outcome = await sent_alone(server.account(), a_letter(body="word " * 99))

        assert isinstance(outcome, Refused)
        assert outcome.status == "5.3.4"
        assert server.times("MAIL") == 0


async def test_a_line_break_in_an_address_says_nothing_to_the_server() -> None:
    async with ScriptedSmtp() as server:
        letter = a_letter(recipient=f"{RECIPIENT}>\r\nRCPT TO:<leak@example.net")

        outcome = await sent_alone(server.account(), letter)

        assert isinstance(outcome, Refused)
        assert not outcome.address_dead
        assert server.times("RCPT") == 0


async def test_parameters_are_said_only_where_needed_and_offered() -> None:
    async with ScriptedSmtp(offers=OFFERS) as full, ScriptedSmtp(offers=[]) as bare:
        plain, eight_bit = a_letter(), a_letter(body="Grüße")

        await sent_alone(full.account(), plain)
        await sent_alone(full.account(), eight_bit)
        await sent_alone(bare.account(), plain)

        assert [letter.mail.split()[2:] for letter in full.letters] == [
            [f"SIZE={len(plain.raw)}"],
            [f"SIZE={len(eight_bit.raw)}", "BODY=8BITMIME"],
        ]
        assert [letter.mail.split()[2:] for letter in bare.letters] == [[]]
