"""Clients whose addresses and names are not written in ASCII: their letters go, and their answers are theirs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from mailer.edge.smtp import SmtpTransport
from mailer.engine.once import Post
from mailer.model.people import ClientChanges
from mailer.model.report import EntryKind
from mailer.store import clients, outbox_view
from tests.house import MONDAY, House, parsed, reply, to
from tests.servers.smtp import StartSmtp

FRIDAY = datetime(2026, 3, 6, 8, 30, tzinfo=UTC)
ADDRESS = "jürgen@example.org"


async def test_a_client_with_letters_outside_ascii_before_the_at_is_written_to_and_answers(sqlite_house: House) -> None:
    # given
    house = sqlite_house
    client = house.add_client("juergen", address=ADDRESS)
    house.store.db.write(
        clients.edit_client, house.store.vault, client.id, ClientChanges(name="Jürgen דנה"), now=house.now
    )
    await house.once(MONDAY)

    # when
    [prompt] = to(await house.once(FRIDAY), ADDRESS)
    answer = reply(prompt, "Seven.", sender="juergen@example.org")
    del answer["From"]
    house.deliver(answer.as_bytes().replace(b"MIME-Version", f"From: {ADDRESS}\nMIME-Version".encode(), 1))
    await house.once(FRIDAY + timedelta(hours=1))

    # then
    assert "SMTPUTF8" in prompt.options
    assert parsed(prompt)["To"].addresses[0].display_name == "Jürgen דנה"
    assert [entry.kind for entry in house.entries("juergen")] == [EntryKind.PROMPT, EntryKind.REPLY]


async def test_a_server_that_cannot_take_such_an_address_refuses_that_one_letter(
    sqlite_house: House, start_smtp: StartSmtp
) -> None:
    # given
    house = sqlite_house
    unable = start_smtp(utf8=False)
    house.post = Post(transports={"main": SmtpTransport(unable.account)})
    house.add_client("juergen", address=ADDRESS)
    house.add_client("dana")
    await house.once(MONDAY)

    # when
    await house.once(FRIDAY)

    # then
    rows = house.store.db.read(outbox_view.rows, house.store.vault, everything=True)
    assert [letter.recipient for letter in unable.delivered if "dana" in letter.recipient] == ["dana@example.org"]
    assert {row.client: (row.state, row.detail) for row in rows if row.client == "juergen"} == {
        "juergen": (
            "refused",
            "letters outside ASCII before the @ need SMTPUTF8, which the server does not offer; use another address",
        )
    }
