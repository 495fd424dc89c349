"""Servers that stall, lie, hang up or talk nonsense: each ends in a plain error within bounded time, not in silence."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from mailer.edge.imap import ImapMailbox, open_mailbox
from mailer.errors import AccountTrouble, PermanentFailure, TemporaryFailure
from mailer.model.places import Secret, Security
from tests.servers.certificates import Certificates
from tests.servers.scripted_imap import (
    HANG_UP,
    SILENCE,
    Pause,
    Reply,
    Script,
    ScriptedImap,
    Trickle,
    says,
    scripted_imap,
)

PATIENCE = 0.3
TOO_LONG = 5.0

LETTER = b"Subject: x\r\n\r\nhello\r\n"
SIZE = '* 3 FETCH (UID 27 INTERNALDATE " 5-Mar-2026 07:30:00 +0100" RFC822.SIZE 21)'
QUIET = says("TAG OK done")
LARGE = says("* 3 FETCH (UID 27 RFC822.SIZE 4000000)", "TAG OK done")
SIZES = says(SIZE, "TAG OK done")
BODY = b"* 3 FETCH (UID 27 BODY[] {21}\r\n" + LETTER + b")\r\nTAG OK done\r\n"


async def look(mailbox: ImapMailbox) -> object:
    return await mailbox.uids_after(26)


async def bring(mailbox: ImapMailbox) -> object:
    return await mailbox.fetch([27], max_bytes=None)


async def wait(mailbox: ImapMailbox) -> object:
    return await mailbox.wait_for_news(0.1)


Deed = Callable[[ImapMailbox], Awaitable[object]]

STALLS: list[tuple[str, Deed, Script]] = [
    ("a search is never answered", look, {"UID SEARCH": SILENCE}),
    ("IDLE is never granted", wait, {"IDLE": SILENCE}),
    ("the line is dead after IDLE", wait, {"DONE": SILENCE}),
    ("answers trickle for ever", bring, {"UID FETCH": [SIZES, (Trickle(b"* OK wait\r\n", 0.01),)]}),
    ("a letter trickles for ever", bring, {"UID FETCH": [SIZES, (b"* 3 FETCH (BODY[] {21}\r\n", Trickle(b"", 0.01))]}),
    ("silence in the middle of a large letter", bring, {"UID FETCH": [LARGE, (b"* 3 FETCH (BODY[] {4000000}\r\n",)]}),
    ("a literal is shorter than it says", bring, {"UID FETCH": [SIZES, (BODY.replace(b"{21}", b"{999}"),)]}),
]
CUTS: list[tuple[str, Deed, Script]] = [
    ("goodbye in the middle", look, {"UID SEARCH": says("* SEARCH 27", "* BYE shutting down")}),
    ("goodbye instead of IDLE", wait, {"IDLE": (b"* BYE idle is over\r\n", HANG_UP)}),
    ("goodbye during IDLE", wait, {"IDLE": says("+ idling", "* BYE Session invalidated - AccessTokenExpired")}),
    ("hung up during IDLE", wait, {"IDLE": (b"+ idling\r\n", HANG_UP)}),
    ("hung up in the middle of a letter", bring, {"UID FETCH": [SIZES, (b"* 3 FETCH (BODY[] {21}\r\nSubj", HANG_UP)]}),
    ("hung up before the end", bring, {"UID FETCH": [SIZES, (BODY[:-13], HANG_UP)]}),
]
NONSENSE: list[tuple[str, Deed, Script]] = [
    ("not IMAP at all", look, {"UID SEARCH": says("HTTP/1.1 400 Bad Request")}),
    ("the end of another command", look, {"UID SEARCH": says("* SEARCH 27", "Z9 OK done")}),
    ("a request for more", look, {"UID SEARCH": says("+ go on")}),
    ("words in a search", look, {"UID SEARCH": says("* SEARCH 27 and more", "TAG OK done")}),
    ("a line without end", look, {"UID SEARCH": (b"* SEARCH" + b" 1234567" * 3_000_000,)}),
    ("a literal of four gigabytes", look, {"UID SEARCH": says("* SEARCH {4000000000}")}),
    ("a literal longer than it says", bring, {"UID FETCH": [SIZES, (BODY.replace(b"{21}", b"{4}"),)]}),
    ("octets of every kind", look, {"UID SEARCH": (bytes(range(256)) + b"\r\n",)}),
]


@asynccontextmanager
async def reading(script: Script, *, folder: str | None = "INBOX") -> AsyncIterator[tuple[ScriptedImap, ImapMailbox]]:
    """A server with this script, and its mailbox with a folder chosen."""
    async with scripted_imap(script) as server, open_mailbox(server.server, timeout_seconds=PATIENCE) as mailbox:
        if folder is not None:
            await mailbox.select(folder)
        yield server, mailbox


def each(cases: list[tuple[str, Deed, Script]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("deed", "script"), [case[1:] for case in cases], ids=[case[0] for case in cases])


async def trouble_of(deed: Deed, script: Script) -> str:
    """What comes of a deed; afterwards, the mailbox must not look alive."""
    async with scripted_imap(script) as server:
        began = time.monotonic()
        async with open_mailbox(server.server, timeout_seconds=PATIENCE) as mailbox:
            await mailbox.select("INBOX")
            with pytest.raises(TemporaryFailure) as caught:
                await deed(mailbox)
            with pytest.raises(TemporaryFailure):
                await mailbox.wait_for_news(60)
        assert time.monotonic() - began < TOO_LONG
    return str(caught.value)


@each(STALLS)
async def test_a_server_that_stalls_is_given_up_in_time(deed: Deed, script: Script) -> None:
    assert "not answered in time" in await trouble_of(deed, script)


@each(CUTS)
async def test_a_connection_that_is_cut_never_looks_alive(deed: Deed, script: Script) -> None:
    said = await trouble_of(deed, script)
    assert "goodbye" in said or "connection lost" in said


@each(NONSENSE)
async def test_nonsense_ends_the_connection_and_is_never_data(deed: Deed, script: Script) -> None:
    assert "not IMAP" in await trouble_of(deed, script)


async def test_a_slow_but_steady_server_is_given_the_time_its_letter_needs() -> None:
    # given: four pauses, each shorter than our patience, together longer
    start, letter = b"* 3 FETCH (UID 27 BODY[] {50000}\r\n", b"x" * 50_000
    pieces = [step for place in range(0, 50_000, 12_500) for step in (letter[place : place + 12_500], Pause(0.12))]
    sizes = says("* 3 FETCH (UID 27 RFC822.SIZE 50000)", "TAG OK done")
    script: Script = {"UID FETCH": [sizes, (start, *pieces, b")\r\nTAG OK done\r\n")]}
    # when
    async with reading(script) as (_, mailbox):
        [fetched] = await mailbox.fetch([27], max_bytes=None)
    # then
    assert fetched.raw == letter


async def test_the_words_of_a_goodbye_are_told() -> None:
    said = await trouble_of(wait, {"IDLE": says("+ idling", "* BYE Session invalidated - AccessTokenExpired")})
    assert "AccessTokenExpired" in said


GREETINGS: list[tuple[str, Reply, str]] = [
    ("silence", SILENCE, "the greeting was not answered"),
    ("another kind of server", says("220 mail.example.org ESMTP"), "not IMAP"),
    ("a web page", says("HTTP/1.1 302 Found", "Location: http://portal.example.net/"), "not IMAP"),
    ("turned away", says("* BYE [UNAVAILABLE] too many connections"), "too many connections"),
    ("hung up", (HANG_UP,), "connection lost"),
    ("a tagged greeting", says("A1 OK hello"), "not IMAP"),
]


@pytest.mark.parametrize(("greeting", "words"), [case[1:] for case in GREETINGS], ids=[case[0] for case in GREETINGS])
async def test_a_greeting_that_is_none_is_a_passing_trouble(greeting: Reply, words: str) -> None:
    async with scripted_imap({"GREETING": greeting}) as server:
        with pytest.raises(TemporaryFailure, match=words):
            async with open_mailbox(server.server, timeout_seconds=PATIENCE):
                pass


@pytest.mark.parametrize(
    ("which", "fact"), [("expired", "expired"), ("wrong_host", "mismatch"), ("self_signed", "self.signed")]
)
async def test_a_certificate_that_does_not_hold_ends_it_before_anything_is_said(
    certificates: Certificates, which: str, fact: str
) -> None:
    async with scripted_imap({}, context=getattr(certificates, which)) as server:
        account = dataclasses.replace(server.reached_by(Security.TLS), ca_file=certificates.ca_file)
        with pytest.raises(AccountTrouble, match=f"127.0.0.1:{server.port}.*{fact}"):
            async with open_mailbox(account, timeout_seconds=TOO_LONG):
                pass
    assert server.heard == []


LOGINS: list[tuple[str, bool]] = [
    ("NO [AUTHENTICATIONFAILED] Invalid credentials", True),
    ("NO [AUTHORIZATIONFAILED] no", True),
    ("NO [EXPIRED] password expired, try again later", True),
    ("NO [ALERT] Application-specific password required", True),
    ("NO [WEBALERT https://accounts.example.com/] Web login required.", True),
    ("NO Please log in with your web browser and then try again.", True),
    ("NO Invalid user name or password, please try again", True),
    ("NO LOGIN failed for dana@example.org.", True),
    ("NO [UNAVAILABLE] Temporary authentication failure", False),
    ("NO [LIMIT] too many connections", False),
    ("NO [ALERT] Too many simultaneous connections. (Failure)", False),
    ("NO Server busy, please try again", False),
    ("NO [OVERQUOTA] Account exceeded command or bandwidth limits.", False),
    ("BAD User is authenticated but not connected.", False),
]


@pytest.mark.parametrize(("said", "needs_person"), LOGINS)
async def test_a_refused_login_says_whether_waiting_may_help_and_is_tried_once(said: str, needs_person: bool) -> None:
    async with scripted_imap({"ANSWER": says(f"TAG {said}")}) as server:
        with pytest.raises(AccountTrouble) as caught:
            async with open_mailbox(server.server, timeout_seconds=PATIENCE):
                pass
    assert caught.value.needs_person is needs_person
    assert "dana@example.org" not in str(caught.value)
    assert caught.value.retry_seconds >= 300
    assert server.connections == 1
    assert sum("AUTHENTICATE" in line for line in server.heard) == 1


async def the_token(*, refused: Secret | None = None) -> Secret:
    return Secret("ya29.secret")


@pytest.mark.parametrize("challenges", [1, 2])
async def test_a_refused_token_is_answered_and_told_at_once(challenges: int, caplog: pytest.LogCaptureFixture) -> None:
    # given
    caplog.set_level(logging.DEBUG)
    questions: list[Reply] = [says("+ eyJzdGF0dXMiOiI0MDAifQ==")] * challenges
    script: Script = {"ANSWER": [*questions, says("TAG NO [AUTHENTICATIONFAILED] Invalid credentials")]}
    # when
    async with scripted_imap(script) as server:
        began = time.monotonic()
        with pytest.raises(AccountTrouble) as caught:
            async with open_mailbox(server.server, token=the_token):
                pass
    # then
    assert caught.value.needs_person
    assert time.monotonic() - began < 2
    assert server.heard[-challenges:] == ["", "*"][:challenges]
    assert "ya29" not in caplog.text


async def test_a_token_that_holds_opens_the_mailbox() -> None:
    async with scripted_imap({}) as server, open_mailbox(server.server, token=the_token) as mailbox:
        assert (await mailbox.select("INBOX")).uidvalidity == 100
    assert server.heard[1:2] == ["dXNlcj1kYW5hQGV4YW1wbGUub3JnAWF1dGg9QmVhcmVyIHlhMjkuc2VjcmV0AQE="]


@pytest.mark.parametrize("user", ["dana@example.org", 'da"na', "dänä"])
async def test_a_server_without_sasl_is_given_user_and_password_as_literals_or_quoted(user: str) -> None:
    async with scripted_imap({"GREETING": says("* OK [CAPABILITY IMAP4rev1] hello")}) as server:
        account = dataclasses.replace(server.server, user=user)
        async with open_mailbox(account, timeout_seconds=PATIENCE) as mailbox:
            assert (await mailbox.select("INBOX")).exists == 3
    assert not any("open sesame" in line for line in server.heard)


async def test_no_password_goes_to_a_server_that_wants_none() -> None:
    async with scripted_imap({"GREETING": says("* OK [CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=XOAUTH2] hi")}) as server:
        with pytest.raises(AccountTrouble, match="takes no password"):
            async with open_mailbox(server.server, timeout_seconds=PATIENCE):
                pass
    assert server.heard == []


STRIPPED: list[tuple[str, Script]] = [
    ("STARTTLS is refused", {"STARTTLS": says("TAG NO not here")}),
    ("STARTTLS is unknown", {"STARTTLS": says("TAG BAD what")}),
    ("counted as logged in", {"GREETING": says("* PREAUTH [CAPABILITY IMAP4rev1] welcome")}),
    ("plain words after STARTTLS", {"STARTTLS": (b"TAG OK go\r\n* CAPABI",)}),
    ("no TLS after STARTTLS", {"STARTTLS": says("TAG OK go", "* OK still here")}),
]


@pytest.mark.parametrize("script", [case[1] for case in STRIPPED], ids=[case[0] for case in STRIPPED])
async def test_nothing_secret_goes_out_where_tls_was_taken_away(script: Script) -> None:
    async with scripted_imap(script) as server:
        with pytest.raises((AccountTrouble, TemporaryFailure)):
            async with open_mailbox(server.reached_by(Security.STARTTLS), timeout_seconds=PATIENCE):
                pass
    assert not any(word in line for line in server.heard for word in ("AUTHENTICATE", "LOGIN"))


async def test_a_port_that_speaks_no_tls_is_told_with_its_host() -> None:
    async with scripted_imap({}) as server:
        with pytest.raises(AccountTrouble, match=f"127.0.0.1:{server.port}: no TLS to be had") as caught:
            async with open_mailbox(server.reached_by(Security.TLS), timeout_seconds=PATIENCE):
                pass
    assert not caught.value.needs_person


async def test_a_refused_search_is_an_error_and_the_numbers_in_its_words_are_no_letters() -> None:
    refusal = says("TAG NO [BADCHARSET (US-ASCII)] The specified charset is not supported. 1 2 3")
    async with reading({"UID SEARCH": refusal}) as (server, mailbox):
        with pytest.raises(TemporaryFailure, match="BADCHARSET"):
            await mailbox.uids_after(0)
    assert not any("CHARSET" in line for line in server.heard)


async def test_the_newest_letter_is_not_new_again_at_every_look() -> None:
    async with reading({"UID SEARCH": says("* SEARCH 27", "TAG OK done")}) as (_, mailbox):
        assert await mailbox.uids_after(27) == []
        assert await mailbox.uids_after(26) == [27]


async def test_another_uidvalidity_is_seen_when_the_folder_is_chosen() -> None:
    chosen = [says("* 1 EXISTS", f"* OK [UIDVALIDITY {number}] ok", "TAG OK [READ-ONLY] ok") for number in (100, 101)]
    script: Script = {"EXAMINE": chosen, "UID SEARCH": says("* SEARCH 40", "TAG OK ok")}
    async with reading(script, folder=None) as (_, mailbox):
        first, second = await mailbox.select("INBOX"), await mailbox.select("INBOX")
    assert (first.uidvalidity, second.uidvalidity) == (100, 101)
    assert first.uidnext == 41  # this server does not tell it


async def test_a_folder_without_uidvalidity_is_not_read() -> None:
    async with reading({"EXAMINE": says("* 1 EXISTS", "TAG OK ok")}, folder=None) as (_, mailbox):
        with pytest.raises(PermanentFailure, match="UIDVALIDITY"):
            await mailbox.select("INBOX")


@pytest.mark.parametrize(
    ("folder", "said", "kind"),
    [
        ("INBOX", "NO [UNAVAILABLE] try later", TemporaryFailure),
        ("Rundbriefe", "NO mailbox is locked", TemporaryFailure),
        ("Rundbriefe", "NO [NOPERM] not yours", PermanentFailure),
        ("Rundbrief", "NO no such mailbox", PermanentFailure),
    ],
)
async def test_a_refused_folder_says_whether_it_is_missing_or_busy(
    folder: str, said: str, kind: type[Exception]
) -> None:
    async with reading({"EXAMINE": says(f"TAG {said}")}, folder=None) as (_, mailbox):
        with pytest.raises(kind, match=folder):
            await mailbox.select(folder)


async def test_a_server_without_idle_is_asked_instead() -> None:
    script: Script = {
        "CAPABILITY": says("* CAPABILITY IMAP4rev1", "TAG OK done"),
        "NOOP": [QUIET, QUIET, says("* 4 EXISTS", "TAG OK done"), QUIET],
    }
    async with reading(script) as (server, mailbox):
        assert [await mailbox.wait_for_news(0.01) for _ in range(3)] == [False, True, False]
    assert not any("IDLE" in line for line in server.heard)


async def test_a_letter_that_came_just_before_the_wait_is_news_where_idle_is_silent_about_it() -> None:
    async with reading({"NOOP": [says("* 4 EXISTS", "TAG OK done"), QUIET]}) as (server, mailbox):
        assert await mailbox.wait_for_news(60)
    assert not any("IDLE" in line for line in server.heard)


async def test_a_server_that_offers_idle_and_refuses_it_is_asked_instead() -> None:
    script: Script = {"IDLE": says("TAG NO not today"), "NOOP": [QUIET, says("* 4 EXISTS", "TAG OK done")]}
    async with reading(script) as (server, mailbox):
        assert await mailbox.wait_for_news(0.01)
        assert not await mailbox.wait_for_news(0.01)
    assert sum("IDLE" in line for line in server.heard) == 1


async def test_letters_that_go_are_no_news_but_one_that_comes_after_is() -> None:
    script: Script = {"IDLE": [says("+ idling", "* 1 EXPUNGE", "* 2 EXISTS"), says("+ idling", "* 3 EXISTS")]}
    async with reading(script) as (_, mailbox):
        assert not await mailbox.wait_for_news(0.05)
        assert await mailbox.wait_for_news(60)


async def test_a_server_that_ends_idle_by_itself_is_asked_instead() -> None:
    script: Script = {"IDLE": says("+ idling", "TAG OK enough"), "NOOP": [QUIET, says("* 4 EXISTS", "TAG OK done")]}
    async with reading(script) as (server, mailbox):
        assert await mailbox.wait_for_news(0.05)
        assert await mailbox.uids_after(0) == []
    assert sum("IDLE" in line for line in server.heard) == 1


async def test_a_wait_that_is_called_off_ends_the_connection() -> None:
    async with scripted_imap({}) as server, open_mailbox(server.server) as mailbox:
        await mailbox.select("INBOX")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await mailbox.wait_for_news(60)
        with pytest.raises(TemporaryFailure, match="broken off"):
            await mailbox.uids_after(0)


async def test_two_questions_at_once_wait_for_each_other() -> None:
    script: Script = {"UID SEARCH": [says("* SEARCH 27", "TAG OK"), says("* SEARCH 28", "TAG OK")]}
    async with reading(script) as (_, mailbox):
        found = await asyncio.gather(mailbox.uids_after(0), mailbox.uids_after(0))
    assert [*found] == [[27], [28]]


async def test_one_letter_the_server_cannot_give_does_not_hold_up_the_others() -> None:
    # given
    sizes = says(*(f"* {uid} FETCH (UID {uid} RFC822.SIZE 21)" for uid in (25, 26, 27)), "TAG OK done")
    refused = says("TAG NO The requested message could not be converted to an RFC-822 compatible format.")
    good = [BODY.replace(b"UID 27", b"UID %d" % uid) for uid in (25, 27)]
    header = (b"* 2 FETCH (UID 26 BODY[HEADER]<0> {8}\r\nA: b\r\n\r\n)\r\nTAG OK done\r\n",)
    script: Script = {"UID FETCH": [sizes, refused, (good[0],), refused, header, (good[1],)]}
    # when
    async with scripted_imap(script) as server, open_mailbox(server.server, timeout_seconds=PATIENCE) as mailbox:
        await mailbox.select("INBOX")
        letters = await mailbox.fetch([25, 26, 27], max_bytes=None)
    # then
    assert [(letter.uid, letter.raw, letter.whole) for letter in letters] == [
        (25, LETTER, True),
        (26, b"A: b\r\n\r\n", False),
        (27, LETTER, True),
    ]
    assert "could not be converted" in letters[1].trouble


async def test_a_letter_of_which_nothing_is_to_be_had_is_still_reported() -> None:
    refused = says("TAG NO [SERVERBUG] internal error")
    script: Script = {"UID FETCH": [SIZES, refused], "UID SEARCH": says("* SEARCH 27", "TAG OK done")}
    async with scripted_imap(script) as server, open_mailbox(server.server, timeout_seconds=PATIENCE) as mailbox:
        await mailbox.select("INBOX")
        [letter] = await mailbox.fetch([27], max_bytes=None)
    assert (letter.raw, letter.whole, letter.trouble) == (b"", False, "[SERVERBUG] internal error")


async def test_a_letter_of_which_the_size_is_not_told_is_fetched_all_the_same() -> None:
    garbled = says('* 3 FETCH (UID 27 INTERNALDATE " 5-Mar-2026 RFC822.SIZE 21)', "TAG OK done")
    found = says("* SEARCH 27", "TAG OK done")
    async with reading({"UID FETCH": [garbled, (BODY,)], "UID SEARCH": found}) as (_, mailbox):
        [letter] = await mailbox.fetch([27], max_bytes=100)
    assert (letter.raw, letter.whole) == (LETTER, True)


async def test_five_thousand_answers_to_one_command_are_no_trouble() -> None:
    lines = [f"* {number} FETCH (FLAGS (\\Seen) UID {number})" for number in range(1, 5001)]
    async with reading({"UID FETCH": [says(*lines, SIZE, "TAG OK done"), (BODY,)]}) as (_, mailbox):
        [letter] = await mailbox.fetch([27], max_bytes=None)
    assert letter.raw == LETTER


async def test_a_folder_of_a_hundred_thousand_letters_is_looked_at_in_one_line() -> None:
    line = "* SEARCH " + " ".join(map(str, range(1, 100_001)))
    async with reading({"UID SEARCH": says(line, "TAG OK done")}) as (_, mailbox):
        uids = await mailbox.uids_after(10)
    assert (len(uids), uids[0], uids[-1]) == (99_990, 11, 100_000)
