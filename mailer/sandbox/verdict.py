"""Did everything arrive where it belongs? Asked of the databases and the mailboxes, never of what was shown.

Each finding holds or says what is missing, so that a demo that fails tells a person where to look.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from mailer.edge.imap import open_mailbox
from mailer.flow.office import Office
from mailer.model.people import ClientState
from mailer.model.report import EntryKind, ReplyRow
from mailer.sandbox.people import ACCOUNT, CAST, COACH, Person, Said
from mailer.sandbox.post_office import PostOffice, owner
from mailer.sandbox.programs import Opened, opened
from mailer.sandbox.week import Sending, Week, digest_times
from mailer.store import clients, inbox, journal, outbox_view
from mailer.store.journal import Conversation

_PROMISED = {
    EntryKind.REPLY: "{person.first_name}'s answers, written in {person.program_name}, stand under their questions",
    EntryKind.AUTO_REPLY: "{person.first_name}'s absence notice is filed as one",
    EntryKind.STEERING: "{person.first_name}'s plain word is filed as one",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; nothing is missing where `missing` is empty."""

    what: str
    missing: tuple[str, ...] = ()


async def judge(week: Week) -> tuple[list[Finding], Opened | None]:
    """All findings about a week that has passed, and the digest of its last morning as Petra's mailbox has it."""
    office, post_office = week.office, week.post_office
    digests = await read_digests(post_office)
    conversations = {person.new.slug: await _conversations(office, person) for person in CAST}
    paused = await _paused(office)
    findings = [
        Finding("every letter of the plan went out once, at its minute", tuple(_sent_wrong(week, paused))),
        *(_filed(person, conversations[person.new.slug]) for person in CAST if person.says),
        Finding("who said nothing has no answer in the books", tuple(_invented(conversations))),
        Finding("a break asked for is a break kept, and confirmed once", tuple(_pauses(week, paused))),
        Finding("nothing waits, and no trouble was met", tuple(await _left_over(week))),
        Finding("Petra has a digest for every morning, the last with every word of Friday's answers",
                tuple(_digests(digests))),
    ]  # fmt: skip
    return findings, digests[-1] if digests else None


async def read_digests(post_office: PostOffice) -> list[Opened]:
    """Every letter in the coach's mailbox, fetched over IMAP."""
    async with open_mailbox(post_office.mailboxes[COACH.address]) as mailbox:
        await mailbox.select("INBOX")
        letters = await mailbox.fetch(await mailbox.uids_after(0), max_bytes=None)
    return [opened(letter.raw) for letter in letters]


def _sent_wrong(week: Week, paused: set[str]) -> Iterator[str]:
    """Where what was sent is not what was planned; people who asked for a break get nothing after their first."""
    planned = Counter((one.at, one.slug) for one in week.plan if not _is_after_pause(one, week, paused))
    slugs = {person.address.address: person.new.slug for person in CAST}
    letters = [(letter, opened(letter.raw)) for letter in week.post_office.delivered if owner(letter.sender) == ACCOUNT]
    prompts = [(one, read) for one, read in letters if owner(one.recipient) in slugs and not _is_answer(read)]
    sent = Counter((one.at, slugs[owner(one.recipient)]) for one, _ in prompts)
    for (at, slug), times in (planned - sent).items():
        yield f"{slug}'s letter of {at:%A %H:%MZ} did not go out ({times} missing)"
    for (at, slug), times in (sent - planned).items():
        yield f"{slug} got {times} letter(s) at {at:%A %H:%MZ} that no plan named"
    for message_id, times in Counter(read.message_id for _, read in letters).items():
        if times > 1:
            yield f"letter {message_id} was sent {times} times"


def _is_answer(letter: Opened) -> bool:
    """A confirmation answers a letter; a prompt begins a conversation."""
    return letter.subject.startswith("Re: ")


def _is_after_pause(one: Sending, week: Week, paused: set[str]) -> bool:
    first = min(other.at for other in week.plan if other.slug == one.slug)
    return one.slug in paused and one.at > first


def _filed(person: Person, conversations: list[Conversation]) -> Finding:
    """Whether each of a person's letters stands under the prompt it answers, each paragraph under its question."""
    missing: list[str] = []
    for number, said in enumerate(person.says):
        found = conversations[number] if number < len(conversations) else None
        entry = next((one for one in found.entries if one.kind is said.becomes), None) if found else None
        subject = found.subject if found else f"letter {number + 1}"
        if entry is None:
            missing.append(
                f"{person.first_name}'s letter about “{subject}” was not filed there as {said.becomes.value}"
            )
        elif said.becomes is EntryKind.REPLY:
            missing += [f"{person.first_name}, “{subject}”: {fault}" for fault in _misread(entry, said)]
    return Finding(_PROMISED[person.says[0].becomes].format(person=person), tuple(missing))


def _misread(entry: ReplyRow, said: Said) -> Iterator[str]:
    """Where a filed answer holds anything but the paragraph written to that question and the letter's end."""
    answers = {one.question: one for one in entry.answers}
    for question, paragraph in enumerate(said.paragraphs):
        one = answers.get(question)
        if one is None:
            yield f"question {question + 1} has no answer"
            continue
        rest = one.text.removeprefix(paragraph).strip()
        if not one.text.startswith(paragraph) or rest not in ("", said.goodbye):
            yield f"question {question + 1} reads “{one.text}”"
        if said.values.get(question, one.value) != one.value:
            yield f"question {question + 1} was read as {one.value}, not {said.values[question]}"
    if entry.free.strip() not in ("", said.hello):
        yield f"words were left over: “{entry.free}”"


def _invented(conversations: dict[str, list[Conversation]]) -> Iterator[str]:
    for person in CAST:
        expected = sum(said.becomes is EntryKind.REPLY for said in person.says)
        found = [one for talk in conversations[person.new.slug] for one in talk.entries if one.kind is EntryKind.REPLY]
        if len(found) > expected:
            yield f"{person.first_name} has {len(found)} replies in the books and wrote {expected}"


def _pauses(week: Week, paused: set[str]) -> Iterator[str]:
    for person in CAST:
        asked = any(said.becomes is EntryKind.STEERING for said in person.says)
        if asked != (person.new.slug in paused):
            yield f"{person.first_name} {'should be' if asked else 'is'} paused"
        letters = [one for one in week.post_office.delivered if owner(one.recipient) == person.address.address]
        confirmed = sum(_is_answer(opened(one.raw)) for one in letters)
        if confirmed != asked:
            yield f"{person.first_name} got {confirmed} confirmation(s)"


async def _left_over(week: Week) -> list[str]:
    """Letters that wait for a person or for their turn, and what the program complained of on the way."""
    office = week.office
    waiting = await office.db.look(inbox.waiting, office.vault)
    open_rows = await office.db.look(outbox_view.rows, office.vault)
    return [
        *(f"a letter waits for a person: {one.reason}" for one in waiting),
        *(f"a letter to {one.client or one.coach} is still {one.state.value}" for one in open_rows),
        *(str(trouble) for trouble in week.troubles),
    ]


def _digests(digests: list[Opened]) -> Iterator[str]:
    mornings = list(digest_times())
    if len(digests) != len(mornings):
        yield f"{len(digests)} digests for {len(mornings)} mornings"
    if not digests:
        return
    text = " ".join(digests[-1].text.split())
    for person in CAST:
        for said in person.says[1:]:
            lost = [one for one in said.paragraphs if " ".join(one.split()) not in text]
            if lost:
                yield f"the last digest does not have {person.first_name}'s “{lost[0]}”"


async def _paused(office: Office) -> set[str]:
    known = await office.db.look(clients.clients, office.vault)
    return {one.slug for one in known if one.state is ClientState.PAUSED}


async def _conversations(office: Office, person: Person) -> list[Conversation]:
    client = await office.db.look(clients.find_client, office.vault, person.new.slug)
    return await office.db.look(journal.conversations, office.vault, client.id)
