"""Names and subjects that break the lines of other programs: one letter is held, none is spoilt."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

from mailer.edge.smtp import SmtpTransport
from mailer.engine.once import Post
from mailer.message.reading.parse import parse
from mailer.model.people import ClientChanges
from mailer.store import clients, outbox_view
from tests.house import MONDAY, House, parsed, reply, to
from tests.message.readers import READERS
from tests.servers.scripted_smtp import At, ScriptedSmtp, Twist

FRIDAY = datetime(2026, 3, 6, 8, 30, tzinfo=UTC)
LONG = "Wie läuft's, Frau Müller? " * 7 + "👨\u200d👩\u200d👧\u200d👦"


def ask_under(subject: str, folder: Path) -> None:
    schedule = next(folder.rglob("weekly-checkin.toml"))
    schedule.write_text(schedule.read_text().replace("Your week in four lines", subject))


async def test_a_line_break_in_a_clients_name_holds_that_letter_and_no_other(sqlite_house: House) -> None:
    # given: a name that came past every check, as a damaged database might hold it
    house = sqlite_house
    for slug in ("ana", "bela"):
        house.add_client(slug)
    await house.once(MONDAY)
    broken = ClientChanges(name="Ana\nBcc: leak@example.net")
    house.store.db.write(clients.edit_client, house.store.vault, house.client("ana").id, broken, now=house.now)

    # when
    sent = await house.once(FRIDAY)

    # then
    rows = house.store.db.read(outbox_view.rows, house.store.vault)
    assert [letter.recipient for letter in sent if letter.recipient.endswith("@example.org")] == ["bela@example.org"]
    assert [row.detail for row in rows if row.client == "ana"] == ["To: has the character U+000A at 4; take it out"]
    assert not any(b"leak@" in letter.raw for letter in sent)


async def test_a_long_subject_is_the_same_when_its_letter_goes_at_the_second_try(
    sqlite_house: House, tmp_path: Path
) -> None:
    # given: 185 characters with umlauts and an emoji, and a server that is busy at first
    house = sqlite_house
    ask_under("{{ client.name }}", tmp_path)
    house.add_client("dana")
    long = ClientChanges(name=LONG)
    house.store.db.write(clients.edit_client, house.store.vault, house.client("dana").id, long, now=house.now)
    busy = Twist(at=At.RCPT, say=b"451 4.7.1 try again later\r\n", on=(1,))
    async with ScriptedSmtp(busy) as server:
        transport = SmtpTransport(server.account())
        house.post = Post(transports={"main": transport})
        await house.once(MONDAY)

        # when
        await house.once(FRIDAY)
        await transport.close()
        await house.once(FRIDAY + timedelta(minutes=20))

        # then
        mine = [letter for letter in server.letters if "dana@" in letter.rcpt]
        await transport.close()
    assert [READERS[reader](mine[0].raw).subject for reader in READERS] == [LONG] * len(READERS)
    assert len(mine) == 1
    assert parse(mine[0].raw).subject == LONG


async def test_a_reply_whose_subject_ends_in_a_line_break_is_confirmed_on_one_line(sqlite_house: House) -> None:
    house = sqlite_house
    house.add_client("dana")
    await house.once(MONDAY)
    [prompt] = to(await house.once(FRIDAY), "dana@example.org")
    stop: EmailMessage = reply(prompt, "STOP")
    raw = stop.as_bytes().replace(f"Subject: {stop['Subject']}".encode(), b"Subject: =?utf-8?B?V29jaGUgMwo=?=", 1)

    house.deliver(raw)
    [confirmation] = to(await house.once(FRIDAY + timedelta(hours=1)), "dana@example.org")

    assert parsed(confirmation)["Subject"] == "Re: Woche 3"
