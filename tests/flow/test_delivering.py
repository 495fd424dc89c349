"""From letters that are wanted to letters that are sent, or known not to be - through servers that misbehave."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mailer.edge.smtp import SmtpTransport
from mailer.engine.once import Post
from mailer.model.outgoing import OutboxState
from mailer.model.people import ClientState
from mailer.schedule.quiet import PlanRules
from mailer.store import accounts, clients, outbox_view, settlement
from mailer.store.outbox_view import OutboxRow
from mailer.store.schema import AccountEnd
from tests.house import MONDAY, SCHEDULE, House, parsed, plain, to
from tests.servers.scripted_smtp import At, ScriptedSmtp, Then, Twist

FRIDAY = datetime(2026, 3, 6, 8, 30, tzinfo=UTC)
DANA = "dana@example.org"


@asynccontextmanager
async def through(house: House, *twists: Twist) -> AsyncIterator[ScriptedSmtp]:
    """The house sends through a scripted server while the block runs."""
    async with ScriptedSmtp(*twists) as server:
        transport = SmtpTransport(server.account())
        house.post = Post(transports={"main": transport})
        yield server
        await transport.close()


def prompts(house: House) -> list[OutboxRow]:
    rows = house.store.db.read(outbox_view.rows, house.store.vault, everything=True)
    return [row for row in rows if row.kind == "prompt"]


def letters_to(server: ScriptedSmtp, address: str) -> int:
    return sum(address in taken.rcpt for taken in server.letters)


async def test_greylisting_is_waited_out_with_the_same_letter(sqlite_house: House) -> None:
    house = sqlite_house
    house.add_client("dana")
    await house.once(MONDAY)

    async with through(house, Twist(at=At.RCPT, say=b"451 4.7.1 try again later\r\n", on=(1,))) as server:
        await house.once(FRIDAY)
        [waiting] = prompts(house)
        await house.post.transports["main"].close()
        await house.once(FRIDAY + timedelta(minutes=10))
        [sent] = prompts(house)

    assert waiting.state is OutboxState.QUEUED
    assert waiting.attempts == 1
    assert sent.state is OutboxState.SENT
    assert sent.message_id == waiting.message_id
    assert letters_to(server, DANA) == 1


async def test_a_lost_answer_after_the_final_dot_is_unknown_and_never_sent_again(house: House) -> None:
    house.add_client("dana")
    await house.once(MONDAY - timedelta(hours=2))

    async with through(house, Twist(at=At.DOT, then=Then.CLOSE)) as server:
        for hours in (0, 1, 5, 30):
            await house.once(FRIDAY + timedelta(hours=hours))
    [row] = prompts(house)

    assert row.state is OutboxState.UNKNOWN
    assert letters_to(server, DANA) == 1


async def test_a_letter_of_unknown_fate_stands_in_the_digest_until_a_person_settles_it(sqlite_house: House) -> None:
    house = sqlite_house
    house.add_client("dana")
    await house.once(MONDAY)
    usual = house.post
    async with through(house, Twist(at=At.DOT, then=Then.CLOSE)):
        await house.once(FRIDAY)
    house.post = usual
    unknown = house.store.db.read(outbox_view.rows, house.store.vault)

    [saturday] = await house.once(datetime(2026, 3, 7, 7, 0, tzinfo=UTC))
    for row in unknown:
        house.store.db.write(settlement.settle_by_hand, house.store.vault, row.id, OutboxState.SENT, now=house.now)
    [sunday] = await house.once(datetime(2026, 3, 8, 7, 0, tzinfo=UTC))

    assert "may or may not have arrived" in plain(saturday)
    assert "may or may not have arrived" not in plain(sunday)


async def test_a_refused_login_pauses_the_account_and_keeps_the_queue(sqlite_house: House) -> None:
    house = sqlite_house
    house.add_client("dana")
    await house.once(MONDAY)
    usual = house.post

    async with through(house, Twist(at=At.MAIL, say=b"530 5.7.0 Authentication required\r\n")) as server:
        for minutes in range(0, 60, 5):
            await house.once(FRIDAY + timedelta(minutes=minutes))
    state = house.store.db.read(accounts.end_state, "main", AccountEnd.SMTP)
    house.post = usual
    house.store.db.write(accounts.lift_pauses)
    sent = await house.once(FRIDAY + timedelta(hours=1))

    assert state.needs_person
    assert server.connections <= 3
    assert len(to(sent, DANA)) == 1


async def test_the_end_of_a_days_allowance_pauses_the_account_not_the_letter(sqlite_house: House) -> None:
    house = sqlite_house
    for slug in ("ana", "bela", "chen", "dana"):
        house.add_client(slug)
    await house.once(MONDAY)
    used_up = Twist(at=At.DOT, say=b"550 5.4.5 Daily user sending limit exceeded\r\n", turn=4)

    async with through(house, used_up):
        await house.once(FRIDAY)
    states = sorted(row.state.value for row in prompts(house))

    assert states.count("refused") == 0
    assert states.count("queued") >= 1
    assert not house.store.db.read(accounts.end_state, "main", AccountEnd.SMTP).is_open(FRIDAY)


async def test_one_refused_address_is_told_and_stops_only_that_client(sqlite_house: House) -> None:
    house = sqlite_house
    for slug in ("ana", "dana"):
        house.add_client(slug)
    await house.once(MONDAY)
    first = Twist(at=At.RCPT, say=b"550 5.1.1 no such user here\r\n", turn=2)

    async with through(house, first):
        await house.once(FRIDAY)
    states = {row.client: row.state for row in prompts(house)}
    deliveries = {slug: house.client(slug).delivery.value for slug in ("ana", "dana")}

    assert sorted(states.values()) == [OutboxState.REFUSED, OutboxState.SENT]
    refused = next(slug for slug, state in states.items() if state is OutboxState.REFUSED)
    assert deliveries[refused] == "dead"
    assert sorted(deliveries.values()) == ["dead", "ok"]


async def test_a_template_that_fails_for_one_client_holds_that_letter_alone(
    sqlite_house: House, tmp_path: Path
) -> None:
    house = sqlite_house
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "prompt.md").write_text(
        "Hello {{ client.first_name }},\n\n{{ 100 / (client.name | length - 8) }}\n\n{{ questions }}\n"
    )
    for slug in ("ana", "bela", "dana"):
        house.add_client(slug)  # "Ana Reis" has eight letters
    await house.once(MONDAY)

    sent = await house.once(FRIDAY)
    held = [row for row in prompts(house) if row.state is OutboxState.HELD]
    (folder / "prompt.md").write_text("Hello {{ client.first_name }},\n\n{{ questions }}\n")
    mended = await house.once(FRIDAY + timedelta(hours=1))

    assert sorted(one.recipient for one in sent if one.recipient != house.petra.address) == [
        "bela@example.org",
        "dana@example.org",
    ]
    assert [row.client for row in held] == ["ana"]
    assert "prompt.md:3" in held[0].detail
    assert [one.recipient for one in mended] == ["ana@example.org"]


async def test_a_client_who_pauses_after_planning_gets_nothing(sqlite_house: House) -> None:
    house = sqlite_house
    dana = house.add_client("dana")
    await house.once(MONDAY)
    async with through(house, Twist(at=At.RCPT, say=b"451 4.7.1 later\r\n")):
        await house.once(FRIDAY)
    house.store.db.write(clients.set_state, dana.id, ClientState.PAUSED, now=FRIDAY)

    async with through(house) as server:
        await house.once(FRIDAY + timedelta(minutes=30))

    assert letters_to(server, DANA) == 0
    assert [row.state for row in prompts(house)] == [OutboxState.CANCELLED]


async def test_no_client_gets_more_than_the_days_limit_whatever_the_schedules_say(
    sqlite_house: House, tmp_path: Path
) -> None:
    house = sqlite_house
    for number in range(6):
        (tmp_path / "schedules" / f"more-{number}.toml").write_text(SCHEDULE)
    house.add_client("dana")
    house.office.rules = PlanRules(letters_per_week=21)
    await house.once(MONDAY)

    sent = await house.once(FRIDAY)

    assert len(to(sent, DANA)) == house.office.client_letters_per_day


async def test_an_edit_of_a_schedule_is_taken_in_and_a_broken_one_keeps_the_last_good(
    sqlite_house: House, tmp_path: Path
) -> None:
    house = sqlite_house
    path = tmp_path / "schedules" / "weekly-checkin.toml"
    house.add_client("dana")
    await house.once(MONDAY)

    path.write_text(SCHEDULE[: len(SCHEDULE) * 6 // 10])
    broken = await house.once(FRIDAY - timedelta(hours=1))
    trouble = "\n".join(map(str, house.office.problems))
    path.write_text(SCHEDULE.replace("08:30", "09:30"))
    early = await house.once(FRIDAY)
    sent = await house.once(FRIDAY + timedelta(hours=1))

    assert to(broken, DANA) == []
    assert "weekly-checkin.toml" in trouble
    assert to(early, DANA) == []
    assert len(to(sent, DANA)) == 1


async def test_a_changed_address_gets_the_letter_and_the_old_one_does_not(sqlite_house: House) -> None:
    house = sqlite_house
    dana = house.add_client("dana")
    await house.once(MONDAY)
    async with through(house, Twist(at=At.RCPT, say=b"451 4.7.1 later\r\n")):
        await house.once(FRIDAY)
    house.store.db.write(clients.change_address, house.store.vault, dana.id, "dana.new@example.org")

    async with through(house) as server:
        await house.once(FRIDAY + timedelta(minutes=30))

    assert letters_to(server, "dana.new@example.org") == 1
    assert letters_to(server, "<dana@example.org>") == 0


async def test_a_prompt_noticed_after_its_time_says_nothing_to_the_client_and_is_reported(sqlite_house: House) -> None:
    house = sqlite_house
    house.add_client("dana")
    await house.once(MONDAY)

    late = await house.once(FRIDAY + timedelta(hours=7))
    [saturday] = await house.once(datetime(2026, 3, 7, 7, 0, tzinfo=UTC))

    assert to(late, DANA) == []
    assert "Dana" in plain(saturday)
    assert parsed(saturday)["Subject"]
