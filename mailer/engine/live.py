"""Do an account's two ends work, and what becomes of its letters on the way? Tried with one letter to itself.

A step that fails does not hide the others: without a way in the letter is handed over all the same, without a way out
the folders are looked at. Nothing is deleted unless asked, and then that letter alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta

from mailer.edge.imap import ImapMailbox
from mailer.edge.smtp import SmtpTransport
from mailer.engine.post import machine_time, mailbox_of, smtp_of
from mailer.errors import MailerError
from mailer.flow.live_check import Posting, look_for, post, trouble_found
from mailer.flow.live_find import Arrival, Search
from mailer.flow.office import Clock, Office
from mailer.message.reading.parse import parse
from mailer.message.returned.letter import failed, good, note, spoken
from mailer.model.checkup import Checkup, Finding, Offered
from mailer.model.mailbox import SpecialUse
from mailer.model.places import Account
from mailer.store import accounts
from mailer.store.schema import AccountEnd

STEP_SECONDS = 30.0  # a person waits

_USES = (SpecialUse.JUNK, SpecialUse.SENT, SpecialUse.ALL, SpecialUse.TRASH)


@dataclass(kw_only=True)
class Trial:
    """One account on trial; gathers findings."""

    office: Office
    posting: Posting
    clock: Clock = machine_time  # real servers are met, whatever time is played
    clean: bool = False  # the letter is taken away at the end
    tell: Callable[[str], None] = lambda said: None  # whoever waits
    findings: list[Finding] = field(default_factory=list)

    async def run(self) -> Checkup:
        """All that was found out. Raises nothing but what is a fault of the program.

        1. opens the way out and the way in, and says what each server offers
        2. notes where the folders end, hands the letter over, and waits for it
        3. compares it, and takes it away where asked
        """
        account = self.posting.account
        async with AsyncExitStack() as stack:
            transport = await self._way_out(stack, account)
            mailbox = await self._way_in(stack, account)
            search = await self._begun(mailbox, account) if mailbox is not None else None
            if transport is not None:
                await self._letter(transport, mailbox, search)
        return Checkup(account=account.slug, address=account.address, findings=tuple(self.findings))

    async def _way_out(self, stack: AsyncExitStack, account: Account) -> SmtpTransport | None:
        try:
            transport = smtp_of(account, timeout_seconds=STEP_SECONDS)
            stack.push_async_callback(transport.close)
            self._found(good("sending", _offer(await transport.offered(), _SENDING)))
        except MailerError as trouble:
            self._found(trouble_found("sending", str(trouble)))
            return None
        await self._still_paused("sending", AccountEnd.SMTP)
        return transport

    async def _way_in(self, stack: AsyncExitStack, account: Account) -> ImapMailbox | None:
        try:
            mailbox = await stack.enter_async_context(mailbox_of(account))
        except MailerError as trouble:
            self._found(trouble_found("reading", str(trouble)))
            return None
        self._found(good("reading", _offer(mailbox.offered, _READING)))
        await self._still_paused("reading", AccountEnd.IMAP)
        return mailbox

    async def _still_paused(self, about: str, end: AccountEnd) -> None:
        """An end that works and is shut all the same: whoever mended it may think that this was all there is to do."""
        state = await self.office.db.look(accounts.end_state, self.posting.account.slug, end)
        if not state.is_open(self.clock()):
            said = f"works, and is still paused since: {state.reason}"
            self._found(note(about, said, "`mailer outbox retry` lifts the pause"))

    async def _begun(self, mailbox: ImapMailbox, account: Account) -> Search | None:
        search = Search(mailbox=mailbox, keys=self.office.tokens, installation=self.office.installation)
        try:
            await search.begin(account)
            uses = {use: one.name for one in await mailbox.folders() for use in one.special_use & set(_USES)}
        except MailerError as trouble:
            self._found(trouble_found("folders", str(trouble)))
            return None
        for why in search.missing:
            self._found(trouble_found("folder", why))
        said = [f"read: {', '.join(account.folders)}", *(f"{use}: {uses[use]}" for use in _USES if use in uses)]
        if SpecialUse.JUNK in uses:
            self._found(good("folders", "; ".join(said)))
        else:
            said.append("none is marked as the junk folder, so what lands there would not be seen")
            self._found(note("folders", "; ".join(said)))
        return search

    async def _letter(self, transport: SmtpTransport, mailbox: ImapMailbox | None, search: Search | None) -> None:
        posted = await post(self.office, transport, self.posting, clock=self.clock, found=self._found)
        if posted is None:
            return
        if mailbox is None or search is None:
            self._found(note("arrival", "whether it arrived could not be seen", "mend reading first"))
            return
        longest = spoken(timedelta(seconds=self.posting.wait_seconds))
        self.tell(f"a letter is on its way; waiting for it, {longest} at most")
        try:
            came = await look_for(search, self.posting, posted, found=self._found)
            if came is not None and self.clean:
                await self._take_away(mailbox, came)
        except MailerError as trouble:
            self._found(trouble_found("arrival", str(trouble)))

    async def _take_away(self, mailbox: ImapMailbox, came: Arrival) -> None:
        message_id = parse(came.raw).message_id
        try:
            where = await mailbox.remove(came.place.folder, came.uid, message_id=message_id)
        except MailerError as trouble:
            self._found(failed("clean", str(trouble), "delete it by hand"))
            return
        self._found(good("clean", f"the letter was moved to “{where}”" if where else "the letter was deleted"))

    def _found(self, finding: Finding) -> None:
        self.findings.append(finding)


def _offer(offered: Offered, words: dict[str, str]) -> str:
    """What a server offers that matters, in words: the place, its TLS, then the rest."""
    said = [offered.tls or "a plain connection"]
    for pattern, told in words.items():
        found = next(filter(None, (re.fullmatch(pattern, one) for one in sorted(offered.words))), None)
        if found is not None and told:
            said.append(told.format(*(_size(int(one)) for one in found.groups())))
        elif found is None and pattern in _WITHOUT:
            said.append(_WITHOUT[pattern])
    return f"{offered.place}: {', '.join(said)}"


def _size(octets: int) -> str:
    return f"{octets / 1_000_000:.0f} MB" if octets >= 1_000_000 else f"{octets / 1000:.0f} kB"


_SENDING = {
    r"SIZE ([1-9]\d{0,17})": "letters up to {}",
    "SMTPUTF8": "addresses in any script (SMTPUTF8)",
    "8BITMIME": "",
}
_READING = {
    "IDLE": "tells of new letters at once (IDLE)",
    "UIDPLUS": "",
    "SPECIAL-USE": "names the use of folders (SPECIAL-USE)",
}
_WITHOUT = {
    "SMTPUTF8": "addresses in Latin letters only (no SMTPUTF8)",
    "IDLE": "is asked for new letters (no IDLE)",
}
