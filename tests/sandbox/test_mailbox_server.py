"""The demo's own IMAP server, read by the program's own reader."""

from __future__ import annotations

import asyncio
import socket
from datetime import UTC, datetime

import pytest

from mailer.edge.imap import open_mailbox
from mailer.errors import AccountTrouble, PermanentFailure
from mailer.model.places import Secret
from mailer.sandbox.mailbox_server import open_mailbox_server

LETTER = b"From: dana@example.org\r\nMessage-ID: <a1@example.org>\r\n\r\nSeven.\r\n"
NOON = datetime(2026, 3, 5, 12, tzinfo=UTC)


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free: int = probe.getsockname()[1]
        return free


async def test_a_letter_delivered_in_the_sandbox_is_read_like_any_other(port: int) -> None:
    async with open_mailbox_server(port) as server:
        # given
        account = await server.add_user("petra@example.com", Secret('a"b\\c'))
        await server.deliver("petra@example.com", LETTER, received_at=NOON)
        # when
        async with open_mailbox(account) as mailbox:
            await mailbox.select("INBOX")
            [letter] = await mailbox.fetch(await mailbox.uids_after(0), max_bytes=None)
    # then
    assert (letter.raw, letter.received_at) == (LETTER, NOON)


async def test_who_waits_in_the_sandbox_is_told_at_once(port: int) -> None:
    async with open_mailbox_server(port) as server:
        account = await server.add_user("petra@example.com", Secret("word"))
        async with open_mailbox(account) as mailbox:
            await mailbox.select("INBOX")
            async with asyncio.timeout(5), asyncio.TaskGroup() as group:
                waiting = group.create_task(mailbox.wait_for_news(60))
                await server.deliver("petra@example.com", LETTER, received_at=NOON)
    assert waiting.result()


async def test_strangers_are_not_let_into_the_sandbox(port: int) -> None:
    async with open_mailbox_server(port) as server:
        await server.add_user("petra@example.com", Secret("word"))
        account = await server.add_user("dana@example.com", Secret("other"))
        wrong = type(account)(
            host=account.host, port=port, security=account.security, user=account.user, password=Secret("word")
        )
        with pytest.raises(AccountTrouble, match="login refused"):
            async with open_mailbox(wrong):
                pass


async def test_a_port_that_is_taken_is_named(port: int) -> None:
    async with open_mailbox_server(port):
        with pytest.raises(PermanentFailure, match=f"127.0.0.1:{port}"):
            async with open_mailbox_server(port):
                pass
