"""Where did the letter go that an account wrote to itself?

The folders that are read and the inbox, the junk folder, and at last "All Mail", where a filter may have put it past
the inbox. Folders are known by their special use. Only what came since the letter was handed over is looked at, headers
first; nothing is kept of what others wrote. A report that says the letter cannot be delivered ends the search as well.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from mailer.errors import PermanentFailure
from mailer.message.reading.authentication import Stamp, topmost_stamp
from mailer.message.reading.classify import classify
from mailer.message.reading.parse import parse
from mailer.message.token import Purpose, TokenKeys, read_token, tokens_in
from mailer.message.whose import REPORTS
from mailer.message.writing.check_letter import CheckLetter
from mailer.message.writing.own_headers import LOOP_HEADER
from mailer.model.incoming import Kind, Letter, Verdict
from mailer.model.mailbox import FetchedHeaders, Folder, Mailbox, SpecialUse
from mailer.model.places import Account

INBOX = "INBOX"
LOOK_SECONDS = 10.0  # between two looks into folders that no news come from
MOST_LOOKED_AT = 200  # letters that came meanwhile
MOST_BYTES = 1_000_000  # of the letter or of a report about it
SAMPLE, SAMPLED_UIDS = 20, 400  # letters from others whose stamp is looked at, and how far back

_TRACES = ("message-id", "references", "to", "delivered-to", "x-original-to", "reply-to", "list-unsubscribe")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A folder where the letter may turn up; `use` is None for those that are read, and the inbox."""

    folder: str
    use: SpecialUse | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """The letter, found."""

    place: Place
    uid: int
    raw: bytes
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CameBack:
    """A report, found instead: the letter cannot be delivered."""

    verdict: Verdict


@dataclass(kw_only=True)
class Search:
    """A mailbox as it stood before the letter was handed over: what has a higher UID came afterwards."""

    mailbox: Mailbox
    keys: TokenKeys
    installation: str
    places: list[Place] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)  # why folders that should be read cannot be
    _marks: dict[str, int] = field(default_factory=dict)

    def place(self, use: SpecialUse) -> Place | None:
        """The folder of this use."""
        return next((one for one in self.places if one.use is use), None)

    async def begin(self, account: Account) -> None:
        """Finds the folders and notes where each of them ends."""
        for place in _places(account, await self.mailbox.folders()):
            try:
                state = await self.mailbox.select(place.folder)
            except PermanentFailure as failure:
                self.missing.append(str(failure))
                continue
            self.places.append(place)
            self._marks[place.folder] = state.uidnext - 1

    async def find(self, letter: CheckLetter, *, seconds: float) -> Arrival | CameBack | None:
        """The letter or a report about it; None where neither came in time.

        1. looks into the junk folder, the folders that are read, and the inbox, which comes last
        2. waits for news of the inbox, for some seconds at most, and looks again
        3. when time is up looks into "All Mail"
        """
        loop, all_mail = asyncio.get_running_loop(), self.place(SpecialUse.ALL)
        until = loop.time() + seconds
        often = [one for one in self.places if one.use in (SpecialUse.JUNK, None)]
        while True:
            for place in often:
                if found := await self.look(place, letter):
                    return found
            left = until - loop.time()
            if left <= 0:
                break
            await self.mailbox.wait_for_news(min(left, LOOK_SECONDS))
        return await self.look(all_mail, letter) if all_mail else None

    async def look(self, place: Place, letter: CheckLetter) -> Arrival | CameBack | None:
        """What came into one folder since the last look."""
        await self.mailbox.select(place.folder)
        mark = self._marks[place.folder]
        uids = (await self.mailbox.uids_after(mark))[-MOST_LOOKED_AT:]
        self._marks[place.folder] = max([mark, *uids])
        for one in await self.mailbox.fetch_headers(uids) if uids else []:
            found = await self._judge(place, one, letter)
            if found is not None:
                return found
        return None

    async def _judge(self, place: Place, one: FetchedHeaders, letter: CheckLetter) -> Arrival | CameBack | None:
        head = parse(one.headers)
        is_report = classify(head, one.headers).kind in REPORTS
        if not is_report and not self._is(letter, head):
            return None
        for whole in await self.mailbox.fetch([one.uid], max_bytes=MOST_BYTES):
            if not is_report:
                return Arrival(place=place, uid=whole.uid, raw=whole.raw, received_at=whole.received_at)
            verdict = classify(parse(whole.raw), whole.raw)
            is_final = verdict.kind is Kind.BOUNCE and verdict.permanent is not False
            if is_final and any(token.encode() in whole.raw.lower() for token in letter.tokens):
                return CameBack(verdict=verdict)
        return None

    def _is(self, letter: CheckLetter, head: Letter) -> bool:
        """By any token left in it; where none is, by our mark and the subject: a relay may replace every id."""
        traces = "\n".join(value for name in _TRACES for value in head.all(name))
        found = {token for token in tokens_in(self.keys, traces) if token.purpose is Purpose.CHECK}
        if found:
            return bool(found & {read_token(self.keys, token) for token in letter.tokens})
        return head.header(LOOP_HEADER) == self.installation and letter.draft.subject in head.subject


async def stamps_of_others(mailbox: Mailbox, *, own: str) -> list[Stamp | None]:
    """The topmost stamps of the newest letters that others wrote to this inbox."""
    state = await mailbox.select(INBOX)
    uids = (await mailbox.uids_after(max(0, state.uidnext - 1 - SAMPLED_UIDS)))[-SAMPLE:]
    heads = [parse(one.headers) for one in await mailbox.fetch_headers(uids)] if uids else []
    return [topmost_stamp(one) for one in heads if all(its.address.casefold() != own.casefold() for its in one.senders)]


def _places(account: Account, folders: Sequence[Folder]) -> list[Place]:
    """The inbox last of those that are looked at often: news come from the folder that was chosen last."""
    by_use = [Place(folder=one.name, use=use) for one in folders if one.selectable for use in one.special_use]
    wanted = (SpecialUse.JUNK, SpecialUse.SENT, SpecialUse.ALL)
    read = [one for one in account.folders if one.upper() != INBOX]
    special = [place for place in by_use if place.use in wanted and place.folder not in read]
    return [*special, *(Place(folder=name) for name in read), Place(folder=INBOX)]
