"""One conversation shows as one in the client's mail program, and two prompts as two."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import getaddresses

from mailer.model.report import EntryKind
from tests.house import MONDAY, House, parsed, reply, to

FRIDAY = datetime(2026, 3, 6, 8, 30, tzinfo=UTC)


def family(letter: EmailMessage) -> set[str]:
    """Every id by which a mail program ties a letter to others (RFC 5322 §3.6.4)."""
    return {one for name in ("Message-ID", "In-Reply-To", "References") for one in str(letter.get(name, "")).split()}


def conversations(letters: list[EmailMessage]) -> int:
    """How many conversations programs make of them that go by ids alone, as Apple Mail and Thunderbird do."""
    groups: list[set[str]] = []
    for letter in letters:
        mine = family(letter)
        touching = [group for group in groups if group & mine]
        groups = [group for group in groups if not group & mine]
        groups.append(mine.union(*touching))
    return len(groups)


async def test_a_confirmation_joins_the_letter_it_answers_and_the_prompt_before_it(sqlite_house: House) -> None:
    # given
    house = sqlite_house
    house.add_client("dana")
    await house.once(MONDAY)
    [prompt] = to(await house.once(FRIDAY), "dana@example.org")
    stop = reply(prompt, "STOP")
    house.deliver(stop)

    # when
    [confirmation] = to(await house.once(FRIDAY + timedelta(hours=1)), "dana@example.org")

    # then: one conversation by ids, by the parent, and by the subject, which Gmail asks for as well
    asked, said = parsed(prompt), parsed(confirmation)
    assert said["In-Reply-To"] == stop["Message-ID"]
    assert str(said["References"]).split() == [*str(stop["References"]).split(), stop["Message-ID"]]
    assert said["Subject"] == f"Re: {asked['Subject']}"
    assert conversations([asked, stop, said]) == 1
    assert getaddresses([str(said["From"])]) == getaddresses([str(asked["From"])])


async def test_each_prompt_is_a_conversation_of_its_own(sqlite_house: House) -> None:
    house = sqlite_house
    house.add_client("dana")
    await house.once(MONDAY)
    first = to(await house.once(FRIDAY), "dana@example.org")
    second = to(await house.once(FRIDAY + timedelta(days=7)), "dana@example.org")

    assert conversations([parsed(one) for one in first + second]) == 2


async def test_an_answer_to_a_confirmation_is_filed_for_the_client(sqlite_house: House) -> None:
    house = sqlite_house
    house.add_client("dana")
    await house.once(MONDAY)
    [prompt] = to(await house.once(FRIDAY), "dana@example.org")
    house.deliver(reply(prompt, "PAUSE"))
    [confirmation] = to(await house.once(FRIDAY + timedelta(hours=1)), "dana@example.org")

    house.deliver(reply(confirmation, "Thank you, that helps me a lot."))
    await house.once(FRIDAY + timedelta(hours=2))

    assert [one.kind for one in house.entries("dana")].count(EntryKind.REPLY) == 1
