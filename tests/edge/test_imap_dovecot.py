"""Reading a mailbox on a real server."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
from datetime import UTC, date, datetime, timedelta

import pytest

from mailer.edge.imap import open_mailbox
from mailer.edge.imap_words import encode_folder, quoted
from mailer.errors import AccountTrouble, PermanentFailure, TemporaryFailure
from mailer.model.mailbox import LEFT_OUT, Folder, Mailbox, SpecialUse
from mailer.model.places import Secret, Security, Server
from tests.servers.dovecot import Box, DovecotServer

REPLY = b"From: dana@example.org\r\nSubject: Re: Your week\r\nMessage-ID: <a1@example.org>\r\n\r\nSeven.\r\n"


def reply(number: int, *, body: bytes = b"Seven.") -> bytes:
    return b"From: dana@example.org\r\nMessage-ID: <n%d@example.org>\r\n\r\n%s\r\n" % (number, body)


def many_pictures(count: int, *, size: int) -> bytes:
    """A letter as a phone writes it: one line of text among pictures."""
    picture = (b"A" * 76 + b"\r\n") * (size // 78)
    parts = [b"Content-Type: text/plain; charset=utf-8\r\n\r\ndone!\r\n"]
    parts += [
        b"Content-Type: image/jpeg; name=IMG_%d.jpg\r\nContent-Disposition: inline; filename=IMG_%d.jpg\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n%s" % (number, number, picture)
        for number in range(count)
    ]
    body = b"".join(b"--b(1)\r\n" + part for part in parts) + b"--b(1)--\r\n"
    return (
        b"From: dana@example.org\r\nMessage-ID: <p@example.org>\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/mixed; boundary="b(1)"\r\n\r\n' + body
    )


async def test_a_letter_is_fetched_as_it_was_delivered(box: Box) -> None:
    # given
    box.deliver(REPLY)
    # when
    async with open_mailbox(box.server) as mailbox:
        state = await mailbox.select("INBOX")
        uids = await mailbox.uids_after(0)
        [letter] = await mailbox.fetch(uids, max_bytes=None)
    # then
    assert state.exists == 1
    assert uids == [1]
    assert letter.whole
    assert letter.raw.endswith(REPLY)  # below the trace lines of the delivery
    assert letter.size == len(letter.raw)
    assert abs(datetime.now(UTC) - letter.received_at) < timedelta(minutes=1)


async def test_the_mailbox_is_what_the_model_promises(box: Box) -> None:
    async with open_mailbox(box.server) as opened:
        mailbox: Mailbox = opened
        assert "IMAP4REV1" in mailbox.capabilities


@pytest.mark.parametrize("way", ["server", "starttls_server", "plain_server"])
async def test_every_way_in_reads_the_same_mailbox(box: Box, way: str) -> None:
    box.deliver(REPLY)
    async with open_mailbox(getattr(box, way)) as mailbox:
        assert (await mailbox.select("INBOX")).exists == 1


@pytest.mark.parametrize("password", ['a"b\\cü', "{12}", "пароль ⚿", "a b%$&()", "x" * 300])
async def test_any_password_opens_its_box_and_reaches_no_log(
    dovecot: DovecotServer, caplog: pytest.LogCaptureFixture, password: str
) -> None:
    # given
    box = dovecot.new_user(password=password)
    caplog.set_level(logging.DEBUG)
    # when
    async with open_mailbox(box.plain_server) as mailbox:
        state = await mailbox.select("INBOX")
    # then
    assert state.exists == 0
    assert password not in caplog.text
    assert "AUTHENTICATE" not in caplog.text


async def test_a_wrong_password_needs_a_person_and_is_not_repeated_in_the_message(box: Box) -> None:
    wrong = dataclasses.replace(box.server, password=Secret("not this one"))
    with pytest.raises(AccountTrouble, match="login refused") as caught:
        async with open_mailbox(wrong):
            pass
    assert caught.value.needs_person
    assert "not this one" not in str(caught.value)
    assert box.address not in str(caught.value)


async def test_two_thousand_letters_all_come_in_order(box: Box) -> None:
    # given
    box.append(reply(number) for number in range(2000))
    # when
    async with open_mailbox(box.plain_server) as mailbox:
        await mailbox.select("INBOX")
        uids = await mailbox.uids_after(0)
        letters = await mailbox.fetch(uids, max_bytes=10_000)
    # then
    assert [letter.uid for letter in letters] == uids
    assert [letter.raw for letter in letters] == [reply(number) for number in range(2000)]


async def test_letters_come_in_the_order_asked_for_and_each_once(box: Box) -> None:
    box.append(reply(number) for number in range(4))
    async with open_mailbox(box.server) as mailbox:
        await mailbox.select("INBOX")
        letters = await mailbox.fetch([3, 1, 3, 4], max_bytes=None)
        headers = await mailbox.fetch_headers([4, 2])
    assert [letter.uid for letter in letters] == [3, 1, 4]
    assert [header.headers for header in headers] == [reply(3)[:-8], reply(1)[:-8]]


async def test_a_letter_of_five_megabytes_comes_whole_where_no_limit_is_set(box: Box) -> None:
    body = (b"x" * 76 + b"\r\n") * (5 * 1024 * 1024 // 78)
    box.append([reply(1, body=body)])
    async with open_mailbox(box.server) as mailbox:
        await mailbox.select("INBOX")
        [letter] = await mailbox.fetch([1], max_bytes=None)
    assert letter.raw == reply(1, body=body)


async def test_a_letter_full_of_pictures_comes_as_its_text_with_the_pictures_named(box: Box) -> None:
    # given
    box.append([reply(1), many_pictures(60, size=100_000), reply(3)])
    # when
    async with open_mailbox(box.server) as mailbox:
        await mailbox.select("INBOX")
        letters = await mailbox.fetch([1, 2, 3], max_bytes=1_000_000)
    # then
    assert [letter.whole for letter in letters] == [True, False, True]
    large = letters[1]
    assert large.size > 6_000_000
    assert len(large.raw) < 20_000
    assert b"\r\n\r\ndone!\r\n" in large.raw
    assert large.raw.count(b"filename=IMG_") == 60
    assert large.raw.count(f"{LEFT_OUT}: 73".encode()) == 60  # kilobytes, decoded


@pytest.mark.parametrize(
    ("content_type", "kept"), [(b"text/plain", True), (b"image/jpeg", False), (b"message/rfc822", False)]
)
async def test_a_large_letter_of_one_part_comes_with_its_beginning_or_without(
    box: Box, content_type: bytes, kept: bool
) -> None:
    body = b"Subject: x\r\n\r\n" + (b"word " * 15 + b"\r\n") * 20_000
    box.append([b"From: dana@example.org\r\nContent-Type: " + content_type + b"\r\n\r\n" + body])
    async with open_mailbox(box.server) as mailbox:
        await mailbox.select("INBOX")
        [letter] = await mailbox.fetch([1], max_bytes=1_000)
    header, _, content = letter.raw.partition(b"\r\n\r\n")
    assert LEFT_OUT.encode() in header
    assert not letter.whole
    assert content == (body[: len(content)] if kept else b"")
    assert (len(content) > 500_000) is kept


async def test_of_a_letter_inside_a_large_one_the_headers_come(box: Box) -> None:
    # given
    inner = b"Message-ID: <ours@example.com>\r\nSubject: Your week\r\n\r\n" + b"line\r\n" * 20_000
    report = (
        b"From: mailer-daemon@example.net\r\n"
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=xx\r\n\r\n"
        b"--xx\r\nContent-Type: multipart/alternative; boundary=yy\r\n\r\n"
        b"--yy\r\n\r\nNo such user.\r\n--yy\r\nContent-Type: text/html\r\n\r\n<p>No such user.\r\n--yy--\r\n"
        b"--xx\r\nContent-Type: message/delivery-status\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        b"--xx\r\nContent-Type: message/rfc822\r\n\r\n" + inner + b"\r\n--xx--\r\n"
    )
    box.append([report])
    # when
    async with open_mailbox(box.server) as mailbox:
        await mailbox.select("INBOX")
        [letter] = await mailbox.fetch([1], max_bytes=10_000)
    # then
    for kept in (
        b"No such user.\r\n--yy\r\n",
        b"<p>No such user.\r\n--yy--\r\n",
        b"Status: 5.1.1",
        b"<ours@example.com>",
    ):
        assert kept in letter.raw
    assert b"line\r\n" not in letter.raw


async def test_a_letter_without_a_readable_structure_comes_as_its_beginning(box: Box) -> None:
    raw = b"Content-Type: multipart/mixed\r\n\r\nNo boundary, dear friends.\r\n" + b"x" * 70 + b"\r\n"
    box.append([raw, many_pictures(300, size=780)])
    async with open_mailbox(box.server) as mailbox:
        await mailbox.select("INBOX")
        letters = await mailbox.fetch([1, 2], max_bytes=10)
    assert [letter.whole for letter in letters] == [False, False]
    assert b"No boundary, dear friends." in letters[0].raw
    assert b"done!" in letters[1].raw


async def test_letters_that_are_gone_are_left_out(box: Box) -> None:
    # given
    box.append(reply(number) for number in range(3))
    async with open_mailbox(box.server) as mailbox:
        await mailbox.select("INBOX")
        uids = await mailbox.uids_after(0)
        # when
        with box.other_program() as other:
            other.select("INBOX")
            other.store("2", "+FLAGS", "\\Deleted")
            other.expunge()
        letters = await mailbox.fetch(uids, max_bytes=None)
        headers = await mailbox.fetch_headers(uids)
    # then
    assert [letter.uid for letter in letters] == [1, 3]
    assert [header.uid for header in headers] == [1, 3]


async def test_what_is_read_on_the_phone_first_is_found_all_the_same_and_reading_changes_nothing(box: Box) -> None:
    # given
    box.append([reply(1), reply(2)])
    with box.other_program() as phone:
        phone.select("INBOX")
        phone.store("1", "+FLAGS", "\\Seen")
    # when
    async with open_mailbox(box.server) as mailbox:
        await mailbox.select("INBOX")
        uids = await mailbox.uids_after(0)
        await mailbox.fetch(uids, max_bytes=None)
        await mailbox.fetch(uids, max_bytes=10)
        await mailbox.fetch_headers(uids)
    # then
    assert uids == [1, 2]
    with box.other_program() as phone:
        phone.select("INBOX")
        assert phone.search(None, "UNSEEN") == ("OK", [b"2"])


async def test_with_nothing_new_fifty_looks_find_nothing(box: Box) -> None:
    box.append([reply(1), reply(2)])
    async with open_mailbox(box.server) as mailbox:
        await mailbox.select("INBOX")
        found = [await mailbox.uids_after(2) for _ in range(50)]
    assert found == [[]] * 50


async def test_letters_since_a_day_are_those_received_on_it_or_later(box: Box) -> None:
    days = [datetime(2026, 3, day, 12, tzinfo=UTC) for day in (4, 5, 6)]
    async with open_mailbox(box.server) as mailbox:
        for day in days:
            await mailbox.append("INBOX", REPLY, received_at=day)
        await mailbox.select("INBOX")
        uids = await mailbox.uids_since(date(2026, 3, 5))
        letters = await mailbox.fetch(uids, max_bytes=None)
    assert [letter.received_at for letter in letters] == days[1:]


@pytest.mark.parametrize("message_id", ["a1@example.org", "<a1@example.org>"])
async def test_a_letter_in_sent_is_found_by_exactly_its_message_id(box: Box, message_id: str) -> None:
    longer = REPLY.replace(b"<a1@", b"<x-a1@")
    async with open_mailbox(box.server) as mailbox:
        for raw in (longer, REPLY, longer):
            await mailbox.append("Sent", raw)
        await mailbox.select("Sent")
        assert await mailbox.search_message_id(message_id) == [2]
        assert await mailbox.search_message_id("a1@example.or") == []
        assert await mailbox.search_message_id("ü\r\n@example.org") == []


async def test_letters_are_found_by_exactly_an_id_in_their_references_however_it_is_folded(box: Box) -> None:
    asked = b"<a1@example.org>"
    plain = REPLY.replace(b"Subject:", b"References: <first@example.org> " + asked + b"\r\nSubject:", 1)
    folded = REPLY.replace(b"Subject:", b"References: <first@example.org>\r\n " + asked + b"\r\nSubject:", 1)
    longer = plain.replace(asked, b"<x-a1@example.org>")
    async with open_mailbox(box.server) as mailbox:
        for raw in (longer, plain, REPLY, folded):
            await mailbox.append("Sent", raw)
        await mailbox.select("Sent")
        assert await mailbox.search_reference("a1@example.org") == [2, 4]
        assert await mailbox.search_reference("a1@example.or") == []


async def test_a_letter_laid_into_the_inbox_is_unread_and_whole(box: Box) -> None:
    async with open_mailbox(box.server) as mailbox:
        await mailbox.append("INBOX", REPLY)

    with box.other_program() as imap:
        imap.select("INBOX", readonly=True)
        _, fetched = imap.fetch("1", "(FLAGS BODY.PEEK[])")
    assert isinstance(fetched[0], tuple)
    assert fetched[0][1] == REPLY
    assert b"Seen" not in fetched[0][0]


@pytest.mark.parametrize("name", ["Müller & Söhne", "Übergabe/Groß", 'say "hi"', "台北", "R&D", "a*b%c"])
async def test_folders_of_any_name_are_listed_chosen_and_written_to(box: Box, name: str) -> None:
    # given
    with box.other_program() as other:
        assert other.create(quoted(encode_folder(name)))[0] == "OK"
    # when
    async with open_mailbox(box.server) as mailbox:
        await mailbox.append(name, REPLY)
        names = [folder.name for folder in await mailbox.folders()]
        state = await mailbox.select(name)
    # then
    assert name in names
    assert state.exists == 1


async def test_junk_and_sent_are_known_by_their_use(box: Box) -> None:
    async with open_mailbox(box.server) as mailbox:
        folders = await mailbox.folders()
    assert Folder(name="Junk", special_use=frozenset({SpecialUse.JUNK})) in folders
    assert Folder(name="Sent", special_use=frozenset({SpecialUse.SENT})) in folders
    assert Folder(name="INBOX") in folders


@pytest.mark.parametrize(("wrong", "near"), [("INBOX/Junk", "'Junk'"), ("sent", "'Sent'"), ("Zebra", "there are: ")])
async def test_a_missing_folder_is_named_with_those_near_it(box: Box, wrong: str, near: str) -> None:
    async with open_mailbox(box.server) as mailbox:
        with pytest.raises(PermanentFailure, match=f"{wrong}.*{near}"):
            await mailbox.select(wrong)
        with pytest.raises(PermanentFailure, match=near):
            await mailbox.append(wrong, REPLY)
        assert (await mailbox.select("INBOX")).exists == 0


async def test_a_new_letter_wakes_the_reader_within_two_seconds(box: Box) -> None:
    async with open_mailbox(box.server) as mailbox:
        await mailbox.select("INBOX")
        async with asyncio.timeout(2), asyncio.TaskGroup() as group:
            waiting = group.create_task(mailbox.wait_for_news(60))
            await asyncio.to_thread(box.deliver, REPLY)
        assert waiting.result()
        assert await mailbox.uids_after(0) == [1]


async def test_a_letter_that_came_while_others_were_fetched_is_news(box: Box) -> None:
    box.append([reply(1)])
    async with open_mailbox(box.server) as mailbox:
        await mailbox.select("INBOX")
        uids = await mailbox.uids_after(0)
        box.deliver(REPLY)
        await mailbox.fetch(uids, max_bytes=None)
        async with asyncio.timeout(2):
            assert await mailbox.wait_for_news(60)


async def test_a_quiet_mailbox_is_no_news_and_stays_usable(box: Box) -> None:
    async with open_mailbox(box.server) as mailbox:
        await mailbox.select("INBOX")
        assert not await mailbox.wait_for_news(0.1)
        assert not await mailbox.wait_for_news(0.1)
        assert (await mailbox.select("INBOX")).exists == 0


async def test_a_server_that_restarts_ends_the_wait_and_is_reached_again(dovecot: DovecotServer, box: Box) -> None:
    # given
    box.deliver(REPLY)
    async with open_mailbox(box.server) as mailbox:
        before = await mailbox.select("INBOX")
        # when
        async with asyncio.timeout(15):
            waiting = asyncio.create_task(mailbox.wait_for_news(60))
            await asyncio.sleep(0)
            await asyncio.to_thread(dovecot.restart)
            with pytest.raises(TemporaryFailure):
                await waiting
        with pytest.raises(TemporaryFailure):
            await mailbox.uids_after(0)
    # then
    async with open_mailbox(box.server) as mailbox:
        assert await mailbox.select("INBOX") == before


async def test_asking_before_a_folder_is_chosen_is_a_mistake_of_the_program(box: Box) -> None:
    async with open_mailbox(box.server) as mailbox:
        with pytest.raises(RuntimeError, match="choose a folder first"):
            await mailbox.uids_after(0)


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 1), ("mail.invalid", 993)])
async def test_a_server_that_is_away_is_a_passing_trouble(host: str, port: int) -> None:
    away = Server(host=host, port=port, security=Security.TLS, user="dana", password=Secret("x"))
    with pytest.raises(TemporaryFailure, match=f"{host}:{port}: no connection"):
        async with open_mailbox(away):
            pass


async def test_a_plain_connection_is_for_this_machine_only() -> None:
    plain = Server(host="mail.example.org", port=143, security=Security.NONE, user="dana", password=Secret("x"))
    with pytest.raises(AccountTrouble, match="this machine only"):
        async with open_mailbox(plain):
            pass
