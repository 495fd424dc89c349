"""`mailer demo`: a week with a coach and six clients, from schedule to digest, over real mail servers on this machine.

Nothing leaves the machine and nothing stays on it but the digest. The program that is shown is the one that runs: the
same configuration, databases, planner, sender and reader; only the clock and the people are the sandbox's.
"""

from __future__ import annotations

import logging
from pathlib import Path

from mailer.engine.once import Post
from mailer.engine.post import transport_of
from mailer.errors import PermanentFailure
from mailer.sandbox.installation import open_installation
from mailer.sandbox.people import ACCOUNT, CAST, COACH
from mailer.sandbox.post_office import PostOffice, open_post_office
from mailer.sandbox.programs import Opened
from mailer.sandbox.stage import Stage
from mailer.sandbox.verdict import Finding, judge
from mailer.sandbox.week import BEGINS, Clock, Week


async def play(output: Path, *, lost: str = "") -> bool:
    """Plays the week and saves its last digest in `output`; True if every letter is where it belongs.

    `lost` names a client whose last answer never arrives, and is then missing. PermanentFailure for a stranger, and for
    a folder that cannot be made.
    """
    known = [person.new.slug for person in CAST if person.says]
    if lost and lost not in known:
        raise PermanentFailure(f'nobody called "{lost}" writes in the demo; those who do: {", ".join(known)}')
    _prepare(output)
    for chatty in ("mail.log", "pymap"):
        logging.getLogger(chatty).setLevel(logging.ERROR)
    stage, clock = Stage(), Clock(now=BEGINS)
    stage.title(
        "A week between two sessions",
        "Petra coaches six people in six time zones. Everybody has a real mailbox, though on this machine only, "
        "and the week takes seconds. Times are those at each person's place.",
    )
    addresses = [ACCOUNT, COACH.address, *(person.address.address for person in CAST)]
    async with open_post_office(addresses, clock=clock) as post_office:
        week, findings, digest = await _play(post_office, clock, stage, lost=lost)
    if digest is not None:
        stage.title("What Petra reads on Saturday morning")
        stage.letter(digest.subject, digest.text)
    missing = [said for one in findings for said in one.missing]
    stage.title(f"{len(week.post_office.delivered)} letters later")
    stage.verdict([one.what for one in findings if not one.missing], missing)
    if digest is not None:
        stage.note(f"\nThe digest is saved: {' and '.join(map(str, _save(digest, output)))}")
    return not missing


async def _play(
    post_office: PostOffice, clock: Clock, stage: Stage, *, lost: str
) -> tuple[Week, list[Finding], Opened | None]:
    with open_installation(post_office, now=clock()) as office:
        transports = {account.slug: transport_of(account) for account in office.accounts.values()}
        week = Week(
            office=office,
            post=Post(transports=transports),
            post_office=post_office,
            clock=clock,
            stage=stage,
            lost=lost,
        )
        try:
            await week.pass_by()
            findings, digest = await judge(week)
        finally:
            for transport in transports.values():
                await transport.close()
    return week, findings, digest


def _prepare(output: Path) -> None:
    """Makes the folder first, so that nobody watches a week whose end cannot be saved."""
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PermanentFailure(f"{output}: no folder can be made there ({error.strerror}); name another") from error


def _save(digest: Opened, output: Path) -> tuple[Path, Path]:
    """The digest as text and as a page, for a browser or a phone."""
    text, page = output / "digest.txt", output / "digest.html"
    text.write_text(f"Subject: {digest.subject}\n\n{digest.text}", "utf-8")
    page.write_text(digest.html, "utf-8")
    return text, page
